"""Executions, the jobs in them, and their attempts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from console.model import ids
from console.model.ids import ExecutionId, FunctionExecutionId, JobExecutionId
from console.model.states import ExecutionStatus, JobStatus


@dataclass(frozen=True, slots=True)
class JobError:
    """Why a job failed."""

    type: str
    message: str
    traceback: str = ""
    """Empty where the backend does not give it."""
    kind: str = ""
    """Whose fault it is, where the backend knows: `platform`, `your code` or empty."""


@dataclass(frozen=True, slots=True)
class JobExecution:
    """One job at one place of an execution; its id is the same in every attempt."""

    id: JobExecutionId
    stacked_name: str
    """The path from the main job, joined by `/`: `process-order/fetch-customer`."""
    status: JobStatus
    function_execution_id: FunctionExecutionId | None = None
    """The latest attempt of it; None where the backend keeps none."""
    started_at: datetime | None = None
    finished_at: datetime | None = None
    status_word: str = ""
    """What the server called the state, when this version does not know it."""

    @property
    def name(self) -> str:
        """The job's own name: the last part of the stacked name."""
        return self.stacked_name.rpartition("/")[2]

    @property
    def depth(self) -> int:
        """How many jobs stand above it; 0 for the main job."""
        return self.stacked_name.count("/")


@dataclass(frozen=True, slots=True)
class Execution:
    """One run of a workflow."""

    id: ExecutionId
    workflow_name: str
    status: ExecutionStatus
    jobs: tuple[JobExecution, ...] = ()
    """In the order they started."""
    started_at: datetime | None = None
    finished_at: datetime | None = None
    retry_count: int = 0
    retry_after: datetime | None = None
    status_word: str = ""
    """What the server called the state, when this version does not know it."""

    @property
    def created_at(self) -> datetime | None:
        """When it was asked for, where the id tells; else when it started."""
        return ids.created_at(self.id) or self.started_at

    @property
    def jobs_done(self) -> int:
        """How many job executions have succeeded so far."""
        return sum(1 for job in self.jobs if job.status is JobStatus.SUCCESS)


@dataclass(frozen=True, slots=True)
class FunctionExecution:
    """One attempt of a job execution: its log, its result, its error."""

    id: FunctionExecutionId
    status: JobStatus
    logs: str = ""
    result: str = ""
    """JSON text; empty while there is none."""
    error: JobError | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ExecutionAttempt:
    """The first run of an execution, or one resume or retry after it."""

    number: int
    """Counted from 1."""
    status: ExecutionStatus
    started_at: datetime | None = None
    finished_at: datetime | None = None
    error: JobError | None = None
    actor: str = ""
    """Who asked for this attempt."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class JobAttempt:
    """One attempt of one job execution."""

    job_execution_id: JobExecutionId
    function_execution_id: FunctionExecutionId
    stacked_name: str
    turn: int
    """Which trigger of its caller it was, counted from 0."""
    attempt: int
    """The execution's attempt it ran in, counted from 1."""
    status: JobStatus
    started_at: datetime | None = None
    finished_at: datetime | None = None
    error: JobError | None = None
    input: str = ""
    """JSON text of the job's input."""


@dataclass(frozen=True, slots=True)
class AttemptHistory:
    """Everything that was tried for one execution, oldest first."""

    attempts: tuple[ExecutionAttempt, ...]
    jobs: tuple[JobAttempt, ...]
    input: str = ""
    """JSON text the execution was started with."""
    invoker: str = ""
    """The machine user it runs as."""

    @property
    def current(self) -> int:
        """The number of the latest attempt."""
        return self.attempts[-1].number if self.attempts else 1


@dataclass(frozen=True, slots=True)
class WaitPoint:
    """A named place where an execution is parked, or was."""

    execution_id: ExecutionId
    key: str
    """What the job called it; `resolve` names it."""
    turn: int
    """Which wait of its job it is, of any key, counted from 0."""
    stacked_name: str
    """The job that waits."""
    payload: str = "{}"
    """JSON text the job gave to whoever decides."""
    created_at: datetime | None = None
    resolved_at: datetime | None = None
    """None while it can still be answered; it can be answered once."""
    result: str = ""
    """JSON text of the answer."""
    actor: str = ""
    """Who answered."""
    reason: str = ""
    """Why, in the words of who answered."""
