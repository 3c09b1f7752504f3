"""The job tree of one execution.

process-order                     the main job
├ fetch-customer
└ send-notification               the parent of a job is the latest earlier one
  └ render-mail                   whose stacked name is its prefix
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from console.model.execution import JobExecution
from console.model.states import JobStatus


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
    for job in jobs:
        node = JobNode(job)
        parent = latest.get(job.stacked_name.rpartition("/")[0])
        (roots if parent is None else parent.children).append(node)
        latest[job.stacked_name] = node
    return roots


def find_cause(roots: Iterable[JobNode]) -> JobNode | None:
    """Give the deepest failed job: the last one that failed below failed callers only."""
    cause: JobNode | None = None
    nodes: Iterable[JobNode] = roots
    while True:
        failed = [node for node in nodes if node.job.status is JobStatus.FAILED]
        if not failed:
            return cause
        cause = failed[-1]
        nodes = cause.children
