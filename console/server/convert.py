"""The engine's records as messages of the wire."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

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
from console.model.states import ExecutionStatus, JobStatus
from console.model.workflow import Workflow
from console.server.codes import invalid
from console.server.proto.tailor.v1 import workflow_pb2 as pb
from console.server.proto.wfc.v1 import console_pb2 as wfc

LONGEST_ERROR_NAME = 128
LONGEST_ERROR_MESSAGE = 256
"""Of `FunctionErrorInfo`; `wfc.v1` has the whole of it."""

_FUNCTION_STATUS = {
    JobStatus.SUCCESS: pb.FunctionExecution.STATUS_SUCCESS,
    JobStatus.FAILED: pb.FunctionExecution.STATUS_FAILED,
    JobStatus.CANCELED: pb.FunctionExecution.STATUS_FAILED,
    JobStatus.RUNNING: pb.FunctionExecution.STATUS_RUNNING,
    JobStatus.SUSPEND: pb.FunctionExecution.STATUS_RUNNING,
    JobStatus.WAITING: pb.FunctionExecution.STATUS_RUNNING,
    JobStatus.UNKNOWN: pb.FunctionExecution.STATUS_UNSPECIFIED,
}
_ERROR_KIND = {
    "your code": pb.FUNCTION_ERROR_KIND_USER_RUNTIME,
    "platform": pb.FUNCTION_ERROR_KIND_PLATFORM,
}


def timestamp(time: datetime | None) -> Timestamp | None:
    """Give a time as the wire has it; None leaves the field out."""
    if time is None:
        return None
    message = Timestamp()
    message.FromDatetime(time)
    return message


def time_of(field: str, message: Timestamp) -> datetime:
    """Read a time of a request. Raises `ConnectError`."""
    try:
        return message.ToDatetime(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise invalid(field, "a time from year 1 to 9999 is needed") from None


def duration(length: timedelta) -> Duration:
    """Give a length of time as the wire has it."""
    message = Duration()
    message.FromTimedelta(length)
    return message


def clean(text: str) -> str:
    """Give text the wire can carry: half surrogate pairs, as in odd file names, become `?`."""
    return text.encode("utf-8", "replace").decode()


def workflow(record: Workflow) -> pb.Workflow:
    """Give a workflow's definition."""
    message = pb.Workflow(
        id=record.id,
        name=record.name,
        main_job_function_name=record.main_job,
        job_functions=record.job_versions,
        created_at=timestamp(record.created_at),
        updated_at=timestamp(record.updated_at),
    )
    if record.retry is not None:
        message.retry_policy.CopyFrom(
            pb.RetryPolicy(
                max_retries=record.retry.max_retries,
                initial_backoff=duration(record.retry.initial_backoff),
                max_backoff=duration(record.retry.max_backoff),
                backoff_multiplier=record.retry.backoff_multiplier,
            )
        )
    if record.max_concurrent is not None:
        message.concurrency_policy.max_concurrent_executions = record.max_concurrent
    return message


def execution(record: Execution) -> pb.WorkflowExecution:
    """Give an execution with its jobs."""
    return pb.WorkflowExecution(
        id=record.id,
        workflow_name=record.workflow_name,
        status=_execution_status(record.status),
        job_executions=[job_execution(job) for job in record.jobs],
        started_at=timestamp(record.started_at),
        finished_at=timestamp(record.finished_at),
        retry_count=record.retry_count,
        retry_after=timestamp(record.retry_after),
    )


def job_execution(record: JobExecution) -> pb.WorkflowJobExecution:
    """Give a job execution."""
    return pb.WorkflowJobExecution(
        id=record.id,
        stacked_job_name=record.stacked_name,
        status=_job_status(record.status),
        execution_id=record.function_execution_id or "",
        started_at=timestamp(record.started_at),
        finished_at=timestamp(record.finished_at),
    )


def function_execution(record: FunctionExecution, workspace_id: str) -> pb.FunctionExecution:
    """Give one attempt of a job, with its log as one string."""
    message = pb.FunctionExecution(
        id=record.id,
        workspace_id=workspace_id,
        status=_FUNCTION_STATUS[record.status],
        logs=clean(record.logs),
        started_at=timestamp(record.started_at),
        finished_at=timestamp(record.finished_at),
        type=pb.FunctionExecution.TYPE_JOB,
        result=clean(record.result),
    )
    if record.error is not None:
        message.error.name = clean(record.error.type)[:LONGEST_ERROR_NAME]
        message.error.message = clean(record.error.message)[:LONGEST_ERROR_MESSAGE]
        unknown = pb.FUNCTION_ERROR_KIND_UNSPECIFIED
        message.error_kind = _ERROR_KIND.get(record.error.kind, unknown)
    elif record.status.is_finished:
        message.error_kind = pb.FUNCTION_ERROR_KIND_NONE
    return message


def error(record: JobError | None) -> wfc.Error | None:
    """Give an error with its traceback; None leaves the field out."""
    if record is None:
        return None
    return wfc.Error(
        type=clean(record.type),
        message=clean(record.message),
        traceback=clean(record.traceback),
        kind=record.kind,
    )


def attempts(history: AttemptHistory) -> wfc.ListAttemptsResponse:
    """Give everything that was tried for an execution."""
    return wfc.ListAttemptsResponse(
        attempts=[_execution_attempt(attempt) for attempt in history.attempts],
        jobs=[_job_attempt(attempt) for attempt in history.jobs],
        input=clean(history.input),
        invoker=history.invoker,
    )


def wait_points(records: Sequence[WaitPoint]) -> wfc.ListWaitPointsResponse:
    """Give the wait points of an execution."""
    return wfc.ListWaitPointsResponse(
        wait_points=[
            wfc.WaitPoint(
                key=record.key,
                turn=record.turn,
                stacked_job_name=record.stacked_name,
                payload=clean(record.payload),
                created_at=timestamp(record.created_at),
                resolved_at=timestamp(record.resolved_at),
                result=clean(record.result),
                actor=clean(record.actor),
                reason=clean(record.reason),
            )
            for record in records
        ]
    )


def _execution_attempt(record: ExecutionAttempt) -> wfc.ExecutionAttempt:
    return wfc.ExecutionAttempt(
        number=record.number,
        status=str(record.status),
        started_at=timestamp(record.started_at),
        finished_at=timestamp(record.finished_at),
        error=error(record.error),
        actor=clean(record.actor),
        reason=clean(record.reason),
    )


def _job_attempt(record: JobAttempt) -> wfc.JobAttempt:
    return wfc.JobAttempt(
        job_execution_id=record.job_execution_id,
        function_execution_id=record.function_execution_id,
        stacked_job_name=record.stacked_name,
        turn=record.turn,
        attempt=record.attempt,
        status=str(record.status),
        started_at=timestamp(record.started_at),
        finished_at=timestamp(record.finished_at),
        error=error(record.error),
        input=clean(record.input),
    )


def _execution_status(status: ExecutionStatus) -> str:
    return "STATUS_UNSPECIFIED" if status is ExecutionStatus.UNKNOWN else f"STATUS_{status}"


def _job_status(status: JobStatus) -> str:
    return "STATUS_UNSPECIFIED" if status is JobStatus.UNKNOWN else f"STATUS_{status}"
