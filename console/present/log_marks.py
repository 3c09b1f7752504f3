"""The lines of a log that the reader has marked.

marks = LogMarks()
marks.toggle(40)        True: it is marked now
marks.beside(12, 1)     40, the next one; None when there is none
marks.lines             [40]
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right


class LogMarks:
    """Marked lines, by number, in their order."""

    def __init__(self) -> None:
        self.lines: list[int] = []
        self.epoch: tuple[int, int] | None = None
        """Where the log begins that the numbers count from; None before there is one."""

    def __len__(self) -> int:
        return len(self.lines)

    def __contains__(self, line: object) -> bool:
        if not isinstance(line, int):
            return False
        place = bisect_left(self.lines, line)
        return place < len(self.lines) and self.lines[place] == line

    def toggle(self, line: int) -> bool:
        """Mark a line, or take its mark away; tells whether it is marked then."""
        place = bisect_left(self.lines, line)
        if line in self:
            del self.lines[place]
            return False
        self.lines.insert(place, line)
        return True

    def beside(self, line: int, step: int) -> int | None:
        """Give the nearest marked line after this one, or before it."""
        place = bisect_right(self.lines, line) if step > 0 else bisect_left(self.lines, line) - 1
        return self.lines[place] if 0 <= place < len(self.lines) else None

    def clear(self) -> None:
        """Take all marks away."""
        self.lines.clear()
