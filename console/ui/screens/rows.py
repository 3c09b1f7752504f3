"""A screen that is one list, made shorter by what is typed after `/`, and the row in full below.

workflows                                                                         4
   WORKFLOW            MAIN JOB                   JOBS  DEPLOYED  RUNNING  FAILED
┃  order-processing    process-order                 5       2 h        1       3
────────────────────────────────────────────────────────────────────────────────────
order-processing …     what a subclass tells of the row under the cursor
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from console.commands.command_line import Typed
from console.present.clean import clean
from console.present.columns import Column
from console.present.line import Line, Span, spread
from console.present.tone import Tone
from console.ui.keymap import screen_bindings
from console.ui.screens.acting import Acting
from console.ui.session import Session
from console.ui.widgets.line_bar import LineBar
from console.ui.widgets.open_rows import OpenRows
from console.ui.widgets.row_list import RowList
from console.ui.widgets.spool_view import SpoolView
from console.ui.widgets.text_view import TextView


class RowsScreen(Acting, inherit_bindings=False):
    """One list of things that are known by a name."""

    BINDINGS: ClassVar[list[BindingType]] = screen_bindings()
    NAME: ClassVar[str] = ""
    """What the screen is called above the list."""
    STORY_HEIGHT: ClassVar[int] = 5

    DEFAULT_CSS = """
    RowsScreen #rows { height: 1fr; }
    """

    def __init__(
        self, session: Session, *, cursor: str | None = None, filter_text: str = ""
    ) -> None:
        super().__init__(session)
        self.filter_text = filter_text
        self._filter_before = filter_text
        self._cursor_before: str | None = None
        self._wanted = cursor
        self.view = LineBar(self._view_lines, id="view")
        self.list = OpenRows(self.columns, self.cells, glyphs=session.glyphs, id="rows")
        self.story = LineBar(self._story_lines, height=self.STORY_HEIGHT, id="story")

    # What a subclass gives

    @abstractmethod
    def names(self) -> Sequence[str]:
        """Give the ids of all rows, in order."""

    @abstractmethod
    def words_of(self, name: str) -> str:
        """Give the text of a row that `/` looks in."""

    @abstractmethod
    def columns(self, width: int) -> Sequence[Column]:
        """Give the columns for a width."""

    @abstractmethod
    def cells(self, name: str) -> Mapping[str, Line]:
        """Give the cells of a row."""

    @abstractmethod
    def story_of(self, name: str, width: int) -> Sequence[Line]:
        """Tell the row under the cursor in full."""

    @abstractmethod
    def opened(self, name: str) -> None:
        """Do what enter does."""

    def empty_lines(self) -> Sequence[Line]:
        """Say why there are no rows."""
        return ()

    def note(self) -> str:
        """Give what stands at the right above the list, before the number of rows."""
        return ""

    # Rows

    def compose_body(self) -> ComposeResult:
        """Give the list, and the row in full."""
        yield self.view
        yield self.list
        yield self.story

    def on_mount(self) -> None:
        """Begin with the list."""
        self.list.focus()
        self.rows_changed()

    def rows_changed(self) -> None:
        """Show the rows there are now; the cursor stays on its own."""
        words = self.filter_text.casefold().split()
        names = [name for name in self.names() if _matches(self.words_of(name), words)]
        nothing = (Span("No row has these words.", Tone.DIM),)
        self.list.empty = tuple(self.empty_lines()) if not self.names() else ((), nothing)
        self.list.set_rows(names)
        self.list.patch()
        if self._wanted is not None and self.list.cursor_to(self._wanted):
            self._wanted = None
        self.lines_changed()

    def lines_changed(self) -> None:
        """Show what is now true around the list."""
        self.view.update()
        self.story.update()
        self.update_lines()

    def _view_lines(self, width: int) -> Sequence[Line]:
        left: Line = (Span(f" {self.NAME}", Tone.TITLE),)
        if self.filter_text:
            left = (*left, Span(f"   {clean(self.filter_text)}", Tone.ACCENT))
        shown, there = len(self.list.rows), len(self.names())
        number = f"{shown:,}" if shown == there else f"{shown:,} of {there:,}"
        note = f"{clean(self.note())}   " if self.note() else ""
        return (spread(left, (Span(f"{note}{number} ", Tone.DIM),), width),)

    def _story_lines(self, width: int) -> Sequence[Line]:
        rule = (Span(self.session.glyphs.rule * width, Tone.RULE),)
        name = self.list.cursor_id
        return (rule, *self.story_of(name, width)) if name is not None else (rule,)

    @on(RowList.RowHighlighted)
    def _row_highlighted(self, message: RowList.RowHighlighted) -> None:
        message.stop()
        self.story.update()
        self.footer.update()

    @on(RowList.RowOpened)
    def _row_opened(self, message: RowList.RowOpened) -> None:
        message.stop()
        self.opened(message.row_id)

    # What the base asks for

    def footer_items(self) -> Sequence[str | tuple[str, str]]:
        """Give the keys of a row."""
        own = ("row.open",) if self.list.cursor_id is not None else ()
        return (*own, "find.open", "nav.back", "command.open", "help.open")

    def searched(self) -> SpoolView | TextView | None:
        """`/` makes the list shorter: there is no text to search."""
        return None

    def tick(self) -> None:
        """Let ages go on."""
        self.list.patch()
        self.story.update()

    def times_changed(self) -> None:
        """Show times in the mode the person chose now."""
        self.list.reset_columns()
        self.story.update()

    # Filter

    async def do_find_open(self, typed: Typed) -> None:
        """Make the list shorter."""
        if typed.word:
            self.filter_done(typed.rest)
            return
        self._filter_before = self.filter_text
        self._cursor_before = self.list.cursor_id
        self.ask("filter", "/", self.filter_text)

    def filter_typed(self, text: str) -> None:
        """Show what has these words."""
        self.filter_text = text
        self.rows_changed()

    def filter_done(self, text: str) -> None:
        """Keep it so."""
        self.filter_text = text.strip()
        self.rows_changed()

    def filter_cancelled(self) -> None:
        """Go back to what there was."""
        self.filter_text = self._filter_before
        self.rows_changed()
        if self._cursor_before is not None:
            self.list.cursor_to(self._cursor_before)

    def _footer(self, width: int) -> Line:
        if self.prompt.is_open and self.prompt.kind == "filter":
            return (Span(" words that a row has; enter keeps them, esc takes them away", Tone.DIM),)
        return super()._footer(width)

    def peel(self) -> bool:
        """Undo the filter."""
        if not self.filter_text:
            return False
        self.filter_text = ""
        self.rows_changed()
        return True


def _matches(text: str, words: Sequence[str]) -> bool:
    hay = text.casefold()
    return all(word in hay for word in words)
