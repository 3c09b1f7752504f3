"""The executions list: columns, cells, header lines.

columns_for(width)                                    columns at that width, without the gutter
execution_cells(execution, now, cause=…, is_same=…)   cell by column name, for RowList
counts_line(counts, is_wide=…), top_line(…), view_line(…)
changes_in(executions, now)                           seconds until an age reads differently
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, tzinfo
from typing import Protocol

from console.model.execution import Execution
from console.model.states import ExecutionStatus
from console.present.clean import clean
from console.present.columns import GAP, Column
from console.present.durations import (
    format_age,
    format_duration,
    format_moment,
    format_took,
    next_change,
)
from console.present.glyphs import UNICODE, Glyphs, StateLook
from console.present.line import Line, Span, clip_line, clip_middle, joined, line_width, spread
from console.present.profiles import label_tone
from console.present.tone import Tone
from console.present.why import CauseFacts, why_line

STATUS_WIDTH = 10
NAME_WIDTHS = ((150, 28), (110, 22), (0, 16))
"""Cells of the workflow's name, by the least width of the list."""
_TENTHS_BELOW = 9.95
"""Seconds; `0 s` tells nothing of what failed at once, and a time that has ended stands still."""
TOOK_FROM, DONE_FROM = 92, 100
"""Least widths of the list at which these columns appear."""
LEAST_REASON = 12
"""Cells of a reason below which it tells nothing."""


class CountFacts(Protocol):
    """How many executions there are by state, and since when that is counted."""

    @property
    def failed(self) -> int:
        """FAILED."""
        ...

    @property
    def waiting(self) -> int:
        """WAITING."""
        ...

    @property
    def running(self) -> int:
        """RUNNING."""
        ...

    @property
    def pending(self) -> int:
        """PENDING and its relatives."""
        ...

    @property
    def succeeded(self) -> int:
        """SUCCESS."""
        ...

    @property
    def window(self) -> str:
        """Since when: `last 24 h`."""
        ...


def columns_for(width: int, *, time_mode: str = "relative") -> tuple[Column, ...]:
    """Choose the columns for a width; the last one takes what is left."""
    name = name_width_for(width)
    started = 7 if time_mode == "relative" else 12
    columns = [
        Column("status", "STATUS", STATUS_WIDTH),
        Column("workflow", "WORKFLOW", name),
        Column("started", "STARTED", started, is_right=True),
    ]
    if width >= TOOK_FROM:
        columns.append(Column("took", "TOOK", 7, is_right=True))
    if width >= DONE_FROM:
        columns.append(Column("done", "DONE", 4, is_right=True))
    used = sum(column.width + GAP for column in columns)
    columns.append(Column("why", "WHY", max(8, width - used)))
    return tuple(columns)


def name_width_for(width: int) -> int:
    """Give the cells of the workflow's name at that width of the list."""
    return next(cells for least, cells in NAME_WIDTHS if width >= least)


def execution_cells(
    execution: Execution,
    now: datetime,
    *,
    cause: CauseFacts | None = None,
    is_same: bool = False,
    name_width: int = 28,
    why_width: int | None = None,
    time_mode: str = "relative",
    zone: tzinfo | None = None,
    glyphs: Glyphs = UNICODE,
) -> dict[str, Line]:
    """Give every cell of a row."""
    look = status_look(execution, glyphs)
    is_failed = execution.status is ExecutionStatus.FAILED
    name = clip_middle(clean(execution.workflow_name), name_width)
    started = execution.started_at or execution.created_at
    began = format_moment(started, now, mode=time_mode, zone=zone) if started else glyphs.dash
    return {
        "status": (Span(f"{look.glyph} {look.word}", look.tone),),
        "workflow": (Span(name, Tone.TEXT if is_failed or not is_done(execution) else Tone.DIM),),
        "started": (Span(began, Tone.DIM),),
        "took": (Span(took_text(execution, now, glyphs), Tone.DIM),),
        "done": (Span(f"{execution.jobs_done:,}", Tone.DIM),),
        "why": why_line(execution, now, cause, is_same=is_same, width=why_width, glyphs=glyphs),
    }


def is_done(execution: Execution) -> bool:
    """It ended well or was ended on purpose: nothing to do, so it steps back."""
    return execution.status in (ExecutionStatus.SUCCESS, ExecutionStatus.CANCELED)


def status_look(execution: Execution, glyphs: Glyphs = UNICODE) -> StateLook:
    """Give glyph, word and tone of an execution's state."""
    look = glyphs.execution(execution.status)
    if execution.status is ExecutionStatus.PENDING_RETRY and execution.retry_count:
        return StateLook(look.glyph, f"retry {execution.retry_count}", look.tone)
    if execution.status is ExecutionStatus.UNKNOWN and execution.status_word:
        return StateLook(look.glyph, clean(execution.status_word).lower(), look.tone)
    return look


def took_text(execution: Execution, now: datetime, glyphs: Glyphs = UNICODE) -> str:
    """Tell how long it took, or has been running."""
    if execution.started_at is None:
        return glyphs.dash
    if execution.finished_at is not None:
        seconds = (execution.finished_at - execution.started_at).total_seconds()
        return format_duration(seconds) if seconds < _TENTHS_BELOW else format_took(seconds)
    if execution.status is ExecutionStatus.RUNNING:
        return format_age((now - execution.started_at).total_seconds())
    return glyphs.dash


def changes_in(executions: Iterable[Execution], now: datetime) -> float | None:
    """Give the seconds until an age, a running time or a countdown in these rows changes."""
    since: list[datetime] = []
    for execution in executions:
        started = execution.started_at or execution.created_at
        if started is not None:
            since.append(started)
        if execution.retry_after is not None and execution.retry_after > now:
            since.append(now - (execution.retry_after - now))
    return next_change(now, since)


# Lines above the list


def counts_line(
    counts: CountFacts | None, *, is_wide: bool = True, glyphs: Glyphs = UNICODE
) -> Line:
    """Say how much is wrong, and since when that is counted."""
    if counts is None:
        return ()
    facts = [
        (counts.failed, "failed", Tone.FAILED),
        (counts.waiting, "waiting", Tone.WAITING),
        (counts.running, "running", Tone.RUNNING),
        (counts.pending if is_wide else 0, "pending", Tone.PENDING),
        (counts.succeeded if is_wide else 0, "ok", Tone.DIM),
    ]
    shown: list[Line] = [(Span(f"{n:,} {word}", tone),) for n, word, tone in facts if n]
    if not counts.failed:
        shown.insert(0, (Span("0 failed", Tone.DIM),))
    window = clean(counts.window)
    window = window if is_wide else window.removeprefix("last ")
    line = joined(shown, Span(f" {glyphs.dot} ", Tone.MUTED))
    return (*line, Span(f"  {window}", Tone.DIM)) if window else line


def top_line(
    label: str,
    freshness: Line,
    counts: CountFacts | None,
    width: int,
    *,
    is_protected: bool = False,
    color: str = "",
    glyphs: Glyphs = UNICODE,
) -> Line:
    """Say where one is, whether it is fresh, and how much is wrong: exactly `width` cells."""
    where = clean(label)
    place: Line
    if is_protected:
        tone = label_tone(color, Tone.PROTECTED)
        place = (Span(f" {where} PROTECTED ", tone, bold=True, reverse=True),)
    else:
        place = (Span(f" {where} ", label_tone(color, Tone.TITLE), bold=bool(color)),)
    left = (*place, Span("  "), *_shortened(freshness, width - line_width(place) - 5))
    room = width - line_width(left) - 3
    choices = (
        counts_line(counts, is_wide=True, glyphs=glyphs) if width >= 100 else (),
        counts_line(counts, is_wide=False, glyphs=glyphs),
        counts_line(counts, is_wide=False, glyphs=glyphs)[:1],
    )
    right = next((line for line in choices if line and line_width(line) <= room), ())
    return spread(left, (*right, Span(" ")), width)


def _shortened(freshness: Line, width: int) -> Line:
    """Leave out where, shorten the reason, leave out which try it is, then the reason."""
    if len(freshness) < 3 or line_width(freshness) <= width:
        return freshness
    state, reason, _, *following = freshness
    if not following or line_width((state, reason, *following)) <= width:
        return (state, reason, *following)
    when, nth = following
    for tail in ((when, nth), (when,)):
        room = width - line_width((state, *tail))
        if room >= LEAST_REASON:
            return (state, *clip_line((reason,), room), *tail)
    return (state, when) if line_width((state, when)) <= width else (state,)


def view_line(
    title: str,
    shown: int,
    total: int | None,
    width: int,
    *,
    asked: str = "",
    here: str = "",
    note: str = "",
    marked: str = "",
    unread: int = 0,
    trouble: str = "",
    order: str = "newest first",
    glyphs: Glyphs = UNICODE,
) -> Line:
    """Name the view, what it is filtered by, and say how many of how many it shows.

    `asked` is what the server filters by, `here` what is filtered of its answer; of `unread` rows
    it is not known yet what their WHY is. `trouble` is why the filter shows nothing.
    """
    left: Line = (Span(" "), Span(title, Tone.TITLE))
    if marked:
        left = (*left, Span("   "), Span(marked, Tone.ACCENT, bold=True))
    for place, text in (("server", asked), ("here", here)):
        if text:
            left = (*left, Span(f"   {place}: ", Tone.DIM), Span(clean(text), Tone.ACCENT))
    if trouble:
        left = (*left, Span(f"   {trouble}", Tone.WARNING))
    elif unread:
        left = (*left, Span(f"   {unread:,} not read yet", Tone.WARNING))
    if note and not (asked or here):
        left = (*left, Span(f"   {note}", Tone.DIM))
    if total is None and not shown:
        return spread(left, (), width)
    of = f"{shown:,} of {total:,}" if total is not None and total > shown else f"{shown:,}"
    return spread(left, (Span(f"{of} {glyphs.dot} {order} ", Tone.DIM),), width)
