"""Lines that are read: the data of an execution, the journal, the keys.

view = TextView(lambda width: (line, …), id="data")
view.update()                    compose again; only cells that changed are repainted
view.find("text") -> bool        highlights, goes to the first match from here on
view.next_match(), previous_match() -> bool;  view.clear_search()
view.is_wrapped                  long lines go on below; else they go on to the right
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.reactive import reactive

from console.present.line import Line, Span, cut_line, line_width, plain
from console.present.log_lines import highlighted, wrapped
from console.ui.keymap import pane_bindings
from console.ui.widgets.line_view import LineView

GUTTER = 1
SIDE_STEP = 16


class TextView(LineView):
    """Lines that scroll."""

    BINDINGS: ClassVar[list[BindingType]] = pane_bindings(
        {
            "text.page-down": "page(1)",
            "text.page-up": "page(-1)",
            "text.left": "sideways(-1)",
            "text.right": "sideways(1)",
            "find.next": "next_match",
            "find.previous": "previous_match",
        }
    )

    is_wrapped: reactive[bool] = reactive(True, init=False)
    """Long lines go on below."""

    def __init__(
        self,
        lines_for: Callable[[int], Sequence[Line]],
        *,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._lines_for = lines_for
        self._lines: list[Line] | None = None
        self._pattern = ""
        self._match: int | None = None
        self._left = 0

    @property
    def lines(self) -> list[Line]:
        """The rows there are, wrapped for the width."""
        if self._lines is None:
            width = max(1, self.line_width - GUTTER)
            self._lines = []
            for line in self._lines_for(width):
                indent = indent_of(line)
                self._lines += (
                    wrapped(line, width, indent, at_blanks=True) if self.is_wrapped else [line]
                )
        return self._lines

    @property
    def line_count(self) -> int:
        """How many rows there are."""
        return len(self.lines)

    def update(self) -> None:
        """Compose again; the place stays."""
        self._lines = None
        if self.is_mounted:
            self.count_changed()
            self.refresh_changed()

    def forget_lines(self) -> None:
        """Wrap anew; there may be more rows or fewer then."""
        self._lines = None
        if self.is_mounted:
            self.call_later(self.count_changed)

    def watch_is_wrapped(self) -> None:
        """Show long lines the other way."""
        self._left = 0
        self.update()

    def compose_line(self, index: int) -> Line:
        """Give one row."""
        line = self.lines[index]
        if self._pattern:
            line = highlighted(line, self._pattern, is_current=index == self._match)
        if self._left:
            line = cut_line(line, self._left, self._left + self.line_width)
        return (Span(" " * GUTTER), *line)

    # Moving

    def move_by(self, lines: int) -> None:
        """Scroll by lines."""
        self.move_to(self.scroll_offset.y + lines)

    def move_to(self, index: int) -> None:
        """Scroll so that a row is the first in view."""
        self.scroll_now(max(0, min(index, int(self.max_scroll_y))))

    def action_sideways(self, steps: int) -> None:
        """Scroll to the side, where lines are not wrapped."""
        if not self.is_wrapped:
            self._left = max(0, self._left + steps * SIDE_STEP)
            self.refresh_changed()

    # Search

    def find(self, pattern: str) -> bool:
        """Highlight a text and go to the first row that has it, from the top of the view on."""
        self._pattern, self._match = pattern, None
        self.refresh_changed()
        return self._go(self.scroll_offset.y, 1)

    def next_match(self) -> bool:
        """Go to the next row that matches."""
        return self._go((self.scroll_offset.y - 1 if self._match is None else self._match) + 1, 1)

    def previous_match(self) -> bool:
        """Go to the row before that matches."""
        return self._go((self.scroll_offset.y if self._match is None else self._match) - 1, -1)

    def action_next_match(self) -> None:
        """Go to the next match."""
        if not self.next_match():
            self.say(miss_words(self.is_searching, "below"))

    def action_previous_match(self) -> None:
        """Go to the match before."""
        if not self.previous_match():
            self.say(miss_words(self.is_searching, "above"))

    @property
    def is_searching(self) -> bool:
        """Something is highlighted."""
        return bool(self._pattern)

    def clear_search(self) -> None:
        """Highlight nothing."""
        self._pattern, self._match = "", None
        self.refresh_changed()

    def peel(self) -> bool:
        """Undo the search; False when there is none."""
        is_searching = self.is_searching
        if is_searching:
            self.clear_search()
        return is_searching

    def _go(self, start: int, step: int) -> bool:
        needle = self._pattern.casefold()
        stop = len(self.lines) if step > 0 else -1
        for index in range(start, stop, step) if needle else ():
            if needle in plain(self.lines[index]).casefold():
                self._match = index
                top = self.scroll_offset.y
                if not top <= index < top + self.page_height:
                    self.move_to(index - self.page_height // 3)
                self.refresh_changed()
                return True
        return False


def indent_of(line: Line) -> int:
    """Give where the text of a line begins, so that what goes on below stands under it."""
    if len(line) > 1 and line[0].text.endswith("  "):
        return line_width(line[:1])
    text = plain(line)
    return len(text) - len(text.lstrip())


def miss_words(is_searching: bool, where: str) -> str:
    """Say that a search went no further."""
    return f"no match {where}" if is_searching else "nothing is searched for yet"
