"""Searching in the lines of a spooled log: a text, `~` and an expression, what looks an error.

    await view.search("text") -> bool       highlights, goes to the first match from here on
    view.search_trouble                     why a search was given up; empty when it was not
    await view.next_match(), previous_match() -> bool;   view.clear_search()
    view.marked_line()                      the line found last

`LogView` adds following, and showing only some lines.
"""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from console.present.clean import clean
from console.ui.keymap import pane_bindings
from console.ui.widgets.spool_lines import SpoolLines
from console.ui.widgets.text_view import miss_words


class SpoolView(SpoolLines):
    """The lines of one spool, searched."""

    BINDINGS: ClassVar[list[BindingType]] = pane_bindings(
        {
            "find.next": "next_match",
            "find.previous": "previous_match",
            "log.next-error": "next_error(1)",
            "log.previous-error": "next_error(-1)",
        }
    )

    async def search(self, pattern: str) -> bool:
        """Highlight a text and go to its first line from the top of the view on.

        Raises `BadExpression`.
        """
        self._search.begin(pattern)
        self.refresh_changed()
        return await self._go_match(self._top_line, forward=True)

    async def next_match(self) -> bool:
        """Go to the next line that matches."""
        return await self._step(1)

    async def previous_match(self) -> bool:
        """Go to the line before that matches."""
        return await self._step(-1)

    @property
    def _top_line(self) -> int:
        return self._map.line_at(self.scroll_offset.y) if self.line_count else 0

    async def _step(self, step: int) -> bool:
        match = self._search.match
        here = match + step if match is not None else self._top_line
        return await self._go_match(here, forward=step > 0)

    async def _go_match(self, start: int, *, forward: bool) -> bool:
        spool, search = self._spool, self._search
        before = search.match
        has_times = self._has_times
        while spool is not None and await search.go(
            spool, start, forward=forward, has_times=has_times
        ):
            found = search.match
            assert found is not None
            shown = self._nearest_shown(found, forward=forward)
            if shown == found:
                self._show_match()
                return True
            if shown is None:
                break
            start = shown
        search.match = before
        return False

    def _nearest_shown(self, line: int, *, forward: bool) -> int | None:
        """Give the line that a filter leaves, from one on; without a filter that one."""
        rows = self._map
        if rows.kept is not None:
            return rows.kept.next_shown(line, forward=forward)
        if rows.first <= line < rows.stop:
            return line
        near = rows.first if line < rows.first else rows.stop - 1
        return near if (near > line) is forward and rows.shown else None

    def _show_match(self) -> None:
        found = self._search.match
        assert found is not None
        row, top = self._map.row_of(found), self.scroll_offset.y
        if not top <= row < top + self.page_height:
            self.move_to(row - self.page_height // 3)
        self.refresh_changed()

    @property
    def search_trouble(self) -> str:
        """Say why the last search was given up; empty when it was not."""
        line = self._search.too_slow_at
        return "" if line is None else too_slow_words(self._search.text, line)

    def clear_search(self) -> None:
        """Highlight nothing."""
        self._search.begin("")
        self.refresh_changed()

    def peel(self) -> bool:
        """Undo the search; False when there is none."""
        is_searching = self.is_searching
        if is_searching:
            self.clear_search()
        return is_searching

    async def action_next_match(self) -> None:
        """Go to the next match."""
        if not await self.next_match():
            self.say(self.search_trouble or miss_words(self.is_searching, "below"))

    async def action_previous_match(self) -> None:
        """Go to the match before."""
        if not await self.previous_match():
            self.say(self.search_trouble or miss_words(self.is_searching, "above"))

    async def action_next_error(self, step: int = 1) -> None:
        """Go to the next line that looks like an error, or to the one above."""
        spool, search, before = self._spool, self._search, self._search.match
        here = (before if before is not None else self._edge(step)) + step
        while spool is not None and await search.go_error(spool, here, step):
            assert search.match is not None
            shown = self._nearest_shown(search.match, forward=step > 0)
            if shown == search.match:
                self._show_match()
                return
            if shown is None:
                break
            here = shown
        search.match = before
        self.say(f"no line that looks like an error {'below' if step > 0 else 'above'}")

    def _edge(self, step: int) -> int:
        """Give the line beside the view that a first search in that direction starts from."""
        top = self.scroll_offset.y
        if step > 0:
            return self._top_line - 1
        below = top + self.page_height
        return self._map.line_at(below) if below < self.line_count else self._map.stop

    @property
    def is_searching(self) -> bool:
        """Something is highlighted."""
        return self._search.pattern is not None

    def marked_line(self) -> bytes | None:
        """Give the line that a search found last."""
        match = self._search.match
        return self.raw_line(match) if match is not None else None


def too_slow_words(pattern: str, line: int) -> str:
    """Say that an expression was given up."""
    return f"{clean(pattern)} takes too long on line {line + 1:,} and was given up"
