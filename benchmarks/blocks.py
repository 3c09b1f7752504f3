"""How long each callback holds the event loop, by the CPU and by the clock."""

from __future__ import annotations

import asyncio
import time
from typing import Any


class Blocks:
    """Times every callback of the event loop."""

    def __enter__(self) -> Blocks:
        self._spent: list[tuple[float, float]] = []
        self._began = time.perf_counter()
        self._run = run = asyncio.Handle._run
        spent = self._spent

        def timed(handle: Any) -> None:
            cpu, wall = time.thread_time(), time.perf_counter()
            run(handle)
            spent.append((time.thread_time() - cpu, time.perf_counter() - wall))

        setattr(asyncio.Handle, "_run", timed)  # noqa: B010 (no type for it)
        return self

    def __exit__(self, *error: object) -> None:
        setattr(asyncio.Handle, "_run", self._run)  # noqa: B010
        self._seconds = time.perf_counter() - self._began

    def longest(self) -> dict[str, float]:
        """Give the longest in CPU seconds and by the clock, and how long it was looked."""
        cpu, wall = zip(*self._spent, strict=True)
        return {"cpu": max(cpu), "wall": max(wall), "seconds": self._seconds}
