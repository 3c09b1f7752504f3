"""How fresh a feed's data is, and how an answer, a failure and the passing of time change that.

connecting ──answer──▶ live ──2nd failure, or it takes too long──▶ stale ──30 s──▶ lost
     └─────30 s of failures, or not signed in──────────────────────────────────────▶ lost
an answer leads back to live from everywhere; `paused` when a person asked for it, `done` when what
is shown can change no more
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from console.backend.errors import BackendError, Forbidden, Unauthenticated, Unsupported

STALE_AFTER = 10.0
"""Seconds without an answer that was due, after which data is called stale in any case."""
LOST_AFTER = 30.0
"""Seconds of trouble after which the backend is called lost."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """What is known about the age of a feed's data; meets `present.status.FreshnessFacts`."""

    state: str = "connecting"
    """`connecting`, `live`, `stale`, `lost`, `paused` or `done`."""
    as_of: datetime | None = None
    """When the data was last true, on this machine's wall clock; None before the first answer."""
    error: BackendError | None = None
    """Why the last try failed; None after an answer."""
    tries: int = 0
    """Tries that failed in a row."""
    next_try: float | None = None
    """When the next try is, on the monotonic clock; None when there is none by itself, or when
    nothing failed."""


def after_success(now: datetime, *, is_done: bool = False) -> Freshness:
    """Give the freshness of data that just came."""
    return Freshness("done" if is_done else "live", now)


def after_failure(
    before: Freshness, error: BackendError, *, trouble: float, wait: float | None, monotonic: float
) -> Freshness:
    """Give the freshness after a failed try; the first one in a row is not made a fuss of.

    `trouble` is how many seconds ago the first answer that is missing was due, `wait` the seconds
    until the next try, None for none.
    """
    tries = before.tries + 1
    failed = Freshness(
        before.state,
        before.as_of,
        error,
        tries,
        monotonic + wait if wait is not None else None,
    )
    state = state_in_trouble(failed, trouble=trouble, wait=wait)
    return replace(failed, state=state)


def state_in_trouble(before: Freshness, *, trouble: float, wait: float | None = 0.0) -> str:
    """Name the state of data whose next reading is so many seconds late."""
    is_final = isinstance(before.error, Unauthenticated | Forbidden | Unsupported)
    if is_final or trouble >= LOST_AFTER:
        return "lost"
    if before.as_of is None:
        return "connecting"
    is_first = before.tries <= 1 and wait is not None and wait < STALE_AFTER
    if is_first and trouble < STALE_AFTER:
        return "live"
    return "stale"
