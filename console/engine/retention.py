"""Letting go of what is older than a project keeps, while its server runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from console.clock import Clock
from console.engine.interface import EngineUnavailable, Pruned
from console.engine.prune import Pruning
from console.engine.sweep import Write
from console.engine.writing import milliseconds_of

EVERY_SECONDS = 6 * 3600.0


class Retention:
    """Prunes when it is asked to, and by itself; `days` gives how long the project keeps."""

    def __init__(self, pruning: Pruning, write: Write, clock: Clock, days: Callable[[], float]):
        self._pruning = pruning
        self._write = write
        self._clock = clock
        self._days = days
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to prune, now and every six hours."""
        self._task = asyncio.create_task(self._keep(), name="retention")

    async def close(self) -> None:
        """End that."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def prune(self, before: datetime | None, *, dry_run: bool) -> Pruned:
        """Remove what ended before a time; None takes what the project says."""
        if before is None:
            before = self._clock.now() - timedelta(days=self._days())
        limit = milliseconds_of(before)
        if dry_run:
            return Pruned(await self._write(lambda: self._pruning.count(limit)), before)
        total = 0
        while removed := await self._write(lambda: self._pruning.prune_some(limit)):
            total += removed
        return Pruned(total, before)

    async def _keep(self) -> None:
        while True:
            try:
                await self._write(self._pruning.remove_logs)
                await self._write(self._pruning.forget)
                await self.prune(None, dry_run=False)
            except EngineUnavailable:
                pass  # it is not urgent; requests tell what is wrong
            await self._clock.sleep(EVERY_SECONDS)
