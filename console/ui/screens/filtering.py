"""The filter of the executions list: shown as it is typed, asked of the server when it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from console.commands.command_line import Typed
from console.commands.filter_completion import complete_filter
from console.commands.filters import Filter, FilterError, parse_filter
from console.present.tone import Tone
from console.ui.screens.following import Following
from console.ui.screens.listing import TOO_SLOW
from console.ui.session import Session


class Filtering(Following):
    """A list that is filtered."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._complaint = ""
        self._filter_before = Filter()
        self._cursor_before: str | None = None

    async def do_find_open(self, typed: Typed) -> None:
        """Filter the list; search the log while that has the focus."""
        if self.searched() is not None:
            await super().do_find_open(typed)
        elif typed.word:
            self.filter_done(typed.rest)
        else:
            self._filter_before = self.rows.filter
            self._cursor_before = self.list.cursor_id
            self.ask("filter", "/", self.rows.filter.text)

    def filter_typed(self, text: str) -> None:
        """Show what a filter would show; the server is asked when it is done."""
        self._complaint = ""
        try:
            self.rows.filter = parse_filter(text)
        except FilterError as error:
            self._complaint = f"column {error.column + 1}: {error}"
            self.rows.filter = _understood(text[: error.column]) or self._filter_before
        self._show_matching()
        if self.rows.is_given_up:
            self._complaint = self._complaint or TOO_SLOW

    def _show_matching(self) -> None:
        """Show what matches now; the row under the cursor stays only where it does, too.

        A row that ended while one looked is not in the list of problems any more, and belongs in
        that of all before the server has listed it there.
        """
        here = self.focused_execution()
        if here is None or not self.rows.belongs(here):
            self.rows.hold(None)
        self.set_rows(self.rows.build())
        self.rows_seen()

    def filter_candidates(self) -> Sequence[str]:
        """Complete fields, states and the workflows there are."""
        return self._completed(self.prompt.text)

    def arguments(self) -> Mapping[str, Callable[[], Sequence[str]]]:
        """Complete a filter after `:filter` too."""
        rest = self.prompt.text.partition(" ")[2]
        return {**super().arguments(), "find.open": lambda: self._completed(rest)}

    def _completed(self, text: str) -> Sequence[str]:
        names = {execution.workflow_name for execution in self.known_executions()}
        return complete_filter(text, sorted(n for n in names if not set(n) & set(' "')))

    def filter_complaint(self) -> str:
        """Say what is wrong with the filter that is being typed."""
        return self._complaint

    def filter_objection(self, text: str) -> str:
        """Say what is wrong with a filter, and where."""
        try:
            parse_filter(text)
        except FilterError as error:
            return f"filter: column {error.column + 1}: {error}"
        return f"filter: {TOO_SLOW}" if self.rows.is_given_up else ""

    def filter_done(self, text: str) -> None:
        """Filter by this from now on."""
        try:
            self.rows.filter = parse_filter(text)
        except FilterError as error:
            self.rows.filter = self._filter_before
            self.say(f"filter: column {error.column + 1}: {error}", Tone.WARNING)
        self._complaint = ""
        self.ask_again()

    def filter_cancelled(self) -> None:
        """Go back to the filter there was."""
        self.rows.filter, self._complaint = self._filter_before, ""
        self._show_matching()
        if self._cursor_before is not None:
            self.list.cursor_to(self._cursor_before)

    def ask_again(self) -> None:
        """Ask the server for what the view and the filter want."""
        if self.rows.feed is not None:
            self.rows.feed.set_query(self.rows.query())
        self.console_app.travel.note()
        self._show_matching()
        self.update_lines()


def _understood(text: str) -> Filter | None:
    """Give the filter of what comes before a mistake."""
    try:
        return parse_filter(text)
    except FilterError:
        return None
