"""Log lines, freshness, errors and the flight check read as drawn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.backend.errors import BackendError, Unreachable
from console.model.states import ExecutionStatus, JobStatus
from console.model.workflow import Workflow
from console.present.errors import error_lines, error_sentence, job_error_lines
from console.present.line import Span, line_width, plain
from console.present.log_lines import highlighted, wrapped
from console.present.logs import LONGEST, format_since, log_line, split_time
from console.present.resume import flight_check
from console.present.status import freshness_changes_in, freshness_line, ordinal
from console.present.tone import Tone
from tests.present.samples import NOW, REFUSED, ago, execution, failed_order, job, two_attempts

STAMPED = b"2026-11-24T03:10:53.118Z 421 too many connections"


def test_a_time_is_split_off_and_dimmed() -> None:
    line = log_line(STAMPED, has_times=True, zone=UTC)
    assert plain(line) == "03:10:53.118  421 too many connections"
    assert (line[0].tone, line[1].tone) == (Tone.DIM, Tone.FAILED)


@pytest.mark.parametrize(
    "raw", [b"", b"no time", b"2026-11-24 half", b"2026-11-24T03:10:53.118 zoneless", b"\xff\xfe x"]
)
def test_a_line_without_a_time_is_shown_whole(raw: bytes) -> None:
    assert split_time(raw) == (None, raw)
    assert plain(log_line(raw, has_times=True)).startswith(" " * 12)


def test_a_line_of_a_log_without_times_keeps_what_looks_like_one() -> None:
    assert plain(log_line(STAMPED, has_times=False)) == STAMPED.decode()


@given(st.binary(max_size=200))
def test_no_log_line_holds_control_characters(raw: bytes) -> None:
    for has_times in (True, False):
        text = plain(log_line(raw, has_times=has_times))
        assert all(char.isprintable() or char == "\u00a0" or ord(char) > 0xA0 for char in text)


@pytest.mark.parametrize(
    ("text", "tone"),
    [
        ("ValueError: no", Tone.FAILED),
        ("request failed", Tone.FAILED),
        ("warning: slow", Tone.WARNING),
        ("connecting", Tone.TEXT),
        ("terror of failures-free", Tone.TEXT),
    ],
)
def test_lines_that_look_like_errors_are_toned(text: str, tone: Tone) -> None:
    assert log_line(text.encode(), has_times=False)[0].tone == tone


def test_an_endless_line_is_cut_and_says_so() -> None:
    text = plain(log_line(b"x" * (LONGEST + 5000), has_times=False))
    assert text.endswith("… 5,000 bytes more")


def test_matches_are_marked_whatever_their_case() -> None:
    line = highlighted((Span("one TWO two"),), "two")
    assert [(span.text, span.ground) for span in line] == [
        ("one ", ""), ("TWO", "match"), (" ", ""), ("two", "match"),
    ]  # fmt: skip


@given(st.text(alphabet="ab 世", max_size=120), st.integers(min_value=10, max_value=40))
def test_wrapping_loses_nothing_and_never_overflows(text: str, width: int) -> None:
    rows = wrapped((Span(text),), width, 2)
    assert all(line_width(row) <= width for row in rows)
    joined = "".join(plain(row)[2 if number else 0 :] for number, row in enumerate(rows))
    assert joined.replace(" ", "").count("a") == text.count("a")


@dataclass
class Freshness:
    state: str = "live"
    as_of: datetime | None = None
    error: BackendError | None = None
    tries: int = 0
    next_try: float | None = None


def test_live_says_live_and_no_number() -> None:
    fresh = Freshness("live", ago(3))
    assert plain(freshness_line(fresh, NOW, 0.0)) == "live"
    assert freshness_changes_in(fresh, NOW, 0.0) is None


def test_stale_says_since_when_why_and_when_next() -> None:
    stale = Freshness("stale", ago(34), Unreachable("connection refused"), 3, 108.2)
    line = freshness_line(stale, NOW, 100.0)
    assert plain(line) == "stale 34 s · connection refused · next try in 8 s (4th)"
    assert line[0].tone == Tone.WARNING
    assert freshness_changes_in(stale, NOW, 100.0) == pytest.approx(0.2)
    lost = replace(stale, state="lost", next_try=99.0)
    assert plain(freshness_line(lost, NOW, 100.0)).startswith("lost 34 s · connection refused")
    assert plain(freshness_line(lost, NOW, 100.0)).endswith(" · trying now (4th)")
    assert freshness_line(lost, NOW, 100.0)[0].tone == Tone.FAILED


def test_what_takes_long_says_that_there_is_no_answer_yet() -> None:
    assert plain(freshness_line(Freshness("stale", ago(13)), NOW, 0.0)) == (
        "stale 13 s · no answer yet"
    )


def test_a_first_try_that_fails_says_why() -> None:
    first = Freshness("connecting", None, Unreachable("no such host"), 1, 5.0)
    assert plain(freshness_line(first, NOW, 0.0)) == (
        "connecting · no such host · next try in 5 s (2nd)"
    )


def test_ordinals() -> None:
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 102, 111)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd", "111th",
    ]  # fmt: skip


def test_an_error_says_what_and_what_to_do() -> None:
    error = Unreachable("refused\x1b[0m", hint="start it with wfc up")
    assert [plain(line) for line in error_lines(error)] == [
        "backend unreachable", "refused␛[0m", "start it with wfc up",
    ]  # fmt: skip
    assert error_sentence(error) == "backend unreachable: refused␛[0m"
    assert plain(job_error_lines(REFUSED)[0]).startswith("SMTPServerError: 421")


def test_a_word_is_cut_only_where_no_row_would_hold_it() -> None:
    identifier = "01a212d1-1a80-72c8-84a1-9f2d328d9b97"
    words = f"label      {'x' * 22} {identifier} {'y' * 70} end"
    rows = [plain(row) for row in wrapped((Span(words),), 50, 11, at_blanks=True)]
    assert rows == [
        f"label      {'x' * 22} ",
        f"           {identifier} ",
        f"           {'y' * 39}",
        f"           {'y' * 31} end",
    ]


def test_the_flight_check_says_what_runs_again_and_what_does_not() -> None:
    order = failed_order()
    deployed = Workflow("w", order.workflow_name, "process-order", updated_at=ago(100))
    check = flight_check(order, NOW, history=two_attempts(order), workflow=deployed, zone=UTC)
    assert check.can_resume
    assert [plain(line).rstrip() for line in check.lines()] == [
        "State, read just now   failed, attempt 2",
        "Runs again             send-notification",
        "Replays                process-order   its own code runs again, 3 results reused",
        "Not known              what it triggers after that",
        "▲ deployed again       at 03:11:13, after this execution started",
        "▲ failed the same      in attempt 1, after 41.0 s",
    ]


def test_a_job_that_failed_in_its_own_code_reuses_what_it_had_triggered() -> None:
    main = "process-order"
    order = execution(
        "order-processing",
        ExecutionStatus.FAILED,
        50,
        10,
        jobs=(
            job(main, JobStatus.FAILED, 50, 10),
            job(f"{main}/fetch-customer", JobStatus.SUCCESS, 49, 48),
            job(f"{main}/charge-card", JobStatus.SUCCESS, 47, 40, number=1),
            job(f"{main}/charge-card", JobStatus.SUCCESS, 39, 30, number=2),
        ),
    )
    assert [plain(line).rstrip() for line in flight_check(order, NOW).lines()][1:] == [
        "Runs again             process-order",
        "Reuses                 3 results of fetch-customer, charge-card",
        "Not known              what it triggers after that",
    ]


def test_a_deployment_between_two_attempts_is_told_too() -> None:
    order = failed_order()
    deployed = Workflow("w", order.workflow_name, "process-order", updated_at=ago(1000))
    check = flight_check(order, NOW, history=two_attempts(order), workflow=deployed, zone=UTC)
    assert check.warnings[0].label == "deployed again"
    assert not flight_check(order, NOW, workflow=deployed, zone=UTC).warnings, "not known then"


def test_a_flight_check_without_history_claims_nothing() -> None:
    check = flight_check(failed_order(), NOW)
    assert check.warnings == ()
    assert "attempt" not in plain(check.lines()[0])


def test_what_is_not_failed_is_refused_with_the_reason() -> None:
    check = flight_check(execution("w", ExecutionStatus.RUNNING, 3), NOW)
    assert not check.can_resume
    assert check.refusal == "resume needs FAILED; this is RUNNING"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "+0.000"),
        (32.118, "+32.118"),
        (-0.4, "-0.400"),
        (62.118, "+1:02.118"),
        (3753.5, "+1:02:33.500"),
        (36_000, "+10:00:00"),
        (360_000, "+100:00:00"),
    ],
)
def test_a_line_tells_how_long_after_the_start_it_came(seconds: float, text: str) -> None:
    start = datetime(2026, 11, 24, 3, 10, 21, tzinfo=UTC)
    when = start + timedelta(seconds=seconds)
    assert format_since(when, start) == text
    raw = when.isoformat(timespec="milliseconds").replace("+00:00", "Z").encode() + b" x"
    assert plain(log_line(raw, has_times=True, since=start)) == f"{text:>12}  x"
