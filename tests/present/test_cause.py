"""The cause of a failure is the deepest failed job, and none that its caller has caught."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from console.model.execution import JobExecution
from console.model.ids import JobExecutionId
from console.model.states import JobStatus
from console.model.tree import build_tree, find_cause
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
