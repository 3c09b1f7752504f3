"""How many requests may be made for what is nice to know."""

from __future__ import annotations

from dataclasses import dataclass

from console.clock import Clock

SOONER = 1e-6
"""Seconds that are no wait: a sum of fractions may never come to a whole request."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many requests in a minute, all of them at once if need be."""

    a_minute: int
    in_flight: int = 2


class Budget:
    """A bucket that fills with time; a request takes one from it."""

    def __init__(self, clock: Clock, allowance: Allowance) -> None:
        self.allowance = allowance
        self._clock = clock
        self._left = float(allowance.a_minute)
        self._at = clock.monotonic()

    def spend(self) -> None:
        """Make a request; one more than there is left is made up for by waiting longer."""
        self._fill()
        self._left -= 1

    @property
    def wait(self) -> float:
        """Give the seconds until the next request may be made."""
        self._fill()
        seconds = (1 - self._left) * 60 / self.allowance.a_minute
        return seconds if seconds > SOONER else 0.0

    def _fill(self) -> None:
        now = self._clock.monotonic()
        gained = (now - self._at) * self.allowance.a_minute / 60
        self._left = min(float(self.allowance.a_minute), self._left + gained)
        self._at = now
