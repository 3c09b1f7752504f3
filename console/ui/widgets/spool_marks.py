"""Marking lines of a spooled log, going from mark to mark, and choosing a line to mark.

    view.marks                  a LogMarks that its owner keeps; None when nothing was marked
    view.lines_with_marks()     the bytes of the marked lines
    view.marks_changed()        what tells of them is to be painted anew (subclass)

A log has no cursor: `m` marks the line found last or chosen while that is in view, else the first
line in view, of a log that is followed the last one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType

from console.ui.keymap import pane_bindings
from console.ui.widgets.spool_view import SpoolView

if TYPE_CHECKING:
    from console.present.log_marks import LogMarks


class SpoolMarks(SpoolView):
    """The lines of one spool, some of them marked."""

    BINDINGS: ClassVar[list[BindingType]] = pane_bindings(
        {
            "log.mark": "mark",
            "log.next-mark": "next_mark(1)",
            "log.previous-mark": "next_mark(-1)",
            "log.unmark": "unmark",
            "log.line-down": "choose(1)",
            "log.line-up": "choose(-1)",
        }
    )

    is_following = False
    """The end is in view and stays there."""

    def marks_changed(self) -> None:
        """Say how many there are."""

    def _renew(self) -> None:
        self._rows = None
        self.refresh_changed()
        self.marks_changed()

    # Which line is meant

    def _page(self) -> range:
        """Give the rows that are in view; of spread lines there are fewer than fit."""
        top, room = self.scroll_offset.y, self.page_height
        end = min(self.line_count, top + room)
        if self._is_uneven:
            for row in range(top, end):
                room -= len(self._spread(row))
                if room < 0:
                    return range(top, max(top + 1, row))
        return range(top, end)

    def _chosen_row(self) -> int | None:
        """Give the row of the line found or chosen, while it is in view."""
        match = self._search.match
        if match is None or match >= self._map.lines:
            return None
        row = self._map.row_of(match)
        return row if row in self._page() and self._map.at(row).line == match else None

    def _meant_row(self) -> int | None:
        row = self._chosen_row()
        if row is not None:
            return row
        page = self._page()
        rows = reversed(page) if self.is_following else page
        return next((row for row in rows if not self._map.at(row).note), None)

    def action_choose(self, step: int) -> None:
        """Choose a line in view, then the next one or the one above."""
        before = self._chosen_row()
        row = self._meant_row() if before is None else self._line_row(before, step)
        if row is not None:
            self._search.match = self._map.at(row).line
            page = self._page()
            if row not in page:
                self.move_to(row if row < page.start else page.start + row - page.stop + 1)
            self._renew()

    def _line_row(self, row: int, step: int) -> int | None:
        row += step
        while 0 <= row < self.line_count and self._map.at(row).note:
            row += step
        return row if 0 <= row < self.line_count else None

    # Marks

    def action_mark(self) -> None:
        """Mark a line, or take its mark away."""
        row = self._meant_row()
        if row is None:
            self.say("there is no line to mark")
            return
        if self.marks is None:
            from console.present.log_marks import LogMarks

            self.marks = LogMarks()
        line = self._map.at(row).line
        is_marked = self.marks.toggle(line)
        self.say(f"line {line + 1:,} {'marked' if is_marked else 'is not marked any more'}")
        self._renew()

    def action_next_mark(self, step: int = 1) -> None:
        """Go to the next marked line, or to the one above."""
        marks, row = self.marks, self._chosen_row()
        page = self._page()
        here = self._map.line_at(page.start) - (step > 0) if row is None and page else 0
        if row is not None:
            here = self._map.at(row).line
        line = marks.beside(here, step) if marks else None
        while marks and line is not None and not self._is_shown(line):
            line = marks.beside(line, step)
        if line is None:
            where = "below" if step > 0 else "above"
            self.say(f"no marked line {where}" if marks else "no line is marked yet")
            return
        self._search.match = line
        self._show_match()
        self._renew()

    def _is_shown(self, line: int) -> bool:
        if line >= self._map.lines:
            return False
        return self._map.at(self._map.row_of(line)).line == line

    def action_unmark(self) -> None:
        """Take all marks away."""
        count = len(self.marks) if self.marks else 0
        if self.marks:
            self.marks.clear()
        self.say(f"{count:,} mark{'' if count == 1 else 's'} cleared")
        self._renew()

    def lines_with_marks(self) -> list[bytes]:
        """Give the marked lines that are here, in their order."""
        lines = self.marks.lines if self.marks is not None else []
        return [self.raw_line(line) for line in lines if line < self._map.lines]

    def keep_marks(self, marks: LogMarks | None) -> None:
        """Take the marks of the log that is shown."""
        if marks is not self.marks:
            self.marks = marks
            self._renew()
