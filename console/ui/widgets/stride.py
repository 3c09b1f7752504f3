"""How many lines of a log are looked at between two paints."""

from __future__ import annotations


class Stride:
    """How many lines are looked at in one go: fewer where they take long."""

    def __init__(self, longest: int) -> None:
        self.lines = longest
        self._longest = longest

    def shorten(self, lines: int) -> bool:
        """Take fewer than took too long; False when it was a single one."""
        self.lines = max(1, lines // 8)
        return lines > 1

    def lengthen(self) -> None:
        """Take more again."""
        self.lines = min(self._longest, self.lines * 2)
