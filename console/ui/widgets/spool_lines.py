"""The lines of a spooled log: read a window at a time, wrapped, spread or scrolled sideways.

    view.is_wrapped = True                  long lines go on below
    view.is_pretty = True                   lines that are JSON are spread over rows
    view.zone                               tzinfo of the time column; None is local
    view.since                              times are told from here on; None tells the clock
    view.empty = (line, …)                  what is said when there is no log: the reason
    view.all_lines                          gives every line, also those that are not in the spool

`SpoolView` adds searching, `LogView` following, and showing only some lines.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.reactive import reactive

from console.present.glyphs import UNICODE, Glyphs
from console.present.json_text import json_rows
from console.present.line import Line, Span, clip_line, cut_line, plain, retoned
from console.present.log_lines import highlighted, wrapped
from console.present.log_rows import LogRows
from console.present.logs import log_line
from console.present.tone import Tone
from console.ui.keymap import pane_bindings
from console.ui.widgets.line_view import LineView
from console.ui.widgets.log_search import LogSearch

if TYPE_CHECKING:
    from console.present.log_marks import LogMarks
    from console.sync.spool import LogSpool
    from console.ui.widgets.log_filter import LogFilter

GUTTER = 1
TIME_WIDTH = 14
"""Cells of the time column and the blanks after it."""
SIDE_STEP = 16
WINDOW = 256
"""Lines read from the spool at once."""


class SpoolLines(LineView):
    """The lines of one spool."""

    BINDINGS: ClassVar[list[BindingType]] = pane_bindings(
        {
            "text.page-down": "page(1)",
            "text.page-up": "page(-1)",
            "text.left": "sideways(-1)",
            "text.right": "sideways(1)",
        }
    )

    is_wrapped: reactive[bool] = reactive(False, init=False)
    """Long lines go on below instead of to the right."""
    is_pretty: reactive[bool] = reactive(False, init=False)
    """Lines that are JSON are spread over several rows."""

    def __init__(
        self,
        *,
        glyphs: Glyphs = UNICODE,
        zone: tzinfo | None = None,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self.glyphs = glyphs
        self.zone = zone
        self.since: datetime | None = None
        self.empty: tuple[Line, ...] = ()
        self.all_lines: Callable[[], AsyncIterator[Sequence[bytes]]] | None = None
        """Gives every line, also those that are not in the spool."""
        self._spool: LogSpool | None = None
        self._has_times = False
        self._map = LogRows()
        self._filter: LogFilter | None = None
        self._left = 0
        self._search = LogSearch()
        self.marks: LogMarks | None = None
        """The lines that are marked; None when none was."""
        self._rows: tuple[tuple[object, ...], list[Line]] | None = None
        self._window: tuple[int, list[bytes]] = (0, [])

    @property
    def line_count(self) -> int:
        """How many rows are shown; the spool may have more for a quarter of a second."""
        return self._map.count

    @property
    def spool(self) -> LogSpool | None:
        """What is shown."""
        return self._spool

    @property
    def has_times(self) -> bool:
        """Each line begins with its time."""
        return self._has_times

    def advise(self, advice: str) -> None:
        """Say beside what was not loaded how it can be read."""
        self._map.advice = advice

    @property
    def skipped(self) -> int:
        """Bytes before the first line that were not loaded."""
        return self._map.skipped

    def forget_lines(self) -> None:
        """Wrap anew."""
        self._rows = None

    # Moving

    def move_by(self, lines: int) -> None:
        """Scroll by lines."""
        self.move_to(self.scroll_offset.y + lines)

    def move_to(self, index: int) -> None:
        """Scroll so that a line is the first in view."""
        self.scroll_now(max(0, min(index, int(self.max_scroll_y))))

    def action_sideways(self, steps: int) -> None:
        """Scroll to the side."""
        if not self.is_wrapped:
            self._left = max(0, self._left + steps * SIDE_STEP)
            self.refresh_changed()

    # Wrapping: the view still scrolls by line, and a line takes as many rows as it needs

    def watch_is_wrapped(self) -> None:
        """Show long lines the other way, from the same place."""
        self._left = 0
        self.shape_changed()

    def watch_is_pretty(self) -> None:
        """Spread JSON over rows, or not any more, from the same place."""
        self.shape_changed()

    def shape_changed(self) -> None:
        """Compose anew what takes another number of rows now."""
        self._rows = None
        self.count_changed()
        self.keep_place()
        self.refresh_changed()

    @property
    def _is_uneven(self) -> bool:
        return self.is_wrapped or self.is_pretty

    @property
    def extra_height(self) -> int:
        """The last page holds fewer lines than rows when some of them are spread."""
        if not self._is_uneven:
            return 0
        count = self.line_count
        room, fitting = self.page_height, 0
        for row in range(count - 1, -1, -1):
            room -= len(self._spread(row))
            if room < 0:
                break
            fitting += 1
        return self.page_height - max(1, fitting) if fitting < count else 0

    def _spread(self, row: int) -> list[Line]:
        """Give a line on as many rows as it takes."""
        line = self._json_rows(row) if self.is_pretty else None
        if line is not None:
            return line
        if not self.is_wrapped:
            return [self.compose_line(row)]
        indent = GUTTER + (TIME_WIDTH if self._has_times else 0)
        return wrapped(self.compose_line(row), self.line_width, indent)

    def _json_rows(self, row: int) -> list[Line] | None:
        shown = self._map.at(row)
        if shown.note:
            return None
        head, text = self._parts(shown.line)
        indent = GUTTER + (TIME_WIDTH if self._has_times else 0)
        width = max(20, self.line_width - indent)
        rows = json_rows(plain(text), width, text[0].tone if text else Tone.TEXT)
        if rows is None:
            return None
        blank: Line = (Span(" " * indent),)
        return [
            (*(blank if index else head), *self._marked(one, shown.line))
            for index, one in enumerate(rows)
        ]

    def row_at(self, y: int) -> tuple[Line, str]:
        """Give the row at `y`, which may be the continuation of a line above it."""
        count = self.line_count
        if not self._is_uneven or not count:
            return super().row_at(y)
        search = self._search
        top, width = self.scroll_offset.y, self.line_width
        key = (top, width, count, self._left, search.pattern, search.match, self.zone, self.since)
        if self._rows is None or self._rows[0] != key:
            rows: list[Line] = []
            index = top
            while len(rows) < self.page_height and index < count:
                rows += self._spread(index)
                index += 1
            self._rows = (key, rows)
        return (self._rows[1][y], "") if y < len(self._rows[1]) else ((), "")

    # Lines

    def raw_line(self, index: int) -> bytes:
        """Give a line's bytes, read a window at a time."""
        assert self._spool is not None
        first, lines = self._window
        if not first <= index < first + len(lines):
            first = max(0, index - WINDOW // 4)
            lines = self._spool.lines(first, first + WINDOW)
            self._window = (first, lines)
        return lines[index - first]

    def seen_lines(self) -> list[bytes]:
        """Give the lines in view."""
        top = self.scroll_offset.y
        rows = range(top, min(self.line_count, top + self.page_height))
        return [self.raw_line(row.line) for row in map(self._map.at, rows) if not row.note]

    def _parts(self, index: int) -> tuple[Line, Line]:
        """Give mark and time of a line, and its text."""
        line = log_line(
            self.raw_line(index), has_times=self._has_times, zone=self.zone, since=self.since
        )
        is_current = index == self._search.match
        if self.marks is not None and index in self.marks:
            ground = Tone.MATCH if is_current else ""
            mark = Span(self.glyphs.mark, Tone.ACCENT, bold=True, ground=ground)
        else:
            mark = Span(self.glyphs.cursor if is_current else " " * GUTTER, Tone.ACCENT)
        return ((mark, *line[:1]), line[1:]) if self._has_times else ((mark,), line)

    def _marked(self, text: Line, index: int) -> Line:
        """Highlight what is looked for, and give the part that is scrolled to."""
        if self._search.pattern is not None:
            is_current = index == self._search.match
            text = highlighted(text, self._search.pattern, is_current=is_current)
        if self._left:
            text = cut_line(text, self._left, self._left + self.line_width)
        return text

    def compose_line(self, index: int) -> Line:
        """Give the visible part of the line of a row, or what a note says."""
        shown = self._map.at(index)
        if shown.note:
            return (Span(" " * GUTTER), Span(shown.note, Tone.MUTED))
        head, text = self._parts(shown.line)
        if shown.is_beside:
            text = retoned(text, Tone.DIM)
        line = (*head, *self._marked(text, shown.line))
        return line if self.is_wrapped else clip_line(line, self.line_width)

    def compose_empty(self, y: int) -> Line:
        """Say why there is nothing."""
        return (Span(" " * GUTTER), *self.empty[y]) if y < len(self.empty) else ()
