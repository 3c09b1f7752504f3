"""When to ask next: a table, and what holds for all of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.backend.errors import (
    BackendError,
    Forbidden,
    Malformed,
    NotFound,
    RateLimited,
    ServerFault,
    TimedOut,
    Unauthenticated,
    Unreachable,
    Unsupported,
)
from console.sync.cadence import (
    DETAIL_LOCAL,
    DETAIL_REMOTE,
    LIST_LOCAL,
    LIST_REMOTE,
    LOG_LOCAL,
    LOG_REMOTE,
    LOG_WHOLE,
    Outcome,
    Pace,
    seconds_until_next,
)

PACES = (LIST_LOCAL, LIST_REMOTE, DETAIL_LOCAL, DETAIL_REMOTE, LOG_LOCAL, LOG_REMOTE, LOG_WHOLE)
ERRORS = (Unreachable, TimedOut, ServerFault, Malformed, Forbidden, NotFound, RateLimited)


@pytest.mark.parametrize(
    ("pace", "outcome", "rounds", "seconds"),
    [
        (LIST_LOCAL, Outcome.MOVED, 0, 1.0),
        (LIST_LOCAL, Outcome.IDLE, 1, 1.0),
        (LIST_LOCAL, Outcome.IDLE, 5, 1.0),
        (LIST_LOCAL, Outcome.IDLE, 6, 1.3),
        (LIST_LOCAL, Outcome.IDLE, 8, 1.3**3),
        (LIST_LOCAL, Outcome.IDLE, 12, 5.0),
        (LIST_LOCAL, Outcome.IDLE, 1_000_000, 5.0),
        (LIST_REMOTE, Outcome.MOVED, 0, 2.5),
        (LIST_REMOTE, Outcome.IDLE, 40, 15.0),
        (DETAIL_LOCAL, Outcome.MOVED, 0, 0.4),
        (DETAIL_REMOTE, Outcome.MOVED, 0, 1.5),
        (LOG_LOCAL, Outcome.MOVED, 0, 0.25),
        (LOG_LOCAL, Outcome.AGAIN, 0, 0.0),
        (LIST_LOCAL, Outcome.DONE, 0, None),
    ],
)
def test_the_pace_after_an_answer(
    pace: Pace, outcome: Outcome, rounds: int, seconds: float | None
) -> None:
    assert seconds_until_next(pace, outcome, idle_rounds=rounds) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("error", "failures", "seconds"),
    [
        (Unreachable(), 1, 2.0),
        (Unreachable(), 2, 4.0),
        (TimedOut(), 4, 16.0),
        (ServerFault(), 5, 30.0),
        (ServerFault(), 10_000, 30.0),
        (RateLimited(), 1, 8.0),
        (RateLimited(retry_after=90), 1, 94.5),
        (RateLimited(retry_after=1), 1, 8.0),
        (ServerFault(retry_after=20), 1, 21.0),
        (Forbidden(), 1, 30.0),
        (NotFound(), 1, 30.0),
        (Unauthenticated(), 1, None),
        (Unsupported(), 1, None),
    ],
)
def test_the_pace_after_a_failure(
    error: BackendError, failures: int, seconds: float | None
) -> None:
    assert seconds_until_next(LIST_REMOTE, error, failures=failures) == pytest.approx(seconds)


@given(
    st.sampled_from(PACES),
    st.sampled_from([Outcome.MOVED, Outcome.IDLE]),
    st.integers(0, 10_000),
    st.floats(0, 1, exclude_max=True),
)
def test_polls_never_come_faster_than_busy_nor_slower_than_idle(
    pace: Pace, outcome: Outcome, rounds: int, jitter: float
) -> None:
    seconds = seconds_until_next(pace, outcome, idle_rounds=rounds, jitter=jitter)
    assert seconds is not None
    assert 0.9 * pace.busy <= seconds <= 1.1 * pace.idle


@given(
    st.sampled_from(PACES),
    st.sampled_from(ERRORS),
    st.integers(1, 10_000),
    st.floats(0, 1, exclude_max=True),
    st.none() | st.floats(0, 86_400),
)
def test_a_retry_is_bounded_and_never_before_the_server_said(
    pace: Pace, kind: type[BackendError], failures: int, jitter: float, after: float | None
) -> None:
    error = kind(retry_after=after)
    seconds = seconds_until_next(pace, error, failures=failures, jitter=jitter)
    assert seconds is not None
    assert seconds >= max(0.75 * pace.retry, after or 0)
    assert seconds <= max(1.25 * pace.retry_most, 1.1 * (after or 0))


@given(st.sampled_from(PACES), st.sampled_from([*Outcome, Unreachable()]))
def test_what_nobody_sees_is_not_asked_for(pace: Pace, outcome: Outcome | BackendError) -> None:
    assert seconds_until_next(pace, outcome, is_wanted=False, failures=1) is None


@given(st.sampled_from(PACES), st.floats(0, 100), st.integers(0, 100))
def test_nothing_is_asked_for_faster_than_the_person_wants(
    pace: Pace, seconds: float, rounds: int
) -> None:
    slower = pace.no_faster(seconds)
    for outcome in (Outcome.MOVED, Outcome.IDLE):
        wait = seconds_until_next(slower, outcome, idle_rounds=rounds)
        usual = seconds_until_next(pace, outcome, idle_rounds=rounds)
        assert wait is not None and usual is not None and wait >= max(seconds, usual) - 1e-9
    assert (slower.retry, slower.retry_most) == (pace.retry, pace.retry_most)
