"""Why an execution failed, or what it waits for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from console.model.cause import failed_job, told_failure
from console.model.execution import (
    AttemptHistory,
    Execution,
    JobError,
    WaitPoint,
)
from console.model.states import ExecutionStatus, JobStatus


@dataclass(frozen=True, slots=True)
class Cause:
    """What is known about the deepest failed job; meets `present.why.CauseFacts`."""

    job_stacked_name: str
    """Where it failed; empty when it failed outside of every job."""
    error: JobError | None
    """What it said, where the backend tells."""
    last_log_line: str
    """The end of its log, where there is no error: second best."""
    waits_for: str = ""
    """The key of the wait point it is parked at; empty when it failed."""


@dataclass(frozen=True, slots=True)
class AttemptMark:
    """Names one failed attempt, or one wait: a cause is looked for once for each."""

    finished_at: datetime | None
    retry_count: int
    failed_run: str


def attempt_mark(execution: Execution) -> AttemptMark | None:
    """Name the attempt that failed or the wait; None where there is nothing to explain."""
    if execution.status is ExecutionStatus.WAITING:
        waiting = [job.id for job in execution.jobs if job.status is JobStatus.WAITING]
        return AttemptMark(None, execution.jobs_done, " ".join(waiting))
    if execution.status not in (ExecutionStatus.FAILED, ExecutionStatus.PENDING_RETRY):
        return None
    job = failed_job(execution)
    run = (job.function_execution_id or job.id) if job is not None else ""
    return AttemptMark(execution.finished_at, execution.retry_count, run)


def cause_in_history(execution: Execution, history: AttemptHistory) -> Cause | None:
    """Find the error among what was tried; None where the history has none."""
    told = told_failure(execution, history)
    if told is None:
        return None
    return Cause(told.job.stacked_name if told.job is not None else "", told.error, "")


def cause_of_wait(points: Sequence[WaitPoint]) -> Cause | None:
    """Find the wait point that is still to be answered; None where there is none."""
    waiting = next((point for point in reversed(points) if point.resolved_at is None), None)
    return Cause(waiting.stacked_name, None, "", waiting.key) if waiting is not None else None


def last_line(log: str) -> str:
    """Give the last line of a log that says something."""
    return next((line for line in reversed(log.splitlines()) if line.strip()), "")
