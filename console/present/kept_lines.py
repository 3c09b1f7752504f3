"""Which lines of a log a filter keeps: those that match, their neighbours, and gaps between.

    kept = KeptLines()
    kept.add(40); kept.look_until(100)
    [kept.at(row) for row in range(kept.count)]
        gap of 38, line 38 beside, line 39 beside, line 40, lines 41 and 42 beside, gap of 57

It grows with the log: what was added stays where it is, only the gap at the end changes. A million
kept lines take eight megabytes.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from dataclasses import dataclass

CONTEXT = 2
"""Neighbours shown before and after a line that matches."""

_MATCH, _BESIDE, _GAP = range(3)


@dataclass(frozen=True, slots=True)
class KeptRow:
    """One row of what is kept."""

    line: int
    """The line, or the first one of a gap."""
    gap: int = 0
    """Lines that are left out here; 0 where a line is shown."""
    is_beside: bool = False
    """It does not match itself, it is a neighbour of one that does."""


class KeptLines:
    """The rows of a filtered log, in the order of its lines."""

    def __init__(self, context: int = CONTEXT, first: int = 0) -> None:
        self._context = context
        self._rows = array("Q")  # line << 2 | kind: in ascending order, so that it can be bisected
        self._next = first
        self._owed = 0
        self.looked = first
        """The line after those that were looked at."""
        self.matches = 0
        """Lines that match."""
        self.unread = 0
        """Lines that match and came after what was read."""
        self._read = 0

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self._rows) + (self.looked > self._next)

    def add(self, line: int) -> None:
        """Keep a line that matches; lines are added in ascending order."""
        self._pay(line)
        first = max(self._next, line - self._context)
        if first > self._next:
            self._rows.append(self._next << 2 | _GAP)
        for beside in range(first, line):
            self._rows.append(beside << 2 | _BESIDE)
        self._rows.append(line << 2 | _MATCH)
        self.matches += 1
        self.unread += line >= self._read
        self._next, self._owed = line + 1, self._context
        self.looked = max(self.looked, line + 1)

    def read_until(self, stop: int) -> None:
        """Take note that all lines before `stop` were read, and none after it."""
        self._read, self.unread = stop, 0

    def look_until(self, stop: int) -> None:
        """Take note that all lines before `stop` were looked at."""
        self._pay(stop)
        self.looked = max(self.looked, stop)

    def _pay(self, stop: int) -> None:
        """Show the neighbours after the last match, as far as there are lines."""
        while self._owed and self._next < stop:
            self._rows.append(self._next << 2 | _BESIDE)
            self._next += 1
            self._owed -= 1

    def at(self, row: int) -> KeptRow:
        """Give one row."""
        if row == len(self._rows):
            return KeptRow(self._next, self.looked - self._next)
        line, kind = self._rows[row] >> 2, self._rows[row] & 3
        if kind != _GAP:
            return KeptRow(line, is_beside=kind == _BESIDE)
        return KeptRow(line, (self._rows[row + 1] >> 2) - line)

    def row_of(self, line: int) -> int:
        """Give the row that shows a line, or the gap it is in."""
        row = bisect_left(self._rows, line << 2)
        if row < len(self._rows) and self._rows[row] >> 2 == line:
            return row
        return max(0, row - 1) if row < len(self._rows) or line < self._next else row

    def next_shown(self, line: int, *, forward: bool) -> int | None:
        """Give the nearest line that is shown, from this one on in a direction."""
        row = min(self.row_of(line), len(self._rows) - 1)
        step = 1 if forward else -1
        while 0 <= row < len(self._rows):
            found = self._rows[row] >> 2
            if self._rows[row] & 3 != _GAP and (found >= line if forward else found <= line):
                return found
            row += step
        return None
