"""Showing only some lines of a log: those that a filter keeps, and those of a window.

    view.filter("text")                     only lines that have it, with neighbours; "" shows all
    view.narrow(LogWindow(…))               only the lines from one place to another; None all
    view.peel()                             undoes a search, then the filter, then the window

They go together: the filter looks at the lines of the window.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.present.line import Line, Span
from console.ui.widgets.spool_lines import GUTTER
from console.ui.widgets.spool_marks import SpoolMarks
from console.ui.widgets.spool_view import too_slow_words

if TYPE_CHECKING:
    from console.ui.widgets.log_filter import LogFilter
    from console.ui.widgets.log_window import LogWindow


class LogNarrowed(SpoolMarks):
    """The lines of one log, all or some."""

    _anchor: int | None = None
    _seen = 0
    window: LogWindow | None = None
    """The part that is shown; None is all of it."""

    # What following does

    def grew(self) -> None:
        """Show what the spool has got, now or when the pace allows it."""

    def _take_over(self) -> None: ...

    def _tell(self) -> None: ...

    def _is_ended(self) -> bool:
        """Nothing more will come."""
        return False

    # A filter

    @property
    def filter_text(self) -> str:
        """What lines must have to be shown; empty when all are."""
        return self._filter.pattern.text if self._filter is not None else ""

    def filter(self, pattern: str) -> None:
        """Show only lines that have a text, and their neighbours; an empty text shows all.

        Raises `BadExpression`.
        """
        if pattern == self.filter_text:
            return
        self._search.begin(pattern)
        self._anchor = None if self.is_following else self._top_line
        self._drop_filter()
        if self._search.pattern is not None:
            from console.ui.widgets.log_filter import LogFilter

            self._begin(LogFilter(self._search.pattern, self._map.first, has_times=self._has_times))
        self._take_over()
        self._go_to_anchor()
        self.refresh()
        self._tell()

    def _begin(self, found: LogFilter) -> None:
        self._filter = found
        self._map.kept = found.kept
        found.kept.read_until(self._seen)

    def _drop_filter(self) -> None:
        if self._filter is not None:
            self._filter.leave()
        self._filter = self._map.kept = None

    def _look(self) -> None:
        found, spool = self._filter, self._spool
        if found is None or spool is None or found.is_looking or not self.is_mounted:
            return
        self.run_worker(
            found.look(spool, self._is_ended, lambda: self._found(found), self._stop),
            exit_on_error=False,
        )

    def _found(self, found: LogFilter) -> None:
        if found is not self._filter:
            return
        if found.too_slow_at is not None:
            self.say(too_slow_words(found.pattern.text, found.too_slow_at))
            self.filter("")
            return
        self.grew()
        self._go_to_anchor()

    def _go_to_anchor(self) -> None:
        """Show the line again that was the first in view, once there is a page from it on."""
        anchor, rows = self._anchor, self._map
        if anchor is None:
            return
        row, kept = rows.row_of(anchor), rows.kept
        is_looked_at = kept is None or kept.looked >= rows.lines - 1
        if is_looked_at or rows.count - row > self.page_height + 1:
            self._anchor = None
            self.count_changed()
            self.move_to(row)

    def peel(self) -> bool:
        """Undo one layer: a search, then the filter; False when there is none."""
        if self._search.text not in ("", self.filter_text):
            self._search.begin(self.filter_text)
            self.refresh_changed()
        elif self._filter is not None:
            self.filter("")
        elif self.window is not None:
            self.narrow(None)
        else:
            return False
        return True

    # A window

    def narrow(self, window: LogWindow | None) -> None:
        """Show only the lines of a window, from its first one on; None shows all."""
        self._anchor = None if self.is_following else self._top_line
        self.window = window
        self._place()
        self._take_over()
        self._go_to_anchor()
        self.refresh()
        self._tell()

    def _place(self) -> None:
        """Find the window's lines; what a filter has looked at before its beginning is gone."""
        rows, spool = self._map, self._spool
        first, end = (0, None)
        if self.window is not None and spool is not None:
            first, end = self.window.place(spool)
        is_moved = first != rows.first or (end is None) != (rows.end is None)
        rows.first, rows.end = first, end
        if is_moved and self._filter is not None:
            from console.ui.widgets.log_filter import LogFilter

            self._filter.leave()
            self._begin(LogFilter(self._filter.pattern, first, has_times=self._has_times))

    def _stop(self) -> int:
        """Give the line that a filter looks up to."""
        if self.window is None or self._spool is None:
            return self._map.lines if self._spool is None else self._spool.line_count
        end = self.window.place(self._spool)[1]
        return self._spool.line_count if end is None else end

    def compose_empty(self, y: int) -> Line:
        """Say why there is nothing: of a window, what it is."""
        if self.window is None or not self._map.lines:
            return super().compose_empty(y)
        text = f"no line {self.window.text}; esc shows all" if y == 0 else ""
        return (Span(" " * GUTTER), Span(text))
