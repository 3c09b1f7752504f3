"""Looks for the lines of a spooled log that hold a text, a block at a time, as the log grows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from console.present.kept_lines import KeptLines

if TYPE_CHECKING:
    from console.sync.spool import LogSpool

BLOCK = 2048
"""Lines looked at between two turns of the loop: two or three milliseconds."""


class LogFilter:
    """What is looked for, and the lines that are kept so far."""

    def __init__(self, pattern: str, *, has_times: bool) -> None:
        self.pattern = pattern
        self.kept = KeptLines()
        self.is_looking = False
        self._needle = pattern.encode("utf-8", "replace").lower()
        self._has_times = has_times
        self._is_left = False

    def leave(self) -> None:
        """Look no further."""
        self._is_left = True

    async def look(
        self, spool: LogSpool, is_complete: Callable[[], bool], on_more: Callable[[], None]
    ) -> None:
        """Look at every line there is; the last one when it cannot grow any more."""
        if self.is_looking:
            return
        self.is_looking = True
        try:
            while not self._is_left:
                is_ended = spool.is_closed_line or is_complete()
                low, end = self.kept.looked, spool.line_count - (0 if is_ended else 1)
                if low >= end:
                    break
                lines = spool.lines(low, min(low + BLOCK, end))
                if not lines:  # the spool was closed
                    break
                for offset in self._matching(lines):
                    self.kept.add(low + offset)
                self.kept.look_until(low + len(lines))
                on_more()
                await asyncio.sleep(0)
        finally:
            self.is_looking = False

    def _matching(self, lines: Sequence[bytes]) -> Iterator[int]:
        needle = self._needle
        if needle not in b"\n".join(lines).lower():
            return
        for offset, line in enumerate(lines):
            start = line.find(b"Z ", 0, 40) + 2 if self._has_times and line[:1].isdigit() else 0
            if needle in (line[start:] if start > 1 else line).lower():
                yield offset
