"""Time that moves only when a test says so.

clock = ManualClock()
await clock.settle()            let everything run that can, without time
await clock.advance(5)          five seconds, sleepers released one after the other, in order
await clock.suspend(3600)       the laptop was shut: the wall clock went on, nothing else did
clock.set_wall(-60)             somebody set the wall clock back
"""

from __future__ import annotations

import asyncio
import heapq
from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 24, 3, 12, 53, tzinfo=UTC)
TURNS = 5_000
"""Turns of the loop after which a test is busy by itself, not waiting."""


class ManualClock:
    """A `Clock` whose sleepers wake in the order of their deadlines, each at its own time."""

    def __init__(self, start: datetime = START, monotonic: float = 1000.0) -> None:
        self._wall = start
        self._monotonic = monotonic
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = 0

    def now(self) -> datetime:
        """Give the wall clock."""
        return self._wall

    def monotonic(self) -> float:
        """Give seconds that never step backwards."""
        return self._monotonic

    async def sleep(self, seconds: float) -> None:
        """Wait until the test has advanced that far."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._count += 1
        heapq.heappush(self._sleepers, (self._monotonic + seconds, self._count, future))
        await future

    @property
    def sleepers(self) -> int:
        """How many wait."""
        return sum(1 for _, _, future in self._sleepers if not future.done())

    async def advance(self, seconds: float) -> None:
        """Let that much time pass, and everything happen that falls into it."""
        until = self._monotonic + seconds
        await self.settle()
        while self._sleepers and self._sleepers[0][0] <= until:
            due, _, future = heapq.heappop(self._sleepers)
            if future.done():
                continue
            self._pass(max(0.0, due - self._monotonic))
            future.set_result(None)
            await self.settle()
        self._pass(until - self._monotonic)
        await self.settle()

    async def suspend(self, seconds: float, *, is_counted: bool = False) -> None:
        """Stop everything for so long; `is_counted` where the monotonic clock goes on meanwhile."""
        self._wall += timedelta(seconds=seconds)
        if is_counted:
            self._monotonic += seconds
        await self.advance(0)

    def set_wall(self, seconds: float) -> None:
        """Set the wall clock forward, or back, by so much."""
        self._wall += timedelta(seconds=seconds)

    async def settle(self) -> None:
        """Run the loop until nobody can go on without time."""
        ready = getattr(asyncio.get_running_loop(), "_ready", None)
        for turn in range(TURNS):
            await asyncio.sleep(0)
            if not ready and (ready is not None or turn > 50):
                return
        raise AssertionError("something runs on and on without waiting")

    def _pass(self, seconds: float) -> None:
        self._wall += timedelta(seconds=seconds)
        self._monotonic += seconds
