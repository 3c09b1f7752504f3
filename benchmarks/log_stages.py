"""A log of very many lines: ours, and Textual's own."""

from __future__ import annotations

import asyncio
import os
import resource
import sys
import time
from pathlib import Path

from textual.widget import Widget
from textual.widgets import Log

from benchmarks.bare_stages import BareStage
from console.clock import SystemClock
from console.model.ids import FunctionExecutionId
from console.model.log import LogChunk
from console.sync.log_feed import LogFeed
from console.ui.widgets.log_view import LogView
from tests.fakes.backend import FakeBackend
from tests.quiet.scenes import LINE_BYTES

CHUNK_LINES = 1800
"""Lines that come at once: a chunk of 256 KiB."""


def chunk_of_lines(first: int, count: int) -> bytes:
    """Make log lines; each has its number."""
    tail = b" " + b"abcdefghij" * 14
    return b"".join(
        (b"%08d" % number + tail)[:LINE_BYTES] + b"\n" for number in range(first, first + count)
    )


class PouringBackend(FakeBackend):
    """A log that is made while it is read."""

    def __init__(self, lines: int) -> None:
        super().__init__(SystemClock())
        self.lines = lines
        self.made = 0
        self.offset = 0

    async def read_log(
        self, identifier: FunctionExecutionId, *, offset: int = 0, limit: int = 0
    ) -> LogChunk:
        """Give the next lines; there is always more until the last."""
        await asyncio.sleep(0)
        count = min(CHUNK_LINES, self.lines - self.made)
        data = chunk_of_lines(self.made, count)
        self.made += count
        self.offset += len(data)
        is_complete = self.made == self.lines
        size = self.offset + (not is_complete)
        return LogChunk(data, self.offset, size, is_complete, has_times=False)


class LogStage(BareStage):
    """Our log: feed, spool and view."""

    def __init__(self, lines: str) -> None:
        self.backend = PouringBackend(int(lines))

    def make_widget(self) -> Widget:
        """Make the view."""
        return LogView()

    async def pour(self) -> dict[str, float]:
        """Read the whole log; gives CPU seconds, memory gained, and the lines there are."""
        view = self.app.widget
        assert isinstance(view, LogView)

        def show() -> None:
            view.attach(feed.spool)

        feed = LogFeed(
            self.backend,
            self.backend.clock,
            FunctionExecutionId("run"),
            on_grow=show,
            on_freshness=lambda freshness: None,
        )
        memory, before = Memory(), time.process_time()
        feed.start()
        while view.line_count < self.backend.lines:
            await asyncio.sleep(0.05)
            memory.look()
        spent = time.process_time() - before
        lines = feed.spool.line_count
        await feed.stop()
        return {"cpu": spent, "bytes": float(memory.gained), "lines": float(lines)}


class TextualLogStage(BareStage):
    """Textual's own log."""

    def __init__(self, lines: str) -> None:
        self.lines = int(lines)

    def make_widget(self) -> Widget:
        """Make the widget."""
        return Log()

    async def pour(self) -> dict[str, float]:
        """Write the same lines in the same chunks."""
        log = self.app.widget
        assert isinstance(log, Log)
        memory, before = Memory(), time.process_time()
        for first in range(0, self.lines, CHUNK_LINES):
            count = min(CHUNK_LINES, self.lines - first)
            log.write(chunk_of_lines(first, count).decode())
            await asyncio.sleep(0.001)
            memory.look()
        spent = time.process_time() - before
        return {"cpu": spent, "bytes": float(memory.gained), "lines": float(log.line_count)}


class Memory:
    """How much more memory is held than in the beginning."""

    def __init__(self) -> None:
        self._before = self._now()
        self.gained = 0

    def look(self) -> None:
        """Look once more; the most counts."""
        self.gained = max(self.gained, self._now() - self._before)

    @staticmethod
    def _now() -> int:
        table = Path("/proc/self/statm")
        if table.exists():
            return int(table.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
