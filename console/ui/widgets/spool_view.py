"""The lines of a spooled log: read a window at a time, wrapped or scrolled sideways, searched.

    await view.search("text") -> bool       highlights, goes to the first match from here on
    await view.next_match(), previous_match() -> bool;   view.clear_search()
    view.is_wrapped = True                  long lines go on below
    view.zone                               tzinfo of the time column; None is local
    view.empty = (line, …)                  what is said when there is no log: the reason

`LogView` adds following.
"""

from __future__ import annotations

from datetime import tzinfo
from typing import ClassVar

from textual.binding import BindingType
from textual.reactive import reactive

from console.present.glyphs import UNICODE, Glyphs
from console.present.line import Line, Span, cut_line
from console.present.log_lines import highlighted, wrapped
from console.present.logs import log_line
from console.present.tone import Tone
from console.sync.spool import LogSpool
from console.ui.keymap import pane_bindings
from console.ui.widgets.line_view import LineView
from console.ui.widgets.log_search import LogSearch

GUTTER = 1
TIME_WIDTH = 14
"""Cells of the time column and the blanks after it."""
SIDE_STEP = 16
WINDOW = 256
"""Lines read from the spool at once."""


class SpoolView(LineView):
    """The lines of one spool."""

    BINDINGS: ClassVar[list[BindingType]] = pane_bindings(
        {
            "text.page-down": "page(1)",
            "text.page-up": "page(-1)",
            "text.left": "sideways(-1)",
            "text.right": "sideways(1)",
            "find.next": "next_match",
            "find.previous": "previous_match",
            "log.next-error": "next_error(1)",
            "log.previous-error": "next_error(-1)",
        }
    )

    is_wrapped: reactive[bool] = reactive(False, init=False)
    """Long lines go on below instead of to the right."""

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
        self.empty: tuple[Line, ...] = ()
        self._spool: LogSpool | None = None
        self._has_times = False
        self._count = 0
        self._left = 0
        self._search = LogSearch()
        self._rows: tuple[tuple[object, ...], list[Line]] | None = None
        self._window: tuple[int, list[bytes]] = (0, [])

    @property
    def line_count(self) -> int:
        """How many lines are shown; the spool may have more for a quarter of a second."""
        return self._count

    @property
    def spool(self) -> LogSpool | None:
        """What is shown."""
        return self._spool

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
        self._rows = None
        self.count_changed()
        self.keep_place()
        self.refresh_changed()

    @property
    def extra_height(self) -> int:
        """The last page holds fewer lines than rows when some of them are wrapped."""
        if not self.is_wrapped:
            return 0
        room, fitting = self.page_height, 0
        for index in range(self._count - 1, -1, -1):
            room -= len(self._wrapped(index))
            if room < 0:
                break
            fitting += 1
        return self.page_height - max(1, fitting) if fitting < self._count else 0

    def _wrapped(self, index: int) -> list[Line]:
        indent = GUTTER + (TIME_WIDTH if self._has_times else 0)
        return wrapped(self.compose_line(index), self.line_width, indent)

    def row_at(self, y: int) -> tuple[Line, str]:
        """Give the row at `y`, which may be the continuation of a line above it."""
        if not self.is_wrapped or not self._count:
            return super().row_at(y)
        search = self._search
        top, width = self.scroll_offset.y, self.line_width
        key = (top, width, self._count, search.pattern, search.match)
        if self._rows is None or self._rows[0] != key:
            rows: list[Line] = []
            index = top
            while len(rows) < self.page_height and index < self._count:
                rows += self._wrapped(index)
                index += 1
            self._rows = (key, rows)
        return (self._rows[1][y], "") if y < len(self._rows[1]) else ((), "")

    # Search

    async def search(self, pattern: str) -> bool:
        """Highlight a text and go to its first line from the top of the view on."""
        self._search.begin(pattern)
        self.refresh_changed()
        return await self._go_match(self.scroll_offset.y, forward=True)

    async def next_match(self) -> bool:
        """Go to the next line that matches."""
        return await self._step(1)

    async def previous_match(self) -> bool:
        """Go to the line before that matches."""
        return await self._step(-1)

    async def _step(self, step: int) -> bool:
        match = self._search.match
        here = match + step if match is not None else self.scroll_offset.y
        return await self._go_match(here, forward=step > 0)

    async def _go_match(self, start: int, *, forward: bool) -> bool:
        spool = self._spool
        if spool is None or not await self._search.go(spool, start, forward=forward):
            return False
        self._show_match()
        return True

    def _show_match(self) -> None:
        found = self._search.match
        assert found is not None
        top = self.scroll_offset.y
        if not top <= found < top + self.page_height:
            self.move_to(found - self.page_height // 3)
        self.refresh_changed()

    def clear_search(self) -> None:
        """Highlight nothing."""
        self._search.begin("")
        self.refresh_changed()

    async def action_next_match(self) -> None:
        """Go to the next match."""
        await self.next_match()

    async def action_previous_match(self) -> None:
        """Go to the match before."""
        await self.previous_match()

    async def action_next_error(self, step: int = 1) -> None:
        """Go to the next line that looks like an error, or to the one above."""
        here = self._search.match if self._search.match is not None else self._edge(step)
        if self._spool is not None and await self._search.go_error(self._spool, here + step, step):
            self._show_match()

    def _edge(self, step: int) -> int:
        """Give the line beside the view that a first search in that direction starts from."""
        top = self.scroll_offset.y
        return top - 1 if step > 0 else min(self._count, top + self.page_height)

    @property
    def is_searching(self) -> bool:
        """Something is highlighted."""
        return bool(self._search.pattern)

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

    def compose_line(self, index: int) -> Line:
        """Give the visible part of a line."""
        line = log_line(self.raw_line(index), has_times=self._has_times, zone=self.zone)
        is_current = index == self._search.match
        if self._search.pattern:
            line = highlighted(line, self._search.pattern, is_current=is_current)
        time, text = (line[:1], line[1:]) if self._has_times else ((), line)
        if self._left:
            text = cut_line(text, self._left, self._left + self.line_width)
        mark = Span(self.glyphs.cursor if is_current else " " * GUTTER, Tone.ACCENT)
        return (mark, *time, *text)

    def compose_empty(self, y: int) -> Line:
        """Say why there is nothing."""
        return (Span(" " * GUTTER), *self.empty[y]) if y < len(self.empty) else ()
