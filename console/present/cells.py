"""How many terminal cells a text takes, and cutting and padding by cells.

Every width here is a sum over code points, which is what terminals without grapheme clustering
do; `clean` removes the few characters (joiners, variation selectors) whose width they disagree on.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

ELLIPSIS = "…"

_WIDENED = (
    (0x2630, 0x2637),
    (0x268A, 0x268F),
    (0x4DC0, 0x4DFF),
    (0x1D300, 0x1D356),
    (0x1D360, 0x1D376),
)
"""Symbols that Unicode 16 made wide; the tables of Python 3.11 to 3.13 are older."""


@lru_cache(maxsize=4096)
def char_width(char: str) -> int:
    """Give the cells one character takes: 0, 1 or 2."""
    code = ord(char)
    if unicodedata.category(char) in ("Mn", "Mc", "Me") or code == 0x200C:
        return 0  # marks sit on the letter before them; the non-joiner is invisible
    if 0x1160 <= code <= 0x11FF or 0xD7B0 <= code <= 0xD7FF:
        return 0  # medial and final Hangul letters join the syllable before them
    if any(first <= code <= last for first, last in _WIDENED):
        return 2
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def cell_width(text: str) -> int:
    """Give the cells a text takes."""
    if text.isascii():
        return len(text)
    return sum(map(char_width, text))


def cut(text: str, width: int) -> str:
    """Keep as much of a text as fits; the result may be one cell short before a wide character."""
    if width <= 0:
        return ""
    if text.isascii():
        return text[:width]
    used = 0
    for index, char in enumerate(text):
        used += char_width(char)
        if used > width:
            return text[:index]
    return text


def clip(text: str, width: int, ellipsis: str = ELLIPSIS) -> str:
    """Shorten a text at its end to at most that many cells, and show that it was."""
    if len(text) * 2 <= width or cell_width(text) <= width:
        return text
    return cut(text, width - len(ellipsis)) + cut(ellipsis, width)


def clip_middle(text: str, width: int, ellipsis: str = ELLIPSIS) -> str:
    """Shorten a text in its middle: start and end tell names apart."""
    if cell_width(text) <= width:
        return text
    room = width - len(ellipsis)
    if room < 2:
        return clip(text, width, ellipsis)
    tail = cut(text[::-1], room // 2)[::-1]
    return cut(text, room - cell_width(tail)) + ellipsis + tail


def pad_right(text: str, width: int) -> str:
    """Make a text exactly that wide: left-aligned, clipped if it is too long."""
    text = clip(text, width)
    return text + " " * (width - cell_width(text))


def pad_left(text: str, width: int) -> str:
    """Make a text exactly that wide: right-aligned, clipped if it is too long."""
    text = clip(text, width)
    return " " * (width - cell_width(text)) + text
