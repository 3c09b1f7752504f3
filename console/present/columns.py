"""Columns of a list: their widths, and a row composed of its cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from console.present.line import Line, Span, fit, fit_right
from console.present.tone import Tone

GAP = 2
"""Blank cells between two columns."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list at one width of the pane."""

    name: str
    title: str
    width: int
    is_right: bool = False
    """Numbers and durations: aligned at the right."""


def compose_row(columns: Sequence[Column], cells: Mapping[str, Line]) -> Line:
    """Put cells side by side, each exactly as wide as its column."""
    spans: list[Span] = []
    for number, column in enumerate(columns):
        if number:
            spans.append(Span(" " * GAP))
        align = fit_right if column.is_right else fit
        spans.extend(align(cells.get(column.name, ()), column.width))
    return tuple(spans)


def compose_titles(columns: Sequence[Column]) -> Line:
    """Put the columns' titles side by side."""
    return compose_row(columns, {c.name: (Span(c.title, Tone.DIM),) for c in columns})


def column_at(columns: Sequence[Column], cell: int) -> str:
    """Name the column that has a cell of the row; empty between two columns and beyond them."""
    start = 0
    for column in columns:
        if start <= cell < start + column.width:
            return column.name
        start += column.width + GAP
    return ""
