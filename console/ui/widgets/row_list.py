"""A list of rows known by id: any length, painted by line, repainted by cell.

    rows = RowList(columns_for, cells_of, id="execution-list")
        columns_for(width) -> Sequence[Column]       (present/columns.py; width without the gutter)
        cells_of(row_id) -> Mapping[str, Line]       by column name; asked for visible rows only
    rows.set_rows(ids)            the rows in order; cursor and place are kept by id
    rows.patch(ids)               those rows' data changed; rows.patch() when time went on
    rows.cursor_id                id under the cursor, or None;  rows.cursor_to(id) -> bool
    rows.has_moved                the person has moved the cursor since the list was made
    rows.marks                    set of marked ids; toggle_mark(), mark_range(), set_marks(ids)
    rows.empty = (line, …)        what an empty list says
    rows.subdued = True           the data is late

    RowList.RowHighlighted(rows, row_id)   the cursor is on another id
    RowList.RowOpened(rows, row_id)        enter, or a click on the cursor's row
    RowList.MarksChanged(rows)

Gutter: `┃` on the cursor's row, `*` on a marked one. Keys: movement and enter; marking keys are
the catalogue's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.message import Message

from console.present.columns import Column, compose_row, compose_titles
from console.present.glyphs import UNICODE, Glyphs
from console.present.line import Line, Span
from console.present.tone import Tone
from console.ui.keymap import pane_bindings
from console.ui.widgets.cursor_view import CursorView

GUTTER = 3
"""Cells left of the first column: cursor, mark, blank."""
CACHE_LIMIT = 1024
"""Composed rows kept; a screen shows far fewer, scrolling back finds them again."""


class RowList(CursorView):
    """Rows by id, with a cursor and marks."""

    BINDINGS: ClassVar[list[BindingType]] = pane_bindings({"list.open": "open"})

    header_height: ClassVar[int] = 1

    class RowHighlighted(Message):
        """The cursor is on another id."""

        def __init__(self, row_list: RowList, row_id: str | None) -> None:
            super().__init__()
            self.row_list = row_list
            self.row_id = row_id

        @property
        def control(self) -> RowList:
            """The list."""
            return self.row_list

        def can_replace(self, message: Message) -> bool:
            """Only the last of several counts."""
            return isinstance(message, RowList.RowHighlighted)

    class RowOpened(Message):
        """A row was opened."""

        def __init__(self, row_list: RowList, row_id: str) -> None:
            super().__init__()
            self.row_list = row_list
            self.row_id = row_id

        @property
        def control(self) -> RowList:
            """The list."""
            return self.row_list

    class MarksChanged(Message):
        """Other rows are marked."""

        def __init__(self, row_list: RowList) -> None:
            super().__init__()
            self.row_list = row_list

        @property
        def control(self) -> RowList:
            """The list."""
            return self.row_list

    def __init__(
        self,
        columns_for: Callable[[int], Sequence[Column]],
        cells_of: Callable[[str], Mapping[str, Line]],
        *,
        glyphs: Glyphs = UNICODE,
        show_header: bool = True,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(glyphs=glyphs, name=name, id=id, classes=classes)
        self._columns_for = columns_for
        self._cells_of = cells_of
        self.header_height = 1 if show_header else 0  # type: ignore[misc]
        self.empty: tuple[Line, ...] = ()
        self.marks: set[str] = set()
        self._rows: list[str] = []
        self._columns: Sequence[Column] | None = None
        self._composed: dict[str, Line] = {}

    # Rows

    @property
    def line_count(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    @property
    def rows(self) -> Sequence[str]:
        """The ids, in order."""
        return self._rows

    @property
    def cells_width(self) -> int:
        """How wide a row's cells may be together."""
        return max(1, self.line_width - GUTTER)

    @property
    def columns(self) -> Sequence[Column]:
        """The columns at the present width."""
        if self._columns is None:
            self._columns = self._columns_for(self.cells_width)
        return self._columns

    def set_rows(self, ids: Iterable[str]) -> None:
        """Show these rows; the cursor stays on its id, and its row where it is on the screen."""
        old_id, old_index = self.cursor_id, self._cursor
        rows = list(ids)
        if rows == self._rows:
            self.patch()
            return
        self._rows = rows
        self._composed.clear()
        index = self._index_of(old_id) if old_id is not None else None
        if index is None:
            index = max(0, min(old_index, len(rows) - 1))
        self._cursor = index
        self.count_changed()
        self._keep_place(index - old_index)
        self.refresh_changed()
        if self.cursor_id != old_id:
            self.announce_cursor()

    def patch(self, ids: Iterable[str] | None = None) -> None:
        """Repaint what changed in these rows; in all of them when none are named."""
        if ids is None:
            self._composed.clear()
        else:
            changed = list(ids)
            for row_id in changed:
                self._composed.pop(row_id, None)
        self.refresh_changed()

    def reset_columns(self) -> None:
        """Ask for the columns again: others were chosen, or names grew."""
        self.forget_lines()
        self.refresh_changed()

    def _index_of(self, row_id: str) -> int | None:
        try:
            return self._rows.index(row_id)
        except ValueError:
            return None

    def _keep_place(self, shift: int) -> None:
        top = self.scroll_offset.y
        if top and shift:
            top = max(0, min(top + shift, int(self.max_scroll_y)))
            self.scroll_now(top)
        self.scroll_into_view(self._cursor)

    # Cursor

    @property
    def cursor_id(self) -> str | None:
        """The id under the cursor."""
        return self._rows[self._cursor] if self._cursor < len(self._rows) else None

    def cursor_to(self, row_id: str) -> bool:
        """Put the cursor on an id; False if there is no such row."""
        index = self._index_of(row_id)
        if index is None:
            return False
        self.put_cursor(index)
        return True

    def move_by(self, lines: int) -> None:
        """Move the cursor by rows."""
        self.move_to(self._cursor + lines)

    def move_to(self, index: int) -> None:
        """Move the cursor to a row."""
        self.has_moved = True
        self.put_cursor(index)

    def cursor_key(self) -> str | None:
        """Give the id under the cursor."""
        return self.cursor_id

    def announce_cursor(self) -> None:
        """Post which row it is."""
        self.post_message(self.RowHighlighted(self, self.cursor_id))

    def open_cursor(self) -> None:
        """Open the cursor's row."""
        if self.cursor_id is not None:
            self.post_message(self.RowOpened(self, self.cursor_id))

    # Marks

    def toggle_mark(self) -> None:
        """Mark the cursor's row or clear its mark, and go to the next one."""
        if self.cursor_id is None:
            return
        self.set_marks(self.marks ^ {self.cursor_id})
        self.move_by(1)

    def mark_range(self) -> None:
        """Mark everything from the nearest marked row to the cursor."""
        marked = [index for index, row_id in enumerate(self._rows) if row_id in self.marks]
        if not marked:
            self.set_marks({self.cursor_id} if self.cursor_id is not None else set())
            return
        nearest = min(marked, key=lambda index: abs(index - self._cursor))
        low, high = sorted((nearest, self._cursor))
        self.set_marks(self.marks | set(self._rows[low : high + 1]))

    def set_marks(self, ids: Iterable[str]) -> None:
        """Mark exactly these."""
        self.marks = set(ids)
        self.refresh_changed()
        self.post_message(self.MarksChanged(self))

    # Lines

    def compose_header(self) -> Line:
        """Give the columns' titles."""
        return (Span(" " * GUTTER), *compose_titles(self.columns))

    def compose_line(self, index: int) -> Line:
        """Give gutter and cells of a row."""
        row_id = self._rows[index]
        row = self._composed.get(row_id)
        if row is None:
            if len(self._composed) > CACHE_LIMIT:
                self._composed.clear()
            row = self._composed[row_id] = compose_row(self.columns, self._cells_of(row_id))
        mark = self.glyphs.mark if row_id in self.marks else " "
        return (self.cursor_span(index), Span(mark + " ", Tone.ACCENT), *row)

    def compose_empty(self, y: int) -> Line:
        """Say why there is nothing."""
        if 0 < y <= len(self.empty):
            return (Span(" " * GUTTER), *self.empty[y - 1])
        return ()

    def forget_lines(self) -> None:
        """Compose every row anew."""
        self._columns = None
        self._composed.clear()
