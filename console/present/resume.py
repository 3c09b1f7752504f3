"""The flight check before a resume: what will run, what will not, what to know first.

State, read just now   failed, attempt 2
Runs again             send-notification
Replays                process-order   its own code runs again, 3 results reused
Not known              what it triggers after that
▲ deployed again       at 03:11, after this execution started
▲ failed the same      in attempt 1, after 31 s
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from console.model.execution import AttemptHistory, Execution
from console.model.states import JobStatus
from console.model.tree import JobNode, build_tree
from console.model.workflow import Workflow
from console.present.clean import clean
from console.present.durations import format_duration, format_moment, seconds_between
from console.present.executions import status_look
from console.present.glyphs import UNICODE, Glyphs
from console.present.line import Line, Span, pad_right
from console.present.tone import Tone
from console.present.tree_rows import find_cause

LABEL_WIDTH = 22


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the check: a label and what is so."""

    label: str
    value: Line
    is_warning: bool = False

    def line(self, glyphs: Glyphs = UNICODE) -> Line:
        """Give label and value side by side."""
        label = f"{glyphs.warning} {self.label}" if self.is_warning else self.label
        tone = Tone.WARNING if self.is_warning else Tone.DIM
        return (Span(pad_right(label, LABEL_WIDTH) + " ", tone), *self.value)


@dataclass(frozen=True, slots=True)
class FlightCheck:
    """Everything the resume dialog says, for one reading of the execution."""

    facts: tuple[Fact, ...]
    warnings: tuple[Fact, ...]
    can_resume: bool
    refusal: str
    """Why it cannot be resumed; empty when it can."""

    def lines(self, glyphs: Glyphs = UNICODE) -> tuple[Line, ...]:
        """Give the facts, and below them the warnings."""
        return tuple(fact.line(glyphs) for fact in (*self.facts, *self.warnings))


def flight_check(
    execution: Execution,
    now: datetime,
    *,
    history: AttemptHistory | None = None,
    workflow: Workflow | None = None,
    zone: tzinfo | None = None,
    glyphs: Glyphs = UNICODE,
) -> FlightCheck:
    """Read the facts off an execution that was fetched just now."""
    look = status_look(execution, glyphs)
    attempt = f", attempt {history.current}" if history is not None else ""
    facts = [Fact("State, read just now", (Span(look.word, look.tone), Span(attempt, Tone.DIM)))]
    if not execution.status.can_resume:
        refusal = f"resume needs FAILED; this is {execution.status_word or execution.status.value}"
        return FlightCheck(tuple(facts), (), False, clean(refusal))
    facts += _work(execution, history)
    started = execution.started_at or execution.created_at
    if history is not None and history.attempts:
        started = history.attempts[0].started_at or started  # results of the first are kept too
    warnings = [*_deployed(started, workflow, now, zone), *_failed_before(history)]
    return FlightCheck(tuple(facts), tuple(warnings), True, "")


def _work(execution: Execution, history: AttemptHistory | None) -> list[Fact]:
    roots = build_tree(execution.jobs)
    cause = find_cause(roots, history)
    facts: list[Fact] = []
    if cause is None:
        facts.append(Fact("Runs again", (Span("the main job"),)))
    else:
        facts.append(Fact("Runs again", (Span(clean(cause.job.name)),)))
        callers, reused = _path_to(cause, roots)
        if callers:
            count = f"{reused} result{'' if reused == 1 else 's'} reused"
            names = " / ".join(clean(node.job.name) for node in callers)
            own = "its own code runs again" if len(callers) == 1 else "their own code runs again"
            facts.append(Fact("Replays", (Span(names), Span(f"   {own}, {count}", Tone.DIM))))
        kept = [clean(n.job.name) for n in cause.children if n.job.status is JobStatus.SUCCESS]
        if kept:  # it failed in its own code, after what it had triggered
            names = ", ".join(dict.fromkeys(kept))
            count = f"{len(kept)} result{'' if len(kept) == 1 else 's'} of {names}"
            facts.append(Fact("Reuses", (Span(count, Tone.DIM),)))
    facts.append(Fact("Not known", (Span("what it triggers after that", Tone.DIM),)))
    return facts


def _path_to(cause: JobNode, roots: list[JobNode]) -> tuple[list[JobNode], int]:
    """Give the callers of the cause, outermost first, and how many of their results are kept."""
    path = _search(cause, roots)
    callers = path[:-1]
    reused = sum(
        1 for node in callers for child in node.children if child.job.status is JobStatus.SUCCESS
    )
    return callers, reused


def _search(wanted: JobNode, nodes: list[JobNode]) -> list[JobNode]:
    for node in nodes:
        if node is wanted:
            return [node]
        if node.job.status is JobStatus.FAILED and (below := _search(wanted, node.children)):
            return [node, *below]
    return []


def _deployed(
    started: datetime | None, workflow: Workflow | None, now: datetime, zone: tzinfo | None
) -> list[Fact]:
    if workflow is None or workflow.updated_at is None or started is None:
        return []
    if workflow.updated_at <= started:
        return []
    when = format_moment(workflow.updated_at, now, mode="local", zone=zone)
    text = f"at {when}, after this execution started"
    return [Fact("deployed again", (Span(text, Tone.WARNING),), is_warning=True)]


def _failed_before(history: AttemptHistory | None) -> list[Fact]:
    if history is None or len(history.attempts) < 2:
        return []
    last, before = history.attempts[-1], history.attempts[-2]
    if last.error is None or before.error is None:
        return []
    if (last.error.type, last.error.message) != (before.error.type, before.error.message):
        return []
    took = seconds_between(before.started_at, before.finished_at)
    after = f", after {format_duration(took)}" if took is not None else ""
    text = f"in attempt {before.number}{after}"
    return [Fact("failed the same", (Span(text, Tone.WARNING),), is_warning=True)]
