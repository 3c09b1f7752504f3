"""From messages of the wire to records of the model; pure, and nothing here can fail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from console.backend.tailor import console_wire, wire
from console.backend.tailor.lenient import present
from console.model.execution import (
    AttemptHistory,
    Execution,
    ExecutionAttempt,
    FunctionExecution,
    JobAttempt,
    JobError,
    JobExecution,
    WaitPoint,
)
from console.model.ids import ExecutionId, FunctionExecutionId, JobExecutionId
from console.model.query import ChangeSet, Counts
from console.model.states import ExecutionStatus, JobStatus
from console.model.workflow import RetryPolicy, Workflow

EXECUTION_NUMBERS: Mapping[ExecutionStatus, int] = MappingProxyType(
    {
        ExecutionStatus.PENDING: 1,
        ExecutionStatus.PENDING_RESUME: 2,
        ExecutionStatus.RUNNING: 3,
        ExecutionStatus.SUCCESS: 4,
        ExecutionStatus.FAILED: 5,
        ExecutionStatus.PENDING_RETRY: 6,
        ExecutionStatus.WAITING: 7,
        ExecutionStatus.CANCELED: 8,
    }
)
"""`tailor.v1.WorkflowExecution.Status`."""
_EXECUTION_BY_NUMBER = {number: status for status, number in EXECUTION_NUMBERS.items()}
_JOB_BY_NUMBER = {
    1: JobStatus.RUNNING,
    2: JobStatus.SUSPEND,
    3: JobStatus.SUCCESS,
    4: JobStatus.FAILED,
    5: JobStatus.WAITING,
    6: JobStatus.CANCELED,
}
_FUNCTION_BY_NUMBER = {1: JobStatus.SUCCESS, 2: JobStatus.FAILED, 3: JobStatus.RUNNING}
_EXECUTION_BY_NAME = {status.value: status for status in ExecutionStatus}
_JOB_BY_NAME = {status.value: status for status in JobStatus}
_ERROR_KINDS = {
    "2": "your code",
    "3": "your code",
    "4": "platform",
    "USER_RUNTIME": "your code",
    "USER_NON_RUNTIME": "your code",
    "PLATFORM": "platform",
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST_WORD = 40
_LONGEST_DURATION = 366 * 86400.0


def execution_status(word: str) -> tuple[ExecutionStatus, str]:
    """Read a state by name or number; for one that is not known, UNKNOWN and the server's word."""
    word = _bare(word)
    status = _EXECUTION_BY_NAME.get(word) or _EXECUTION_BY_NUMBER.get(_number(word))
    if status is None or status is ExecutionStatus.UNKNOWN:
        return ExecutionStatus.UNKNOWN, word
    return status, ""


def job_status(word: str) -> tuple[JobStatus, str]:
    """Read a job execution's state as `execution_status` does."""
    word = _bare(word)
    status = _JOB_BY_NAME.get(word) or _JOB_BY_NUMBER.get(_number(word))
    if status is None or status is JobStatus.UNKNOWN:
        return JobStatus.UNKNOWN, word
    return status, ""


def function_status(word: str) -> JobStatus:
    """Read a function execution's state: the same names, other numbers."""
    word = _bare(word)
    return _JOB_BY_NAME.get(word) or _FUNCTION_BY_NUMBER.get(_number(word)) or JobStatus.UNKNOWN


def moment(value: datetime | None) -> datetime | None:
    """Give a time in UTC; the epoch and what is before it is how some servers write no time."""
    if value is None:
        return None
    if value.tzinfo is None:
        value = value.replace(tzinfo=UTC)
    try:
        value = value.astimezone(UTC)
    except OverflowError:
        return None
    return value if value > _EPOCH else None


def workflow(message: wire.Workflow) -> Workflow:
    """Convert a workflow."""
    return Workflow(
        id=message.id,
        name=message.name,
        main_job=message.main_job_function_name,
        job_versions=dict(message.job_functions or {}),
        created_at=moment(message.created_at),
        updated_at=moment(message.updated_at),
        retry=_retry(message.retry_policy),
        max_concurrent=_at_most(message.concurrency_policy),
    )


def _retry(message: wire.RetryPolicy | None) -> RetryPolicy | None:
    if message is None or message.max_retries <= 0:
        return None
    return RetryPolicy(
        max_retries=message.max_retries,
        initial_backoff=_duration(message.initial_backoff),
        max_backoff=_duration(message.max_backoff),
        backoff_multiplier=message.backoff_multiplier,
    )


def _at_most(message: wire.ConcurrencyPolicy | None) -> int | None:
    """Give the limit; 0 is none (proto3 cannot tell it from an absent one)."""
    return (message.max_concurrent_executions or None) if message is not None else None


def _duration(text: str) -> timedelta:
    """Read `1.5s`; what is no duration, or beyond any policy's, is none."""
    try:
        seconds = min(float(text.removesuffix("s")), _LONGEST_DURATION)
        return timedelta(seconds=max(0.0, seconds))
    except ValueError:
        return timedelta()


def execution(message: wire.Execution) -> Execution:
    """Convert an execution with its jobs, in the server's order, which is the start order."""
    status, word = execution_status(message.status)
    return Execution(
        id=ExecutionId(message.id),
        workflow_name=message.workflow_name,
        status=status,
        jobs=tuple(_job(job, index) for index, job in enumerate(present(message.job_executions))),
        started_at=moment(message.started_at),
        finished_at=moment(message.finished_at),
        retry_count=max(0, message.retry_count),
        retry_after=moment(message.retry_after),
        status_word=word,
    )


def _job(message: wire.JobExecution, index: int) -> JobExecution:
    status, word = job_status(message.status)
    run = message.execution_id
    return JobExecution(
        # A row without an id keeps its place, and so its cursor, as long as no job is put before.
        id=JobExecutionId(message.id or f"#{index}"),
        stacked_name=message.stacked_job_name,
        status=status,
        function_execution_id=FunctionExecutionId(run) if run else None,
        started_at=moment(message.started_at),
        finished_at=moment(message.finished_at),
        status_word=word,
    )


def function_execution(message: wire.FunctionExecution) -> FunctionExecution:
    """Convert one attempt of a job."""
    said = message.error
    error = None
    if said is not None and (said.name or said.message):
        error = JobError(said.name, said.message, kind=_kind(message.error_kind))
    return FunctionExecution(
        id=FunctionExecutionId(message.id),
        status=function_status(message.status),
        logs=message.logs,
        result=message.result,
        error=error,
        started_at=moment(message.started_at),
        finished_at=moment(message.finished_at),
    )


def counts(by_status: Mapping[str, int], window: str) -> Counts:
    """Convert counts by the state's name; states that are not known add up under UNKNOWN."""
    totals: dict[ExecutionStatus, int] = {}
    for word, number in by_status.items():
        status, _ = execution_status(word)
        totals[status] = totals.get(status, 0) + max(0, number)
    return Counts(totals, window)


def changes(message: console_wire.ChangesResponse) -> ChangeSet:
    """Convert what changed since a cursor."""
    return ChangeSet(
        cursor=message.cursor,
        changed=tuple(execution(row) for row in present(message.changed)),
        gone=tuple(ExecutionId(identifier) for identifier in message.gone if identifier),
        reset=message.reset,
    )


def attempts(message: console_wire.ListAttemptsResponse) -> AttemptHistory:
    """Convert everything that was tried for an execution."""
    return AttemptHistory(
        attempts=tuple(_attempts(present(message.attempts))),
        jobs=tuple(_job_attempt(row) for row in present(message.jobs)),
        input=message.input,
        invoker=message.invoker,
    )


def _attempts(rows: Iterable[console_wire.ExecutionAttempt]) -> Iterable[ExecutionAttempt]:
    for position, row in enumerate(rows, 1):
        yield ExecutionAttempt(
            number=row.number if row.number > 0 else position,
            status=execution_status(row.status)[0],
            started_at=moment(row.started_at),
            finished_at=moment(row.finished_at),
            error=_error(row.error),
            actor=row.actor,
            reason=row.reason,
        )


def _job_attempt(row: console_wire.JobAttempt) -> JobAttempt:
    return JobAttempt(
        job_execution_id=JobExecutionId(row.job_execution_id),
        function_execution_id=FunctionExecutionId(row.function_execution_id),
        stacked_name=row.stacked_job_name,
        turn=max(0, row.turn),
        attempt=max(1, row.attempt),
        status=job_status(row.status)[0],
        started_at=moment(row.started_at),
        finished_at=moment(row.finished_at),
        error=_error(row.error),
        input=row.input,
    )


def wait_point(message: console_wire.WaitPoint, execution_id: ExecutionId) -> WaitPoint:
    """Convert a wait point of an execution."""
    return WaitPoint(
        execution_id=execution_id,
        key=message.key,
        turn=max(0, message.turn),
        stacked_name=message.stacked_job_name,
        payload=message.payload or "{}",
        created_at=moment(message.created_at),
        resolved_at=moment(message.resolved_at),
        result=message.result,
        actor=message.actor,
        reason=message.reason,
    )


def _error(message: console_wire.Error | None) -> JobError | None:
    if message is None or not (message.type or message.message or message.traceback):
        return None
    return JobError(message.type, message.message, message.traceback, message.kind)


def _kind(word: str) -> str:
    word = word.removesuffix(".0").rpartition("KIND_")[2]
    return _ERROR_KINDS.get(word, "")


def _bare(word: str) -> str:
    """Take off the prefix and what a number has too much: `STATUS_FAILED`, `5.0`."""
    word = word[: 2 * _LONGEST_WORD].strip().upper().removeprefix("STATUS_").removesuffix(".0")
    if word in ("", "0"):
        return "UNSPECIFIED"
    return "CANCELED" if word == "CANCELLED" else word[:_LONGEST_WORD]


def _number(word: str) -> int:
    return int(word) if word.isascii() and word.isdigit() else 0
