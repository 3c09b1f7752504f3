"""How often a failed execution is tried again, and how many run at a time."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m)\Z")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0}

MAXIMUM_INITIAL_BACKOFF = 3600.0
"""Seconds: one hour."""
MAXIMUM_BACKOFF = 86400.0
"""Seconds: 24 hours."""


def seconds_of(duration: str) -> float:
    """Read a duration such as `500ms`, `30s` or `5m`, in seconds. Raises ValueError."""
    match = _DURATION.match(duration) if isinstance(duration, str) else None
    if match is None:
        raise ValueError(f'{duration!r} is not a duration; write "500ms", "30s" or "5m"')
    return float(match[1]) * _SECONDS[match[2]]


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How a failed execution is tried again; all four are needed. Raises ValueError."""

    max_retries: int
    """1 to 10."""
    initial_backoff: str
    """The wait before the first retry: more than nothing, at most one hour."""
    max_backoff: str
    """No wait is longer: at least the first one, at most 24 hours."""
    backoff_multiplier: float
    """Each wait is the one before times this: 1 or more."""

    def __post_init__(self) -> None:
        _whole_between("max_retries", self.max_retries, 1, 10)
        initial, longest = self.initial_seconds, self.max_seconds
        if not 0 < initial <= MAXIMUM_INITIAL_BACKOFF:
            raise ValueError(
                f"initial_backoff {self.initial_backoff!r} is not between 1ms and 60m (one hour)"
            )
        if longest > MAXIMUM_BACKOFF:
            raise ValueError(f"max_backoff {self.max_backoff!r} is more than 1440m (24 hours)")
        if initial > longest:
            raise ValueError(
                f"initial_backoff {self.initial_backoff!r} is more than "
                f"max_backoff {self.max_backoff!r}"
            )
        multiplier = self.backoff_multiplier
        if not _is_number(multiplier) or not math.isfinite(multiplier) or multiplier < 1:
            raise ValueError(f"backoff_multiplier {multiplier!r} is not a number of 1 or more")

    @property
    def initial_seconds(self) -> float:
        """The first wait in seconds."""
        return seconds_of(self.initial_backoff)

    @property
    def max_seconds(self) -> float:
        """The longest wait in seconds."""
        return seconds_of(self.max_backoff)

    def delay(self, retry: int) -> float:
        """Give the seconds to wait before a retry, counted from 1."""
        try:
            wait = self.initial_seconds * float(self.backoff_multiplier) ** (retry - 1)
        except OverflowError:
            return self.max_seconds
        return min(wait, self.max_seconds)


@dataclass(frozen=True, slots=True)
class ConcurrencyPolicy:
    """How many executions of one workflow may be RUNNING. Raises ValueError."""

    max_concurrent_executions: int
    """1 to 1000; the rest stay PENDING, oldest first."""

    def __post_init__(self) -> None:
        _whole_between("max_concurrent_executions", self.max_concurrent_executions, 1, 1000)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _whole_between(name: str, value: object, low: int, high: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise ValueError(f"{name} {value!r} is not a whole number from {low} to {high}")
