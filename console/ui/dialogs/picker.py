"""A list to choose from, which changes only how things are shown.

Sort the list by

┃  problems    what needs a person first
   status      most urgent first
…
enter chooses   esc goes back
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from console.present.columns import Column
from console.present.line import Line, Span
from console.present.tone import Tone
from console.ui.keymap import rebind
from console.ui.session import Session
from console.ui.sturdy import Sturdy
from console.ui.widgets.line_bar import LineBar
from console.ui.widgets.row_list import RowList

T = TypeVar("T")


class Picker(Sturdy, ModalScreen[T | None], Generic[T], inherit_bindings=False):
    """A screen with a title, rows and a hint; a subclass says what a row is and does."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+c,q", "back", "Back", show=False),
    ]
    TITLE_TEXT: ClassVar[str] = ""
    HINT: ClassVar[str] = ""

    DEFAULT_CSS = """
    Picker {
        background: $background;
        & #picker { padding: 1 3; max-width: 110; }
        & RowList { height: 1fr; margin-top: 1; }
    }
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._lump = 0
        self._hint = LineBar(lambda _: (self._hint_line(),))
        self.list = RowList(
            self.row_columns, self.row_cells, glyphs=session.glyphs, show_header=False
        )

    # What a subclass gives

    def row_ids(self) -> Sequence[str]:
        """Give the rows."""
        return ()

    def first_row(self) -> str:
        """Give the row the cursor begins on."""
        return ""

    def row_columns(self, width: int) -> Sequence[Column]:
        """Give the columns: what it is called, and what it means."""
        return (Column("name", "", 14), Column("about", "", max(8, width - 16)))

    def row_cells(self, row_id: str) -> Mapping[str, Line]:
        """Give the cells of a row."""
        return {}

    def chosen(self, row_id: str) -> None:
        """A row was chosen."""

    # The rest

    def compose(self) -> ComposeResult:
        """Give title, rows and hint."""
        with Vertical(id="picker"):
            yield LineBar(lambda _: ((Span(self.TITLE_TEXT, Tone.TITLE),),))
            yield self.list
            yield self._hint

    def on_mount(self) -> None:
        """Begin on what is so now."""
        rebind(self, self.session.keymap)
        self.list.set_rows(self.row_ids())
        self.list.cursor_to(self.first_row())
        self.list.focus()

    @on(RowList.RowOpened)
    def _opened(self, message: RowList.RowOpened) -> None:
        message.stop()
        self.run_worker(self._choose_alone(message.row_id), exclusive=True, exit_on_error=False)

    async def _choose_alone(self, row_id: str) -> None:
        """Choose unless the key came in a lump of keys: what is chosen is kept on the disk."""
        from console.ui.app import ConsoleApp

        app = self.app
        assert isinstance(app, ConsoleApp)
        count = await app.keys_at_once()
        self._lump = count if count > 1 else 0
        self._hint.update()
        if not self._lump:
            self.chosen(row_id)

    def _hint_line(self) -> Line:
        if self._lump:
            text = f"{self._lump} keys came at once, as in a paste; press enter again"
            return (Span(text, Tone.WARNING),)
        return (Span(self.HINT, Tone.DIM),)

    def action_back(self) -> None:
        """Choose nothing."""
        self.dismiss(None)
