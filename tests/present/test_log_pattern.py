"""What is looked for in a log: a text, or an expression that is bounded in time."""

from __future__ import annotations

import signal
import time

import pytest

from console.present.expressions import BadExpression, TooSlow, compile_expression, time_limit
from console.present.log_pattern import LOOKED_AT, log_pattern, pattern_objection

LINES = [b"sent 421", b"SENT", b"", b"\xff 421\r", b"2026-11-24T03:10:21.003Z z 2026", b"a\tb"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("421", [0, 3]),
        ("sent", [0, 1]),
        ("2026", [4]),
        ("24T", []),
        ("~", []),
        ("~^sent$", [1]),
        ("~4.1", [0, 3]),
        ("~24T", []),
        ("!~.", [2]),
        ("!~sent", [2, 3, 4, 5]),
        ("!~", []),
        ("!sent", []),
        ("~(?-i:SENT)", [1]),
    ],
)
def test_a_pattern_matches_by_text_or_by_expression(typed: str, found: list[int]) -> None:
    assert log_pattern(typed).matching(LINES, has_times=True) == found


@pytest.mark.parametrize(
    ("typed", "places"),
    [
        ("421", [(5, 8), (12, 15)]),
        (r"~\d+", [(5, 8), (12, 15)]),
        ("~x*", []),
        ("!~421", []),
        ("", []),
    ],
)
def test_places_are_where_it_is_found(typed: str, places: list[tuple[int, int]]) -> None:
    assert log_pattern(typed).places("sent 421 of 421") == places


@pytest.mark.parametrize(
    ("typed", "objection"),
    [
        ("~(a", "column 2: no regular expression: missing ), unterminated subpattern"),
        ("!~a(", "column 4: no regular expression: missing ), unterminated subpattern"),
        ("~a**", "column 4: no regular expression: multiple repeat"),
        ("(a", ""),
        ("~(a)", ""),
    ],
)
def test_what_is_wrong_with_an_expression_is_told_with_its_place(
    typed: str, objection: str
) -> None:
    told = pattern_objection(typed)
    assert told.startswith(objection) and bool(told) == bool(objection)


def test_an_expression_that_never_ends_is_stopped_and_the_signal_given_back() -> None:
    before = signal.getsignal(signal.SIGVTALRM)
    started = time.process_time()
    with pytest.raises(TooSlow), time_limit(0.05):
        compile_expression("(a+)+$").search("a" * 60 + "b")
    assert time.process_time() - started < 5
    assert signal.getsignal(signal.SIGVTALRM) is before
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)


def test_only_the_beginning_of_an_endless_line_is_looked_at() -> None:
    assert log_pattern("~x$").matching([b"y" * LOOKED_AT + b"x"], has_times=False) == []
    assert log_pattern("~x$").matching([b"y" * (LOOKED_AT - 1) + b"x"], has_times=False) == [0]


def test_a_bad_expression_is_no_pattern() -> None:
    with pytest.raises(BadExpression):
        log_pattern("~[")
