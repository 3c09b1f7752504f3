"""Choose by what the list is sorted; chosen again, a column is sorted the other way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from console.present.line import Line, Span
from console.present.ordering import WORDS, Order, usual_order
from console.present.tone import Tone
from console.ui.dialogs.picker import Picker
from console.ui.session import Session

USUAL_ROW = "usual"


class PickOrder(Picker[Order]):
    """Gives the order that was chosen, or None."""

    TITLE_TEXT: ClassVar[str] = "Sort the list by"
    HINT: ClassVar[str] = "enter chooses; the same column again turns it round   esc goes back"

    def __init__(self, session: Session, order: Order) -> None:
        super().__init__(session)
        self._order = order

    def row_ids(self) -> Sequence[str]:
        """Give the list's own order, and each column."""
        return (USUAL_ROW, *WORDS)

    def first_row(self) -> str:
        """Begin on what it is sorted by."""
        return self._order.column or USUAL_ROW

    def row_cells(self, row_id: str) -> Mapping[str, Line]:
        """Give the column, and the direction it would have."""
        is_now = row_id == (self._order.column or USUAL_ROW)
        if row_id == USUAL_ROW:
            words = "what needs a person first, then newest first"
        else:
            words = WORDS[row_id][self._chosen(row_id).is_descending]
        about = f"now {self._order.words(words)}; enter: {words}" if is_now else words
        if is_now and row_id == USUAL_ROW:
            about = f"now; {words}"
        tone = Tone.ACCENT if is_now else Tone.TEXT
        return {"name": (Span(row_id, tone),), "about": (Span(about, Tone.DIM),)}

    def _chosen(self, row_id: str) -> Order:
        if row_id == USUAL_ROW:
            return Order()
        return self._order.turned() if row_id == self._order.column else usual_order(row_id)

    def chosen(self, row_id: str) -> None:
        """Sort by it."""
        self.dismiss(self._chosen(row_id))
