"""Which job of an execution a person wants to see first."""

from __future__ import annotations

from console.model.execution import AttemptHistory, Execution, JobExecution
from console.model.states import ExecutionStatus, JobStatus
from console.model.tree import build_tree
from console.present.tree_rows import find_cause

_ACTIVE = (JobStatus.RUNNING, JobStatus.WAITING)


def job_to_watch(
    execution: Execution, history: AttemptHistory | None = None
) -> JobExecution | None:
    """Give the deepest failed job, or the one that runs or waits, or the last one."""
    if execution.status in (ExecutionStatus.FAILED, ExecutionStatus.PENDING_RETRY):
        cause = find_cause(build_tree(execution.jobs), history)
        if cause is not None:
            return cause.job
    active = [job for job in execution.jobs if job.status in _ACTIVE]
    if active:
        return max(active, key=lambda job: (job.depth, _began(job)))
    return max(execution.jobs, key=_began, default=None)


def _began(job: JobExecution) -> float:
    return job.started_at.timestamp() if job.started_at is not None else 0.0
