"""The data of an execution: sections under labels, and JSON in them that folds.

view = DataView(sections_for, id="data")
view.update()               compose again; cursor and what is folded stay
view.value                  what `y` copies: the value under the cursor, or nothing

A document is read once, and only the rows in view are composed, however long it is. Enter and
space fold what is under the cursor, left and right fold and unfold or scroll sideways.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events
from textual.binding import BindingType

from console.present.data import Section, section_lead
from console.present.glyphs import UNICODE, Glyphs
from console.present.line import Line, Span, clip_line, cut_line, plain
from console.present.log_lines import highlighted
from console.present.tone import Tone
from console.ui.keymap import pane_bindings
from console.ui.widgets.data_rows import LEAD, DataRows
from console.ui.widgets.text_view import GUTTER, TextView


class DataView(TextView):
    """Sections with a cursor."""

    BINDINGS: ClassVar[list[BindingType]] = pane_bindings(
        {
            "data.fold": "fold(True)",
            "text.page-down": "fold_or_page",
            "text.left": "inward(-1)",
            "text.right": "inward(1)",
        }
    )

    def __init__(
        self,
        sections_for: Callable[[], Sequence[Section]],
        *,
        glyphs: Glyphs = UNICODE,
        id: str | None = None,
    ) -> None:
        super().__init__(lambda width: (), id=id)
        self.glyphs = glyphs
        self._sections_for = sections_for
        self._rows = DataRows()
        self._is_composed = False
        self._cursor = 0
        self._held = ("", 0)
        """The block the cursor was in last, and its place there."""
        self._has_moved = False

    # Rows

    def forget_documents(self) -> None:
        """Another execution is shown: begin at its first row, with nothing folded."""
        self._rows.forget()
        self._is_composed = False
        self._cursor = 0
        self._has_moved = False

    @property
    def rows(self) -> DataRows:
        """The rows there are; composed anew, the cursor is where its row is now."""
        rows = self._rows
        if not self._is_composed:
            width = max(1, self.line_width - GUTTER)
            rows.compose(self._sections_for(), width, is_wrapped=self.is_wrapped)
            self._is_composed = True
            row = rows.row_of(*self._held) if self._has_moved else 0
            self._cursor = max(0, min(self._cursor if row is None else row, rows.count - 1))
        return rows

    @property
    def line_count(self) -> int:
        """How many rows there are."""
        return self.rows.count

    def _text(self, index: int) -> Line:
        block, place = self.rows.at(index)
        room = max(8, self.line_width - GUTTER - LEAD - block.indent)
        line = (
            block.lines[place] if block.tree is None else block.tree.line(place, room + self._left)
        )
        return (Span(" " * block.indent), *line) if block.indent else line

    def compose_line(self, index: int) -> Line:
        """Give one row."""
        block, place = self.rows.at(index)
        text = self._text(index)
        if self._pattern:
            text = highlighted(text, self._pattern, is_current=index == self._match)
        room = self.line_width - GUTTER - LEAD
        if self._left:
            text = cut_line(text, self._left, self._left + room)
        elif self.is_wrapped:
            text = clip_line(text, room)
        is_here = index == self._cursor
        bar = Span(
            self.glyphs.cursor if is_here else " ", Tone.ACCENT if self.has_focus else Tone.DIM
        )
        return (bar, Span(section_lead(block.label, place == 0), Tone.DIM), *text)

    def ground_of(self, index: int) -> str:
        """Lift the cursor's row."""
        if index != self._cursor:
            return ""
        return Tone.SELECTION if self.has_focus else Tone.SELECTION_BLUR

    def update(self) -> None:
        """Compose again; the cursor stays on its row, wherever that is now."""
        self._hold()
        if not self.is_mounted:
            return
        self.count_changed()
        self.refresh_changed()

    def _hold(self) -> None:
        """Remember where the cursor is, and that all is to be composed anew."""
        if self._is_composed and self._cursor < self._rows.count:
            block, place = self._rows.at(self._cursor)
            self._held = (block.name, place)
        self._is_composed = False

    def forget_lines(self) -> None:
        """Wrap anew; the cursor's row may be another one then."""
        self._hold()
        if self.is_mounted:
            self.call_later(self._rewrapped)

    def _rewrapped(self) -> None:
        self.count_changed()
        self.keep_place()

    def watch_has_focus(self, has_focus: bool) -> None:
        """Show which pane the keys go to."""
        super().watch_has_focus(has_focus)
        self.refresh_changed()

    # The cursor

    @property
    def cursor_index(self) -> int:
        """The cursor's row."""
        return self._cursor

    @property
    def value(self) -> str:
        """What is under the cursor; empty where it is nothing by itself."""
        if not self.line_count:
            return ""
        block, place = self.rows.at(self._cursor)
        return block.tree.text_of(place) if block.tree is not None else block.value

    def move_by(self, lines: int) -> None:
        """Move the cursor by rows."""
        self.move_to(self._cursor + lines)

    def move_to(self, index: int) -> None:
        """Move the cursor to a row."""
        self._has_moved = True
        self._cursor = max(0, min(index, self.line_count - 1))
        self.scroll_into_view(self._cursor)
        self.refresh_changed()

    def keep_place(self) -> None:
        """Keep the cursor in view."""
        self.scroll_into_view(self._cursor)

    def on_click(self, event: events.Click) -> None:
        """Put the cursor there; a double click folds."""
        index = event.y + self.scroll_offset.y
        if index < self.line_count:
            event.stop()
            self.move_to(index)
            if event.chain > 1:
                self.action_fold(is_inside_too=False)

    # Folding

    def action_fold(self, is_inside_too: bool) -> None:
        """Fold or unfold what is under the cursor, else fold what it is in."""
        if not self.line_count:
            return
        block, place = self.rows.at(self._cursor)
        if block.tree is None:
            return
        if block.tree.toggle(place):
            self._folded(self._cursor)
        elif is_inside_too:
            opening = block.tree.opening_of(place)
            if opening is not None and block.tree.fold(opening):
                self._folded(self._cursor - place + opening)

    def _folded(self, cursor: int) -> None:
        self._rows.index()
        self._match = None
        self._has_moved = True
        self._cursor = cursor
        self.count_changed()
        self.scroll_into_view(cursor)
        self.refresh_changed()

    def action_fold_or_page(self) -> None:
        """Fold or unfold, or turn the page where there is nothing to fold."""
        block, place = self.rows.at(self._cursor) if self.line_count else (None, 0)
        if block is not None and block.tree is not None and block.tree.toggle(place):
            self._folded(self._cursor)
        else:
            self.action_page(1)

    def action_inward(self, step: int) -> None:
        """Unfold, or fold what the cursor is on or in; where lines go on to the right, scroll."""
        block, place = self.rows.at(self._cursor) if self.line_count else (None, 0)
        if block is None or block.tree is None or not self.is_wrapped:
            self.action_sideways(step)
        elif step > 0:
            if block.tree.unfold(place):
                self._folded(self._cursor)
        elif block.tree.fold(place):
            self._folded(self._cursor)
        else:
            opening = block.tree.opening_of(place)
            if opening is not None:
                self.move_to(self._cursor - place + opening)

    # Search

    def find(self, pattern: str) -> bool:
        """Highlight a text and go to the first row that has it, from the cursor on."""
        self._pattern, self._match = pattern, None
        self.refresh_changed()
        return self._go(self._cursor, 1)

    def next_match(self) -> bool:
        """Go to the next row that matches."""
        return self._go(self._cursor + (self._match is not None), 1)

    def previous_match(self) -> bool:
        """Go to the row before that matches."""
        return self._go(self._cursor - 1, -1)

    def _go(self, start: int, step: int) -> bool:
        """Look row by row; what is folded is looked into, and unfolded where it has the text."""
        needle, index = self._pattern.casefold(), start
        while needle and 0 <= index < self.line_count:
            block, place = self.rows.at(index)
            if block.tree is None:
                is_found = needle in plain(block.lines[place]).casefold()
            else:
                is_found = block.tree.has(place, needle)
                while not is_found and block.tree.hides(place, needle):
                    before = block.count
                    block.tree.unfold(place)
                    self._rows.index()
                    if step < 0:
                        index, place = index + block.count - before, place + block.count - before
            if is_found:
                self._match = index
                self.count_changed()
                self.move_to(index)
                return True
            index += step
        self.count_changed()
        self.refresh_changed()
        return False
