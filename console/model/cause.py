"""What the latest attempt of an execution failed of: one rule for list, tree, data and commands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from console.model.execution import AttemptHistory, Execution, JobAttempt, JobError, JobExecution
from console.model.tree import build_tree, find_cause


@dataclass(frozen=True, slots=True)
class ToldFailure:
    """An error of the latest attempt, and the job whose own it is."""

    job: JobExecution | None
    """None where the attempt ended outside of every job."""
    error: JobError


def failed_job(execution: Execution, history: AttemptHistory | None = None) -> JobExecution | None:
    """Give the deepest failed job that nobody caught."""
    node = find_cause(build_tree(execution.jobs), history)
    return node.job if node is not None else None


def told_failure(execution: Execution, history: AttemptHistory) -> ToldFailure | None:
    """Find the error among what was tried; None where the history has none.

    An attempt that ended before any job of it failed, as a replay that does not match, has an error
    of its own; the job that failed in an attempt before is then not the cause.
    """
    job = failed_job(execution, history)
    run = _run_of(job, history.jobs) if job is not None else None
    last = history.attempts[-1] if history.attempts else None
    own = last.error if last is not None else None
    if job is not None and run is not None and run.error is not None:
        if last is None or own is None or run.attempt >= last.number:
            return ToldFailure(job, run.error)
        return ToldFailure(None, own)
    return ToldFailure(job, own) if own is not None else None


def _run_of(job: JobExecution, attempts: Sequence[JobAttempt]) -> JobAttempt | None:
    own = [attempt for attempt in attempts if attempt.job_execution_id == job.id]
    exact = [one for one in own if one.function_execution_id == job.function_execution_id]
    return max(exact or own, key=lambda attempt: attempt.attempt, default=None)
