"""When to ask the next time: a pure function of how the last tries went.

what happened          seconds until the next try
something moved        `busy`
nothing moved          `busy` for a while, then slower and slower, at most `idle`
a part of a whole      0
more is waiting        0; for very long, a part of `busy`: whoever always has more is mistaken
it failed              `retry`, doubled with each failure, at most `retry_most`
it failed for long     `retry_most`: not allowed, not there, refused
slow down, it said     what the server said, or more; never less
it can change no more  none; nor when nobody looks, or when a person has to act first
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from console.backend.errors import (
    BackendError,
    Forbidden,
    InvalidRequest,
    NotFound,
    RateLimited,
    Unauthenticated,
    Unsupported,
)

PATIENCE = 5
"""Rounds without news before asking becomes slower."""
GROWTH = 1.3
AT_ONCE = 100
"""Rounds without any rest between them; after that there is a short one."""
SHORT_REST = 0.25
"""A short rest, as a part of the busy pace."""


class Outcome(Enum):
    """What an answer brought."""

    MOVED = "moved"
    IDLE = "idle"
    AGAIN = "again"
    """There is more to fetch at once, and how much is not known."""
    PART = "part"
    """It came with a part of a whole that is as long as it is: fetch the next part at once."""
    DONE = "done"
    """It can change no more."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often one kind of thing is asked for, in seconds."""

    busy: float
    """Between two polls while something moves."""
    idle: float
    """Between two polls when nothing has moved for long."""
    retry: float = 2.0
    """Before the first try after a failure."""
    retry_most: float = 30.0
    """Between two tries when the backend has been away for long."""

    def no_faster(self, seconds: float) -> Pace:
        """Give the pace of somebody who wants no more than one poll in so many seconds."""
        return replace(self, busy=max(self.busy, seconds), idle=max(self.idle, seconds))


LIST_LOCAL = Pace(1.0, 5.0, 1.0, 5.0)
LIST_REMOTE = Pace(2.5, 15.0)
DETAIL_LOCAL = Pace(0.4, 2.0, 1.0, 5.0)
DETAIL_REMOTE = Pace(1.5, 10.0)
LOG_LOCAL = Pace(0.25, 2.0, 1.0, 5.0)
LOG_REMOTE = Pace(1.0, 8.0)
LOG_WHOLE = Pace(2.5, 15.0)
"""For a backend that sends the whole log each time."""


def seconds_until_next(
    pace: Pace,
    outcome: Outcome | BackendError,
    *,
    is_wanted: bool = True,
    idle_rounds: int = 0,
    at_once: int = 0,
    failures: int = 0,
    jitter: float = 0.5,
) -> float | None:
    """Give the seconds until the next try, None when there is none by itself.

    `idle_rounds`, `at_once` and `failures` count the rounds in a row, this one included. `jitter`,
    from 0 up to 1, spreads the consoles of a team so that they do not ask together; 0.5 changes
    nothing.
    """
    if not is_wanted or outcome is Outcome.DONE:
        return None
    if isinstance(outcome, BackendError):
        return _seconds_until_retry(pace, outcome, failures, jitter)
    if outcome is Outcome.PART:
        return 0.0
    if outcome is Outcome.AGAIN:
        return 0.0 if at_once <= AT_ONCE else SHORT_REST * pace.busy
    rounds = idle_rounds - PATIENCE if outcome is Outcome.IDLE else 0
    seconds = min(pace.idle, pace.busy * GROWTH ** min(max(0, rounds), 40))
    return seconds * (0.9 + 0.2 * jitter)


def _seconds_until_retry(
    pace: Pace, error: BackendError, failures: int, jitter: float
) -> float | None:
    if isinstance(error, Unauthenticated | Unsupported):
        return None
    doublings = min(max(0, failures - 1), 20)
    if isinstance(error, RateLimited):
        doublings += 2
    if isinstance(error, Forbidden | NotFound | InvalidRequest):
        doublings = 20
    seconds = min(pace.retry_most, pace.retry * 2.0**doublings) * (0.75 + 0.5 * jitter)
    if error.retry_after is not None:
        seconds = max(seconds, error.retry_after * (1 + 0.1 * jitter))
    return seconds
