"""Writes with the letters a terminal has, cell for cell: what is drawn stays in its columns.

    spelling = Spelling(is_plain=glyphs is ASCII, encoding="latin-1")
    spelling("customer c-02… 佐")  →  "customer c-02~ ??"

A console in ASCII leaves out what some terminals draw two cells wide, such as `…`, also where a
text brought it. Where the terminal's encoding lacks a letter, `?` stands for each of its cells;
Python would write `\\u2026`, six cells for one.
"""

from __future__ import annotations

from console.present.cells import cell_width

_PLAIN = {
    "…": "~", "·": ".", "•": ".", "×": "x", "″": '"', "“": '"', "”": '"', "„": '"', "‘": "'",
    "’": "'", "‚": ",", "–": "-", "—": "-", "−": "-", "→": ">", "←": "<", "↑": "^", "↓": "v",
    "─": "-", "━": "-", "┄": "-", "│": "|", "┃": "|", "▏": "|", "▕": "|", "├": "+", "┤": "+",
    "└": "`", "┘": "'", "┌": ".", "┐": ".", "▸": ">", "▹": ">", "▾": "v", "▿": "v", "▲": "!",
}  # fmt: skip
_BLOCKS = "▁▂▃▄▅▆▇█▉▊▋▌▍▎▐▀"
"""What Textual draws the ends of a scrollbar with."""
_TABLE = str.maketrans(_PLAIN | dict.fromkeys(_BLOCKS, " "))


class Spelling:
    """Puts what the terminal has in the place of what it lacks."""

    def __init__(self, *, is_plain: bool, encoding: str) -> None:
        self._is_plain = is_plain
        self._encoding = encoding
        self._has_all = encoding.lower().replace("-", "").replace("_", "") in ("utf8", "")

    def __call__(self, text: str) -> str:
        """Spell a text; control sequences are ASCII, and stay as they are."""
        if text.isascii():
            return text
        if self._is_plain:
            text = text.translate(_TABLE)
        if self._has_all:
            return text
        try:
            text.encode(self._encoding)
        except (UnicodeEncodeError, LookupError):
            return "".join(map(self._spell, text))
        return text

    def _spell(self, letter: str) -> str:
        if letter.isascii():
            return letter
        try:
            letter.encode(self._encoding)
        except (UnicodeEncodeError, LookupError):
            plain = letter.translate(_TABLE)
            return plain if plain.isascii() else "?" * cell_width(letter)
        return letter
