"""What is on the screen while bytes are counted, and the steps that move it.

Each scene is the real console on a fake backend. `Night` and `Pouring` live in real time; `Rows`
and `Ages` on a clock that only their steps move.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import cycle
from typing import Any

from console.backend.protocol import Backend
from console.clock import Clock, SystemClock
from console.model.execution import Execution, JobError
from console.model.ids import ExecutionId, JobExecutionId
from console.model.states import ExecutionStatus
from console.model.target import Target
from console.present.durations import format_age
from console.present.glyphs import UNICODE
from console.present.line import Line, Span
from console.present.tone import Tone
from console.ui.app import ConsoleApp
from console.ui.burst import Burst
from console.ui.launch import Launch, Preferences
from console.ui.screens.execution import ExecutionScreen
from console.ui.widgets.log_view import LogView
from tests.fakes.backend import FakeBackend
from tests.fakes.clock import ManualClock
from tests.quiet.stepped import Stepped

PATIENCE = 30.0
LINE_BYTES = 145
"""Of a log line, without its line feed."""
MINUTES, HOURS = 60.0, 3600.0
LETTERS = "abcdefghijklmnopqrstuvwxyz"
TONES = (Tone.FAILED, Tone.SUCCESS, Tone.RUNNING, Tone.WAITING, Tone.TEXT)


class SteppedConsole(Stepped, ConsoleApp):
    """The console as it is, counted and steered."""


class Scene:
    """A backend, a clock, and steps that every scene has."""

    app: SteppedConsole
    open_execution = ""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.backend = FakeBackend(clock)

    async def connect(self) -> Backend:
        """Give the backend."""
        return self.backend

    def make_app(self, line: socket.socket) -> SteppedConsole:
        """Make the console; keys that come at once are taken for typed ones."""
        self.app = SteppedConsole(self.launch(), UNICODE, burst=Burst(gap=0))
        self.app.stage, self.app.line = self, line
        return self.app

    def launch(self) -> Launch:
        """Tell the console where to look."""
        return Launch(
            Target("url", "shop-prod", url="http://shop.example"),
            self.connect,
            Preferences(theme="wfc-dark"),
            self.clock,
            open_execution=self.open_execution,
        )

    # Steps

    async def ready(self) -> None:
        """Wait until the list is read."""
        await self.until(lambda: self.app.first.rows.ids)

    async def press(self, *, keys: list[str]) -> None:
        """Press keys, each handled before the next, and see that all follows the cursor.

        A cursor that moved a moment ago must rest before what is below the list follows it. Of a
        step that ended sooner, a thousand bytes would be taken for the next one's.
        """
        for key in keys:
            self.app.simulate_key(key)
            await self.settle()
        first = self.app.first

        def is_followed() -> bool:
            shown, row = first.pane.execution, first.focused_execution()
            return (shown and shown.id) == (row and row.id)

        await self.app.still()  # the key has moved the cursor
        await self.until(is_followed)

    async def watch(self, *, seconds: float) -> None:
        """Let real time pass."""
        await asyncio.sleep(seconds)

    def redraw(self) -> None:
        """Write everything again, as on a terminal that was overwritten."""
        self.app.screen.refresh()

    def turn(self, *, seconds: float) -> None:
        """Break the rule on purpose: turn a wheel by a timer."""
        wheel = cycle("◐◓◑◒")
        self.app.screen.set_interval(seconds, lambda: self.app.first.say(next(wheel)))

    async def meant(self) -> list[str]:
        """Give the rows the screen is to show, once nothing is painted any more."""
        while True:
            frames = self.app.frames
            strips = self.app.screen._compositor.render_strips()
            await self.app.still()
            if self.app.frames == frames:
                return [strip.text.rstrip() for strip in strips]

    # What the steps need

    async def settle(self) -> None:
        """Let everything happen that needs no time."""
        if isinstance(self.clock, ManualClock):
            await self.clock.settle()

    async def pass_time(self, seconds: float) -> None:
        """Let time pass on the scene's clock."""
        if isinstance(self.clock, ManualClock):
            await self.clock.advance(seconds)
        else:
            await asyncio.sleep(seconds)

    async def until(self, is_so: Callable[[], object]) -> None:
        """Let time pass until it is so."""
        until = time.monotonic() + PATIENCE
        while not is_so():
            assert time.monotonic() < until, f"never came: {is_so}"
            await self.pass_time(0.02)
            await asyncio.sleep(0.01)

    def ago(self, seconds: float) -> Any:
        """Give the moment so long ago."""
        return self.clock.now() - timedelta(seconds=seconds)

    def failed(self, age: float, message: str) -> ExecutionId:
        """Add an execution that failed so long ago in its mail job, with a log."""
        identifier = self.backend.failed(
            error=JobError("SMTPServerError", message),
            log=b"connecting\n" * 30,
            created_at=self.ago(age),
        )
        self._set_back(identifier, age)
        return identifier

    def running(self, age: float, workflow: str = "nightly-archive") -> JobExecutionId:
        """Add an execution that has been running so long; gives its job."""
        identifier = self.backend.add(workflow, created_at=self.ago(age))
        self.backend.start_job(identifier, "archive-night")
        job = self.backend.start_job(identifier, "archive-night/archive-batch")
        self._set_back(identifier, age)
        return job

    def _set_back(self, identifier: ExecutionId, age: float) -> None:
        execution = self.backend.executions[identifier]
        began = self.ago(age)
        ended = began + timedelta(seconds=42) if execution.status.is_finished else None
        jobs = tuple(replace(j, started_at=began, finished_at=ended) for j in execution.jobs)
        self.backend.put(replace(execution, started_at=began, finished_at=ended, jobs=jobs))


class Night(Scene):
    """Failures and something that runs, all older than a minute and far from their next step."""

    def __init__(self) -> None:
        super().__init__(SystemClock())
        for number in range(8):
            self.failed((number + 1.5) * HOURS, "421 too many connections from 10.2.0.7")
        self.running(10.4 * MINUTES)


class Rows(Scene):
    """Sixty executions in every state, on a clock that stands."""

    def __init__(self) -> None:
        super().__init__(ManualClock())
        states = (ExecutionStatus.SUCCESS, ExecutionStatus.RUNNING, ExecutionStatus.WAITING)
        for number in range(60):
            made = self.ago((number + 1.5) * HOURS)
            self.backend.add(status=states[number % 3], created_at=made)
        self.generation = 0
        self.scripted: set[ExecutionId] = set()
        self.column, self.width = "", 0

    async def ready(self) -> None:
        """Show all of them."""
        await super().ready()
        self.app.simulate_key("z")
        await self.until(lambda: len(self.app.first.rows.ids) == 60)
        cells = self.app.first.rows.cells
        self.app.first.list._cells_of = lambda row_id: self._cells(cells, row_id)

    def _cells(self, cells: Callable[[str], Mapping[str, Line]], row_id: str) -> Mapping[str, Line]:
        found = dict(cells(row_id))
        if row_id in self.scripted:
            letter = LETTERS[self.generation % 26]
            row = list(self.app.first.list.rows).index(row_id)
            tone = TONES[(self.generation + row) % len(TONES)]
            found[self.column] = (Span(letter * self.width, tone),)
        return found

    def change(self, *, column: str, width: int, rows: list[int]) -> str:
        """Let one cell of each of these rows say something else, in every letter; gives which."""
        self.generation += 1
        self.column, self.width = column, width
        shown, before = self.app.first.rows.ids, self.scripted
        self.scripted = {shown[row] for row in rows}
        self.app.first.list.patch(before | self.scripted)
        return LETTERS[self.generation % 26]

    async def end_some(self, *, rows: list[int]) -> list[str]:
        """Let the executions in these rows end on the server, and the next poll bring it."""
        ids = [self.app.first.rows.ids[row] for row in rows]
        for identifier in ids:
            self.backend.set_status(identifier, ExecutionStatus.FAILED)
        feed = self.app.first.rows.feed
        assert feed is not None
        read: Mapping[ExecutionId, Execution] = feed.executions
        await self.until(lambda: all(read[one].status is ExecutionStatus.FAILED for one in ids))
        return [self.app.first.rows.get(one).status.value for one in ids]  # type: ignore[union-attr]


class Ages(Scene):
    """One execution that began just now and runs, and one that failed hours ago."""

    def __init__(self) -> None:
        super().__init__(ManualClock())
        self.running(20.0)
        self.failed(1.5 * HOURS, "421 too many connections")
        self.began = self.ago(20.0)

    async def age(self, *, seconds: float) -> dict[str, str]:
        """Let time pass, and the screen look at its ages as its timer would; gives what it says."""
        before = self.clock.now()
        await self.pass_time(seconds)
        self.app.first._tick()
        return {
            "before": format_age((before - self.began).total_seconds()),
            "after": format_age((self.clock.now() - self.began).total_seconds()),
        }


class Pouring(Scene):
    """An execution that has been running for minutes, and the log of its job."""

    def __init__(self) -> None:
        super().__init__(SystemClock())
        self.backend.has_log_times = False
        self.job = self.running(10.4 * MINUTES)
        self.written = 0
        self.write(60)

    @property
    def view(self) -> LogView:
        """The log that is shown."""
        screen = self.app.screen
        pane = screen.pane if isinstance(screen, ExecutionScreen) else self.app.first.pane
        return pane.log_pane.view

    async def ready(self) -> None:
        """Wait for the log's first lines."""
        await super().ready()
        await self.shown()

    async def open_log(self) -> None:
        """Show the log on the whole screen, if it is not."""
        if isinstance(self.app.screen, ExecutionScreen):
            return
        self.app.simulate_key("l")
        await self.until(lambda: isinstance(self.app.screen, ExecutionScreen))
        await self.shown()

    def write(self, count: int) -> None:
        """Let the job write lines."""
        lines = []
        for _ in range(count):
            self.written += 1
            lines.append(f"{self.written:07} ".ljust(LINE_BYTES, "abcdefghij"[self.written % 10]))
        self.backend.write(self.job, ("\n".join(lines) + "\n").encode() if lines else b"")

    async def shown(self) -> None:
        """Wait until the view has every line."""
        await self.until(lambda: self.view.line_count == self.written)

    async def pour(self, *, rate: int, seconds: float) -> dict[str, int]:
        """Write that many lines a second, and wait until all are shown; gives what there is."""
        before, began = self.written, time.monotonic()
        while self.written - before < rate * seconds:
            due = min(rate * seconds, (time.monotonic() - began) * rate)
            self.write(max(0, int(due) - (self.written - before)))
            await asyncio.sleep(0.02)
        await self.shown()
        spool = self.view.spool
        assert spool is not None
        data = bytes(self.backend.logs[self.backend.function_of(self.job)])
        return {
            "appended": (self.written - before) * (LINE_BYTES + 1),
            "lines": spool.line_count,
            "written": self.written,
            "is_equal": spool.size == len(data) and spool.lines(0, self.written)[-1] in data,
            "milliseconds": round((time.monotonic() - began) * 1000),
        }


SCENES: Mapping[str, Callable[[], Scene]] = {
    "night": Night,
    "rows": Rows,
    "ages": Ages,
    "pouring": Pouring,
}
