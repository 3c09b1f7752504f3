"""Moments in a log are written as a person reads them there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from console.present.log_moment import BadMoment, LogTimes, parse_moment

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
TIMES = LogTimes(NOON, NOON - timedelta(hours=13), NOON - timedelta(hours=11, minutes=50), UTC)
"""A log from 23:00 of the day before to 00:10."""


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("5m", "2026-11-24T11:55:00Z"),
        (" 2h ", "2026-11-24T10:00:00Z"),
        ("1d", "2026-11-23T12:00:00Z"),
        ("00:05", "2026-11-24T00:05:00Z"),
        ("0:05:30.5", "2026-11-24T00:05:30.5Z"),
        ("23:30", "2026-11-23T23:30:00Z"),
        ("12:00", "2026-11-24T12:00:00Z"),
        ("+32", "2026-11-23T23:00:32Z"),
        ("+1:30", "2026-11-23T23:01:30Z"),
        ("+1:02:33.118", "2026-11-24T00:02:33.118Z"),
        ("2026-11-24T10:32", "2026-11-24T10:32:00Z"),
        ("2026-11-24 10:32+01:00", "2026-11-24T09:32:00Z"),
    ],
)
def test_a_moment_is_read(text: str, moment: str) -> None:
    assert parse_moment(text, TIMES) == datetime.fromisoformat(moment)


def test_a_time_of_the_day_is_one_of_the_zone_that_is_shown() -> None:
    east = timezone(timedelta(hours=9))
    times = LogTimes(NOON, NOON - timedelta(hours=1), NOON, east)
    assert parse_moment("20:30", times) == NOON - timedelta(minutes=30)


@pytest.mark.parametrize("text", ["", "soon", "25:00", "10:99", "5", "2026-13-01", "+", "999999d"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(BadMoment, match="is no time"):
        parse_moment(text, TIMES)
