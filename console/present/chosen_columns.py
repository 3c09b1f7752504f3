"""The columns a person chose for the list, in their order, at a width.

USUAL                                     what there is unless one chooses
COLUMN_NAMES, about("finished")           all there are, and what each one says
chosen_columns(names, width)              like `columns_for`; one that has no room is left out
without_room(names, width)                those that are left out
extra_cells(execution, now, …)            cells of the columns that are not among the usual
titled(columns, order, glyphs)            the header shows by what is sorted, and which way
parse_columns(text)                       what was typed; raises `ValueError` with one sentence
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, tzinfo

from console.model.execution import Execution
from console.model.ids import short_id
from console.present.clean import clean
from console.present.columns import GAP, Column
from console.present.durations import format_moment
from console.present.executions import STATUS_WIDTH, columns_for, name_width_for
from console.present.glyphs import UNICODE, Glyphs
from console.present.line import Line, Span
from console.present.ordering import Order
from console.present.tone import Tone

ABOUT = {
    "status": "its state",
    "workflow": "the workflow's name",
    "started": "when it was started, or resumed last",
    "took": "how long it took, or has been running",
    "done": "how many jobs have succeeded so far",
    "why": "why it failed, what it waits for, where it is",
    "id": "its id, shortened in the middle",
    "finished": "when it ended",
    "retries": "how often it was tried again by itself",
}
COLUMN_NAMES = tuple(ABOUT)
USUAL = ("status", "workflow", "started", "took", "done", "why")
LEAST_WHY = 8


def about(name: str) -> str:
    """Say what a column tells."""
    return ABOUT[name]


def is_choice(names: Sequence[str]) -> bool:
    """Tell whether these can be the columns: known, each once, at least one."""
    return bool(names) and set(names) <= set(COLUMN_NAMES) and len(set(names)) == len(names)


def parse_columns(text: str) -> tuple[str, ...]:
    """Read `status workflow id`, or `usual`; raises `ValueError` with one sentence."""
    names = tuple(text.lower().replace(",", " ").split())
    if names == ("usual",):
        return USUAL
    for name in names:
        if name not in COLUMN_NAMES:
            raise ValueError(f"no column {name}; there are usual, {', '.join(COLUMN_NAMES)}")
    if not is_choice(names):
        raise ValueError("name each column once, at least one")
    return names


def chosen_columns(
    names: Sequence[str], width: int, *, time_mode: str = "relative"
) -> tuple[Column, ...]:
    """Choose the columns for a width; those at the end for which there is no room are left out."""
    if tuple(names) == USUAL:
        return columns_for(width, time_mode=time_mode)
    moment = 8 if time_mode == "relative" else 12
    known = {
        "status": Column("status", "STATUS", STATUS_WIDTH),
        "workflow": Column("workflow", "WORKFLOW", name_width_for(width)),
        "started": Column("started", "STARTED", moment, is_right=True),
        "took": Column("took", "TOOK", 7, is_right=True),
        "done": Column("done", "DONE", 4, is_right=True),
        "why": Column("why", "WHY", LEAST_WHY),
        "id": Column("id", "ID", 9),
        "finished": Column("finished", "FINISHED", moment, is_right=True),
        "retries": Column("retries", "RETRIES", 7, is_right=True),
    }
    columns: list[Column] = []
    used = 0
    for name in names:
        column = known[name]
        needed = column.width + (GAP if columns else 0)
        if used + needed > width and columns:
            break
        columns.append(column)
        used += needed
    return _with_why(columns, width)


def without_room(
    names: Sequence[str], width: int, *, time_mode: str = "relative"
) -> frozenset[str]:
    """Give the chosen columns that are not seen at a width."""
    seen = {column.name for column in chosen_columns(names, width, time_mode=time_mode)}
    return frozenset(names) - seen


def _with_why(columns: Sequence[Column], width: int) -> tuple[Column, ...]:
    """Let WHY take what the others leave."""
    others = sum(column.width + GAP for column in columns if column.name != "why")
    why = max(LEAST_WHY, width - others)
    return tuple(replace(c, width=why) if c.name == "why" else c for c in columns)


def titled(
    columns: Sequence[Column], order: Order, width: int, glyphs: Glyphs = UNICODE
) -> tuple[Column, ...]:
    """Show by which column is sorted: `TOOK ↓`; WHY gives the cells the sign needs."""
    sign = glyphs.down if order.is_descending else glyphs.up
    marked = []
    for column in columns:
        if column.name == order.column:
            title = f"{column.title} {sign}"
            column = replace(column, title=title, width=max(column.width, len(title)))
        marked.append(column)
    return _with_why(marked, width) if order.column else tuple(columns)


def extra_cells(
    execution: Execution,
    now: datetime,
    *,
    time_mode: str = "relative",
    zone: tzinfo | None = None,
    glyphs: Glyphs = UNICODE,
) -> dict[str, Line]:
    """Give the cells that the usual columns have no room for."""
    ended = glyphs.dash
    if execution.finished_at is not None:
        ended = format_moment(execution.finished_at, now, mode=time_mode, zone=zone)
    return {
        "id": (Span(short_id(clean(execution.id)), Tone.DIM),),
        "finished": (Span(ended, Tone.DIM),),
        "retries": (Span(f"{execution.retry_count:,}", Tone.DIM),),
    }
