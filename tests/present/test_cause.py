"""The cause of a failure is the deepest failed job, and none that its caller has caught."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from console.model.cause import told_failure
from console.model.execution import (
    AttemptHistory,
    Execution,
    ExecutionAttempt,
    JobAttempt,
    JobError,
    JobExecution,
)
from console.model.ids import ExecutionId, FunctionExecutionId, JobExecutionId
from console.model.states import ExecutionStatus, JobStatus
from console.model.tree import build_tree, find_cause
from console.present.data import latest_error
from console.present.focus import job_to_watch
from tests.present.samples import NOW


def at(milliseconds: int) -> datetime:
    return NOW + timedelta(milliseconds=milliseconds)


def ran(place: str, start: int, end: int, *, fails: bool = False) -> JobExecution:
    status = JobStatus.FAILED if fails else JobStatus.SUCCESS
    identifier = JobExecutionId(f"{place}@{start}")
    return JobExecution(identifier, place, status, None, at(start), at(end))


MAIN = ran("main", 0, 90, fails=True)


@pytest.mark.parametrize(
    ("below", "cause"),
    [
        ([], "main@0"),
        ([ran("main/a", 1, 5, fails=True)], "main/a@1"),
        ([ran("main/a", 1, 5), ran("main/b", 5, 9, fails=True)], "main/b@5"),
        ([ran("main/a", 1, 5, fails=True), ran("main/b", 5, 9)], "main@0"),
        ([ran("main/a", 1, 5, fails=True), ran("main/b", 5, 9, fails=True)], "main/b@5"),
        # A later attempt ran the failed one anew, after what an earlier attempt had done.
        ([ran("main/a", 50, 55, fails=True), ran("main/b", 5, 9)], "main/a@50"),
        ([ran("main/a", 7, 7, fails=True)], "main/a@7"),
        ([ran("main/a", 7, 7, fails=True), ran("main/b", 7, 7)], "main@0"),
        (
            [
                ran("main/a", 1, 40, fails=True),
                ran("main/a/x", 2, 3, fails=True),
                ran("main/a/y", 4, 5),
            ],
            "main/a@1",
        ),
    ],
)
def test_the_cause_is_the_deepest_failure_that_nobody_caught(
    below: list[JobExecution], cause: str
) -> None:
    found = find_cause(build_tree([MAIN, *below]))
    assert found is not None
    assert found.job.id == cause


def test_two_main_jobs_do_not_catch_each_other() -> None:
    roots = build_tree([ran("one", 0, 5, fails=True), ran("two", 6, 9)])
    found = find_cause(roots)
    assert found is not None
    assert found.job.stacked_name == "one"


LOW = JobError("ValueError", "low stock", "Traceback: low")
OWN = JobError("RuntimeError", "order refused", "Traceback: own")
BOTH = JobError("ExceptionGroup", "2 failures", "Traceback: both")
LOST = JobError("WorkerLost", "its worker ended")


def tried(job: JobExecution, attempt: int, error: JobError | None) -> JobAttempt:
    run = FunctionExecutionId(f"{job.id}-{attempt}")
    return JobAttempt(job.id, run, job.stacked_name, 0, attempt, job.status, error=error)


@pytest.mark.parametrize(
    ("error", "own", "cause"),
    [
        (LOW, OWN, MAIN.id),
        (LOW, LOW, "main/a@50"),
        (LOST, replace(LOST, traceback="the caller's"), "main/a@50"),
        (LOW, BOTH, "main/a@50"),
        (LOW, replace(LOW, traceback="Traceback: the same words elsewhere"), MAIN.id),
    ],
)
def test_what_the_main_job_failed_of_is_the_cause_wherever_it_is_said(
    error: JobError, own: JobError, cause: str
) -> None:
    # A later attempt ran the caught one anew, after what an earlier attempt had done below it.
    caught = ran("main/a", 50, 55, fails=True)
    other = ran("main/b", 5, 9)
    order = Execution(ExecutionId("x"), "w", ExecutionStatus.FAILED, (MAIN, other, caught))
    history = AttemptHistory(
        tuple(ExecutionAttempt(n, ExecutionStatus.FAILED, error=own) for n in (1, 2)),
        (
            *(tried(MAIN, n, own) for n in (1, 2)),
            tried(other, 1, None),
            *(tried(caught, n, error) for n in (1, 2)),
        ),
    )
    told = told_failure(order, history)
    watched = job_to_watch(order, history)
    assert told is not None and told.job is not None and watched is not None
    assert (told.job.id, watched.id) == (cause, cause)
    assert told.error == (own if cause == MAIN.id else error)
    assert latest_error(order, history, None) == told.error


def test_an_older_error_of_the_caller_tells_nothing_of_a_newer_failure() -> None:
    below = ran("main/a", 50, 55, fails=True)
    history = AttemptHistory((), (tried(MAIN, 1, OWN), tried(below, 2, LOW)))
    found = find_cause(build_tree([MAIN, below]), history)
    assert found is not None and found.job is below
