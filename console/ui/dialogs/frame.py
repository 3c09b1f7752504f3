"""What every form looks like: a title with where one is, facts, fields, the command, buttons, keys.

 Resume 01f3…9a2c  order-processing   shop-prod PROTECTED

 State, read just now   failed, attempt 2
 …
 Reason                 smtp pool raised to 200▏
 Type the workflow's name to go on   order-pro▏

 The same by command    wfc workflow resume 01f3… --reason '…'

                                  Copy command     [ Back ]     Resume
tab next   enter presses the button   esc back, nothing is sent

Title, message and buttons are always on the screen; what is between them scrolls where it is more
than there is room for. `Copy command` copies the command in one line, as a shell takes it.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widget import Widget

from console.commands.twins import UNFINISHED
from console.present.clean import clean
from console.present.line import Line, Span, clip_line, line_width
from console.present.log_lines import wrapped
from console.present.tone import Tone
from console.ui.clipboard import copy
from console.ui.dialogs.field import Field
from console.ui.session import Session
from console.ui.sturdy import Sturdy
from console.ui.widgets.line_bar import LineBar
from console.ui.widgets.push_button import PushButton

LABEL = 23
LOW = 30
"""On a screen lower than this nothing stands between two fields."""


HINT_FROM = 20
"""Rows of a screen that has one to spare for what the keys do."""
HINT = "tab next   enter presses the button   esc back, nothing is sent"
NARROW = 76
"""On a screen narrower than this the buttons say less."""


class FormFrame(Sturdy, ModalScreen[None], inherit_bindings=False):
    """Lays a form out and keeps what it says true; a subclass gives what there is to say."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+c", "back", "Back", show=False),
        Binding("tab,down", "app.focus_next", "Next", show=False),
        Binding("shift+tab,up", "app.focus_previous", "Previous", show=False),
        Binding("pagedown,ctrl+f", "page(1)", "Page down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
    ]

    DEFAULT_CSS = """
    FormFrame {
        background: $background;
        & #form { padding: 1 3 0 3; max-width: 110; height: 1fr; background: $background; }
        & #body { height: auto; scrollbar-size-vertical: 1; }
        & .facts { margin-top: 1; }
        & .lines { margin-top: 1; }
        & #buttons { height: 1; margin-top: 1; align-horizontal: right; max-width: 104; }
        & #hint { display: none; }
        &.-hinting #hint { display: block; }
        &.-low #body Field, &.-low #body JsonEditor { margin-top: 0; }
    }
    """

    VERB: ClassVar[str] = ""
    """What the other button says: the action's own verb."""
    PROOF: ClassVar[str] = "its name"
    """What is typed on a protected target, in words."""

    def __init__(self, session: Session, subject: str) -> None:
        super().__init__()
        self.session = session
        self.subject = subject
        """The workflow's name: what is typed on a protected target."""
        self.is_sending = False
        self._message: Line = ()
        self.facts = LineBar(self._fact_rows, classes="facts")
        self.reason = Field("Reason", LABEL, hint="optional", note=self._reason_note())
        self.name_field: Field | None = None
        if session.target.is_protected:
            self.name_field = Field(f"Type {self.PROOF} to go on", LABEL, hint=clean(subject))
        self.twin_bar = LineBar(self._twin_lines, classes="lines")
        self.message_bar = LineBar(self._message_lines, classes="lines")
        self.copy = PushButton("Copy command", id="copy")
        self.back = PushButton("Back", id="back")
        self.go = PushButton(self.VERB, id="go")
        self.body = VerticalScroll(id="body", can_focus=False)
        self.hint = LineBar(lambda _: ((Span(HINT, Tone.DIM),),), id="hint")

    # What a subclass gives

    def title_line(self) -> Line:
        """Say what would be done, and to what."""
        return (Span(self.VERB, Tone.TITLE), Span(f" {clean(self.subject)}", Tone.TITLE))

    def fact_lines(self, width: int) -> Sequence[Line]:
        """Say what a person should know before."""
        return ()

    def compose_fields(self) -> ComposeResult:
        """Give the action's own fields."""
        yield from ()

    def compose_buttons(self) -> ComposeResult:
        """Give the action's own buttons; they stand before the others."""
        yield from ()

    def twin(self) -> str:
        """Give the shell command that does the same."""
        return ""

    def is_clear(self) -> bool:
        """Tell whether it can be sent as it stands."""
        raise NotImplementedError

    # Layout

    def compose(self) -> ComposeResult:
        """Give title, facts, fields, command, message and buttons."""
        with Vertical(id="form"):
            yield LineBar(lambda width: (self._title(width),), id="title")
            with self.body:
                yield self.facts
                yield from self.compose_fields()
                yield self.reason
                if self.name_field is not None:
                    yield self.name_field
                yield self.twin_bar
            yield self.message_bar
            with Horizontal(id="buttons"):
                yield from self.compose_buttons()
                yield self.copy
                yield self.back
                yield self.go
            yield self.hint

    @property
    def focus_chain(self) -> list[Widget]:
        """Give what tab goes through: the copy last, it is no step on the way to the verb."""
        chain = super().focus_chain
        return sorted(chain, key=lambda widget: widget is self.copy)

    def on_mount(self) -> None:
        """Begin on the safe side."""
        self.set_focus(self.back)  # now: `focus()` would leave the first frame without it
        self.review()

    def on_resize(self) -> None:
        """Wrap for the new width; say the buttons shorter where they would not all be seen."""
        self.resize_buttons(is_narrow=self.size.width < NARROW)
        self.call_after_refresh(self.review)

    def resize_buttons(self, *, is_narrow: bool) -> None:
        """Say the buttons long or short."""
        self.copy.say("Copy" if is_narrow else "Copy command")

    def review(self) -> None:
        """Show what is now true: facts, the command, whether it can be sent."""
        self.go.is_ready = not self.is_sending and self.is_clear()
        self.copy.is_ready = bool(self.twin())
        for bar, lines in (
            (self.facts, self._fact_rows(self.facts.size.width or 80)),
            (self.twin_bar, self._twin_lines(self.twin_bar.size.width or 80)),
            (self.message_bar, self._message_lines(self.message_bar.size.width or 80)),
        ):
            height = len(lines)
            if bar.styles.height is None or bar.styles.height.value != height:
                bar.styles.height = height
            bar.display = bool(height)
            bar.update()
        self._leave_room_below(len(self._message_lines(self.message_bar.size.width or 80)))

    def _leave_room_below(self, message: int) -> None:
        """Let what scrolls grow until the buttons are at the screen's end."""
        height = self.size.height
        self.set_class(height < LOW, "-low")
        self.set_class(height >= HINT_FROM, "-hinting")
        hint = int(height >= HINT_FROM)
        around = 2 + (message + 1 if message else 0) + 2 + hint  # title, message, buttons
        self.body.styles.max_height = max(3, height - around)

    def retitle(self) -> None:
        """Say the title anew."""
        self.query_one("#title", LineBar).update()

    def tell(self, text: str, tone: str = Tone.WARNING) -> None:
        """Say something above the buttons."""
        self._message = (Span(clean(text), tone),)
        self.review()

    def action_page(self, pages: int) -> None:
        """Scroll what is between title and buttons."""
        move = self.body.scroll_page_down if pages > 0 else self.body.scroll_page_up
        move(animate=False)

    @on(PushButton.Pressed, "#copy")
    def _copy_pressed(self, message: PushButton.Pressed) -> None:
        message.stop()
        twin = self.twin()
        if shlex.quote(UNFINISHED) in twin:
            self.tell("the command is not complete: its JSON is not right yet")
        elif twin:
            said = copy(self.app, twin, self.session.launch.state_folder, "the command")
            self.tell(said, Tone.DIM)

    # Lines

    def _title(self, width: int) -> Line:
        target = self.session.target
        label = f" {clean(target.label)} "
        place = Span(label, Tone.DIM)
        if target.is_protected:
            place = Span(f"{label}PROTECTED ", Tone.PROTECTED, bold=True, reverse=True)
        room = width - line_width((place,)) - 3  # where one is must be on the screen
        return (*clip_line(self.title_line(), max(8, room)), Span("   "), place)

    def _reason_note(self) -> str:
        able = self.session.capabilities
        if able is not None and able.reasons:
            return ""
        return "kept in your journal; this backend has no reason field"

    def _twin_lines(self, width: int) -> Sequence[Line]:
        label = Span("The same by command".ljust(LABEL), Tone.DIM)
        return self._wrap((label, Span(clean(self.twin()), Tone.DIM)), width, LABEL)

    def _fact_rows(self, width: int) -> Sequence[Line]:
        facts = self.fact_lines(width)
        return [row for fact in facts for row in self._wrap(fact, width, LABEL) or [()]]

    def _message_lines(self, width: int) -> Sequence[Line]:
        return self._wrap(self._message, width)

    def _wrap(self, line: Line, width: int, indent: int = 0) -> Sequence[Line]:
        return wrapped(line, width, indent, at_blanks=True) if line_width(line) else ()
