"""What has to be looked for, because nobody tells it: what the dead held, and a clock set back.

a dead server's worker       what it held is released when its lock is free, or its lease over
one of ours, not renewing    it is ended after one lease and a half, when it could have renewed
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol, TypeVar

from console.clock import Clock
from console.engine.claims import Claims, Held
from console.engine.interface import EngineUnavailable
from console.engine.presence import Presence

CLOCK_SLACK_SECONDS = 1.0
"""By how much the wall clock may fall behind the monotonic one before it counts as set back."""

STALL_SECONDS = 2.0
"""How long nothing is looked at, at least, before this machine counts as having stood still."""

T = TypeVar("T")


class Write(Protocol):
    """Does some work on the journal where nothing else of this process writes."""

    def __call__(self, work: Callable[[], T], /) -> Awaitable[T]:
        """Do it."""
        ...


class Endable(Protocol):
    """A worker of ours."""

    def kill(self) -> None:
        """End it at once."""
        ...


class Sweep:
    """Looks at everything that is held."""

    def __init__(self, claims: Claims, presence: Presence, write: Write, clock: Clock):
        self._claims = claims
        self._presence = presence
        self._write = write
        self._clock = clock
        self._unwritable_at = float("-inf")
        """When nobody could write the journal, or nothing ran on this machine."""
        self._looked_at = clock.monotonic()
        self._clock_offset = self._offset()
        self._is_clean = False

    async def look(self, own: Mapping[str, Endable], wake: Callable[[], None]) -> bool:
        """Look once; `own` are our workers by id, `wake` is called when there is work for them.

        Gives whether workers of another server may still live. Raises EngineUnavailable.
        """
        self._notice_stall()
        await self._follow_clock(wake)
        left: set[str] = set()
        late: list[tuple[Endable, float]] = []
        for entry in await self._write(self._claims.held):
            if entry.worker in own:
                if entry.late_seconds > 0:
                    late.append((own[entry.worker], entry.late_seconds))
            elif self._presence.is_gone(entry.worker):
                await self._release(entry, "its worker and the server ended")
                wake()
            elif entry.late_seconds > 0:
                await self._release(entry, "its lease ran out: its worker and the server ended")
                wake()
            else:
                left.add(entry.worker)
        if late:
            await self._end(late)
        if not self._is_clean:
            self._presence.clean({*left, *own})
            self._is_clean = True
        return bool(left)

    async def _release(self, held: Held, why: str) -> None:
        await self._write(lambda: self._claims.release(held, why))
        self._presence.forget(held.worker)

    async def _end(self, late: Sequence[tuple[Endable, float]]) -> None:
        """End workers that hang: another goes on within two leases of the last sign of life.

        They are not to blame for a full disk, or for a machine that stood still: ended for it, they
        would lose the jobs they run.
        """
        try:
            await self._write(self._claims.touch)
        except EngineUnavailable:
            self._unwritable_at = self._clock.monotonic()
            raise
        had_time = self._clock.monotonic() - self._unwritable_at > self._claims.lease_seconds
        for worker, seconds in late:
            if had_time and seconds > self._claims.lease_seconds / 2:
                worker.kill()

    def _notice_stall(self) -> None:
        now = self._clock.monotonic()
        if now - self._looked_at > max(self._claims.lease_seconds, STALL_SECONDS):
            self._unwritable_at = now
        self._looked_at = now

    def _offset(self) -> float:
        return self._clock.now().timestamp() - self._clock.monotonic()

    async def _follow_clock(self, wake: Callable[[], None]) -> None:
        """Notice a wall clock that was set back: what waits for a time would wait too long.

        One that was set forward, or that went on while the machine slept, needs nothing.
        """
        offset = self._offset()
        back = self._clock_offset - offset
        if back > CLOCK_SLACK_SECONDS:
            await self._write(lambda: self._claims.follow_clock(back))
            wake()
        if back > CLOCK_SLACK_SECONDS or back < 0:
            self._clock_offset = offset
