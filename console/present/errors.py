"""Errors of a backend, and of jobs, as lines."""

from __future__ import annotations

from console.backend.errors import BackendError
from console.model.execution import JobError
from console.present.clean import clean, clean_lines
from console.present.line import Line, Span
from console.present.paths import short_paths
from console.present.tone import Tone


def error_sentence(error: BackendError) -> str:
    """Say in one line what was wrong."""
    return clean(f"{error.title}: {error.detail}" if error.detail else error.title)


def outage_sentence(error: BackendError) -> str:
    """Say in one line what was wrong and what to do; a path by its last name alone."""
    text = short_paths(clean(error.detail or error.title))
    parts = [text, clean(error.advice)]
    if not text.startswith(clean(error.short)):  # where it was comes last
        parts = [clean(error.short), clean(error.advice), text]
    return "; ".join(part for part in parts if part)


def error_lines(error: BackendError) -> tuple[Line, ...]:
    """Say what was wrong, what exactly, and what to do."""
    lines: list[Line] = [(Span(clean(error.title), Tone.FAILED, bold=True),)]
    lines += [(Span(text),) for text in clean_lines(error.detail)]
    if error.advice:
        lines.append((Span(clean(error.advice), Tone.DIM),))
    return tuple(lines)


def job_error_text(error: JobError) -> str:
    """Say in one line why a job failed: type and message."""
    message = clean(error.message)
    if not error.type:
        return message
    return f"{clean(error.type)}: {message}" if message else clean(error.type)


def job_error_reason(error: JobError) -> str:
    """Say it shorter: the message alone where it reads as a sentence."""
    message = clean(error.message)
    return message if " " in message.strip() else job_error_text(error)


def job_error_lines(error: JobError) -> tuple[Line, ...]:
    """Give type, message and traceback, for the data tab."""
    lines: list[Line] = [(Span(job_error_text(error), Tone.FAILED),)]
    if error.kind:
        lines.append((Span(clean(error.kind), Tone.DIM),))
    lines += [(Span(text, Tone.DIM),) for text in clean_lines(error.traceback)]
    return tuple(lines)
