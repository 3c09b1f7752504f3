"""The log of one attempt of a job, followed to its end.

    feed = LogFeed(backend, clock, run_id, on_grow=…, on_freshness=…)
    feed.start()
    feed.spool, feed.has_times, feed.is_complete, feed.error, feed.skipped
    async for lines in feed.all_lines(): …      also those before what was loaded

No byte is asked for twice, and none is appended twice, whatever the server sends. Of a log that is
very long only the end is loaded, from a line's beginning; `skipped` tells how much is not here.
What was read stays when the server has forgotten it since.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Sequence

from console.backend.errors import BackendError, Malformed
from console.backend.protocol import Backend
from console.clock import Clock
from console.model.capabilities import Capabilities
from console.model.ids import FunctionExecutionId
from console.model.log import LogChunk
from console.sync.cadence import LOG_LOCAL, LOG_REMOTE, LOG_WHOLE, Outcome
from console.sync.feed import Feed
from console.sync.freshness import Freshness
from console.sync.poller import Poller
from console.sync.spool import LogSpool

CHUNK = 256 * 1024
"""Bytes asked for at once."""
LONGEST = 64 * 1024 * 1024
"""Bytes of a log that are loaded from the beginning."""
END = 16 * 1024 * 1024
"""Bytes loaded of one that is longer, from its end."""
AT_ONCE = 2048
"""Lines given between two turns of the loop, when all are wanted."""


class LogFeed(Feed):
    """Appends a log to a spool, each byte once."""

    def __init__(
        self,
        backend: Backend,
        clock: Clock,
        function_execution_id: FunctionExecutionId,
        *,
        on_grow: Callable[[], None],
        on_freshness: Callable[[Freshness], None],
        on_bug: Callable[[Exception], None] | None = None,
        jitter: Callable[[], float] = random.random,
        chunk: int = CHUNK,
        longest: int = LONGEST,
        end: int = END,
    ) -> None:
        self.function_execution_id = function_execution_id
        self.spool = LogSpool()
        """The lines; another object when the server's log began anew."""
        self.has_times = False
        """Each line begins with its time."""
        self.is_complete = False
        """The job has ended and all of its log is here; nothing is asked any more."""
        self.skipped = 0
        """Bytes of the log that are not in the spool."""
        self._backend = backend
        self._on_grow = on_grow
        self._chunk = chunk
        self._longest = longest
        self._end = end
        self._offset = 0
        self._begun_anew = 0
        self._begins_at = 0
        """Bytes before the spool's first line: they can be read when all of the log is wanted."""
        self._is_inside_line = False
        """It begins somewhere in a line, which is skipped to its end."""
        self._capabilities: Capabilities | None = None
        self._poller = Poller(
            clock,
            self._fetch,
            self._take,
            pace=LOG_REMOTE,
            on_freshness=on_freshness,
            on_bug=on_bug,
            jitter=jitter,
        )

    @property
    def error(self) -> BackendError | None:
        """Why the last try brought nothing; None after one that did."""
        return self.freshness.error

    @property
    def epoch(self) -> tuple[int, int]:
        """Tell what line numbers count from: they mean the same lines while this is the same."""
        return (self._begun_anew, self._begins_at)

    async def stop(self) -> None:
        """End at once, and give the spool's space back."""
        await super().stop()
        self.spool.close()

    async def all_lines(self) -> AsyncIterator[Sequence[bytes]]:
        """Give every line there is now, also those that were not loaded. Raises BackendError."""
        spool, offset, rest = self.spool, 0, b""
        while offset < self._begins_at:
            chunk = await self._backend.read_log(
                self.function_execution_id, offset=offset, limit=self._chunk
            )
            if chunk.next_offset <= offset:
                raise Malformed("the beginning of the log is gone")
            *lines, rest = (rest + chunk.data[: self._begins_at - offset]).split(b"\n")
            offset = chunk.next_offset
            yield lines
        first, count = 0, spool.line_count
        while first < count and (lines := spool.lines(first, min(first + AT_ONCE, count))):
            yield lines
            first += len(lines)
            await asyncio.sleep(0)

    async def _fetch(self) -> LogChunk:
        if self._capabilities is None:
            capabilities = self._capabilities = await self._backend.capabilities()
            pace = LOG_LOCAL if capabilities.is_local else LOG_REMOTE
            self._poller.pace = pace if capabilities.log_offsets else LOG_WHOLE
        return await self._backend.read_log(
            self.function_execution_id, offset=self._offset, limit=self._chunk
        )

    def _take(self, chunk: LogChunk) -> Outcome:
        if 0 < chunk.size < self._offset and not chunk.is_complete:
            self._begin_anew()
            return Outcome.AGAIN
        if self._is_too_long(chunk):
            self._offset = self.skipped = self._begins_at = chunk.size - self._end
            self._is_inside_line = True
            return Outcome.AGAIN
        data = self._new_bytes(chunk)
        has_news = bool(data) or chunk.is_complete or chunk.has_times is not self.has_times
        self.spool.append(data)
        self.has_times = chunk.has_times
        self.is_complete = chunk.is_complete
        if has_news:
            self._on_grow()
        if chunk.is_complete:
            return Outcome.DONE
        if not chunk.data:
            return Outcome.IDLE
        return Outcome.PART if self._offset < chunk.size else Outcome.MOVED

    def _is_too_long(self, chunk: LogChunk) -> bool:
        is_first = self._offset == 0 and self.spool.size == 0
        has_offsets = self._capabilities is not None and self._capabilities.log_offsets
        return is_first and has_offsets and chunk.size > self._longest

    def _new_bytes(self, chunk: LogChunk) -> bytes:
        """Give what follows the bytes that are here, and remember where it ends."""
        start = chunk.next_offset - len(chunk.data)
        data = chunk.data
        if start < self._offset:
            data = data[self._offset - start :]
        elif start > self._offset:
            self.skipped += start - self._offset
        self._offset = max(self._offset, chunk.next_offset)
        if self._is_inside_line and data:
            line, feed, data = data.partition(b"\n")
            self.skipped += len(line) + len(feed)
            self._begins_at += len(line) + len(feed)
            self._is_inside_line = not feed
        return data

    def _begin_anew(self) -> None:
        self._begun_anew += 1
        self.spool.close()
        self.spool = LogSpool()
        self._offset = self.skipped = self._begins_at = 0
        self._is_inside_line = False
        self._on_grow()
