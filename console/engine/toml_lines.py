"""Where the keys of a TOML text stand, for messages; the parser does not tell."""

from __future__ import annotations

import re
from collections.abc import Mapping

Key = tuple[str, ...]

_PART = r"""(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')"""
_DOTTED = rf"{_PART}(?:\s*\.\s*{_PART})*"
_TABLE = re.compile(rf"\s*\[\[?\s*({_DOTTED})\s*\]\]?")
_ASSIGNMENT = re.compile(rf"\s*({_DOTTED})\s*=")


def lines_of(text: str) -> Mapping[Key, int]:
    """Find the line of each table and key; keys of inline tables are not looked for."""
    found: dict[Key, int] = {}
    table: Key = ()
    for number, line in enumerate(text.splitlines(), 1):
        if match := _TABLE.match(line):
            table = _parts(match[1])
            found.setdefault(table, number)
        elif match := _ASSIGNMENT.match(line):
            found.setdefault(table + _parts(match[1]), number)
    return found


def line_of(lines: Mapping[Key, int], location: tuple[str | int, ...]) -> int:
    """Give the line of a key, or of the nearest table or key above it; 0 where there is none."""
    key = tuple(str(part) for part in location)
    while key:
        if key in lines:
            return lines[key]
        key = key[:-1]
    return 0


def _parts(dotted: str) -> Key:
    return tuple(part.strip("\"'") for part in re.findall(_PART, dotted))
