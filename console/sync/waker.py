"""A sleep that can be cut short."""

from __future__ import annotations

import asyncio

from console.clock import Clock


class Waker:
    """Lets one task wait for time to pass or for somebody to wake it, whichever is first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._future: asyncio.Future[None] | None = None
        self._is_awake = False

    def wake(self) -> None:
        """End the wait that goes on, or the next one."""
        self._is_awake = True
        if self._future is not None and not self._future.done():
            self._future.set_result(None)

    async def wait(self, seconds: float | None = None) -> None:
        """Wait so long, or without end; a call to `wake` since the last wait ends it at once."""
        if not self._is_awake:
            loop = asyncio.get_running_loop()
            self._future = loop.create_future()
            waits: set[asyncio.Future[None]] = {self._future}
            if seconds is not None:
                waits.add(loop.create_task(self._clock.sleep(seconds)))
            try:
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for wait in waits:
                    wait.cancel()
                self._future = None
        self._is_awake = False
