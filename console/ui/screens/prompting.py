"""What is typed on a screen: commands after `:`, filters and searches after `/`, names of files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from textual import on

from console.commands.command_line import Typed, complete, parse
from console.commands.extras import CommandRefused, ExtraCommand
from console.model.execution import Execution
from console.present.clean import clean
from console.present.line import Line, Span, cell_width
from console.present.log_rows import format_bytes
from console.present.tone import Tone
from console.ui.screens.base import ConsoleScreen
from console.ui.session import TIME_MODES, Session
from console.ui.view_history import View
from console.ui.widgets.prompt import Kind, Prompt
from console.ui.widgets.spool_view import SpoolView
from console.ui.widgets.text_view import TextView


class Prompting(ConsoleScreen):
    """A screen with a prompt."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.prompt.refuses = self._refuses
        self._refused = ""

    # What a subclass gives besides

    def known_executions(self) -> Iterable[Execution]:
        """Give the executions that are at hand, to find ids in."""
        return ()

    def searched(self) -> SpoolView | TextView | None:
        """Give the text that `/` searches; None where it filters a list."""
        focused = self.focused
        return focused if isinstance(focused, SpoolView | TextView) else None

    def wrapped_view(self) -> SpoolView | TextView | None:
        """Give the text whose lines `w` wraps."""
        return self.searched()

    # Prompts

    def do_command_open(self, typed: Typed) -> None:
        """Ask for a command."""
        self.ask("command", ":", earlier=self.session.history.lines)

    def ask(self, kind: Kind, sign: str, text: str = "", earlier: Sequence[str] = ()) -> None:
        """Show the prompt in the place of the notice line."""
        self._refused = ""
        self.add_class("-prompting")
        self.prompt.open(kind, sign, text, earlier)
        self.footer.update()

    def close_prompt(self) -> None:
        """Take the prompt away."""
        self.prompt.close()
        self.remove_class("-prompting")
        self.footer.update()

    @on(Prompt.Changed)
    def _prompt_changed(self, message: Prompt.Changed) -> None:
        self._refused = ""
        if message.prompt.kind == "filter":
            self.filter_typed(message.text)
        self.footer.update()

    @on(Prompt.Submitted)
    async def _prompt_submitted(self, message: Prompt.Submitted) -> None:
        text, kind = message.text, message.kind
        self.close_prompt()
        if kind == "command":
            await self.run_line(text)
        elif kind == "filter":
            self.filter_done(text)
        elif kind == "search":
            await self._search(text)
        elif kind == "save":
            self.save_log(text)
        elif kind == "only":
            self.only_lines(text)

    def _refuses(self, kind: Kind, text: str) -> bool:
        """Keep a filter that makes no sense where it was typed, and say what is wrong with it."""
        self._refused = self._objection(kind, text)
        self.footer.update()
        return bool(self._refused)

    def _objection(self, kind: Kind, text: str) -> str:
        if kind == "filter":
            return self.filter_objection(text)
        if kind != "only" and not (kind == "search" and isinstance(self.searched(), SpoolView)):
            return ""
        from console.present.log_pattern import pattern_objection

        return pattern_objection(text)

    def filter_objection(self, text: str) -> str:
        """Say what is wrong with a filter."""
        return ""

    def filter_typed(self, text: str) -> None:
        """Show what a filter would show, while it is typed."""

    def filter_done(self, text: str) -> None:
        """Filter by this from now on."""

    def only_lines(self, text: str) -> None:
        """Show only lines of the log that have this text."""

    def save_log(self, text: str) -> None:
        """Save all of the log to this file."""

    def filter_cancelled(self) -> None:
        """Go back to the filter there was before one was typed."""

    def filter_complaint(self) -> str:
        """Say what is wrong with the filter that is being typed."""
        return ""

    def _footer(self, width: int) -> Line:
        if not self.prompt.is_open:
            return super()._footer(width)
        if self._refused:
            return (Span(f" {clean(self._refused)}", Tone.WARNING),)
        if self.prompt.kind == "command" or self._candidates():
            return self._completions(width)
        if self.prompt.kind == "filter" and (complaint := self.filter_complaint()):
            return (Span(f" {clean(complaint)}", Tone.WARNING),)
        # also while it is typed: keys that come at once are told of after Enter is refused
        if self.prompt.kind != "filter" and (
            complaint := self._objection(self.prompt.kind, self.prompt.text)
        ):
            return (Span(f" {clean(complaint)}", Tone.WARNING),)
        expression = ", ~regex too" if isinstance(self.searched(), SpoolView) else ""
        hints = {
            "palette": "enter does it   up and down choose   tab takes the name   esc goes back",
            "filter": "words, status=failed, wf=order-*, id=01f3, age<2h, !not",
            "search": f"enter finds{expression}; n and N go on",
            "save": "enter saves all of the log to this file",
            "only": "enter shows lines with this and neighbours; ~regex, !~regex; empty shows all",
        }
        return (Span(f" {hints[self.prompt.kind]}", Tone.DIM),)

    # The command line

    async def run_line(self, text: str) -> None:
        """Do what was typed after `:`."""
        text = text.strip()
        if not text:
            return
        self.session.history.add(text)
        try:
            typed = parse(text, self.session.launch.extras)
        except CommandRefused as refusal:
            self.say(str(refusal), Tone.WARNING)
            return
        if typed.extra is not None:
            self.run_worker(self._run_extra(typed.extra, typed.words), exit_on_error=False)
        elif typed.open_id:
            self.run_worker(self._open(typed.open_id), exit_on_error=False)
        elif typed.command is not None:
            await self.run_command(typed.command, typed)

    async def _run_extra(self, extra: ExtraCommand, words: Sequence[str]) -> None:
        try:
            self.say(await extra.run(words))
        except CommandRefused as refusal:
            self.say(str(refusal), Tone.WARNING)
        except Exception as bug:  # a host's command ends here whatever it does
            self.session.on_bug(bug)
        self.console_app.guidance.changed()

    def do_nav_open(self, typed: Typed) -> None:
        """Open an execution by an id or a link."""
        self.run_worker(self._open(typed.rest), exit_on_error=False)

    async def _open(self, text: str) -> None:
        from console.ui.find_execution import SeveralFound, find_execution

        try:
            identifier, known = await find_execution(
                text, self.session.backend, self.known_executions()
            )
        except SeveralFound as several:
            view = View("executions", f"id={several.prefix}", show_all=True)
            self.console_app.travel.go(view)
            self.console_app.say(str(several), Tone.WARNING)
            return
        except CommandRefused as refusal:
            self.say(str(refusal), Tone.WARNING)
            return
        self.console_app.open_execution(identifier, known)

    def arguments(self) -> Mapping[str, Callable[[], Sequence[str]]]:
        """Give what completes the words of commands, by command id."""
        return {
            "view.time": lambda: [mode.lower() for mode in TIME_MODES],
            "view.theme": lambda: self.console_app.theme_names(),
            "nav.open": lambda: [execution.id for execution in self.known_executions()],
            "workflow.start": lambda: sorted({e.workflow_name for e in self.known_executions()}),
        }

    def filter_candidates(self) -> Sequence[str]:
        """Give what the filter that is being typed could become."""
        return ()

    def _candidates(self) -> Sequence[str]:
        if self.prompt.kind == "filter":
            return self.filter_candidates()
        if self.prompt.kind != "command":
            return ()
        return complete(self.prompt.text, self.session.launch.extras, self.arguments())

    def _completions(self, width: int) -> Line:
        spans: list[Span] = [Span(" ")]
        room = width - 2
        for text in self._candidates():
            word = clean(text)
            room -= cell_width(word) + 2
            if room < 0:
                break
            spans.append(Span(f"{word}  ", Tone.DIM))
        return tuple(spans)

    def do_pane_next(self, typed: Typed) -> None:
        """Go to the next pane; in the command line take the first candidate."""
        if self.prompt.is_open:
            candidates = [c for c in self._candidates() if c != self.prompt.text.strip()]
            if candidates:
                is_whole = self.prompt.kind == "command" and len(candidates) == 1
                blank = " " if is_whole else ""
                self.prompt.put((_common(candidates) or candidates[0]) + blank)
            return
        self.focus_next()

    def do_pane_previous(self, typed: Typed) -> None:
        """Go to the pane before."""
        if not self.prompt.is_open:
            self.focus_previous()

    # Finding

    async def do_find_open(self, typed: Typed) -> None:
        """Search a text; a list says here what it filters by."""
        view = self.searched()
        if view is None:
            self.say("there is no text to search here", Tone.DIM)
        elif typed.rest:
            await self._search(typed.rest)
        else:
            self.ask("search", "/")

    async def _search(self, text: str) -> None:
        view = self.searched()
        if view is None:
            return
        if not text:
            view.clear_search()
            return
        if objection := self._objection("search", text):  # it was typed after `:find`
            self.say(objection, Tone.WARNING)
            return
        found = await view.search(text) if isinstance(view, SpoolView) else view.find(text)
        if isinstance(view, SpoolView) and view.search_trouble:
            self.say(view.search_trouble, Tone.WARNING)
        elif not found:
            skipped = view.skipped if isinstance(view, SpoolView) else 0
            beside = f" {format_bytes(skipped)} earlier not loaded" if skipped else ""
            where = f"is not in it from here on; N looks above{',' if beside else ''}"
            self.say(f"{text} {where}{beside}", Tone.WARNING)

    def do_view_wrap(self, typed: Typed) -> None:
        """Wrap long lines, or let them go on to the right."""
        view = self.wrapped_view()
        if view is None:
            self.say("there is no text here to wrap", Tone.DIM)
            return
        view.is_wrapped = not view.is_wrapped
        self.say("long lines go on below" if view.is_wrapped else "long lines go on to the right")


def _common(texts: Sequence[str]) -> str:
    """Give what all of these begin with."""
    first, last = min(texts), max(texts)
    length = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), None)
    return first if length is None else first[:length]
