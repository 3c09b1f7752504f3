"""Reading a log: only some of its lines, JSON spread over rows, all of it in the person's pager."""

from __future__ import annotations

from console.commands.command_line import Typed
from console.commands.extras import CommandRefused
from console.present.tone import Tone
from console.ui.screens.prompting import Prompting
from console.ui.widgets.log_view import LogView


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
        if view is not None:
            view.filter(text)

    def do_log_pretty(self, typed: Typed) -> None:
        """Spread lines that are JSON over rows, or put them back."""
        view = self.shown_log()
        if view is None:
            self.say("there is no log here", Tone.DIM)
            return
        view.is_pretty = not view.is_pretty
        self.say("lines that are JSON are spread" if view.is_pretty else "lines as they are")

    async def do_log_pipe(self, typed: Typed) -> None:
        """Give all of the log to the pager, or to a command."""
        from console.ui.pager import page_log

        view = self.shown_log()
        if view is None or view.spool is None:
            self.say("there is no log here", Tone.DIM)
            return
        try:
            self.say(await page_log(self.app, view.spool, typed.rest))
        except CommandRefused as refusal:
            self.say(str(refusal), Tone.WARNING)
