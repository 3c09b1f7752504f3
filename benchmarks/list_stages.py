"""The list with very many rows: by itself, in the console, and on a real server."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.backend import ManyBackend
from benchmarks.bare_stages import PACE, BareStage
from benchmarks.blocks import Blocks
from benchmarks.served import Served
from console.backend.protocol import Backend
from console.clock import SystemClock
from console.config.address import SOCKET_URL
from console.model.ids import ExecutionId
from console.model.target import Target
from console.present.executions import columns_for, execution_cells
from console.ui.widgets.row_list import RowList
from tests.quiet.scenes import Scene


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
