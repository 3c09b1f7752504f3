"""Rows of the journal as the program's records."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime

from console.model.execution import (
    Execution,
    ExecutionAttempt,
    FunctionExecution,
    JobAttempt,
    JobError,
    JobExecution,
    WaitPoint,
)
from console.model.ids import ExecutionId, FunctionExecutionId, JobExecutionId
from console.model.states import ExecutionStatus, JobStatus


def moment(milliseconds: int | None) -> datetime | None:
    """Turn the journal's time into one of the program's."""
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)


def execution_record(row: sqlite3.Row, jobs: Iterable[JobExecution] = ()) -> Execution:
    """Read an execution."""
    return Execution(
        id=ExecutionId(row["id"]),
        workflow_name=row["workflow"],
        status=ExecutionStatus(row["status"]),
        jobs=tuple(jobs),
        started_at=moment(row["started_at"]),
        finished_at=moment(row["finished_at"]),
        retry_count=row["retry_count"],
        retry_after=moment(row["retry_after"]),
    )


def job_record(row: sqlite3.Row) -> JobExecution:
    """Read a job execution."""
    return JobExecution(
        id=JobExecutionId(row["id"]),
        stacked_name=row["stacked_name"],
        status=JobStatus(row["status"]),
        function_execution_id=FunctionExecutionId(row["function_execution_id"]),
        started_at=moment(row["started_at"]),
        finished_at=moment(row["finished_at"]),
    )


def attempt_record(row: sqlite3.Row) -> ExecutionAttempt:
    """Read an attempt of an execution."""
    return ExecutionAttempt(
        number=row["number"],
        status=ExecutionStatus(row["status"]),
        started_at=moment(row["started_at"]),
        finished_at=moment(row["finished_at"]),
        error=_error(row),
        actor=row["actor"],
        reason=row["reason"],
    )


def job_attempt_record(row: sqlite3.Row) -> JobAttempt:
    """Read a function execution with what its job execution says of it."""
    return JobAttempt(
        job_execution_id=JobExecutionId(row["job_execution_id"]),
        function_execution_id=FunctionExecutionId(row["id"]),
        stacked_name=row["stacked_name"],
        turn=row["turn"],
        attempt=row["attempt"],
        status=JobStatus(row["status"]),
        started_at=moment(row["started_at"]),
        finished_at=moment(row["finished_at"]),
        error=_error(row),
        input=row["input"],
    )


def function_record(row: sqlite3.Row, logs: str) -> FunctionExecution:
    """Read a function execution."""
    return FunctionExecution(
        id=FunctionExecutionId(row["id"]),
        status=JobStatus(row["status"]),
        logs=logs,
        result=row["result"] or "",
        error=_error(row),
        started_at=moment(row["started_at"]),
        finished_at=moment(row["finished_at"]),
    )


def wait_point_record(row: sqlite3.Row) -> WaitPoint:
    """Read a wait point."""
    return WaitPoint(
        execution_id=ExecutionId(row["execution_id"]),
        key=row["key"],
        turn=row["turn"],
        stacked_name=row["stacked_name"],
        payload=row["payload"],
        created_at=moment(row["created_at"]),
        resolved_at=moment(row["resolved_at"]),
        result=row["result"] or "",
        actor=row["actor"],
        reason=row["reason"],
    )


def _error(row: sqlite3.Row) -> JobError | None:
    if row["error_type"] is None:
        return None
    return JobError(
        row["error_type"],
        row["error_message"] or "",
        row["error_traceback"] or "",
        row["error_kind"] or "",
    )
