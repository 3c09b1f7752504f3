"""Notices that the machine was asleep, or the program stood still.

The monotonic clock stands while a laptop sleeps on Linux and macOS, and goes on elsewhere. So two
things tell: the wall clock went ahead of the monotonic one, or a short sleep took long.
"""

from __future__ import annotations

from datetime import datetime

from console.clock import Clock

LEAST = 10.0
"""Seconds that are no ordinary delay any more."""


class LeapDetector:
    """Compares the clocks with what was expected of them since the last look."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wall: datetime = clock.now()
        self._monotonic = clock.monotonic()
        self._expected: float | None = None

    def mark(self) -> None:
        """Begin from now."""
        self._wall, self._monotonic = self._clock.now(), self._clock.monotonic()
        self._expected = None

    def expect(self, seconds: float | None) -> None:
        """Say how long the next sleep is; None for one that may last."""
        self.mark()
        self._expected = seconds

    def leap(self) -> float:
        """Give the seconds that were lost since the last look; 0 when none were."""
        wall, monotonic, expected = self._wall, self._monotonic, self._expected
        self.mark()
        passed = self._monotonic - monotonic
        lost = (self._wall - wall).total_seconds() - passed
        if expected is not None:
            lost = max(lost, passed - expected)
        return lost if lost >= LEAST else 0.0
