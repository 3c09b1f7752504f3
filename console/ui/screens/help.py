"""The keys of the screen one came from, read off what is bound there now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from console.commands.availability import why_not
from console.commands.catalogue import CATALOGUE, Command, Place
from console.commands.keymap import shown_key
from console.present.clean import clean
from console.present.line import Line, Span, cell_width, pad_right
from console.present.log_lines import wrapped
from console.present.tone import Tone
from console.ui.keymap import screen_bindings
from console.ui.screens.base import ConsoleScreen
from console.ui.screens.everywhere import Everywhere
from console.ui.session import Session
from console.ui.widgets.spool_view import SpoolView
from console.ui.widgets.text_view import TextView

KEYS, WORDS = 14, 28
"""Cells of the two columns before the summary."""
NARROW, NARROW_WORDS = 110, 18
"""Below that width the words have fewer cells."""


class HelpScreen(Everywhere, inherit_bindings=False):
    """Keys, `:` words and what they do; what cannot be done now says why."""

    BINDINGS: ClassVar[list[BindingType]] = screen_bindings()

    DEFAULT_CSS = """
    HelpScreen #help { height: 1fr; }
    """

    def __init__(self, session: Session, of: ConsoleScreen) -> None:
        super().__init__(session)
        self._of = of
        self._keys: dict[str, list[str]] = {}
        for key, active in of.active_bindings.items():
            if active.binding.id is not None:
                self._keys.setdefault(active.binding.id, []).append(key)
        self._situation = session.situation(of.focused_execution())
        self.text = TextView(self._lines, id="help")

    def compose_body(self) -> ComposeResult:
        """Give the list of keys."""
        yield self.text

    def on_mount(self) -> None:
        """Read it at once."""
        self.text.focus()

    def footer_items(self) -> Sequence[str | tuple[str, str]]:
        """Give the few keys of the help itself."""
        return (("find.open", "search"), "find.next", "nav.back")

    def searched(self) -> SpoolView | TextView | None:
        """`/` searches the keys."""
        return self.text

    def do_help_open(self, typed: object) -> None:
        """Leave the help by the key that opened it."""
        self.dismiss()

    def _lines(self, width: int) -> list[Line]:
        words = WORDS if width >= NARROW else NARROW_WORDS
        here: list[Line] = []
        everywhere: list[Line] = []
        for command in CATALOGUE:
            keys = self._keys.get(command.id, [])
            if not keys and (command.keys or not self._is_here(command)):
                continue
            rows = _rows(self._line(command, keys), width, words)
            (everywhere if _is_everywhere(command) else here).extend(rows)
        lines: list[Line] = [(Span("Keys of this screen", Tone.TITLE),), *here]
        lines += [(), (Span("Everywhere", Tone.TITLE),), *everywhere]
        extras = self.session.launch.extras
        if extras:
            lines += [(), (Span("Only here", Tone.TITLE),)]
        for extra in extras:
            lines += _rows(_row("", f":{extra.usage}", extra.summary, ""), width, words)
        return lines

    def _is_here(self, command: Command) -> bool:
        return bool(command.words) and bool(
            command.places & {*self._of.PLACES} or _is_everywhere(command)
        )

    def _line(self, command: Command, keys: Sequence[str]) -> Line:
        word = f":{command.words[0]} {command.usage}".rstrip() if command.words else ""
        reason = why_not(command, self._situation)
        return _row(" ".join(map(shown_key, keys)), word, command.summary, reason)


def _row(keys: str, word: str, summary: str, reason: str) -> Line:
    """Give keys, word and summary, and why it cannot be done now."""
    tone = Tone.MUTED if reason else Tone.TEXT
    line = (
        Span(" " + pad_right(keys, KEYS) + "  ", Tone.MUTED if reason else Tone.ACCENT),
        Span(clean(word), Tone.DIM),
        Span(clean(summary), tone),
    )
    return (*line, Span(f"   {clean(reason)}", Tone.WARNING)) if reason else line


def _rows(line: Line, width: int, words: int) -> list[Line]:
    """Set a line in columns; a word with its usage that is too long has a row of its own."""
    keys, word, *rest = line
    indent = KEYS + words + 4
    if cell_width(word.text) <= words:
        padded = Span(pad_right(word.text, words) + " ", word.tone)
        return wrapped((keys, padded, *rest), max(1, width), indent, at_blanks=True)
    below = wrapped((Span(" " * indent), *rest), max(1, width), indent, at_blanks=True)
    return [*wrapped((keys, word), max(1, width), KEYS + 3, at_blanks=True), *below]


def _is_everywhere(command: Command) -> bool:
    return bool(command.places & {Place.EVERYWHERE, Place.PANES})
