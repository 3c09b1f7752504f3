"""What is kept of an exception that ended a body."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from console.workflow.errors import InvalidInput, InvalidResult, JobFailed, WorkflowMisuse

_PROGRAM = Path(__file__).parent.parent
_OURS = (str(_PROGRAM / "workflow"), str(_PROGRAM / "engine"))
"""This program's own folders: their frames say nothing to the author of a job."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An exception as text: what a journal can keep."""

    type: str
    message: str
    traceback: str
    cause_place: str = ""
    """The deepest failed job's stacked name, when this failure came up from a trigger."""


def describe_failure(error: BaseException) -> Failure:
    """Write an exception down; a `JobFailed` nobody caught keeps the words of its cause."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]  # a `TaskGroup` packs the one failure there was
    if isinstance(error, JobFailed):
        return Failure(
            error.type, error.message, error.traceback or format_traceback(error), error.cause_place
        )
    return Failure(type(error).__qualname__, _message(error), format_traceback(error))


def format_traceback(error: BaseException) -> str:
    """Write the traceback from the first frame that is not this program's own."""
    first = error.__traceback__
    while first is not None and _is_ours(first):
        first = first.tb_next
    if first is None and isinstance(error, InvalidInput | InvalidResult | WorkflowMisuse):
        return "".join(traceback.format_exception_only(error))  # our own words say where
    return "".join(traceback.format_exception(type(error), error, first or error.__traceback__))


def job_failed(error: BaseException, place: str) -> JobFailed:
    """Make what a caller's `trigger()` raises from what ended the callee's body."""
    failure = describe_failure(error)
    return JobFailed(
        failure.message,
        type=failure.type,
        traceback=failure.traceback,
        place=place,
        cause_place=failure.cause_place or place,
    )


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # somebody's own __str__; the failure must be kept all the same
        return "(its message cannot be shown)"


def _is_ours(entry: TracebackType) -> bool:
    return entry.tb_frame.f_code.co_filename.startswith(_OURS)
