"""A demo that answers: the story and who plays in it, all on one event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

from console.backend.protocol import Backend
from console.clock import Clock
from console.demo.shop import Shop
from console.demo.story import Story
from console.demo.traffic import Traffic
from console.demo.workers import Workers


@dataclass(slots=True)
class Tasks:
    """What runs beside the screen; the loop alone would forget it."""

    running: set[asyncio.Task[None]] = field(default_factory=set)

    def keep(self, work: Coroutine[Any, Any, None]) -> None:
        """Run it beside everything else."""
        task = asyncio.create_task(work)
        self.running.add(task)
        task.add_done_callback(self.running.discard)

    async def end(self) -> None:
        """Cancel all of it."""
        for task in list(self.running):
            task.cancel()
        await asyncio.gather(*self.running, return_exceptions=True)


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything of a demo whose server answers."""

    backend: Backend
    story: Story
    traffic: Traffic
    workers: Workers

    async def aclose(self) -> None:
        """Close the connections."""
        await self.workers.aclose()
        await self.backend.aclose()


async def open_parts(shop: Shop, clock: Clock) -> Parts:
    """Wait for the server and open everything. Raises `DemoFailed`."""
    from console.backend.tailor.adapter import open_backend

    # The books are read while the server starts: both take their time in processes of their own.
    target, orders = await asyncio.gather(shop.wait_for_server(), shop.open_orders())
    backend = open_backend(target, clock)
    story = Story(backend, shop, clock)
    return Parts(backend, story, Traffic(story, orders), Workers(target, clock))
