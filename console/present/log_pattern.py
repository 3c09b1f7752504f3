"""What is looked for in a log: a text, or after `~` a regular expression.

    time out        the line has this text, whatever its case
    ~time(d )?out   the regular expression finds something in it; `!~…` where it finds nothing

pattern = log_pattern("~4\\d\\d")       raises `BadExpression`; its column counts the `~` too
pattern.matching(lines, has_times=True)     [3, 17]     raises `TooSlow`
pattern.places("sent 421 of 500")           [(5, 8), (12, 15)]
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import AnyStr

from console.present.expressions import BadExpression, TooSlow, compile_expression, time_limit

LOOKED_AT = 4096
"""Characters of one line that an expression looks at: `.*x` takes time by their square."""
LONGEST = 0.1
"""Seconds that one call of an expression may take: the screen stands still that long."""
PAINTED = 0.02
"""Seconds that finding the places in one painted line may take."""


@dataclass(frozen=True, slots=True)
class LogPattern:
    """A text or an expression that lines have, or have not."""

    text: str = ""
    """As it was typed; empty when nothing is looked for."""
    expression: re.Pattern[str] | None = None
    is_not: bool = False
    """Lines match where the expression finds nothing."""

    def __bool__(self) -> bool:
        return bool(self.text)

    @property
    def needle(self) -> bytes:
        """The text in lower case, as it stands in a log."""
        return self.text.encode("utf-8", "replace").lower()

    def matching(self, lines: Sequence[bytes], *, has_times: bool) -> list[int]:
        """Give which of the lines match, by index; their times are not looked at.

        Raises `TooSlow`.
        """
        if self.expression is None:
            return self._having(lines, has_times)
        search, is_not = self.expression.search, self.is_not
        texts = b"\n".join(lines).decode("utf-8", "replace").split("\n")
        with time_limit(LONGEST):
            return [
                index
                for index, text in enumerate(texts)
                if (search(_text(text, "Z ", has_times)[:LOOKED_AT]) is None) is is_not
            ]

    def _having(self, lines: Sequence[bytes], has_times: bool) -> list[int]:
        needle = self.needle
        if needle not in b"\n".join(lines).lower():
            return []
        return [
            index
            for index, line in enumerate(lines)
            if needle in _text(line, b"Z ", has_times).lower()
        ]

    def places(self, text: str) -> list[tuple[int, int]]:
        """Give where in a text it is found: start and end; nothing where it takes long."""
        if not self.text or self.is_not:
            return []
        if self.expression is None:
            return _places_of(self.text, text)
        try:
            with time_limit(PAINTED):
                found = [match.span() for match in self.expression.finditer(text[:LOOKED_AT])]
        except TooSlow:
            return []
        return [(start, end) for start, end in found if end > start]


def _text(line: AnyStr, after: AnyStr, has_times: bool) -> AnyStr:
    """Leave out the time a line begins with."""
    if not has_times or not line[:1].isdigit():
        return line
    found = line.find(after, 0, 40)
    return line if found < 0 else line[found + 2 :]


def _places_of(needle: str, text: str) -> list[tuple[int, int]]:
    needle, hay = needle.casefold(), text.casefold()
    if len(hay) != len(text):
        hay = text
    found, position = [], hay.find(needle)
    while position >= 0:
        found.append((position, position + len(needle)))
        position = hay.find(needle, position + len(needle))
    return found


def log_pattern(text: str) -> LogPattern:
    """Read what was typed. Raises `BadExpression`."""
    written = re.match(r"(!?~)(.+)", text, re.DOTALL)
    if written is None:
        return LogPattern(text)
    sign, expression = written.groups()
    try:
        return LogPattern(text, compile_expression(expression), sign == "!~")
    except BadExpression as error:
        raise BadExpression(str(error), len(sign) + error.column) from error


def pattern_objection(text: str) -> str:
    """Say what is wrong with what was typed, and where; empty when nothing is."""
    try:
        log_pattern(text)
    except BadExpression as error:
        return f"column {error.column + 1}: {error}"
    return ""
