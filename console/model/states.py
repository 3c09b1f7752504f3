"""States of executions and of the jobs in them.

A server newer than this program may say a state that is not listed here. Such a state is UNKNOWN;
the word the server used is kept beside it: `Execution.status_word`, `JobExecution.status_word`.
"""

from __future__ import annotations

from enum import StrEnum


class ExecutionStatus(StrEnum):
    """The state of one execution."""

    PENDING = "PENDING"
    PENDING_RESUME = "PENDING_RESUME"
    PENDING_RETRY = "PENDING_RETRY"
    RUNNING = "RUNNING"
    WAITING = "WAITING"
    SUCCESS = "SUCCESS"
    FAILED = "FAILED"
    CANCELED = "CANCELED"
    UNKNOWN = "UNKNOWN"

    @property
    def is_finished(self) -> bool:
        """Nothing more happens to it unless somebody acts."""
        return self in _FINISHED

    @property
    def is_problem(self) -> bool:
        """It belongs in the `problems` view: everything but success and canceled."""
        return self not in (ExecutionStatus.SUCCESS, ExecutionStatus.CANCELED)

    @property
    def can_resume(self) -> bool:
        """A resume is accepted from this state."""
        return self is ExecutionStatus.FAILED


class JobStatus(StrEnum):
    """The state of one job execution."""

    RUNNING = "RUNNING"
    SUSPEND = "SUSPEND"
    WAITING = "WAITING"
    SUCCESS = "SUCCESS"
    FAILED = "FAILED"
    CANCELED = "CANCELED"
    UNKNOWN = "UNKNOWN"

    @property
    def is_finished(self) -> bool:
        """Nothing more happens to it in this attempt."""
        return self in (JobStatus.SUCCESS, JobStatus.FAILED, JobStatus.CANCELED)


_FINISHED = frozenset({ExecutionStatus.SUCCESS, ExecutionStatus.FAILED, ExecutionStatus.CANCELED})
