"""Choose what of an execution is copied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from console.present.clean import clean
from console.present.columns import Column
from console.present.copying import CopyChoice
from console.present.line import Line, Span, clip
from console.present.tone import Tone
from console.ui.session import Session
from console.ui.sturdy import Sturdy
from console.ui.widgets.line_bar import LineBar
from console.ui.widgets.row_list import RowList

LABEL = 20


class CopyMenu(Sturdy, ModalScreen[CopyChoice | None], inherit_bindings=False):
    """Gives what was chosen, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+c,q", "back", "Back", show=False),
    ]

    DEFAULT_CSS = """
    CopyMenu {
        background: $background;
        & #menu { padding: 1 3; max-width: 110; }
        & RowList { height: 1fr; margin-top: 1; }
    }
    """

    def __init__(self, session: Session, choices: Sequence[CopyChoice]) -> None:
        super().__init__()
        self.session = session
        self._choices = {choice.id: choice for choice in choices}
        self.list = RowList(self._columns, self._cells, glyphs=session.glyphs, show_header=False)

    def compose(self) -> ComposeResult:
        """Give the list."""
        with Vertical(id="menu"):
            yield LineBar(lambda _: ((Span("Copy", Tone.TITLE),),))
            yield self.list
            hint = "enter copies   esc goes back"
            yield LineBar(lambda _: ((Span(hint, Tone.DIM),),))

    def on_mount(self) -> None:
        """Begin with the first."""
        self.list.set_rows(list(self._choices))
        self.list.focus()

    @on(RowList.RowOpened)
    def _opened(self, message: RowList.RowOpened) -> None:
        message.stop()
        self.dismiss(self._choices[message.row_id])

    def action_back(self) -> None:
        """Copy nothing."""
        self.dismiss(None)

    def _columns(self, width: int) -> Sequence[Column]:
        return (Column("label", "", LABEL), Column("text", "", max(8, width - LABEL - 2)))

    def _cells(self, identifier: str) -> Mapping[str, Line]:
        choice = self._choices[identifier]
        first, _, rest = choice.text[:400].partition("\n")
        lines = choice.text.count("\n") + 1
        more = f"   {lines:,} lines" if rest else ""
        return {
            "label": (Span(choice.label),),
            "text": (Span(clip(clean(first), 70 if more else 200), Tone.DIM), Span(more, Tone.DIM)),
        }
