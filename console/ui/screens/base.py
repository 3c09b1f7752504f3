"""What every screen of the console has: the top line, the notice line, the keys of this row.

 shop-prod PROTECTED  live                        12 failed · 3 waiting   last 24 h
 …                                                what a subclass composes
 resume needs FAILED; this is RUNNING             or the prompt, or a hint
 R resume   l log   enter open   ? keys

A subclass gives `compose_body`, `footer_items`, `focused_execution`, `freshness`, and a method
`do_…` for each command of its own: `do_execution_log` for `execution.log`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from inspect import isawaitable
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.timer import Timer
from textual.widget import Widget

from console.commands.availability import why_not
from console.commands.catalogue import Command, Place, by_id
from console.commands.command_line import Typed
from console.model.execution import Execution
from console.present.clean import clean
from console.present.errors import outage_sentence
from console.present.executions import top_line
from console.present.footer import footer_line
from console.present.line import Line, Span
from console.present.status import FreshnessFacts, freshness_changes_in, freshness_line
from console.present.tone import Tone
from console.ui.frugal import FrugalScreen
from console.ui.keymap import rebind, screen_bindings
from console.ui.paced import PacedScreen
from console.ui.session import Session
from console.ui.sturdy import Sturdy
from console.ui.widgets.line_bar import LineBar
from console.ui.widgets.line_view import LineView
from console.ui.widgets.prompt import Prompt

if TYPE_CHECKING:
    from console.backend.errors import BackendError
    from console.ui.app import ConsoleApp

LEAST_SIZE = (60, 15)
NOTICE_STAYS = 8.0
"""Seconds a message is shown, unless a key or another message ends it."""
NOTICE_LEAST = 1.0
"""Seconds a message is shown whatever is typed."""
SOONEST_TICK = 0.2


class ConsoleScreen(Sturdy, PacedScreen, FrugalScreen, inherit_bindings=False):
    """A screen with a top line, a notice line and a footer."""

    BINDINGS: ClassVar[list[BindingType]] = screen_bindings()
    PLACES: ClassVar[tuple[Place, ...]] = ()

    DEFAULT_CSS = """
    ConsoleScreen {
        background: $background;
        & #too-small { display: none; height: 1fr; }
        &.-too-small > * { display: none; }
        &.-too-small > #too-small { display: block; }
        &.-prompting #notice { display: none; }
    }
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.top = LineBar(lambda width: (self._top(width),), id="top")
        self.prompt = Prompt(id="prompt")
        self.notice = LineBar(lambda width: (self._notice_line(),), id="notice")
        self.footer = LineBar(lambda width: (self._footer(width),), id="footer")
        self._notice: Line = ()
        self._is_outage_said = False
        self._noticed_at = 0.0
        self._notice_timer: Timer | None = None
        self._tick_timer: Timer | None = None
        self._last_focused: Widget | None = None
        self.acted_on: Execution | None = None
        """What a change is asked for; None where nothing was selected."""

    @property
    def console_app(self) -> ConsoleApp:
        """The app, by its own type."""
        return cast("ConsoleApp", self.app)

    def compose(self) -> ComposeResult:
        """Give the lines, and between them the body."""
        yield self.top
        yield from self.compose_body()
        yield self.prompt
        yield self.notice
        yield self.footer
        yield LineBar(self._too_small, id="too-small")

    def on_mount(self) -> None:
        """Take the person's keys."""
        rebind(self, self.session.keymap, *self.PLACES)

    # What a subclass gives

    def compose_body(self) -> ComposeResult:
        """Give what is between the lines."""
        yield from ()

    def footer_items(self) -> Sequence[str | tuple[str, str]]:
        """Give the commands of the footer, by id; with a word of their own where one is given."""
        return ("nav.back", "help.open")

    def focused_execution(self) -> Execution | None:
        """Give the execution that commands act on."""
        return None

    def freshness(self) -> FreshnessFacts:
        """Tell how fresh what is shown is; the counts above it are the list's."""
        return self.console_app.list_freshness()

    def tick(self) -> None:
        """Let ages go on."""

    def changes_in(self) -> Iterable[float | None]:
        """Give the seconds until something reads differently."""
        return ()

    # Lines

    def _top(self, width: int) -> Line:
        session = self.session
        fresh = freshness_line(
            self.freshness(), session.clock.now(), session.clock.monotonic(), glyphs=session.glyphs
        )
        label = session.target.label + (" read-only" if session.target.is_read_only else "")
        return top_line(
            label,
            fresh,
            session.counts,
            width,
            is_protected=session.target.is_protected,
            color=session.target.color,
            glyphs=session.glyphs,
        )

    def _footer(self, width: int) -> Line:
        keymap = self.session.keymap
        items: list[tuple[str, str]] = []
        for item in self.footer_items():
            identifier, word = item if isinstance(item, tuple) else (item, by_id(item).label)
            items.append((keymap.shown(identifier), word))
        return footer_line([item for item in items if item[0]] or [("", "")], width)

    def _too_small(self, width: int) -> Sequence[Line]:
        size = self.size
        wide, high = LEAST_SIZE
        text = f" wfc needs {wide}×{high}; this is {size.width}×{size.height}"
        return ((Span(text, Tone.WARNING),),)

    def _notice_line(self) -> Line:
        if self._notice:
            return (Span(" "), *self._notice)
        hint = self.console_app.guidance.hint()
        return (Span(f" {clean(hint)}", Tone.ACCENT),) if hint else ()

    def update_lines(self) -> None:
        """Show what is now true in the lines of every screen."""
        if self._is_outage_said and self.freshness().error is None:
            self.hush()
        self.top.update()
        self.notice.update()
        self.footer.update()
        self.plan_tick()

    # Messages

    def say(self, text: str | Line, tone: str = Tone.TEXT) -> None:
        """Show a message in the notice line."""
        self._notice = (Span(clean(text), tone),) if isinstance(text, str) else text
        self._is_outage_said = False
        self._noticed_at = self.session.clock.monotonic()
        if self._notice_timer is not None:
            self._notice_timer.stop()
        self._notice_timer = self.set_timer(NOTICE_STAYS, self.hush)
        self.notice.update()

    def say_outage(self, error: BackendError, lead: str = "") -> None:
        """Say why the backend cannot be read and what to do, for as long as that is so."""
        self.say(f"{lead}{outage_sentence(error)}", Tone.WARNING)
        self._is_outage_said = True

    @on(LineView.Said)
    def _pane_said(self, message: LineView.Said) -> None:
        message.stop()
        self.say(message.text, Tone.DIM)

    def hush(self) -> None:
        """Take the message away."""
        self._notice = ()
        self._is_outage_said = False
        if self.is_mounted:
            self.notice.update()

    def key_is_idle(self, character: str) -> None:
        """Say that a key does nothing here."""
        key = self.session.keymap.shown("help.open") or ":help"
        self.say(f"{character} does nothing here; {key} shows the keys", Tone.DIM)

    def key_went_down(self) -> None:
        """Answer it at once, and end a message that was there long enough to be read."""
        self.answer_key()
        if self._notice and self.session.clock.monotonic() - self._noticed_at > NOTICE_LEAST:
            self.hush()

    # Time

    def plan_tick(self) -> None:
        """Wake up when something reads differently, and not before."""
        if self._tick_timer is not None:
            self._tick_timer.stop()
            self._tick_timer = None
        if not self.is_current:
            return
        clock = self.session.clock
        waits = [freshness_changes_in(self.freshness(), clock.now(), clock.monotonic())]
        waits += self.changes_in()
        soonest = min((wait for wait in waits if wait is not None), default=None)
        if soonest is not None:
            self._tick_timer = self.set_timer(max(SOONEST_TICK, soonest), self._tick)

    def _tick(self) -> None:
        self.tick()
        self.top.update()
        self.plan_tick()

    @on(events.DescendantFocus)
    def _focus_moved(self, event: events.DescendantFocus) -> None:
        self._last_focused = event.widget
        self.footer.update()

    def _give_back_focus(self) -> None:
        """Focus what had it last: where nothing fits on the screen, nothing can keep it."""
        there = self.focus_chain if self.focused is None else []
        if there:
            last = self._last_focused
            (last if last in there else there[0]).focus()

    @on(events.ScreenResume)
    def _resumed(self) -> None:
        self.tick()  # ages went on while another screen was shown
        self.update_lines()

    def on_resize(self, event: events.Resize) -> None:
        """Say so where there is not enough room."""
        wide, high = LEAST_SIZE
        is_too_small = event.size.width < wide or event.size.height < high
        self.set_class(is_too_small, "-too-small")
        if not is_too_small:
            self.call_after_refresh(self._give_back_focus)

    # Commands

    async def action_command(self, identifier: str) -> None:
        """Do a command of the catalogue."""
        await self.run_command(by_id(identifier), Typed())

    async def run_command(self, command: Command, typed: Typed) -> None:
        """Do a command here, or say why not."""
        execution = self.focused_execution()
        reason = why_not(command, self.session.situation(execution))
        if reason:
            self.say(reason, Tone.WARNING)
            return
        if command.is_change or (command.is_kept and typed.command is None):
            self.run_worker(self._run_alone(command, typed, execution), exit_on_error=False)
            return
        await self._run(command, typed)

    async def _run_alone(self, command: Command, typed: Typed, execution: Execution | None) -> None:
        """Do what leads to a change, here or on the disk, only if its key came alone.

        It is done to the execution that was under the cursor when the key went down.
        """
        count = await self.console_app.keys_at_once()
        if count > 1 and typed.command is None:
            key = self.session.keymap.shown(command.id)
            self.say(
                f"{key} {command.label}: {count} keys came at once, as in a paste; press it again",
                Tone.WARNING,
            )
            return
        self.acted_on = execution
        await self._run(command, typed)

    async def _run(self, command: Command, typed: Typed) -> None:
        name = "do_" + command.id.replace(".", "_").replace("-", "_")
        method = cast("Callable[[Typed], Awaitable[None] | None] | None", getattr(self, name, None))
        if method is not None:
            result = method(typed)
            if isawaitable(result):
                await result
            return
        for active in self.active_bindings.values():
            if active.binding.id == command.id:
                await self.app.run_action(active.binding.action, active.node)
                return
        self.say(f"{command.label} is not in this pane", Tone.DIM)
