"""The job tree of one execution.

process-order                     the main job
├ fetch-customer
└ send-notification               the parent of a job is the latest earlier one
  └ render-mail                   whose stacked name is its prefix
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from console.model.execution import JobExecution
from console.model.states import JobStatus

_NEVER = datetime.min.replace(tzinfo=UTC)


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


def find_cause(roots: Iterable[JobNode]) -> JobNode | None:
    """Give the deepest failed job: the last one that failed below failed callers only.

    One after which its caller triggered another job was caught there, and ended nothing.
    """
    cause: JobNode | None = None
    nodes: list[JobNode] = list(roots)
    while True:
        latest = _last_started(nodes)
        failed = [
            node
            for node in nodes
            if node.job.status is JobStatus.FAILED and not _was_caught(node.job, latest)
        ]
        if not failed:
            return cause
        cause = failed[-1]
        nodes = cause.children


def _last_started(siblings: list[JobNode]) -> JobExecution | None:
    started = [node.job for node in siblings if node.job.started_at is not None]
    return max(reversed(started), key=lambda job: job.started_at or _NEVER, default=None)


def _was_caught(failed: JobExecution, latest: JobExecution | None) -> bool:
    if latest is None or latest is failed or failed.depth == 0 or failed.finished_at is None:
        return False
    return latest.started_at is not None and latest.started_at >= failed.finished_at
