"""Executions that tests and pictures share: one shop, one night, one mail server that refuses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

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

NOW = datetime(2026, 11, 24, 3, 12, 53, tzinfo=UTC)
REFUSED = JobError(
    "SMTPServerError", "421 too many connections from 10.2.0.7", "Traceback…", "your code"
)


def ago(seconds: float) -> datetime:
    """Give the time that many seconds before the samples' now."""
    return NOW - timedelta(seconds=seconds)


def job(
    path: str,
    status: JobStatus,
    start: float,
    end: float | None = None,
    *,
    number: int = 0,
) -> JobExecution:
    """Make a job execution that started and ended so many seconds ago."""
    return JobExecution(
        id=JobExecutionId(f"job-{path}-{number}"),
        stacked_name=path,
        status=status,
        function_execution_id=FunctionExecutionId(f"run-{path}-{number}"),
        started_at=ago(start),
        finished_at=ago(end) if end is not None else None,
    )


def execution(
    name: str,
    status: ExecutionStatus,
    start: float,
    end: float | None = None,
    *,
    number: int = 0,
    jobs: tuple[JobExecution, ...] = (),
    retry_count: int = 0,
    retry_in: float | None = None,
) -> Execution:
    """Make an execution that started and ended so many seconds ago."""
    return Execution(
        id=ExecutionId(f"01f3{number:04}-{name[:6]}-9a2c"),
        workflow_name=name,
        status=status,
        jobs=jobs,
        started_at=ago(start),
        finished_at=ago(end) if end is not None else None,
        retry_count=retry_count,
        retry_after=NOW + timedelta(seconds=retry_in) if retry_in is not None else None,
    )


def failed_order(number: int = 0, start: float = 162) -> Execution:
    """An order whose mail was refused, twice; the second attempt began an hour after the first."""
    main = "process-order"
    first = start + 3600
    return execution(
        "order-processing",
        ExecutionStatus.FAILED,
        start,
        start - 42,
        number=number,
        jobs=(
            job(main, JobStatus.FAILED, first, start - 32),
            job(f"{main}/fetch-customer", JobStatus.SUCCESS, first - 0.1, first - 0.4),
            job(f"{main}/reserve-stock", JobStatus.SUCCESS, first - 0.4, first - 1.6),
            job(f"{main}/charge-card", JobStatus.SUCCESS, first - 1.6, first - 10.0),
            job(f"{main}/send-notification", JobStatus.FAILED, start, start - 32),
        ),
    )


def two_attempts(order: Execution, start: float = 162) -> AttemptHistory:
    """What was tried for that order."""
    first = start + 3600

    def tried(index: int, attempt: int, begin: float, end: float) -> JobAttempt:
        job = order.jobs[index]
        failed = index in (0, 4)
        return JobAttempt(
            job_execution_id=job.id,
            function_execution_id=FunctionExecutionId(f"{job.id}-{attempt}"),
            stacked_name=job.stacked_name,
            turn=index,
            attempt=attempt,
            status=JobStatus.FAILED if failed else JobStatus.SUCCESS,
            started_at=ago(begin),
            finished_at=ago(end),
            error=REFUSED if failed else None,
        )

    return AttemptHistory(
        attempts=(
            ExecutionAttempt(1, ExecutionStatus.FAILED, ago(first), ago(first - 41), REFUSED, "ci"),
            ExecutionAttempt(
                2, ExecutionStatus.FAILED, ago(start), ago(start - 32), REFUSED, "ops-bot"
            ),
        ),
        jobs=(
            tried(0, 1, first, first - 41),
            tried(1, 1, first - 0.1, first - 0.4),
            tried(2, 1, first - 0.4, first - 1.6),
            tried(3, 1, first - 1.6, first - 10),
            tried(4, 1, first - 10, first - 41),
            tried(0, 2, start, start - 32),
            tried(4, 2, start, start - 32),
        ),
    )


def archive(done: int = 37, total: int = 40) -> Execution:
    """A long loop of batches, one of them running and two failed and caught."""
    main = "archive-night"
    step = 300 / total
    jobs = [job(main, JobStatus.SUSPEND, 302)]
    for index in range(total):
        begin = 300 - index * step
        status = JobStatus.SUCCESS if index < done else JobStatus.FAILED
        end: float | None = begin - step
        if index == total - 1:
            status, end = JobStatus.RUNNING, None
        jobs.append(job(f"{main}/archive-batch", status, begin, end, number=index))
    return execution("nightly-archive", ExecutionStatus.RUNNING, 302, jobs=tuple(jobs), number=7)
