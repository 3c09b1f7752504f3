"""Reading a log: only some of its lines, JSON spread over rows, all of it in a file or a pager."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

from console.commands.command_line import Typed
from console.commands.extras import CommandRefused
from console.present.tone import Tone
from console.ui.screens.prompting import Prompting
from console.ui.widgets.log_view import LogView

READING = "all-lines"
"""The group of workers that read all of a log."""

Lines = AsyncIterator[Sequence[bytes]]


class Reading(Prompting):
    """A screen on which a log can be read."""

    def shown_log(self) -> LogView | None:
        """Give the log on this screen; None where there is none, or none is written."""
        view = self.wrapped_view()
        return view if isinstance(view, LogView) and view.spool is not None else None

    def do_log_filter(self, typed: Typed) -> None:
        """Ask what lines must have, or take what was typed."""
        view = self.shown_log()
        if view is None:
            self.say("there is no log here", Tone.DIM)
        elif typed.rest:
            self.only_lines(typed.rest)
        else:
            self.ask("only", "&", view.filter_text)

    def only_lines(self, text: str) -> None:
        """Show only lines that have a text; an empty one shows all."""
        view = self.shown_log()
        if objection := self._objection("only", text):
            self.say(objection, Tone.WARNING)
        elif view is not None:
            view.filter(text)

    # A part of it

    def do_log_since(self, typed: Typed) -> None:
        """Show only what was written from a moment on; without one all of it again."""
        self._narrow_by_time("since", typed.rest)

    def do_log_until(self, typed: Typed) -> None:
        """Show only what was written up to a moment; without one all of it again."""
        self._narrow_by_time("until", typed.rest)

    def do_log_head(self, typed: Typed) -> None:
        """Show only the first lines."""
        self._narrow_by_count("head", typed.rest)

    def do_log_tail(self, typed: Typed) -> None:
        """Show only the last lines, and what is written then."""
        self._narrow_by_count("tail", typed.rest)

    def _narrow_by_time(self, word: str, text: str) -> None:
        from console.ui.widgets.log_window import window_of_times

        view = self.shown_log()
        if view is None or view.spool is None:
            self.say("there is no log here", Tone.DIM)
            return
        if text and not view.has_times:
            self.say("the lines of this log have no times; :tail 100 shows the last ones")
            return
        try:
            window = window_of_times(
                view.window, word, text, view.spool, self.session.now(), view.zone, view.since
            )
        except CommandRefused as refusal:
            self.say(str(refusal), Tone.WARNING)
            return
        view.narrow(window)
        self._go_into(view, to_top=word == "since")

    def _narrow_by_count(self, word: str, text: str) -> None:
        from console.ui.widgets.log_window import LogWindow

        view = self.shown_log()
        if view is None or view.spool is None:
            self.say("there is no log here", Tone.DIM)
            return
        if text and not (text.isascii() and text.isdigit() and int(text)):
            self.say(f"{text} is no number of lines; :{word} 100", Tone.WARNING)
            return
        if not text:
            view.narrow(None)
        elif word == "head":
            view.narrow(LogWindow(f"head {int(text):,}", end=int(text)))
        else:
            first = max(0, view.spool.line_count - int(text))
            view.narrow(LogWindow(f"tail {int(text):,}", first=first))
        self._go_into(view, to_top=word == "head")

    def _go_into(self, view: LogView, *, to_top: bool) -> None:
        if view.window is None:
            self.say("all of the log is shown")
        elif to_top:
            view.move_to(0)
        else:
            view.follow()

    def arguments(self) -> Mapping[str, Callable[[], Sequence[str]]]:
        """Complete what parts of a log can be asked for."""
        moments, counts = ("5m", "15m", "1h", "24h"), ("10", "100", "1000")
        return {
            **super().arguments(),
            "log.since": lambda: moments,
            "log.until": lambda: moments,
            "log.head": lambda: counts,
            "log.tail": lambda: counts,
        }

    def do_log_pretty(self, typed: Typed) -> None:
        """Spread lines that are JSON over rows, or put them back."""
        view = self.shown_log()
        if view is None:
            self.say("there is no log here", Tone.DIM)
            return
        view.is_pretty = not view.is_pretty
        self.say("lines that are JSON are spread" if view.is_pretty else "lines as they are")

    def do_log_pipe(self, typed: Typed) -> None:
        """Give all of the log to the pager, or to a command."""
        from console.ui.pager import page_log

        self._read_all(lambda lines: page_log(self.app, lines, typed.rest))

    def do_log_save(self, typed: Typed) -> None:
        """Save all of the log; asks where."""
        if self.shown_log() is None:
            self.say("there is no log here to save", Tone.DIM)
        elif typed.rest:
            self.save_log(typed.rest)
        else:
            self.ask("save", "save to", self.log_name())

    def do_log_save_marked(self, typed: Typed) -> None:
        """Save the marked lines to a file."""
        from console.ui.save_log import save_log

        view = self.shown_log()
        lines = view.lines_with_marks() if view is not None else []
        key = self.session.keymap.shown("log.mark") or ":mark-line"
        if not lines:
            self.say(f"no line is marked; {key} marks one", Tone.DIM)
        elif not typed.rest:
            self.say(":save-marked needs the name of a file", Tone.WARNING)
        else:
            doing = self._say_of(save_log(_at_once(lines), typed.rest))
            self.run_worker(doing, group=READING, exit_on_error=False)

    def log_name(self) -> str:
        """Give a name for the file of the log that is shown."""
        return "job.log"

    def save_log(self, text: str) -> None:
        """Save all of the log to a file."""
        from console.ui.save_log import save_log

        if text.strip():
            self._read_all(lambda lines: save_log(lines, text.strip()))

    # All of a log

    def _read_all(self, use: Callable[[Lines], Awaitable[str]]) -> None:
        """Do something with every line; what was not loaded is read while the person goes on."""
        view = self.shown_log()
        if view is None or view.all_lines is None:
            self.say("there is no log here", Tone.DIM)
            return
        if view.skipped:
            self.say(f"reading all of it; {self.session.keymap.shown('app.interrupt')} stops")
        lines = view.all_lines()
        self.run_worker(self._say_of(use(lines)), group=READING, exit_on_error=False)

    async def _say_of(self, doing: Awaitable[str]) -> None:
        try:
            self.say(await doing)
        except CommandRefused as refusal:
            self.say(str(refusal), Tone.WARNING)

    def stop_reading(self) -> bool:
        """Stop what reads all of a log; False when nothing does."""
        stopped = self.workers.cancel_group(self, READING)
        if stopped:
            self.say("stopped; nothing was written")
        return bool(stopped)


async def _at_once(lines: Sequence[bytes]) -> Lines:
    yield lines
