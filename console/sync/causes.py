"""Why an execution failed, or what it waits for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from console.model.execution import (
    AttemptHistory,
    Execution,
    JobAttempt,
    JobError,
    JobExecution,
    WaitPoint,
)
from console.model.states import ExecutionStatus, JobStatus
from console.model.tree import build_tree, find_cause


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


def failed_job(execution: Execution) -> JobExecution | None:
    """Give the deepest failed job."""
    node = find_cause(build_tree(execution.jobs))
    return node.job if node is not None else None


def cause_in_history(execution: Execution, history: AttemptHistory) -> Cause | None:
    """Find the error among what was tried; None where the history has none.

    An attempt that ended before any job of it failed, as a replay that does not match, has an error
    of its own; the job that failed in an attempt before is then not the cause.
    """
    job = failed_job(execution)
    run = _run_of(job, history.jobs) if job is not None else None
    last = history.attempts[-1] if history.attempts else None
    own = last.error if last is not None else None
    if job is not None and run is not None and run.error is not None:
        if last is None or own is None or run.attempt >= last.number:
            return Cause(job.stacked_name, run.error, "")
        return Cause("", own, "")
    if own is None:
        return None
    return Cause(job.stacked_name if job is not None else "", own, "")


def cause_of_wait(points: Sequence[WaitPoint]) -> Cause | None:
    """Find the wait point that is still to be answered; None where there is none."""
    waiting = next((point for point in reversed(points) if point.resolved_at is None), None)
    return Cause(waiting.stacked_name, None, "", waiting.key) if waiting is not None else None


def _run_of(job: JobExecution, attempts: Sequence[JobAttempt]) -> JobAttempt | None:
    own = [attempt for attempt in attempts if attempt.job_execution_id == job.id]
    exact = [one for one in own if one.function_execution_id == job.function_execution_id]
    return max(exact or own, key=lambda attempt: attempt.attempt, default=None)


def last_line(log: str) -> str:
    """Give the last line of a log that says something."""
    return next((line for line in reversed(log.splitlines()) if line.strip()), "")
