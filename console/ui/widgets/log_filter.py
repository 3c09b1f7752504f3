"""Looks for the lines of a spooled log that match, a block at a time, as the log grows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from console.present.expressions import TooSlow
from console.present.kept_lines import CONTEXT, KeptLines
from console.present.log_pattern import LogPattern
from console.ui.widgets.stride import Stride

if TYPE_CHECKING:
    from console.sync.spool import LogSpool

BLOCK = 2048
"""Lines looked at between two turns of the loop: two or three milliseconds."""


class LogFilter:
    """What is looked for, and the lines that are kept so far."""

    def __init__(self, pattern: LogPattern, first: int = 0, *, has_times: bool) -> None:
        self.pattern = pattern
        # what is left out is left out: its neighbours would bring it back
        self.kept = KeptLines(0 if pattern.is_not else CONTEXT, first)
        self.is_looking = False
        self.too_slow_at: int | None = None
        """The line at which it takes too long; no further one is looked at."""
        self._stride = Stride(BLOCK)
        self._has_times = has_times
        self._is_left = False

    def leave(self) -> None:
        """Look no further."""
        self._is_left = True

    async def look(
        self,
        spool: LogSpool,
        is_complete: Callable[[], bool],
        on_more: Callable[[], None],
        stop: Callable[[], int],
    ) -> None:
        """Look at every line before `stop`; the last one when it cannot grow any more."""
        if self.is_looking:
            return
        self.is_looking = True
        try:
            while not self._is_left:
                is_ended = spool.is_closed_line or is_complete()
                low = self.kept.looked
                end = min(stop(), spool.line_count - (0 if is_ended else 1))
                if low >= end:
                    break
                lines = spool.lines(low, min(low + self._stride.lines, end))
                if not lines:  # the spool was closed
                    break
                try:
                    found = self.pattern.matching(lines, has_times=self._has_times)
                except TooSlow:
                    if not self._stride.shorten(len(lines)):
                        self.too_slow_at = low
                        self._is_left = True
                        on_more()
                else:
                    self._stride.lengthen()
                    for offset in found:
                        self.kept.add(low + offset)
                    self.kept.look_until(low + len(lines))
                    on_more()
                await asyncio.sleep(0)
        finally:
            self.is_looking = False
