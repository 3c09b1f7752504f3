"""Prints an address whole, for a browser on another machine."""

from __future__ import annotations

from collections.abc import Sequence

from console.present.clean import clean
from console.present.line import Line, Span
from console.present.tone import Tone
from console.ui.dialogs.notice import NoticeDialog
from console.ui.session import Session


class AddressDialog(NoticeDialog):
    """Shows an address."""

    def __init__(self, session: Session, address: str, notes: Sequence[str]) -> None:
        super().__init__(session)
        self._address = address
        self._notes = notes

    def title_line(self) -> Line:
        """Say what it is."""
        return (Span("Address in the web console", Tone.TITLE),)

    def lines(self) -> Sequence[Line]:
        """Give the address, and what was done with it."""
        notes: list[Line] = [(Span(clean(note), Tone.DIM),) for note in self._notes if note]
        return [(Span(clean(self._address), Tone.ACCENT),), (), *notes]
