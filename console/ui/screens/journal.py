"""What was done from here: each action and what came of it; its shell command stands below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.binding import BindingType

from console.commands.journal import Entry
from console.model.ids import ExecutionId
from console.present.clean import clean
from console.present.columns import Column
from console.present.journal import entry_cells, entry_story, entry_words, journal_columns
from console.present.line import Line, Span
from console.present.paths import shown_path
from console.present.tone import Tone
from console.ui.keymap import screen_bindings
from console.ui.screens.rows import RowsScreen
from console.ui.session import Session
from console.ui.view_history import View


class JournalScreen(RowsScreen, inherit_bindings=False):
    """The action journal, newest first."""

    BINDINGS: ClassVar[list[BindingType]] = screen_bindings()
    NAME: ClassVar[str] = "journal"
    STORY_HEIGHT: ClassVar[int] = 6

    def __init__(
        self, session: Session, *, cursor: str | None = None, filter_text: str = ""
    ) -> None:
        super().__init__(session, cursor=cursor, filter_text=filter_text)
        self._entries: Mapping[str, Entry] = {}

    def on_mount(self) -> None:
        """Read it at once."""
        self.poke()

    def poke(self) -> None:
        """Read the file again."""
        self._entries = {entry.number: entry for entry in self.session.journal.entries()}
        self.rows_changed()

    # Rows

    def names(self) -> Sequence[str]:
        """Give the numbers of the entries."""
        return list(self._entries)

    def words_of(self, name: str) -> str:
        """Look in all of an entry."""
        return entry_words(self._entries[name])

    def columns(self, width: int) -> Sequence[Column]:
        """Give the columns for a width."""
        return journal_columns(width)

    def cells(self, name: str) -> Mapping[str, Line]:
        """Give the cells of an entry."""
        return entry_cells(self._entries[name], self.session.zone, glyphs=self.session.glyphs)

    def story_of(self, name: str, width: int) -> Sequence[Line]:
        """Tell the shell command and what came of it."""
        return entry_story(self._entries[name], width)

    def note(self) -> str:
        """Say where it is kept."""
        path = self.session.journal.path
        return shown_path(path) if path is not None else "kept for this session only"

    def empty_lines(self) -> Sequence[Line]:
        """Say that there is nothing."""
        return ((), (Span("Nothing was changed from here yet.", Tone.DIM),))

    def opened(self, name: str) -> None:
        """Open the execution it was done to."""
        entry = self._entries[name]
        target = self.session.target.label
        identifier = entry.action.execution
        if not identifier:
            self.say("no execution is known for this one", Tone.WARNING)
        elif entry.target != target:
            there = clean(entry.target)
            self.say(
                f"that was at {there}; this is {clean(target)}; :profiles leads there", Tone.WARNING
            )
        else:
            known = self.console_app.first.rows.get(identifier)
            self.console_app.open_execution(ExecutionId(identifier), known)

    def shown_view(self) -> View:
        """Remember the row."""
        return View("journal", self.filter_text, cursor=self.list.cursor_id or "")
