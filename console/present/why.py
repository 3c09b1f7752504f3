"""Why an execution is where it is, in a few words: the WHY column.

421 too many connections · send-notification     failed: the error before the job
in 14 s · 503 from supplier · fetch-stock         retry
archive-batch                                     running: the job that runs now
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from console.model.execution import Execution, JobError
from console.model.states import ExecutionStatus, JobStatus
from console.present.cells import cell_width, clip
from console.present.clean import clean
from console.present.durations import format_age
from console.present.errors import job_error_reason
from console.present.glyphs import UNICODE, Glyphs
from console.present.line import Line, Span
from console.present.tone import Tone

LEAST_REASON = 24
"""Cells of the error that are worth more than the job's name behind it."""


class CauseFacts(Protocol):
    """What is known about the deepest failed job of an execution."""

    @property
    def job_stacked_name(self) -> str:
        """Where it failed."""
        ...

    @property
    def error(self) -> JobError | None:
        """What it said, where the backend tells."""
        ...

    @property
    def last_log_line(self) -> str:
        """The end of its log: second best."""
        ...

    @property
    def waits_for(self) -> str:
        """The key of the wait point it is parked at; empty when it failed."""
        ...


def why_line(
    execution: Execution,
    now: datetime,
    cause: CauseFacts | None = None,
    *,
    is_same: bool = False,
    width: int | None = None,
    glyphs: Glyphs = UNICODE,
) -> Line:
    """Give the WHY cell; `is_same` when the row above says the same.

    For a width a long error is shortened in its middle, so that the job and whose fault it is stay.
    """
    status = execution.status
    if status is ExecutionStatus.FAILED:
        if is_same:
            return (Span(f"{glyphs.same} same", Tone.MUTED),)
        return _failure(execution, cause, glyphs, Tone.TEXT, width)
    if status is ExecutionStatus.PENDING_RETRY:
        return _retry(execution, now, cause, glyphs, width)
    text = ""
    if status is ExecutionStatus.WAITING:
        name = _job_in(execution, JobStatus.WAITING)
        if cause is not None and cause.waits_for:
            return _wait(clean(cause.waits_for), name, glyphs)
        text = f"waits in {name}" if name else "waits to be resolved"
    elif status is ExecutionStatus.RUNNING:
        text = _job_in(execution, JobStatus.RUNNING)
    elif status is ExecutionStatus.PENDING_RESUME:
        text = "waits for a worker"
    elif status is ExecutionStatus.UNKNOWN:
        text = "a state this version does not know"
    return (Span(text, Tone.DIM),) if text else ()


def _wait(key: str, job: str, glyphs: Glyphs) -> Line:
    text = Span(f"waits for {key}")
    return (text, Span(f" {glyphs.dot} {job}", Tone.DIM)) if job else (text,)


def says_the_same(
    execution: Execution,
    cause: CauseFacts | None,
    above: Execution,
    above_cause: CauseFacts | None,
) -> bool:
    """Two neighbours failed for the same reason in the same job of the same workflow."""
    failed = ExecutionStatus.FAILED
    if execution.status is not failed or above.status is not failed:
        return False
    if execution.workflow_name != above.workflow_name or cause is None or above_cause is None:
        return False
    return cause.job_stacked_name == above_cause.job_stacked_name and _reason(cause) == _reason(
        above_cause
    )


def _reason(cause: CauseFacts) -> str:
    if cause.error is not None:
        return job_error_reason(cause.error)
    return clean(cause.last_log_line or "")


def _failure(
    execution: Execution, cause: CauseFacts | None, glyphs: Glyphs, tone: Tone, width: int | None
) -> Line:
    dot = f" {glyphs.dot} "
    if cause is None:
        name = _job_in(execution, JobStatus.FAILED)
        return (Span(name, Tone.DIM),) if name else ()
    reason = _reason(cause)
    facts = [clean(cause.job_stacked_name.rpartition("/")[2])]
    if cause.error is not None and cause.error.kind:
        facts.append(clean(cause.error.kind))
    facts = [fact for fact in facts if fact]
    rest = dot.join(facts)
    if not reason:
        return (Span(rest, Tone.DIM),)
    if width is not None and cell_width(reason + dot + rest) > width:
        for kept in (rest, facts[0] if facts else ""):
            room = width - cell_width(dot + kept)
            if kept and room >= LEAST_REASON:
                reason, rest = clip(reason, room), kept
                break
    return (Span(reason, tone), Span(dot + rest, Tone.DIM)) if rest else (Span(reason, tone),)


def _retry(
    execution: Execution,
    now: datetime,
    cause: CauseFacts | None,
    glyphs: Glyphs,
    width: int | None,
) -> Line:
    when = ""
    if execution.retry_after is not None:
        seconds = (execution.retry_after - now).total_seconds()
        when = f"in {format_age(seconds)}" if seconds >= 1 else "now"
    lead = f"{when} {glyphs.dot} " if when else ""
    room = width - cell_width(lead) if width is not None else None
    reason = _failure(execution, cause, glyphs, Tone.DIM, room)
    if when and reason:
        return (Span(lead, Tone.DIM), *reason)
    return (Span(when, Tone.DIM),) if when else reason


def _job_in(execution: Execution, status: JobStatus) -> str:
    deepest = ""
    for job in execution.jobs:
        if job.status is status and job.depth >= deepest.count("/"):
            deepest = job.stacked_name
    return clean(deepest.rpartition("/")[2])
