"""What was done from here: each action with its shell command and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from console.commands.journal import Entry
from console.present.clean import clean
from console.present.line import Line, Span, pad_right
from console.present.tone import Tone
from console.ui.keymap import screen_bindings
from console.ui.screens.everywhere import Everywhere
from console.ui.session import Session
from console.ui.widgets.spool_view import SpoolView
from console.ui.widgets.text_view import TextView

TONES = {
    "done": Tone.SUCCESS,
    "unknown": Tone.WARNING,
    "failed": Tone.FAILED,
    "refused": Tone.FAILED,
}


class JournalScreen(Everywhere, inherit_bindings=False):
    """The action journal, newest first."""

    BINDINGS: ClassVar[list[BindingType]] = screen_bindings()

    DEFAULT_CSS = """
    JournalScreen #journal { height: 1fr; }
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._entries = session.journal.entries()
        self.text = TextView(lambda width: self._lines(), id="journal")

    def compose_body(self) -> ComposeResult:
        """Give the entries."""
        yield self.text

    def on_mount(self) -> None:
        """Read it at once."""
        self.text.focus()

    def footer_items(self) -> Sequence[str | tuple[str, str]]:
        """Give the few keys of the journal itself."""
        return (("find.open", "search"), "find.next", "nav.back")

    def searched(self) -> SpoolView | TextView | None:
        """`/` searches the entries."""
        return self.text

    def poke(self) -> None:
        """Read the file again."""
        self._entries = self.session.journal.entries()
        self.text.update()

    def times_changed(self) -> None:
        """Show times in the zone the person chose now."""
        self.text.update()

    def _lines(self) -> list[Line]:
        path = self.session.journal.path
        where = clean(str(path)) if path is not None else "kept for this session only"
        lines: list[Line] = [
            (Span("Journal", Tone.TITLE), Span(f"   {where}", Tone.DIM)),
            (),
        ]
        if not self._entries:
            lines.append((Span("Nothing was changed from here yet.", Tone.DIM),))
        for entry in self._entries:
            lines += [*self._entry(entry), ()]
        return lines

    def _entry(self, entry: Entry) -> list[Line]:
        outcome = entry.outcome or "no answer"
        action = entry.action
        head = [
            Span(pad_right(self._time(entry.time), 20), Tone.DIM),
            Span(pad_right(outcome, 10), TONES.get(entry.outcome, Tone.WARNING)),
            Span(clean(f"{action.name} {action.workflow}")),
            Span(clean(f"   {entry.target}"), Tone.DIM),
        ]
        if action.reason:
            head.append(Span(clean(f"   {action.reason}")))
        lines: list[Line] = [tuple(head)]
        lines.append((Span(" " * 20, Tone.DIM), Span(clean(action.command), Tone.DIM)))
        if entry.detail:
            lines.append((Span(" " * 20, Tone.DIM), Span(clean(entry.detail), Tone.WARNING)))
        return lines

    def _time(self, text: str) -> str:
        try:
            when = datetime.fromisoformat(text)
        except ValueError:
            return clean(text)
        return when.astimezone(self.session.zone).strftime("%Y-%m-%d %H:%M:%S")
