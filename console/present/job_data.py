"""What one job of an execution was given, gave and failed of, as sections of the data tab.

Job            process-order/charge-card #3   ✓ done
Job error      CardError: no such card
Job attempts   1  ✗ failed   2026-11-24 03:10:11   32.0 s
Job input      {"amount": 49.9}
Job result     {"charged": true}
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo

from console.model.execution import (
    AttemptHistory,
    FunctionExecution,
    JobAttempt,
    JobError,
    JobExecution,
)
from console.model.states import JobStatus
from console.present.clean import clean
from console.present.data import NOT_HERE, Document, Fact, Section, data_note, tried_line
from console.present.errors import job_error_lines, job_error_text
from console.present.glyphs import UNICODE, Glyphs
from console.present.line import Line, Span
from console.present.tone import Tone


@dataclass(frozen=True, slots=True)
class JobFacts:
    """What is known of the job under the cursor."""

    job: JobExecution
    number: int = 0
    """Which of its equal siblings it is, counted from 1; 0 where it stands alone."""
    history: AttemptHistory | None = None
    missing: str = ""
    """Why there is no history; empty while it may still come."""
    run: FunctionExecution | None = None
    """Its latest attempt, with its result."""
    run_missing: str = ""
    """Why there is none; empty while it may still come."""
    error: JobError | None = None
    """Its error, where there is no history."""


def job_sections(
    facts: JobFacts, *, zone: tzinfo | None = None, glyphs: Glyphs = UNICODE
) -> tuple[Section, ...]:
    """Give its sections: which one it is, what is wrong with it, its input and its result."""
    job, look = facts.job, glyphs.job(facts.job.status)
    number = f" #{facts.number:,}" if facts.number else ""
    head: Line = (
        Span(clean(job.stacked_name)),
        Span(number, Tone.DIM),
        Span(f"   {look.glyph} {look.word}", look.tone),
    )
    runs = _runs(facts)
    error = _error(facts, runs)
    return (
        Section("Job", [Fact(head, clean(job.id))]),
        *((Section("Job error", job_error_lines(error)),) if error is not None else ()),
        Section("Job tried", _tried(facts, runs, zone, glyphs)),
        Section("Job input", [_input(facts, runs)]),
        Section("Job result", [_result(facts)]),
    )


def _runs(facts: JobFacts) -> list[JobAttempt]:
    jobs = facts.history.jobs if facts.history is not None else ()
    own = (run for run in jobs if run.job_execution_id == facts.job.id)
    return sorted(own, key=lambda run: run.attempt)


def _error(facts: JobFacts, runs: list[JobAttempt]) -> JobError | None:
    if facts.job.status is not JobStatus.FAILED:
        return None
    if runs and runs[-1].error is not None:
        return runs[-1].error
    return (facts.run.error if facts.run is not None else None) or facts.error


def _tried(
    facts: JobFacts, runs: list[JobAttempt], zone: tzinfo | None, glyphs: Glyphs
) -> list[Line | Fact | Document]:
    if not runs:
        return [_not_there(facts)]
    lines: list[Line | Fact | Document] = []
    said = runs[-1].error
    for run in reversed(runs):
        look, times = glyphs.job(run.status), (run.started_at, run.finished_at)
        line = tried_line(run.attempt, look, times, zone, glyphs)
        lines.append(Fact(line, clean(run.function_execution_id)))
        if run.error is not None and run.error != said:
            lines.append((Span("   "), Span(job_error_text(run.error), Tone.MUTED)))
            said = run.error
    return lines


def _input(facts: JobFacts, runs: list[JobAttempt]) -> Line | Document:
    if runs and runs[-1].input:
        return Document(f"input of {facts.job.id}", runs[-1].input)
    return _not_there(facts)


def _not_there(facts: JobFacts) -> Line:
    if facts.history is None:
        return data_note(facts.missing or "reading…")
    return data_note(NOT_HERE)


def _result(facts: JobFacts) -> Line | Document:
    if not facts.job.status.is_finished:
        return data_note("none yet")
    if facts.run is None:
        return data_note(facts.run_missing or "reading…")
    if not facts.run.result:
        return data_note("none")
    return Document(f"result of {facts.job.id}", facts.run.result)
