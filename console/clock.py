"""Time, passed in: the only place that reads the wall clock for the console."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time and waits."""

    def now(self) -> datetime:
        """Give the wall clock, in UTC."""
        ...

    def monotonic(self) -> float:
        """Give seconds that never step backwards."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait for that many seconds."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Give the wall clock, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Give seconds that never step backwards."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait for that many seconds."""
        await asyncio.sleep(seconds)
