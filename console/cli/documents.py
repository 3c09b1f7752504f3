"""Records as the JSON that programs read.

Keys and their order are those of the platform's own command; times are UTC or null; what is an
object is an object, not JSON in a text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from console.model.execution import Execution, JobExecution
from console.model.states import ExecutionStatus
from console.model.workflow import RetryPolicy, Workflow

Document = dict[str, object]


def iso(when: datetime | None) -> str | None:
    """Give a time as UTC to the millisecond; None stays None."""
    if when is None:
        return None
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def workflow_row(workflow: Workflow) -> Document:
    """Give one row of `workflow list`."""
    return {
        "name": workflow.name,
        "mainJob": workflow.main_job,
        "jobFunctions": len(workflow.job_versions),
        "updatedAt": iso(workflow.updated_at),
    }


def workflow_document(workflow: Workflow) -> Document:
    """Give what `workflow get` shows; versions are texts, as 64-bit numbers are in JSON.

    The two policies come after the keys of the platform's command, and are written as in its API;
    null where there is none.
    """
    return {
        "name": workflow.name,
        "id": workflow.id,
        "mainJob": workflow.main_job,
        "jobFunctions": {name: str(number) for name, number in workflow.job_versions.items()},
        "createdAt": iso(workflow.created_at),
        "updatedAt": iso(workflow.updated_at),
        "retryPolicy": workflow.retry and _retry_policy(workflow.retry),
        "concurrencyPolicy": None
        if workflow.max_concurrent is None
        else {"maxConcurrentExecutions": workflow.max_concurrent},
    }


def _retry_policy(retry: RetryPolicy) -> Document:
    return {
        "maxRetries": retry.max_retries,
        "initialBackoff": _duration(retry.initial_backoff),
        "maxBackoff": _duration(retry.max_backoff),
        "backoffMultiplier": retry.backoff_multiplier,
    }


def _duration(span: timedelta) -> str:
    """Give a duration as the API's JSON has it: `1.5s`."""
    return f"{span.total_seconds():.12g}s"


def execution_document(execution: Execution) -> Document:
    """Give the six keys of an execution."""
    return {
        "id": execution.id,
        "workflowName": execution.workflow_name,
        "status": status_name(execution),
        "jobExecutions": len(execution.jobs),
        "startedAt": iso(execution.started_at),
        "finishedAt": iso(execution.finished_at),
    }


def status_name(execution: Execution) -> str:
    """Name a state as the server does; a newer server's states too."""
    return execution.status_word or execution.status.value


def job_status_name(job: JobExecution) -> str:
    """Name a job's state as the server does."""
    return job.status_word or job.status.value


@dataclass(frozen=True, slots=True)
class JobRecord:
    """A job with its log and result, as far as they could be read."""

    job: JobExecution
    logs: str = ""
    result: str = ""
    error: str = ""
    """Why the log could not be read."""


def job_details(records: Sequence[JobRecord]) -> list[Document]:
    """Give `jobDetails`; logs and result are left out where there are none."""
    return [_job_detail(record) for record in records]


def _job_detail(record: JobRecord) -> Document:
    job = record.job
    document: Document = {
        "id": job.id,
        "stackedJobName": job.stacked_name,
        "status": job_status_name(job),
        "executionId": job.function_execution_id,
        "startedAt": iso(job.started_at),
        "finishedAt": iso(job.finished_at),
    }
    if record.logs:
        document["logs"] = record.logs
    if record.result:
        document["result"] = parsed(record.result)
    if record.error:
        document["logsError"] = record.error
    return document


def parsed(text: str) -> object:
    """Give JSON text as what it means; text that is not JSON stays text."""
    try:
        return json.loads(text)
    except ValueError:
        return text


_CLASSES: Mapping[ExecutionStatus, str] = {
    ExecutionStatus.SUCCESS: "success",
    ExecutionStatus.FAILED: "failure",
    ExecutionStatus.CANCELED: "failure",
    ExecutionStatus.WAITING: "suspended",
}


def status_class(status: ExecutionStatus) -> str:
    """Give the class of a state: success, failure, suspended or transient."""
    return _CLASSES.get(status, "transient")
