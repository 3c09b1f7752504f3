"""The data of an execution as lines: error, attempts, input, result, ids, versions.

Error          SMTPServerError: 421 too many connections from 10.2.0.7
               Traceback …
Attempts       2  failed   03:10:11   32.0 s   by ops-bot   INC-4411
Input          {
                 "orderId": "A-17"
               }
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from console.model.cause import told_failure
from console.model.execution import (
    AttemptHistory,
    Execution,
    ExecutionAttempt,
    FunctionExecution,
    JobError,
    WaitPoint,
)
from console.present.clean import clean, clean_lines
from console.present.durations import format_duration, seconds_between
from console.present.errors import job_error_lines, job_error_text
from console.present.glyphs import UNICODE, Glyphs, StateLook
from console.present.line import Line, Span, pad_left, pad_right
from console.present.tone import Tone
from console.present.tree_rows import sibling_numbers

if TYPE_CHECKING:
    from console.model.workflow import Workflow

LABEL = 12
NOT_HERE = "not available from this backend"
LONGEST = 200_000
"""Characters of one JSON text that are shown."""


@dataclass(frozen=True, slots=True)
class DataFacts:
    """What the data tab tells of."""

    execution: Execution
    history: AttemptHistory | None = None
    missing: str = ""
    """Why there is no history; empty while it may still come."""
    main: FunctionExecution | None = None
    """The main job's latest attempt: its result is the execution's."""
    main_missing: str = ""
    """Why there is none; empty while it may still come."""
    workflow: Workflow | None = None
    error: JobError | None = None
    """The cause's error, where there is no history."""
    wait_points: Sequence[WaitPoint] = ()
    waits_missing: str = ""
    """Why there are none to be shown, where that is not because there are none."""
    workflow_missing: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """JSON text in a section; a pane shows it so that it folds."""

    name: str
    """Names it in this execution."""
    text: str
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of a section, and what is copied of it."""

    line: Line
    value: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one label."""

    label: str
    parts: Sequence[Line | Fact | Document]


def data_sections(
    facts: DataFacts, *, zone: tzinfo | None = None, glyphs: Glyphs = UNICODE
) -> tuple[Section, ...]:
    """Give every section, what is wrong first."""
    waits = Section("Wait points", _waits(facts, zone))
    no_waits = Section(
        "Wait points", [data_note(facts.waits_missing)] if facts.waits_missing else []
    )
    sections = (
        Section("Error", _error(facts)),
        waits,
        Section("Attempts", _attempts(facts, zone, glyphs)),
        Section("Input", _input(facts)),
        Section("Result", _result(facts)),
        Section("Ids", _ids(facts, zone, glyphs)),
        Section("Jobs now", _versions(facts)),
        *(() if waits.parts else (no_waits,)),
    )
    return tuple(section for section in sections if section.parts)


def data_lines(
    facts: DataFacts, *, zone: tzinfo | None = None, glyphs: Glyphs = UNICODE
) -> tuple[Line, ...]:
    """Give every section as lines, with all of its documents."""
    lines: list[Line] = []
    for section in data_sections(facts, zone=zone, glyphs=glyphs):
        if lines:
            lines.append(())
        values: list[Line] = []
        for part in section.parts:
            if isinstance(part, Document):
                lead: Line = (Span(" " * part.indent),) if part.indent else ()
                values += [(*lead, *line) for line in json_lines(part.text)]
            else:
                values.append(part.line if isinstance(part, Fact) else part)
        lines += [
            (Span(section_lead(section.label, index == 0), Tone.DIM), *value)
            for index, value in enumerate(values)
        ]
    return tuple(lines)


def section_lead(label: str, is_first: bool) -> str:
    """Give what stands before a line of a section: its label before the first one."""
    return pad_right(label if is_first else "", LABEL) + "  "


Parts = list[Line | Fact | Document]


def _error(facts: DataFacts) -> Parts:
    error = _latest_error(facts)
    return list(job_error_lines(error)) if error is not None else []


def latest_error(
    execution: Execution, history: AttemptHistory | None, other: JobError | None
) -> JobError | None:
    """Give the error of the latest attempt; where there is no history, the other one."""
    if history is None or not history.attempts:
        return other
    if history.attempts[-1].error is None:
        return None
    told = told_failure(execution, history)
    return told.error if told is not None else None


def _latest_error(facts: DataFacts) -> JobError | None:
    return latest_error(facts.execution, facts.history, facts.error)


def _waits(facts: DataFacts, zone: tzinfo | None) -> Parts:
    lines: Parts = []
    for point in facts.wait_points:
        state = (
            (Span("waits", Tone.WAITING),)
            if point.resolved_at is None
            else (Span(f"resolved {time_text(point.resolved_at, zone)}", Tone.DIM),)
        )
        by = (Span(f"   by {clean(point.actor)}", Tone.DIM),) if point.actor else ()
        why = (Span(f"   {clean(point.reason)}", Tone.DIM),) if point.reason else ()
        name = f"wait {point.key} {point.turn}"
        told = (Span(clean(point.key)), Span("   "), *state, *by, *why)
        lines.append(Fact(told, clean(point.key)))
        lines.append(Document(name, point.payload, 2))
        if point.result:
            lines.append((Span("  answered with", Tone.DIM),))
            lines.append(Document(f"{name} result", point.result, 2))
    return lines


def _attempts(facts: DataFacts, zone: tzinfo | None, glyphs: Glyphs) -> Parts:
    if facts.history is None:
        return [data_note(facts.missing or "reading…")]
    tries = facts.history.attempts
    lines: Parts = []
    said = _latest_error(facts)
    for one in reversed(tries):
        lines.append(_attempt(one, zone, glyphs))
        if one.error is not None and one.error != said:
            lines.append((Span("   "), Span(job_error_text(one.error), Tone.MUTED)))
            said = one.error
    return lines


def _attempt(attempt: ExecutionAttempt, zone: tzinfo | None, glyphs: Glyphs) -> Line:
    look = glyphs.execution(attempt.status)
    times = (attempt.started_at, attempt.finished_at)
    spans = [*tried_line(attempt.number, look, times, zone, glyphs)]
    if attempt.actor:
        spans.append(Span(f"   by {clean(attempt.actor)}"))
    if attempt.reason:
        spans.append(Span(f"   {clean(attempt.reason)}", Tone.DIM))
    return tuple(spans)


def tried_line(
    number: int,
    look: StateLook,
    times: tuple[datetime | None, datetime | None],
    zone: tzinfo | None,
    glyphs: Glyphs,
) -> Line:
    """Say which attempt it was, how it ended, when it began and how long it took."""
    took = seconds_between(*times)
    return (
        Span(f"{number}  ", Tone.DIM),
        Span(pad_right(f"{look.glyph} {look.word}", 11), look.tone),
        Span(pad_left(time_text(times[0], zone), 19), Tone.DIM),
        Span(pad_left(format_duration(took) if took is not None else glyphs.dash, 10), Tone.DIM),
    )


def _input(facts: DataFacts) -> Parts:
    if facts.history is None:
        return [data_note(facts.missing or "reading…")]
    if not facts.history.input:
        return [data_note(NOT_HERE)]
    return [Document("input", facts.history.input)]


def _result(facts: DataFacts) -> Parts:
    if not facts.execution.status.is_finished:
        return [data_note("none yet")]
    if facts.main is None:
        return [data_note(facts.main_missing or "reading…")]
    if not facts.main.result:
        return [data_note("none")]
    return [Document("result", facts.main.result)]


def _ids(facts: DataFacts, zone: tzinfo | None, glyphs: Glyphs) -> Parts:
    execution = facts.execution
    rows = [
        ("execution", clean(execution.id)),
        ("workflow", clean(execution.workflow_name)),
        ("asked for", time_text(execution.created_at, zone)),
        ("started", time_text(execution.started_at, zone)),
        ("ended", time_text(execution.finished_at, zone)),
    ]
    if facts.history is not None and facts.history.invoker:
        rows.append(("runs as", clean(facts.history.invoker)))
    lines: Parts = [
        Fact((Span(pad_right(name, 11), Tone.DIM), Span(value or glyphs.dash)), value)
        for name, value in rows
    ]
    numbers = sibling_numbers(execution.jobs)
    for job in execution.jobs:
        look = glyphs.job(job.status)
        number = numbers.get(job.id, 0)
        name = (
            Span(f"{look.glyph} ", look.tone),
            Span(clean(job.stacked_name)),
            Span(f" #{number:,}" if number else "", Tone.DIM),
        )
        lines.append(Fact(name, clean(job.id)))
        lines.append(_labelled("job execution", clean(job.id), glyphs))
        lines.append(
            _labelled("function execution", clean(job.function_execution_id or ""), glyphs)
        )
    return lines


def _labelled(label: str, value: str, glyphs: Glyphs) -> Fact:
    return Fact((Span(f"  {pad_right(label, 20)}{value or glyphs.dash}", Tone.DIM),), value)


def _versions(facts: DataFacts) -> Parts:
    if facts.workflow is None:
        return [data_note(facts.workflow_missing)] if facts.workflow_missing else []
    if not facts.workflow.job_versions:
        return [data_note(NOT_HERE)]
    versions = sorted(facts.workflow.job_versions.items())
    return [(Span(clean(name)), Span(f"  version {number}", Tone.DIM)) for name, number in versions]


def json_lines(text: str) -> list[Line]:
    """Show JSON text indented; what is no JSON, or very long, as it is."""
    beyond = len(text) - LONGEST
    if beyond <= 0:
        try:
            text = json.dumps(json.loads(text), ensure_ascii=False, indent=2)
        except (ValueError, RecursionError):
            pass
    lines: list[Line] = [(Span(line),) for line in clean_lines(text[:LONGEST])] or [(Span(""),)]
    if beyond > 0:
        lines.append(data_note(f"… {beyond:,} characters more"))
    return lines


def data_note(text: str) -> Line:
    """Say quietly that something is not there."""
    return (Span(clean(text), Tone.DIM),)


def time_text(when: datetime | None, zone: tzinfo | None) -> str:
    """Write a moment out in full; nothing where there is none."""
    return when.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S") if when is not None else ""
