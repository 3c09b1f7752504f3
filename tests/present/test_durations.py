"""Durations read the same width everywhere, and say when they change."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.present.durations import (
    WIDTH,
    format_age,
    format_duration,
    format_moment,
    format_took,
    next_change,
)
from tests.present.samples import NOW, ago


@pytest.mark.parametrize(
    ("seconds", "age", "took", "duration"),
    [
        (-3, "0 s", "0 s", "0.0 s"),
        (0.3, "0 s", "0 s", "0.3 s"),
        (42.1, "42 s", "42 s", "42.1 s"),
        (59.99, "59 s", "59 s", "60.0 s"),
        (99.97, "1 m", "1 m 39", "1 m 39"),
        (302, "5 m", "5 m 02", "5 m 02"),
        (3900, "1 h", "1 h 05", "1 h 05"),
        (273_600, "3 d", "3 d 04", "3 d 04"),
    ],
)
def test_durations_read_as_drawn(seconds: float, age: str, took: str, duration: str) -> None:
    assert (format_age(seconds), format_took(seconds)) == (age, took)
    assert format_duration(seconds) == duration


@given(st.floats(min_value=-10, max_value=99 * 86400))
def test_no_duration_is_wider_than_its_column(seconds: float) -> None:
    for text in (format_age(seconds), format_took(seconds), format_duration(seconds)):
        assert len(text) <= WIDTH


@given(st.floats(min_value=0, max_value=3 * 86400))
def test_an_age_reads_the_same_until_it_says_it_changes(age: float) -> None:
    seconds = next_change(NOW, [NOW - timedelta(seconds=age)])
    assert seconds is not None and seconds > 0
    exact = timedelta(seconds=age) / timedelta(seconds=1)
    before, after = exact + seconds * 0.999 - 1e-5, exact + seconds + 1e-5
    assert format_age(exact) == format_age(max(exact, before))
    assert format_age(after) != format_age(exact)


def test_nothing_that_ages_means_no_change() -> None:
    assert next_change(NOW, []) is None


def test_a_moment_is_told_as_the_person_chose() -> None:
    assert format_moment(ago(162), NOW) == "2 m"
    assert format_moment(ago(162), NOW, mode="UTC") == "03:10:11"
    assert format_moment(ago(90_000), NOW, mode="local", zone=UTC) == "23 Nov 02:12"
    assert format_moment(ago(500 * 86400), NOW, mode="UTC") == "2025-07-12"
