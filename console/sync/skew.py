"""How far the server's clock is ahead of ours.

Nothing the server says has happened lies in the future, so the youngest moment it named shows how
far it is ahead, at least. It is kept against the monotonic clock: when this machine's wall clock is
set right, the skew goes away by itself. A server that is behind shows nothing, and harms nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from console.clock import Clock
from console.model.execution import Execution

MOST = timedelta(hours=24)
"""A moment further ahead than that is no skew but nonsense."""


class SkewGauge:
    """Learns the skew from what the server tells."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._youngest: float | None = None
        """A moment on the server's clock, less the monotonic clock then."""

    @property
    def skew(self) -> timedelta:
        """How far the server is ahead, as far as is known; never negative."""
        if self._youngest is None:
            return timedelta(0)
        ahead = self._youngest + self._clock.monotonic() - self._clock.now().timestamp()
        return timedelta(seconds=ahead) if 0 < ahead <= MOST.total_seconds() else timedelta(0)

    def see(self, execution: Execution) -> None:
        """Take note of the moments of an execution that just came."""
        now = self._clock.now()
        youngest = max(_moments(execution), default=None)
        if youngest is None or not now < youngest <= now + MOST:
            return
        against = youngest.timestamp() - self._clock.monotonic()
        if self._youngest is None or against > self._youngest:
            self._youngest = against


def _moments(execution: Execution) -> Iterable[datetime]:
    for moment in (execution.started_at, execution.finished_at):
        if moment is not None:
            yield moment
    for job in execution.jobs:
        if job.started_at is not None:
            yield job.started_at
        if job.finished_at is not None:
            yield job.finished_at
