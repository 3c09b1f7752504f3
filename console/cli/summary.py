"""Executions and workflows for people: aligned, without boxes, long ids whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from console.backend.errors import BackendError
from console.backend.protocol import Backend
from console.cli.documents import iso, job_status_name, status_name
from console.cli.output import Cell, Heading, Output
from console.model.execution import Execution, JobExecution, WaitPoint
from console.model.states import ExecutionStatus
from console.model.tree import build_tree
from console.model.workflow import Workflow
from console.present.durations import format_age, format_duration, seconds_between
from console.present.errors import job_error_text
from console.present.glyphs import ASCII
from console.present.tone import Tone
from console.present.tree_rows import find_cause
from console.present.workflows import concurrency_text, retry_text
from console.sync.causes import cause_in_history


def print_executions(output: Output, executions: Sequence[Execution], now: datetime) -> None:
    """Print a listing."""
    headings = [
        Heading("ID"),
        Heading("WORKFLOW", can_shrink=True),
        Heading("STATUS"),
        Heading("JOBS", is_right=True),
        Heading("STARTED", is_right=True),
        Heading("TOOK", is_right=True),
    ]
    output.table(headings, [_execution_row(execution, now) for execution in executions])


def _execution_row(execution: Execution, now: datetime) -> list[Cell]:
    return [
        Cell(execution.id),
        Cell(execution.workflow_name),
        status_cell(execution),
        Cell(str(len(execution.jobs))),
        Cell(age(execution.started_at, now)),
        Cell(_took(execution.started_at, execution.finished_at)),
    ]


def print_workflows(output: Output, workflows: Sequence[Workflow], now: datetime) -> None:
    """Print workflow definitions."""
    headings = [
        Heading("NAME"),
        Heading("MAIN JOB", can_shrink=True),
        Heading("JOBS", is_right=True),
        Heading("UPDATED", is_right=True),
    ]
    rows = [
        [
            Cell(workflow.name),
            Cell(workflow.main_job),
            Cell(str(len(workflow.job_versions))),
            Cell(age(workflow.updated_at, now)),
        ]
        for workflow in workflows
    ]
    output.table(headings, rows)


def print_workflow(output: Output, workflow: Workflow) -> None:
    """Print one definition with its policies and the versions of its jobs."""
    output.pairs(
        {
            "name": Cell(workflow.name, Tone.TITLE),
            "id": workflow.id,
            "main job": workflow.main_job,
            "created": iso(workflow.created_at) or "",
            "updated": iso(workflow.updated_at) or "",
            "concurrency": concurrency_text(workflow.max_concurrent),
            "retries": retry_text(workflow.retry),
        }
    )
    if workflow.job_versions:
        output.line()
        rows = [[Cell(name), Cell(str(n))] for name, n in workflow.job_versions.items()]
        output.table([Heading("JOB"), Heading("VERSION", is_right=True)], rows)


async def print_execution(output: Output, backend: Backend, execution: Execution) -> None:
    """Print one execution: its state, why it is in it, and its jobs."""
    pairs: dict[str, Cell | str] = {
        "id": execution.id,
        "workflow": execution.workflow_name,
        "status": status_cell(execution),
        "started": iso(execution.started_at) or "",
        "finished": iso(execution.finished_at) or "",
    }
    took = _took(execution.started_at, execution.finished_at)
    if took:
        pairs["took"] = took
    if execution.retry_after is not None:
        pairs["tries again"] = iso(execution.retry_after) or ""
    pairs |= await _reason(backend, execution)
    output.pairs(pairs)
    if execution.jobs:
        output.line()
        headings = [Heading("STATUS"), Heading("JOB", can_shrink=True), Heading("TOOK", True)]
        output.table(headings, [_job_row(job) for job in execution.jobs])


def _job_row(job: JobExecution) -> list[Cell]:
    look = ASCII.job(job.status)
    status = Cell(job_status_name(job), look.tone)
    return [status, Cell(job.stacked_name), Cell(_took(job.started_at, job.finished_at))]


async def _reason(backend: Backend, execution: Execution) -> Mapping[str, Cell | str]:
    """Say why it failed, or what it waits for, where the backend tells."""
    if execution.status is ExecutionStatus.FAILED:
        if told := await _cause_told(backend, execution):
            return {"cause": Cell(told)}
        cause = find_cause(build_tree(execution.jobs))
        if cause is None or cause.job.function_execution_id is None:
            return {}
        try:
            function = await backend.get_function_execution(cause.job.function_execution_id)
        except BackendError:  # its record is gone; that the job failed is said below
            return {}
        if function.error is None:
            return {}
        return {"cause": Cell(f"{cause.job.stacked_name}: {job_error_text(function.error)}")}
    if execution.status is ExecutionStatus.WAITING:
        points = await open_wait_points(backend, execution)
        keys = ", ".join(f"{point.key} {point.payload}" for point in points)
        return {"waits for": keys} if keys else {}
    return {}


async def _cause_told(backend: Backend, execution: Execution) -> str:
    """Say what the latest attempt failed of, where the backend tells attempts."""
    try:
        history = await backend.list_attempts(execution.id)
    except BackendError:
        return ""
    cause = cause_in_history(execution, history)
    if cause is None or cause.error is None:
        return ""
    return ": ".join(filter(None, (cause.job_stacked_name, job_error_text(cause.error))))


async def open_wait_points(backend: Backend, execution: Execution) -> list[WaitPoint]:
    """Give what an execution waits for; nothing where the backend does not tell."""
    try:
        points = await backend.wait_points(execution.id)
    except BackendError:
        return []
    return [point for point in points if point.resolved_at is None]


def status_cell(execution: Execution) -> Cell:
    """Give the state in its tone."""
    return Cell(status_name(execution), ASCII.execution(execution.status).tone)


def age(when: datetime | None, now: datetime) -> str:
    """Tell how long ago something was."""
    seconds = seconds_between(when, now)
    return "" if seconds is None else format_age(seconds)


def _took(start: datetime | None, end: datetime | None) -> str:
    seconds = seconds_between(start, end)
    return "" if seconds is None else format_duration(seconds)
