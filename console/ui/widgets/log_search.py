"""Looking for a text in a spooled log, a block at a time, so that painting goes on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from console.present.logs import is_error, line_text, split_time

if TYPE_CHECKING:
    from console.sync.spool import LogSpool

BLOCK = 512
"""Lines looked at between two turns of the loop."""


class LogSearch:
    """What is looked for in one log, and the line found last."""

    def __init__(self) -> None:
        self.pattern = ""
        """Empty when nothing is looked for."""
        self.match: int | None = None
        """The line found last."""

    def begin(self, pattern: str) -> None:
        """Look for another text; a search that is under way ends without a result."""
        self.pattern = pattern
        self.match = None

    async def go(self, spool: LogSpool, start: int, *, forward: bool) -> bool:
        """Find the next match from a line on, in one direction."""
        pattern = self.pattern
        if not pattern or not 0 <= start < spool.line_count:
            return False
        for found in spool.search(pattern.encode("utf-8", "replace"), start, forward=forward):
            if found is not None:
                self.match = found
                return True
            await asyncio.sleep(0)
            if self.pattern != pattern:
                break
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
