"""What is said of the data's age, after answers, failures and time."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from console.backend.errors import (
    BackendError,
    Forbidden,
    RateLimited,
    TimedOut,
    Unauthenticated,
    Unreachable,
    Unsupported,
)
from console.present.line import plain
from console.present.status import freshness_line
from console.sync.freshness import Freshness, after_failure, after_success, state_in_trouble

NOW = datetime(2026, 11, 24, 3, 12, 53, tzinfo=UTC)
LIVE = Freshness("live", NOW)
ONCE = Freshness("live", NOW, Unreachable("refused"), 1)
STALE = Freshness("stale", NOW, Unreachable("refused"), 2)


@pytest.mark.parametrize(
    ("before", "error", "trouble", "wait", "state"),
    [
        (Freshness(), Unreachable(), 0, 2, "connecting"),
        (Freshness(), Unreachable(), 31, 8, "lost"),
        (Freshness(), Unauthenticated(), 0, None, "lost"),
        (LIVE, Unreachable(), 0, 2, "live"),
        (LIVE, TimedOut(), 12, 2, "stale"),
        (LIVE, RateLimited(retry_after=60), 0, 60, "stale"),
        (ONCE, Unreachable(), 3, 4, "stale"),
        (STALE, Unreachable(), 29, 8, "stale"),
        (STALE, Unreachable(), 30, 8, "lost"),
        (LIVE, Unauthenticated(), 0, None, "lost"),
        (LIVE, Forbidden(), 0, 30, "lost"),
        (LIVE, Unsupported(), 0, None, "lost"),
        (Freshness("lost", NOW, Unauthenticated(), 1), Unreachable(), 5, 2, "stale"),
    ],
)
def test_the_state_after_a_failure(
    before: Freshness, error: BackendError, trouble: float, wait: float | None, state: str
) -> None:
    after = after_failure(before, error, trouble=trouble, wait=wait, monotonic=1000.0)
    assert after.state == state
    assert after.as_of == before.as_of
    assert after.error is error
    assert after.tries == before.tries + 1
    assert after.next_try == (None if wait is None else 1000 + wait)


def test_an_answer_makes_everything_well() -> None:
    assert after_success(NOW) == Freshness("live", NOW)
    assert after_success(NOW, is_done=True).state == "done"


def test_time_alone_makes_data_stale_and_then_lost() -> None:
    states = [state_in_trouble(ONCE, trouble=seconds) for seconds in (0, 9, 10, 29, 30, 3600)]
    assert states == ["live", "live", "stale", "stale", "lost", "lost"]


def test_it_reads_as_the_top_line_shows_it() -> None:
    failed = after_failure(STALE, Unreachable("connection refused"), trouble=9, wait=8, monotonic=0)
    later = NOW.replace(minute=13, second=27)
    line = plain(freshness_line(failed, later, 0.0))
    assert line == "stale 34 s · connection refused · next try in 8 s (4th)"
