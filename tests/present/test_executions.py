"""The list reads as drawn: order, cells, WHY, header lines, the story below."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, timedelta

import pytest

from console.model.execution import JobError
from console.model.ids import ExecutionId, created_at, new_id
from console.model.states import ExecutionStatus, JobStatus
from console.present.columns import GAP, compose_row, compose_titles
from console.present.executions import (
    changes_in,
    columns_for,
    execution_cells,
    top_line,
    view_line,
)
from console.present.glyphs import ASCII
from console.present.line import Span, line_width, plain
from console.present.ordering import problems_first
from console.present.story import execution_title, rule_line, story_lines
from console.present.why import says_the_same, why_line
from tests.present.samples import (
    NOW,
    REFUSED,
    archive,
    execution,
    failed_order,
    job,
    two_attempts,
)

S, J = ExecutionStatus, JobStatus


@dataclass
class Cause:
    job_stacked_name: str = "process-order/send-notification"
    error: JobError | None = REFUSED
    last_log_line: str = ""
    waits_for: str = ""


@dataclass
class Counts:
    failed: int = 12
    waiting: int = 3
    running: int = 7
    pending: int = 0
    succeeded: int = 1204
    window: str = "last 24 h"


def test_at_80_cells_there_are_four_columns_and_wide_there_are_six() -> None:
    assert [c.title for c in columns_for(77)] == ["STATUS", "WORKFLOW", "STARTED", "WHY"]
    assert [c.title for c in columns_for(117)] == [
        "STATUS", "WORKFLOW", "STARTED", "TOOK", "DONE", "WHY",
    ]  # fmt: skip


@pytest.mark.parametrize("width", [40, 60, 77, 92, 100, 117, 137, 197])
def test_the_columns_fill_the_width_exactly(width: int) -> None:
    columns = columns_for(width)
    assert sum(column.width + GAP for column in columns) - GAP == max(width, 47)
    cells = execution_cells(failed_order(), NOW, cause=Cause())
    assert line_width(compose_row(columns, cells)) == line_width(compose_titles(columns))


def test_a_failed_row_reads_error_before_job() -> None:
    row = plain(compose_row(columns_for(137), execution_cells(failed_order(), NOW, cause=Cause())))
    assert row.split("  ")[0] == "✗ failed"
    assert "order-processing" in row and " 2 m " in row and " 42 s " in row
    assert "421 too many connections from 10.2.0.7 · send-notification" in row


@pytest.mark.parametrize(
    ("row", "cause", "why"),
    [
        (failed_order(), None, "send-notification"),
        (
            failed_order(),
            Cause(error=JobError("KeyError", "'x'")),
            "KeyError: 'x' · send-notification",
        ),
        (failed_order(), Cause(error=None, last_log_line="gone"), "gone · send-notification"),
        (archive(), None, "archive-batch"),
        (
            execution("s", S.PENDING_RETRY, 9, retry_count=2, retry_in=14.5),
            Cause("s/fetch-stock", JobError("HTTPError", "503 from supplier", kind="platform")),
            "in 14 s · 503 from supplier · fetch-stock · platform",
        ),
        (execution("s", S.PENDING_RETRY, 9, retry_in=-2), None, "now"),
        (execution("s", S.WAITING, 9, jobs=(job("a/ask", J.WAITING, 3),)), None, "waits in ask"),
        (execution("s", S.PENDING, 2), None, ""),
        (execution("s", S.SUCCESS, 9, 2), None, ""),
    ],
)  # fmt: skip
def test_why_says_what_matters(row: object, cause: Cause | None, why: str) -> None:
    assert plain(why_line(row, NOW, cause)) == why  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("width", "why"),
    [
        (70, "421 too many connections from 10.2.0.7 · send-notification · your code"),
        (60, "421 too many connections fr… · send-notification · your code"),
        (56, "421 too many connection… · send-notification · your code"),
        (50, "421 too many connections from… · send-notification"),
        (40, "421 too many connections from 10.2.0.7 · send-notification · your code"),
    ],
)
def test_a_long_error_is_shortened_before_the_job_and_whose_fault_it_is(
    width: int, why: str
) -> None:
    line = why_line(failed_order(), NOW, Cause(), width=width)
    assert plain(line) == why
    waiting = execution("s", S.PENDING_RETRY, 9, retry_in=14.5)
    retry = plain(why_line(waiting, NOW, Cause(), width=width + 10))
    assert retry == f"in 14 s · {why}"


def test_a_repeated_neighbour_says_same() -> None:
    first, second = failed_order(0), failed_order(1)
    assert says_the_same(second, Cause(), first, Cause())
    assert not says_the_same(second, Cause(), first, Cause(error=JobError("E", "other thing")))
    assert not says_the_same(second, Cause(), archive(), Cause())
    assert not says_the_same(second, None, first, None)
    assert plain(why_line(second, NOW, Cause(), is_same=True)) == "″ same"


def test_problems_come_in_the_order_a_person_is_needed() -> None:
    rows = [
        execution("a", S.RUNNING, 1, number=1),
        execution("a", S.SUCCESS, 1, number=2),
        execution("a", S.FAILED, 9, number=3),
        execution("a", S.PENDING, 1, number=4),
        execution("a", S.PENDING_RETRY, 1, number=5),
        execution("a", S.FAILED, 3, number=6),
        execution("a", S.WAITING, 1, number=7),
    ]
    numbers = {row.id: int(row.id[4:8]) for row in rows}
    assert [numbers[i] for i in problems_first(rows)] == [6, 3, 7, 5, 4, 1]
    assert len(problems_first(rows, show_all=True)) == 7


def test_a_row_stands_where_its_start_says_also_after_a_resume() -> None:
    asked_long_ago = new_id()
    created = created_at(asked_long_ago)
    assert created is not None
    now = created + timedelta(days=2)
    resumed = replace(
        execution("a", S.RUNNING, 1),
        id=ExecutionId(asked_long_ago),
        started_at=now - timedelta(seconds=10),
    )
    before = replace(execution("a", S.RUNNING, 1), started_at=now - timedelta(minutes=5))
    later = replace(execution("b", S.RUNNING, 1), started_at=now - timedelta(seconds=2))
    assert problems_first([before, resumed, later]) == [later.id, resumed.id, before.id]
    waits = replace(resumed, status=S.PENDING_RESUME, started_at=None)
    assert problems_first([waits, before], show_all=True) == [before.id, waits.id]


def test_what_tells_no_time_is_newest_until_it_has_ended() -> None:
    running = execution("a", S.RUNNING, 5, number=1)
    queued = replace(execution("a", S.PENDING, 0, number=2), started_at=None)
    dropped = replace(execution("a", S.CANCELED, 0, number=3), started_at=None)
    told = replace(dropped, id=ExecutionId("told"), finished_at=running.started_at)
    rows = [running, queued, dropped, told]
    assert problems_first(rows, show_all=True) == [queued.id, told.id, running.id, dropped.id]


def test_the_words_of_a_state_this_version_does_not_know_are_shown() -> None:
    row = replace(execution("a", S.UNKNOWN, 1), status_word="PAUSED\x1b")
    assert plain(execution_cells(row, NOW)["status"]) == "? paused␛"


def test_a_running_time_steps_by_the_minute_after_the_first() -> None:
    assert plain(execution_cells(execution("a", S.RUNNING, 302), NOW)["took"]) == "5 m"
    assert changes_in([execution("a", S.RUNNING, 302)], NOW) == 58
    assert changes_in([execution("a", S.RUNNING, 5)], NOW) == 1
    assert changes_in([], NOW) is None


@pytest.mark.parametrize(
    ("seconds", "took"),
    [(0.0, "0.0 s"), (0.74, "0.7 s"), (9.94, "9.9 s"), (9.96, "9 s"), (42, "42 s")],
)
def test_a_short_time_that_has_ended_is_told_by_tenths(seconds: float, took: str) -> None:
    started = NOW - timedelta(minutes=1)
    row = replace(
        execution("a", S.FAILED, 60),
        started_at=started,
        finished_at=started + timedelta(seconds=seconds),
    )
    assert plain(execution_cells(row, NOW)["took"]) == took


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_the_top_line_says_protected_and_how_much_is_wrong(width: int) -> None:
    line = top_line("shop-prod", (Span("live", "success"),), Counts(), width, is_protected=True)
    assert line_width(line) == width
    assert line[0].reverse and "PROTECTED" in line[0].text
    assert "12 failed" in plain(line)
    if width >= 80:
        assert "12 failed · 3 waiting · 7 running" in plain(line)
    assert ("1,204 ok" in plain(line)) == (width >= 100)


def test_an_execution_that_started_another_is_named_short_in_the_title() -> None:
    actor = "execution 01a212de-cb9f-78ff-9631-2d7da9d34b05"
    history = two_attempts(failed_order())
    last = replace(history.attempts[-1], actor=actor)
    line = execution_title(failed_order(), NOW, replace(history, attempts=(last,)))
    assert plain(line).endswith("by execution 01a2…4b05")


def test_what_waits_says_for_what_where_that_is_known() -> None:
    waiting = execution(
        "refund-approval",
        ExecutionStatus.WAITING,
        3600,
        jobs=(job("approve-refund", JobStatus.WAITING, 3600),),
    )
    assert plain(why_line(waiting, NOW)) == "waits in approve-refund"
    known = Cause("approve-refund", None, "", "approval\x1b[2J")
    assert plain(why_line(waiting, NOW, known)) == "waits for approval␛[2J · approve-refund"
    story = [plain(line).strip() for line in story_lines(waiting, NOW, 80, cause=known)]
    assert story[1:3] == ["◇ approve-refund   1 h", "waits for approval␛[2J"]


@pytest.mark.parametrize(
    ("label", "width", "said"),
    [
        ("shop", 120, "lost 13 s · no such host shop.example · next try in 3 s (10th)"),
        ("shop", 80, "lost 13 s · no such host shop.exa… · next try in 3 s (10th)"),
        ("shop-in-south-america", 80, "lost 13 s · no such hos… · next try in 3 s"),
        ("other-shop-in-south-america", 80, "lost 13 s · next try in 3 s"),
        ("other-shop-in-south-america", 60, "lost 13 s"),
    ],
)
def test_the_top_line_cuts_the_reason_then_which_try_it_is(
    label: str, width: int, said: str
) -> None:
    reason = " · no such host shop.example"
    where = Span(": start it with `wfc up`" + " " * 40)
    late = (Span("lost 13 s"), Span(reason), where, Span(" · next try in 3 s"), Span(" (10th)"))
    line = top_line(label, late, None, width, is_protected=True)
    assert line_width(line) == width
    assert plain(line).partition("PROTECTED")[2].strip() == said


def test_the_view_line_says_how_many_of_how_many() -> None:
    assert "22 of 1,226 · newest first" in plain(view_line("problems", 22, 1226, 80))


def test_the_story_of_a_failure_fits_80_cells() -> None:
    order = failed_order()
    log = "2026-11-24T03:10:53.118Z 421 too many connections from 10.2.0.7"
    lines = story_lines(
        order, NOW, 80, history=two_attempts(order), cause=Cause(last_log_line=log), zone=UTC
    )
    assert all(line_width(line) == 80 for line in lines)
    text = [plain(line).strip() for line in lines]
    assert text[0].startswith("─ order-processing 01f3…9a2c · failed after 42 s · attempt 2 · by")
    assert text[1] == "process-order/send-notification   attempt 2 · your code"
    assert text[2] == "SMTPServerError: 421 too many connections from 10.2.0.7"
    assert text[3] == "3 reused fetch-customer, reserve-stock, charge-card"
    assert text[4] == "03:10:53.118  421 too many connections from 10.2.0.7"


def test_the_story_of_a_run_names_the_job_that_runs() -> None:
    text = [plain(line).strip() for line in story_lines(archive(), NOW, 80)]
    assert text[1].startswith("▸ archive-night/archive-batch")
    assert text[2].startswith("37 done")


@pytest.mark.parametrize("width", [20, 40, 80, 140])
def test_a_rule_is_as_wide_as_its_pane(width: int) -> None:
    for title in ((), (Span("send-notification · log"),), (Span("x" * 200),)):
        assert line_width(rule_line(title, width)) == width
        assert line_width(rule_line(title, width, (Span("following"),), glyphs=ASCII)) == width


def test_nothing_from_outside_reaches_a_cell_as_control() -> None:
    bad = replace(failed_order(), workflow_name="a\x1b]0;x\x07b\nc")
    cause = Cause("a/\x1b[2Jb", JobError("E\x1b", "m\r\n\x1b[1m"), "")
    cells = execution_cells(bad, NOW, cause=cause)
    lines = [*cells.values(), *story_lines(bad, NOW, 80, cause=cause)]
    assert all(plain(line).isprintable() for line in lines)
