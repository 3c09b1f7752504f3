"""Looking for a pattern in a spooled log, a block at a time, so that painting goes on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from console.present.logs import is_error, line_text, split_time

if TYPE_CHECKING:
    from console.present.log_pattern import LogPattern
    from console.sync.spool import LogSpool

BLOCK = 512
"""Lines looked at between two turns of the loop."""


class LogSearch:
    """What is looked for in one log, and the line found last."""

    def __init__(self) -> None:
        self.pattern: LogPattern | None = None
        """None when nothing is looked for."""
        self.too_slow_at: int | None = None
        """The line at which the last search was given up, because it takes too long there."""
        self.match: int | None = None
        """The line found last."""

    @property
    def text(self) -> str:
        """What was typed; empty when nothing is looked for."""
        return self.pattern.text if self.pattern is not None else ""

    def begin(self, text: str) -> None:
        """Look for something else; a search that is under way ends without a result.

        Raises `BadExpression`.
        """
        pattern = None
        if text:
            from console.present.log_pattern import log_pattern

            pattern = log_pattern(text)
        self.pattern = pattern
        self.match = self.too_slow_at = None

    async def go(
        self, spool: LogSpool, start: int, *, forward: bool, has_times: bool = False
    ) -> bool:
        """Find the next match from a line on, in one direction."""
        pattern = self.pattern
        self.too_slow_at = None
        if pattern is None or not 0 <= start < spool.line_count:
            return False
        if pattern.expression is not None:
            return await self._go_expression(pattern, spool, start, forward, has_times)
        for found in spool.search(pattern.needle, start, forward=forward):
            if found is not None:
                self.match = found
                return True
            await asyncio.sleep(0)
            if self.pattern is not pattern:
                break
        return False

    async def _go_expression(
        self, pattern: LogPattern, spool: LogSpool, start: int, forward: bool, has_times: bool
    ) -> bool:
        from console.present.expressions import TooSlow
        from console.ui.widgets.stride import Stride

        stride = Stride(BLOCK)
        low, high = (start, spool.line_count) if forward else (0, start + 1)
        while low < high and self.pattern is pattern:
            first = low if forward else max(low, high - stride.lines)
            lines = spool.lines(first, min(first + stride.lines, high))
            if not lines:  # the spool was closed
                break
            try:
                found = pattern.matching(lines, has_times=has_times)
            except TooSlow:
                if not stride.shorten(len(lines)):
                    self.too_slow_at = first
                    break
            else:
                stride.lengthen()
                if found:
                    self.match = first + found[0 if forward else -1]
                    return True
                low, high = (first + len(lines), high) if forward else (low, first)
            await asyncio.sleep(0)
        return False

    async def go_error(self, spool: LogSpool, start: int, step: int) -> bool:
        """Find the next line that looks like an error, in the direction of the step."""
        index = start
        while 0 <= index < spool.line_count:
            stop = min(spool.line_count, index + BLOCK) if step > 0 else max(-1, index - BLOCK)
            low, high = min(index, stop + 1), max(index + 1, stop)
            lines = spool.lines(low, high)
            for number in range(index, stop, step):
                if is_error(line_text(split_time(lines[number - low])[1])):
                    self.match = number
                    return True
            index = stop
            await asyncio.sleep(0)
        return False
