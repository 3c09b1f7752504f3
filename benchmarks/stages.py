"""What the screen's benchmarks show, in a process of its own with a terminal of its own.

The controls stand beside what they are for: a bare Textual app, Textual's own log.
"""

from __future__ import annotations

import asyncio
import gc
import os
import resource
import socket
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from textual import events
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.strip import Segment, Strip
from textual.widget import Widget
from textual.widgets import Log

from benchmarks.backend import ManyBackend
from benchmarks.served import Served
from console.backend.protocol import Backend
from console.clock import SystemClock
from console.config.address import SOCKET_URL
from console.model.execution import Execution, JobExecution
from console.model.ids import ExecutionId, FunctionExecutionId, JobExecutionId
from console.model.log import LogChunk
from console.model.states import ExecutionStatus, JobStatus
from console.model.target import Target
from console.present.executions import columns_for, execution_cells
from console.sync.log_feed import LogFeed
from console.ui.widgets.job_tree import JobTreeView
from console.ui.widgets.log_view import LogView
from console.ui.widgets.row_list import RowList
from tests.fakes.backend import FakeBackend
from tests.quiet.scenes import LINE_BYTES, Scene
from tests.quiet.stepped import Stepped

PACE = 0.05
"""Seconds between two keys: a key that is held down."""


class BareApp(Stepped, App[Any]):
    """Textual with one widget."""

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self.animation_level = "none"
        self.widget = widget

    def compose(self) -> ComposeResult:
        """Give the widget."""
        yield self.widget


class BareStage:
    """Steps of a bare app."""

    app: BareApp

    def make_widget(self) -> Widget:
        """Make what is shown."""
        raise NotImplementedError

    def make_app(self, line: socket.socket) -> BareApp:
        """Make the app."""
        self.app = BareApp(self.make_widget())
        self.app.stage, self.app.line = self, line
        return self.app

    async def settle(self) -> None:
        """Nothing is waited for."""

    async def ready(self) -> None:
        """Have the widget in focus, and modules out of the garbage collector's way."""
        self.app.widget.focus()
        gc.collect()
        gc.freeze()  # as the console does when it is connected

    async def painted(self, work: Callable[[], None]) -> float:
        """Do something; gives the CPU seconds until it is painted."""
        frames, before = self.app.frames, time.process_time()
        work()
        for _ in range(5000):
            if self.app.frames > frames:
                break
            await asyncio.sleep(0.001)
        return time.process_time() - before


class Lines(Widget, can_focus=True):
    """Forty lines, one of them marked: the least an app with a cursor does."""

    DEFAULT_CSS = "Lines { height: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self.cursor = 0

    def render_line(self, y: int) -> Strip:
        """Paint a line."""
        mark = "┃" if y == self.cursor else " "
        text = f"{mark} line {y} of a list that does nothing else".ljust(self.size.width)
        return Strip([Segment(text, self.rich_style)], self.size.width)

    def on_key(self, event: events.Key) -> None:
        """Move the mark."""
        old = self.cursor
        self.cursor = (old + (1 if event.key == "j" else -1)) % 40
        self.refresh(Region(0, old, self.size.width, 1), Region(0, self.cursor, self.size.width, 1))


class LinesStage(BareStage):
    """A bare app that moves one line."""

    def make_widget(self) -> Lines:
        """Make the lines."""
        return Lines()

    async def hold(self, *, seconds: float) -> dict[str, float]:
        """Hold a key down so long; gives the longest callbacks."""
        with Blocks() as blocks:
            for index in range(round(seconds / PACE)):
                self.app.simulate_key("j" if index % 80 < 40 else "k")
                await asyncio.sleep(PACE)
        return blocks.longest()


class RowsStage(BareStage):
    """The list by itself."""

    def __init__(self, number: str) -> None:
        self.backend = ManyBackend(int(number))

    def make_widget(self) -> RowList:
        """Make the list, with the cells of the console's."""
        executions, clock = self.backend.executions, self.backend.clock
        return RowList(
            lambda width: columns_for(width),
            lambda row: execution_cells(executions[ExecutionId(row)], clock.now()),
        )

    async def load(self) -> float:
        """Show all rows; gives the CPU seconds until they are painted."""
        rows = self.app.widget
        assert isinstance(rows, RowList)
        return await self.painted(lambda: rows.set_rows(self.backend.newest))


class ConsoleStage(Scene):
    """The whole console on very many executions, all of them loaded."""

    def __init__(self, number: str) -> None:
        self.number = int(number)
        self.clock = SystemClock()
        self.backend = self.many = ManyBackend(self.number)
        self._poll: asyncio.Task[None] | None = None

    async def load(self) -> float:
        """Show all rows as if they had been scrolled to; gives the CPU seconds it takes."""
        feed = self.app.first.rows.feed
        assert feed is not None
        feed._rounds._page_size = self.number
        before = time.process_time()
        self.app.simulate_key("z")
        await self.until(lambda: len(self.app.first.list.rows) == self.number)
        spent = time.process_time() - before
        self.app.simulate_key("g")
        return spent

    async def keys(self, *, count: int) -> float:
        """Hold a key down; gives the CPU seconds a key costs."""
        before = time.process_time()
        for index in range(count):
            self.app.simulate_key("j" if index < count // 2 else "k")
            await asyncio.sleep(PACE)
        return (time.process_time() - before) / count

    def change_some(self, *, every: float, rows: int) -> None:
        """Let so many rows read differently with every poll from now on."""

        async def go_on() -> None:
            turn = 0
            while True:
                turn += 1
                self.change(rows, turn)
                await asyncio.sleep(every)

        self._poll = asyncio.get_running_loop().create_task(go_on())

    def change(self, rows: int, turn: int) -> None:
        """Let the first rows read differently."""
        for identifier in self.many.newest[:rows]:
            execution = self.many.executions[identifier]
            retry = (execution.retry_count + turn) % 9
            self.many.put(replace(execution, retry_count=retry))


class ServedStage(ConsoleStage):
    """The whole console on a real server, with its journal, its wire and its pages."""

    def __init__(self, number: str) -> None:
        self.number = int(number)
        self.clock = SystemClock()
        self.served = Served(self.number)

    async def connect(self) -> Backend:
        """Open the adapter."""
        from console.__main__ import connect

        record = self.served.record
        target = Target(
            "url",
            "bench",
            url=SOCKET_URL,
            socket=Path(record["socket"]),
            workspace_id=record["workspace_id"],
        )
        return await connect(target, self.clock)

    async def load(self) -> float:
        """Scroll to the end, a page at a time; gives the CPU seconds it takes."""
        before = time.process_time()
        self.app.simulate_key("z")
        rows = self.app.first.rows
        await self.until(lambda: rows.feed is not None and rows.feed.has_more)
        assert rows.feed is not None
        while rows.feed.has_more:
            await rows.feed.load_more()
        await self.until(lambda: len(self.app.first.list.rows) == self.number)
        return time.process_time() - before

    async def refresh_all(self) -> dict[str, float]:
        """Let every row change on the server; gives the longest callbacks until all are read."""
        feed = self.app.first.rows.feed
        assert feed is not None
        read, cursor = feed.executions, self.app.first.list.cursor_id
        # All but the one below the cursor: what has ended is not read again there.
        left = [(one.id, one.finished_at) for one in read.values() if one.id != cursor]

        def is_read() -> bool:
            while left and read[left[-1][0]].finished_at != left[-1][1]:
                left.pop()
            return not left

        await asyncio.to_thread(self.served.change_all)
        blocks = Blocks()
        with blocks:
            await self.until(is_read)
        return blocks.longest()

    def end(self) -> None:
        """End the server."""
        self.served.close()


class Blocks:
    """Times every callback of the event loop."""

    def __enter__(self) -> Blocks:
        self._spent: list[tuple[float, float]] = []
        self._began = time.perf_counter()
        self._run = asyncio.Handle._run  # type: ignore[attr-defined]
        run, spent = self._run, self._spent

        def timed(handle: Any) -> None:
            cpu, wall = time.thread_time(), time.perf_counter()
            run(handle)
            spent.append((time.thread_time() - cpu, time.perf_counter() - wall))

        asyncio.Handle._run = timed  # type: ignore[attr-defined]
        return self

    def __exit__(self, *error: object) -> None:
        asyncio.Handle._run = self._run  # type: ignore[attr-defined]
        self._seconds = time.perf_counter() - self._began

    def longest(self) -> dict[str, float]:
        """Give the longest in CPU seconds and by the clock, and how long it was looked."""
        cpu, wall = zip(*self._spent, strict=True)
        return {"cpu": max(cpu), "wall": max(wall), "seconds": self._seconds}


class TreeStage(BareStage):
    """The tree of one execution."""

    def __init__(self, number: str) -> None:
        self.execution = big_execution(int(number))

    def make_widget(self) -> JobTreeView:
        """Make the tree."""
        return JobTreeView(lambda: datetime.now(UTC))

    async def build(self) -> float:
        """Show all jobs; gives the CPU seconds until they are painted."""
        tree = self.app.widget
        assert isinstance(tree, JobTreeView)
        return await self.painted(lambda: tree.show(self.execution))


def big_execution(number: int) -> Execution:
    """Make an execution with so many jobs, three levels of them, some failed.

    Enough of a thousand fail that its tree takes as many rows on the screen as ten thousand's.
    """
    began = datetime.now(UTC) - timedelta(hours=1)
    jobs = []
    for index in range(number):
        if index == 0:
            path = "main"
        elif index % 10 == 1:
            path = "main/collect-orders"
        else:
            path = f"main/collect-orders/fetch-{index % 10}"
        start = began + timedelta(milliseconds=100 * index)
        is_bad = index % 31 == 30
        jobs.append(
            JobExecution(
                JobExecutionId(f"job-{index}"),
                path,
                JobStatus.FAILED if is_bad else JobStatus.SUCCESS,
                FunctionExecutionId(f"run-{index}"),
                start,
                start + timedelta(milliseconds=90),
            )
        )
    return Execution(
        ExecutionId("01900000-0000-7000-8000-000000000000"),
        "order-processing",
        ExecutionStatus.FAILED,
        tuple(jobs),
        began,
        datetime.now(UTC),
    )


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


STAGES: Mapping[str, Callable[..., Any]] = {
    "bare-lines": LinesStage,
    "rows": RowsStage,
    "console": ConsoleStage,
    "served": ServedStage,
    "tree": TreeStage,
    "log": LogStage,
    "textual-log": TextualLogStage,
}
