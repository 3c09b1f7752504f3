"""The workflows that are deployed: columns, cells, and the one under the cursor in full.

workflow_columns(width)                 columns at that width, without the gutter
workflow_cells(workflow, now, tally)    cell by column name
workflow_story(workflow, now, width)    what there is besides: policies and versions of its jobs
tally(executions)                       how many run and failed, by workflow, of these executions
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from console.model.execution import Execution
from console.model.states import ExecutionStatus
from console.model.workflow import RetryPolicy, Workflow
from console.present.clean import clean
from console.present.columns import GAP, Column
from console.present.durations import format_age, format_moment
from console.present.glyphs import UNICODE, Glyphs
from console.present.line import Line, Span, clip_middle, spread
from console.present.tone import Tone

POLICIES_FROM = 92
"""Least width at which retries and concurrency have columns."""
_MAIN_MOST = 32
"""Wider, and the eye loses the row on its way to the numbers."""
_NAMES = ((150, 32), (92, 26), (68, 20), (0, 14))


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of the executions that were read are running, and have failed."""

    running: int = 0
    failed: int = 0


NO_TALLY = Tally()


def tally(executions: Iterable[Execution]) -> dict[str, Tally]:
    """Count by workflow's name."""
    running: dict[str, int] = {}
    failed: dict[str, int] = {}
    for execution in executions:
        if execution.status is ExecutionStatus.RUNNING:
            running[execution.workflow_name] = running.get(execution.workflow_name, 0) + 1
        elif execution.status is ExecutionStatus.FAILED:
            failed[execution.workflow_name] = failed.get(execution.workflow_name, 0) + 1
    names = running.keys() | failed.keys()
    return {name: Tally(running.get(name, 0), failed.get(name, 0)) for name in names}


def workflow_columns(width: int, *, time_mode: str = "relative") -> tuple[Column, ...]:
    """Choose the columns for a width; the main job takes what is left, as far as names reach."""
    name = next(cells for least, cells in _NAMES if width >= least)
    before = (Column("workflow", "WORKFLOW", name),)
    after = [
        Column("jobs", "JOBS", 4, is_right=True),
        Column("deployed", "DEPLOYED", 8 if time_mode == "relative" else 12, is_right=True),
    ]
    if width >= POLICIES_FROM:
        after += [
            Column("retry", "RETRIES", 7, is_right=True),
            Column("limit", "AT ONCE", 7, is_right=True),
        ]
    after += [
        Column("running", "RUNNING", 7, is_right=True),
        Column("failed", "FAILED", 6, is_right=True),
    ]
    used = sum(column.width + GAP for column in (*before, *after))
    main = min(_MAIN_MOST, max(8, width - used - 1))
    return (*before, Column("main", "MAIN JOB", main), *after)


def workflow_cells(
    workflow: Workflow,
    now: datetime,
    counted: Tally = NO_TALLY,
    *,
    name_width: int = 32,
    time_mode: str = "relative",
    zone: tzinfo | None = None,
    glyphs: Glyphs = UNICODE,
) -> dict[str, Line]:
    """Give every cell of a row."""
    updated, retry = workflow.updated_at, workflow.retry
    deployed = format_moment(updated, now, mode=time_mode, zone=zone) if updated else glyphs.dash
    limit = f"{workflow.max_concurrent:,}" if workflow.max_concurrent is not None else glyphs.dash
    return {
        "workflow": (Span(clip_middle(clean(workflow.name), name_width)),),
        "main": (Span(clean(workflow.main_job), Tone.DIM),),
        "jobs": (Span(f"{len(workflow.job_versions):,}", Tone.DIM),),
        "deployed": (Span(deployed, Tone.DIM),),
        "retry": (Span(str(retry.max_retries) if retry else glyphs.dash, Tone.DIM),),
        "limit": (Span(limit, Tone.DIM),),
        "running": _count(counted.running, Tone.RUNNING),
        "failed": _count(counted.failed, Tone.FAILED),
    }


def _count(number: int, tone: Tone) -> Line:
    return (Span(f"{number:,}", tone),) if number else ()


def workflow_story(
    workflow: Workflow, now: datetime, width: int, *, glyphs: Glyphs = UNICODE
) -> list[Line]:
    """Give its policies, and its jobs with their versions, in four lines."""
    updated = workflow.updated_at
    age = f"deployed {format_age((now - updated).total_seconds())} ago" if updated else ""
    title = (Span(f" {clean(workflow.name)}", Tone.TITLE),)
    versions: Mapping[str, int] = workflow.job_versions
    jobs = f" {glyphs.dot} ".join(f"{clean(name)} v{number}" for name, number in versions.items())
    at_once = concurrency_text(workflow.max_concurrent)
    return [
        spread(title, (Span(age + " ", Tone.DIM),), width),
        (Span(" main job  ", Tone.DIM), Span(clean(workflow.main_job))),
        (Span(" runs      ", Tone.DIM), Span(f"{at_once}, {retry_text(workflow.retry)}")),
        (Span(" jobs      ", Tone.DIM), Span(jobs or "none are known")),
    ]


def concurrency_text(limit: int | None) -> str:
    """Say in words how many executions run at once."""
    return "any number at once" if limit is None else f"at most {limit:,} at once"


def retry_text(retry: RetryPolicy | None) -> str:
    """Say in words what happens after a failure."""
    if retry is None:
        return "a failure is left to a person"
    waits = f"after {_seconds(retry.initial_backoff)}"
    if retry.max_backoff > retry.initial_backoff:
        waits += f", each time ×{retry.backoff_multiplier:g}, up to {_seconds(retry.max_backoff)}"
    times = "once" if retry.max_retries == 1 else f"{retry.max_retries} times"
    return f"tried again {times} {waits}"


def _seconds(span: timedelta) -> str:
    seconds = span.total_seconds()
    return f"{seconds:g} s" if seconds < 60 else format_age(seconds)


def counted_note(executions: int) -> str:
    """Say what running and failed are counted among."""
    if not executions:
        return "running and failed: no execution was read yet"
    noun = "execution" if executions == 1 else "executions"
    return f"running and failed: among the {executions:,} {noun} of the list"
