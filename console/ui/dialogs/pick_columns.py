"""Choose the list's columns and their order: shown ones stand first, in the list's order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from console.present.chosen_columns import COLUMN_NAMES, USUAL, about
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

    def __init__(self, session: Session, names: Sequence[str]) -> None:
        super().__init__(session)
        self._shown = list(names)

    def row_ids(self) -> Sequence[str]:
        """Give the shown ones in their order, then the others."""
        return (*self._shown, *(name for name in COLUMN_NAMES if name not in self._shown))

    def first_row(self) -> str:
        """Begin on the first column."""
        return self._shown[0]

    def row_cells(self, row_id: str) -> Mapping[str, Line]:
        """Give a tick, the name and what it says."""
        is_shown = row_id in self._shown
        tick = self.session.glyphs.states["success"] if is_shown else " "
        name = (Span(f"{tick} ", Tone.ACCENT), Span(row_id, Tone.TEXT if is_shown else Tone.DIM))
        return {"name": name, "about": (Span(about(row_id), Tone.DIM),)}

    def action_show_or_hide(self) -> None:
        """Show or hide the column under the cursor; one always stays."""
        name = self.list.cursor_id
        if name is None:
            return
        if name not in self._shown:
            self._shown.append(name)
        elif len(self._shown) > 1:
            self._shown.remove(name)
        self._show(name)

    def action_shift(self, step: int) -> None:
        """Move the column under the cursor to the left or to the right."""
        name = self.list.cursor_id
        if name is None or name not in self._shown:
            return
        place = self._shown.index(name)
        other = max(0, min(place + step, len(self._shown) - 1))
        self._shown[place], self._shown[other] = self._shown[other], self._shown[place]
        self._show(name)

    def action_usual(self) -> None:
        """Take the usual ones."""
        self._shown = list(USUAL)
        self._show(self._shown[0])

    def _show(self, name: str) -> None:
        self.list.set_rows(self.row_ids())
        self.list.patch()
        self.list.cursor_to(name)

    def chosen(self, row_id: str) -> None:
        """Take what is shown."""
        self.dismiss(tuple(self._shown))
