"""What every dialog has: a title with where one is, facts, fields, the shell command, two buttons.

 Resume 01f3…9a2c  order-processing   shop-prod PROTECTED

 State, read just now   failed, attempt 2
 …
 Reason                 smtp pool raised to 200▏
 Type the workflow's name to go on   order-pro▏

 wfc workflow resume 01f3… --reason '…'

                                                  [ Back ]     Resume

`Back` has the focus. Enter presses the button that has the focus, in a field it goes to the next
one; escape is `Back`. A letter typed while `Back` has the focus begins the reason. Where the target
is protected the workflow's name must be typed before the other button can be pressed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input

from console.commands.extras import CommandRefused
from console.commands.operations import Outcome, Result
from console.model.execution import Execution
from console.present.clean import clean
from console.present.line import Line, Span, line_width
from console.present.log_lines import wrapped
from console.present.tone import Tone
from console.ui.dialogs.field import Field
from console.ui.session import UNKNOWN, Session
from console.ui.sturdy import Sturdy
from console.ui.widgets.line_bar import LineBar
from console.ui.widgets.push_button import PushButton

LABEL = 23


class FormDialog(Sturdy, ModalScreen[None], inherit_bindings=False):
    """A dialog that may change the backend; a subclass gives the facts and does it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+c", "back", "Back", show=False),
        Binding("tab,down", "app.focus_next", "Next", show=False),
        Binding("shift+tab,up", "app.focus_previous", "Previous", show=False),
    ]

    DEFAULT_CSS = """
    FormDialog {
        background: $background;
        & #form {
            padding: 1 3;
            max-width: 110;
            height: 1fr;
            scrollbar-size-vertical: 1;
            background: $background;
        }
        & .facts { margin-top: 1; }
        & .lines { margin-top: 1; }
        & #buttons { height: 1; margin-top: 1; align-horizontal: right; max-width: 104; }
    }
    """

    VERB: ClassVar[str] = ""
    """What the other button says: the action's own verb."""
    DOING: ClassVar[str] = ""
    """What the row says while it is sent: `resuming`."""
    PROOF: ClassVar[str] = "its name"
    """What is typed on a protected target, in words."""

    def __init__(self, session: Session, subject: str) -> None:
        super().__init__()
        self.session = session
        self.subject = subject
        """The workflow's name: what is typed on a protected target."""
        self.is_sending = False
        self._is_left = False
        self._message: Line = ()
        self.facts = LineBar(self._fact_rows, classes="facts")
        self.reason = Field("Reason", LABEL, hint="optional", note=self._reason_note())
        self.name_field: Field | None = None
        if session.target.is_protected:
            self.name_field = Field(f"Type {self.PROOF} to go on", LABEL, hint=clean(subject))
        self.twin_bar = LineBar(self._twin_lines, classes="lines")
        self.message_bar = LineBar(lambda width: self._wrap(self._message, width), classes="lines")
        self.back = PushButton("Back", id="back")
        self.go = PushButton(self.VERB, id="go")

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

    def twin(self) -> str:
        """Give the shell command that does the same."""
        return ""

    def obstacle(self) -> str:
        """Say why it cannot be sent as it stands; empty when it can."""
        return ""

    def proofs(self) -> Sequence[str]:
        """Give what may be typed on a protected target to go on; the first one is named."""
        return (self.subject,)

    def first_field(self) -> Field:
        """Give the field a letter begins when nothing else has the focus."""
        return self.reason

    async def act(self) -> Outcome:
        """Send it."""
        raise NotImplementedError

    # Layout

    def compose(self) -> ComposeResult:
        """Give title, facts, fields, command, message and buttons."""
        with VerticalScroll(id="form", can_focus=False):
            yield LineBar(lambda width: (self._title(),))
            yield self.facts
            yield from self.compose_fields()
            yield self.reason
            if self.name_field is not None:
                yield self.name_field
            yield self.twin_bar
            yield self.message_bar
            with Horizontal(id="buttons"):
                yield self.back
                yield self.go

    def on_mount(self) -> None:
        """Begin on the safe side."""
        self.set_focus(self.back)  # now: `focus()` would leave the first frame without it
        self.review()

    def _title(self) -> Line:
        target = self.session.target
        label = f" {clean(target.label)} "
        place = Span(label, Tone.DIM)
        if target.is_protected:
            place = Span(f"{label}PROTECTED ", Tone.PROTECTED, bold=True, reverse=True)
        return (*self.title_line(), Span("   "), place)

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

    def _wrap(self, line: Line, width: int, indent: int = 0) -> Sequence[Line]:
        return wrapped(line, width, indent, at_blanks=True) if line_width(line) else ()

    def review(self) -> None:
        """Show what is now true: facts, the command, whether it can be sent."""
        self.go.is_ready = not self.is_sending and not self._obstacle()
        for bar, lines in (
            (self.facts, self._fact_rows(self.facts.size.width or 80)),
            (self.twin_bar, self._twin_lines(self.twin_bar.size.width or 80)),
            (self.message_bar, self._wrap(self._message, self.message_bar.size.width or 80)),
        ):
            height = len(lines)
            if bar.styles.height is None or bar.styles.height.value != height:
                bar.styles.height = height
            bar.display = bool(height)
            bar.update()

    def on_resize(self) -> None:
        """Wrap for the new width."""
        self.call_after_refresh(self.review)

    def tell(self, text: str, tone: str = Tone.WARNING) -> None:
        """Say something above the buttons."""
        self._message = (Span(clean(text), tone),)
        self.review()

    # Fields

    def _obstacle(self) -> str:
        obstacle = self.obstacle()
        if obstacle:
            return obstacle
        proofs = self.proofs()
        if self.name_field is not None and self.name_field.text.strip() not in proofs:
            return f"type {proofs[0]} first: this target is protected"
        return ""

    def edited(self) -> None:
        """Show what is true of what is typed now; what was said of it before no longer is."""
        if not self.is_sending:
            self._message = ()
        self.review()

    @on(Input.Changed)
    def _input_changed(self, message: Input.Changed) -> None:
        message.stop()
        self.edited()

    @on(Input.Submitted)
    def _input_submitted(self, message: Input.Submitted) -> None:
        """Enter in a field never sends anything."""
        message.stop()
        self.focus_next()

    def on_key(self, event: events.Key) -> None:
        """A letter on `Back` begins the first field there is something to say in."""
        if not event.is_printable or not event.character:
            return
        field = self.first_field() if self.focused is self.back else None
        for one in self.query(Field):
            if one.input is self.focused:  # the letters that came with the first one
                field = one
        if field is not None:
            event.stop()
            field.begin(event.character)

    def sent(self, execution: Execution) -> None:
        """It is on its way: the row says so, the person goes on."""
        self.mark(execution)
        self.leave()

    def mark(self, execution: Execution) -> None:
        """It is on its way: the row says so."""
        from console.ui.app import ConsoleApp

        app = self.app
        assert isinstance(app, ConsoleApp)
        self.session.begin(execution, self.DOING)
        app.first.row_changed(execution.id)

    def leave(self) -> None:
        """Close, once."""
        if not self._is_left:
            self._is_left = True
            self.dismiss()

    # Buttons

    def action_back(self) -> None:
        """Leave: nothing is sent; what is on its way goes on, and its end is said outside."""
        self.leave()

    @on(PushButton.Pressed, "#back")
    def _back_pressed(self, message: PushButton.Pressed) -> None:
        message.stop()
        self.action_back()

    @on(PushButton.Pressed, "#go")
    def _go_pressed(self, message: PushButton.Pressed) -> None:
        message.stop()
        if not self.is_sending:
            # The app's worker, so that it goes on when this dialog is left.
            self.app.run_worker(self._go(), exit_on_error=False)

    async def _go(self) -> None:
        from console.ui.app import ConsoleApp

        app = self.app
        assert isinstance(app, ConsoleApp)
        count = await app.keys_at_once()
        if count > 1:
            self.tell(f"{count} keys came at once, as in a paste; nothing was sent")
            return
        obstacle = self._obstacle()
        if obstacle:
            self.tell(obstacle)
            return
        self.is_sending = True
        self.tell(f"{self.DOING}…", Tone.DIM)
        try:
            outcome = await self.act()
        except CommandRefused as refusal:
            outcome = Outcome(Result.REFUSED, str(refusal))
        except Exception as bug:  # the worker's end; the person must learn of it
            app.report_bug(bug)
            outcome = Outcome(Result.UNKNOWN, f"{self.VERB.lower()} ended in a bug of the console")
        self.is_sending = False
        tone = Tone.TEXT if outcome.result is Result.DONE else Tone.WARNING
        if outcome.result in (Result.MOVED, Result.REFUSED, Result.FAILED) and not self._is_left:
            self.stays(outcome)
        else:
            self.leave()
            app.say(outcome.message, tone)
        app.acted(outcome, self.DOING if outcome.result is not Result.UNKNOWN else UNKNOWN)

    def stays(self, outcome: Outcome) -> None:
        """Say in the dialog what came of it, when nothing was changed."""
        self.tell(outcome.message)
        self.back.focus()
