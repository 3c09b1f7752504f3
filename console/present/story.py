"""The selected execution's story in a few lines, below the list where there is no room for a tree.

─ order-processing 01f3…9a2c · failed after 42 s · attempt 2 · by ops-bot ────
  process-order/send-notification   attempt 2 · your code
  SMTPServerError: 421 too many connections
  3 reused fetch-customer, reserve-stock, charge-card
  03:10:53.118  421 too many connections from 10.2.0.7
"""

from __future__ import annotations

import re
from datetime import datetime, tzinfo

from console.model.execution import AttemptHistory, Execution, JobExecution
from console.model.ids import short_id
from console.model.states import ExecutionStatus, JobStatus
from console.model.tree import build_tree
from console.present.clean import clean
from console.present.durations import format_age
from console.present.errors import job_error_text
from console.present.executions import status_look, took_text
from console.present.glyphs import UNICODE, Glyphs
from console.present.line import Line, Span, clip_line, fit, joined, line_width
from console.present.logs import log_line
from console.present.tone import Tone
from console.present.tree_rows import find_cause
from console.present.why import CauseFacts, why_line

INDENT = "   "
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def rule_line(
    title: Line, width: int, right: Line = (), *, glyphs: Glyphs = UNICODE, lead: int = 1
) -> Line:
    """Draw a rule with a title in it, and perhaps something at its right end."""
    start = Span(glyphs.rule * lead + " ", Tone.RULE)
    end: Line = (Span(" "), *right, Span(" " + glyphs.rule * 2, Tone.RULE)) if right else ()
    room = width - lead - 1 - line_width(end)
    title = clip_line(title, max(0, room - 2))
    rest = room - line_width(title) - 1
    if not title:
        return fit((Span(glyphs.rule * (width - line_width(end)), Tone.RULE), *end), width)
    return fit((start, *title, Span(" " + glyphs.rule * rest, Tone.RULE), *end), width)


def execution_title(
    execution: Execution,
    now: datetime,
    history: AttemptHistory | None = None,
    *,
    glyphs: Glyphs = UNICODE,
) -> Line:
    """Give name, id, state, attempt and who started it."""
    look = status_look(execution, glyphs)
    facts: list[Line] = [(Span(look.word, look.tone), *_since(execution, now, glyphs))]
    if history is not None and history.current > 1:
        facts.append((Span(f"attempt {history.current}", Tone.DIM),))
    actor = history.attempts[-1].actor if history and history.attempts else ""
    if actor:
        facts.append((Span(f"by {_short_actor(actor)}", Tone.DIM),))
    name = Span(clean(execution.workflow_name), Tone.TITLE)
    identifier = Span(f" {short_id(clean(execution.id))}", Tone.DIM)
    dot = Span(f" {glyphs.dot} ", Tone.DIM)
    return (name, identifier, dot, *joined(facts, dot))


def _short_actor(actor: str) -> str:
    """Shorten the ids in it: `execution 01a2…4969` started another one."""
    words = clean(actor).split(" ")
    return " ".join(short_id(word) if _UUID.fullmatch(word) else word for word in words)


def _since(execution: Execution, now: datetime, glyphs: Glyphs) -> Line:
    if execution.status is ExecutionStatus.FAILED and execution.finished_at is not None:
        return (Span(f" after {took_text(execution, now, glyphs)}", Tone.DIM),)
    if execution.status is ExecutionStatus.SUCCESS and execution.finished_at is not None:
        return (Span(f" in {took_text(execution, now, glyphs)}", Tone.DIM),)
    started = execution.started_at or execution.created_at
    if started is None:
        return ()
    return (Span(f" for {format_age((now - started).total_seconds())}", Tone.DIM),)


def story_lines(
    execution: Execution,
    now: datetime,
    width: int,
    *,
    history: AttemptHistory | None = None,
    cause: CauseFacts | None = None,
    zone: tzinfo | None = None,
    glyphs: Glyphs = UNICODE,
) -> tuple[Line, ...]:
    """Tell the story: the rule with the title, then up to four lines, each exactly that wide."""
    title = execution_title(execution, now, history, glyphs=glyphs)
    lines: list[Line] = [rule_line(title, width, glyphs=glyphs)]
    if execution.status in (ExecutionStatus.FAILED, ExecutionStatus.PENDING_RETRY):
        lines += _failure(execution, history, cause, zone, glyphs)
    else:
        lines += _progress(execution, now, cause, glyphs)
    return (lines[0], *(fit((Span(INDENT), *line), width) for line in lines[1:]))


def _failure(
    execution: Execution,
    history: AttemptHistory | None,
    cause: CauseFacts | None,
    zone: tzinfo | None,
    glyphs: Glyphs,
) -> list[Line]:
    node = find_cause(build_tree(execution.jobs), history)
    name = cause.job_stacked_name if cause else node.job.stacked_name if node else ""
    error = cause.error if cause else None
    facts = [f"attempt {history.current}"] if history and history.current > 1 else []
    if error is not None and error.kind:
        facts.append(clean(error.kind))
    lines: list[Line] = []
    if name:
        note = f" {glyphs.dot} ".join(facts)
        lines.append((Span(clean(name)), Span(f"   {note}" if note else "", Tone.DIM)))
    if error is not None:
        lines.append((Span(job_error_text(error), Tone.FAILED),))
    reused = _reused(history)
    if reused:
        lines.append(
            (Span(f"{len(reused)} reused ", Tone.SUCCESS), Span(", ".join(reused), Tone.DIM))
        )
    if cause is not None and cause.last_log_line:
        lines.append(_last_log(cause.last_log_line, zone))
    return lines


def _reused(history: AttemptHistory | None) -> list[str]:
    if history is None or history.current == 1:
        return []
    return [
        clean(job.stacked_name.rpartition("/")[2])
        for job in history.jobs
        if job.status is JobStatus.SUCCESS and job.attempt < history.current
    ]


def _last_log(text: str, zone: tzinfo | None) -> Line:
    line = log_line(text.encode("utf-8", "replace"), has_times=True, zone=zone)
    if not line[0].text.strip():
        line = line[1:]
    return tuple(Span(span.text, Tone.DIM) for span in line)


def _progress(
    execution: Execution, now: datetime, cause: CauseFacts | None, glyphs: Glyphs
) -> list[Line]:
    lines: list[Line] = []
    current = _current_job(execution)
    if current is not None:
        look = glyphs.job(current.status)
        since = ""
        if current.started_at is not None:
            since = f"   {format_age((now - current.started_at).total_seconds())}"
        lines.append(
            (
                Span(f"{look.glyph} ", look.tone),
                Span(clean(current.stacked_name)),
                Span(since, Tone.DIM),
            )
        )
        if current.status is JobStatus.WAITING and cause is not None and cause.waits_for:
            lines.append(why_line(execution, now, cause, glyphs=glyphs)[:1])
    elif why := why_line(execution, now, cause, glyphs=glyphs):
        lines.append(why)
    done = execution.jobs_done
    if done:
        names = [clean(j.name) for j in execution.jobs if j.status is JobStatus.SUCCESS]
        lines.append((Span(f"{done:,} done ", Tone.SUCCESS), Span(_latest(names), Tone.DIM)))
    return lines


def _current_job(execution: Execution) -> JobExecution | None:
    wanted = (JobStatus.RUNNING, JobStatus.WAITING)
    return next((job for job in reversed(execution.jobs) if job.status in wanted), None)


def _latest(names: list[str]) -> str:
    unique = list(dict.fromkeys(reversed(names)))[:4]
    return ", ".join(reversed(unique))
