"""The job tree of one execution.

process-order                     the main job
├ fetch-customer
└ send-notification               the parent of a job is the latest earlier one
  └ render-mail                   whose stacked name is its prefix
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from console.model.execution import AttemptHistory, JobAttempt, JobError, JobExecution
from console.model.ids import JobExecutionId
from console.model.states import JobStatus

_NEVER = datetime.min.replace(tzinfo=UTC)
_GROUPS = ("ExceptionGroup", "BaseExceptionGroup")
"""What a `TaskGroup` raises for several failures: none of them alone."""


@dataclass(slots=True)
class JobNode:
    """One job execution and the jobs it triggered, in start order."""

    job: JobExecution
    children: list[JobNode] = field(default_factory=list)

    def walk(self) -> Iterator[JobNode]:
        """Yield this node and everything below it, in reading order."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(node.children))


def build_tree(jobs: Iterable[JobExecution]) -> list[JobNode]:
    """Arrange job executions, given in start order, as a forest; usually it has one root."""
    roots: list[JobNode] = []
    latest: dict[str, JobNode] = {}
    callers: dict[str, str] = {}  # ten thousand jobs have a dozen names
    for job in jobs:
        name = job.stacked_name
        caller = callers.get(name)
        if caller is None:
            caller = callers[name] = name.rpartition("/")[0]
        node = JobNode(job)
        parent = latest.get(caller)
        (roots if parent is None else parent.children).append(node)
        latest[name] = node
    return roots


def find_cause(roots: Iterable[JobNode], history: AttemptHistory | None = None) -> JobNode | None:
    """Give the deepest failed job: the last one that failed below failed callers only.

    With a history that is exact: a failure nobody caught is the caller's own, word for word.
    Without, one after which its caller triggered another job was caught there, and ended nothing.
    """
    runs = _latest_failures(history)
    cause: JobNode | None = None
    nodes: list[JobNode] = list(roots)
    while True:
        failed = [node for node in nodes if node.job.status is JobStatus.FAILED]
        told = [runs.get(node.job.id) for node in failed]
        own = runs.get(cause.job.id) if cause is not None else None
        if own is not None and all(run is not None and _explains(own, run) for run in told):
            failed = [node for node in failed if _is_same(runs[node.job.id].error, own.error)]
        else:
            latest = _last_started(nodes)
            failed = [node for node in failed if not _was_caught(node.job, latest)]
        if not failed:
            return cause
        cause = failed[-1]
        nodes = cause.children


def _latest_failures(history: AttemptHistory | None) -> Mapping[JobExecutionId, JobAttempt]:
    """Give the last attempt that ran each job, of those with an error."""
    latest: dict[JobExecutionId, JobAttempt] = {}
    for run in history.jobs if history is not None else ():
        known = latest.get(run.job_execution_id)
        if run.error is not None and (known is None or run.attempt >= known.attempt):
            latest[run.job_execution_id] = run
    return latest


def _explains(own: JobAttempt, below: JobAttempt) -> bool:
    """Tell whether what the caller failed of tells if this failure came up through it."""
    assert own.error is not None
    return own.attempt >= below.attempt and own.error.type not in _GROUPS


def _is_same(error: JobError | None, other: JobError | None) -> bool:
    """Tell whether `other` is this error, come up from a trigger.

    One that nothing raised, as a lost worker's, has no traceback, and gets its caller's.
    """
    if error is None or other is None:
        return False
    if (error.type, error.message) != (other.type, other.message):
        return False
    return not error.traceback or error.traceback == other.traceback


def _last_started(siblings: list[JobNode]) -> JobExecution | None:
    started = [node.job for node in siblings if node.job.started_at is not None]
    return max(reversed(started), key=lambda job: job.started_at or _NEVER, default=None)


def _was_caught(failed: JobExecution, latest: JobExecution | None) -> bool:
    if latest is None or latest is failed or failed.depth == 0 or failed.finished_at is None:
        return False
    return latest.started_at is not None and latest.started_at >= failed.finished_at
