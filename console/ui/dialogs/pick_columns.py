"""Choose the list's columns and their order: shown ones stand first, in the list's order.

One that is hidden and shown again goes back to its place. One that was chosen and for which the
list has no room at its width says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from console.present.chosen_columns import COLUMN_NAMES, USUAL, about, without_room
from console.present.line import Line, Span
from console.present.tone import Tone
from console.ui.dialogs.picker import Picker
from console.ui.session import Session


class PickColumns(Picker[tuple[str, ...]]):
    """Gives the columns that were chosen, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "show_or_hide", "Show or hide", show=False),
        Binding("J,shift+down,greater_than_sign", "shift(1)", "Further right", show=False),
        Binding("K,shift+up,less_than_sign", "shift(-1)", "Further left", show=False),
        Binding("u", "usual", "The usual ones", show=False),
    ]
    TITLE_TEXT: ClassVar[str] = "Columns of the list"
    HINT: ClassVar[str] = "space shows or hides   J K move it   u the usual ones   enter keeps"

    def __init__(
        self, session: Session, names: Sequence[str], list_width: Callable[[], int]
    ) -> None:
        super().__init__(session)
        self._list_width = list_width
        self._order = list(names)
        """What is shown, and what was until it was hidden here."""
        self._hidden: set[str] = set()

    @property
    def _shown(self) -> list[str]:
        return [name for name in self._order if name not in self._hidden]

    def row_ids(self) -> Sequence[str]:
        """Give the shown ones in their order, then the others."""
        shown = self._shown
        return (*shown, *(name for name in COLUMN_NAMES if name not in shown))

    def first_row(self) -> str:
        """Begin on the first column."""
        return self._shown[0]

    def row_cells(self, row_id: str) -> Mapping[str, Line]:
        """Give a tick, the name and what it says."""
        shown = self._shown
        is_shown = row_id in shown
        tick = self.session.glyphs.states["success"] if is_shown else " "
        name = (Span(f"{tick} ", Tone.ACCENT), Span(row_id, Tone.TEXT if is_shown else Tone.DIM))
        width, mode = self._list_width(), self.session.time_mode
        has_room = row_id not in without_room(shown, width, time_mode=mode)
        note = () if has_room else (Span("no room here   ", Tone.WARNING),)
        return {"name": name, "about": (*note, Span(about(row_id), Tone.DIM))}

    def action_show_or_hide(self) -> None:
        """Show or hide the column under the cursor; one always stays."""
        name = self.list.cursor_id
        if name is None:
            return
        if name in self._hidden:
            self._hidden.remove(name)
        elif name not in self._order:
            self._order.append(name)
        elif len(self._shown) > 1:
            self._hidden.add(name)
        self._show(name)

    def action_shift(self, step: int) -> None:
        """Move the column under the cursor to the left or to the right."""
        name = self.list.cursor_id
        shown = self._shown
        if name is None or name not in shown:
            return
        beside = shown[max(0, min(shown.index(name) + step, len(shown) - 1))]
        place, other = self._order.index(name), self._order.index(beside)
        self._order[place], self._order[other] = beside, name
        self._show(name)

    def action_usual(self) -> None:
        """Take the usual ones."""
        self._order, self._hidden = list(USUAL), set()
        self._show(USUAL[0])

    def _show(self, name: str) -> None:
        self.list.set_rows(self.row_ids())
        self.list.patch()
        self.list.cursor_to(name)

    def chosen(self, row_id: str) -> None:
        """Take what is shown."""
        self.dismiss(tuple(self._shown))
