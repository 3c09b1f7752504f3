"""How many there are: asked for less often than the list, and soon after something moved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

from console.backend.errors import BackendError, RateLimited, Unauthenticated, Unsupported
from console.backend.protocol import Backend
from console.clock import Clock
from console.model.capabilities import Capabilities
from console.model.query import Counts
from console.sync.cadence import Pace

WINDOW = timedelta(hours=24)
"""What is counted, where the backend knows a window."""
SELDOM = 10
"""Polls of the list between two of the counts."""
REST = 5
"""Busy paces that lie between two readings at least, where they cost more than on this machine."""
FAILURES = 3
"""Failures in a row after which no number is better than the old one."""


class Tally:
    """Keeps the counts, and tells when they are due."""

    def __init__(self, backend: Backend, clock: Clock) -> None:
        self.counts: Counts | None = None
        self._backend = backend
        self._clock = clock
        self._polls = SELDOM
        self._is_tried = False
        self._has_moved = False
        self._failures = 0
        self._not_before = 0.0
        self._is_unsupported = False

    def note_poll(self) -> None:
        """Remember that the list was read once more."""
        self._polls += 1
        self._is_tried = False

    def note_move(self) -> None:
        """Remember that an execution came, went or changed its state."""
        self._has_moved = True

    @property
    def is_due(self) -> bool:
        """It is time to count again; at most once in a poll of the list."""
        if self._is_unsupported or self._is_tried or self._clock.monotonic() < self._not_before:
            return False
        return self._has_moved or self._polls >= SELDOM

    async def fetch(self, capabilities: Capabilities, pace: Pace) -> Callable[[], None]:
        """Count; a failure that is not the connection's leaves the list as it is."""
        rest = 0.0 if capabilities.is_local else REST * pace.busy
        since = self._clock.now() - WINDOW if capabilities.counts else None
        try:
            counts = await self._backend.counts(since)
        except (Unauthenticated, RateLimited) as error:
            self._fail(error, rest)
            raise
        except BackendError as error:
            return partial(self._fail, error, rest)
        if since is not None and not counts.window:
            counts = replace(counts, window="last 24 h")
        return partial(self._take, counts, rest)

    def _take(self, counts: Counts, rest: float) -> None:
        self.counts = counts
        self._failures = self._polls = 0
        self._has_moved = False
        self._end_try(rest)

    def _fail(self, error: BackendError, rest: float) -> None:
        self._failures += 1
        self._is_unsupported = isinstance(error, Unsupported)
        if self._failures >= FAILURES or self._is_unsupported:
            self.counts = None
            self._polls = 0
            self._has_moved = False
        self._end_try(max(rest, error.retry_after or 0.0))

    def _end_try(self, rest: float) -> None:
        self._is_tried = True
        self._not_before = self._clock.monotonic() + rest
