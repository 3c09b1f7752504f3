"""Text from outside, made safe to show: control characters are shown, never obeyed."""

from __future__ import annotations

import re
import unicodedata

_TAB = 4

_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u180e\u200b\u200d-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff"
    "\U00013430-\U00013438\U0001bca0-\U0001bca3\U0001f3fb-\U0001f3ff"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


def clean(text: str) -> str:
    """Show what a terminal would obey or hide, on one line.

    Control characters become their pictures (`␛`), direction controls and invisible characters
    their code (`<U+202E>`), tabs blanks. Joiners, variation selectors and skin tones are dropped:
    terminals disagree about the width of what they build.
    """
    if text.isascii() and text.isprintable():
        return text
    if "\t" in text:
        text = text.expandtabs(_TAB)
    text = _UNSAFE.sub(_shown, text)
    if text.isprintable():
        return text
    return "".join(map(_assigned, text))


def clean_lines(text: str) -> list[str]:
    """Split at line ends and clean each line."""
    return [clean(line) for line in text.splitlines()]


def _shown(match: re.Match[str]) -> str:
    char = match.group()
    code = ord(char)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if code < 0xA0:
        return f"\\x{code:02x}"
    if (
        char == "\u200d"
        or 0xFE00 <= code <= 0xFE0F
        or 0x1F3FB <= code <= 0x1F3FF
        or 0xE0100 <= code <= 0xE01EF
    ):
        return ""
    if unicodedata.category(char) == "Cs":
        return "\ufffd"
    return f"<U+{code:04X}>"


def _assigned(char: str) -> str:
    """Show a code for what this Python's Unicode does not know: its width is anybody's guess."""
    return f"<U+{ord(char):04X}>" if unicodedata.category(char) == "Cn" else char
