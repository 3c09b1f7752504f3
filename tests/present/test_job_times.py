"""The time an execution was at work is from its first job's start to its last one's end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from console.model.execution import Execution, JobExecution
from console.model.ids import ExecutionId, JobExecutionId
from console.model.states import ExecutionStatus, JobStatus
from console.present.job_times import JobTimes

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
NOW = 100.0
MOMENTS = st.none() | st.integers(0, 90)


def at(seconds: int | None) -> datetime | None:
    return None if seconds is None else BEGAN + timedelta(seconds=seconds)


@given(
    jobs=st.lists(st.tuples(MOMENTS, MOMENTS, st.sampled_from(JobStatus)), max_size=8),
    ended=MOMENTS,
    status=st.sampled_from(ExecutionStatus),
)
def test_the_axis_holds_the_interval_of_every_job_and_no_more(
    jobs: list[tuple[int | None, int | None, JobStatus]],
    ended: int | None,
    status: ExecutionStatus,
) -> None:
    execution = Execution(
        ExecutionId("e"),
        "w",
        status,
        tuple(
            JobExecution(JobExecutionId(str(n)), "main", state, None, at(start), at(end))
            for n, (start, end, state) in enumerate(jobs)
        ),
        BEGAN,
        at(ended),
    )
    times = JobTimes(execution, None, {}, BEGAN.timestamp() + NOW)
    spans = [span for job in execution.jobs if (span := times.latest(job)) is not None]
    if not spans:
        assert times.axis.segments == []
        return
    whole = (min(start for start, _ in spans), max(end for _, end in spans))
    assert times.axis.segments == [whole]
