"""Which cells of a line show something else than before: only these are sent to the terminal."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby

from console.present.cells import char_width
from console.present.line import Line

MERGE_GAP = 6
"""Cells two changed runs may be apart and still be sent as one: moving the cursor costs as much."""


def changed_spans(old: Line, new: Line) -> list[tuple[int, int]]:
    """Give the columns, from and up to, in which two lines differ."""
    before, after = _cells(old), _cells(new)
    length = max(len(before), len(after))
    before += [_BLANK] * (length - len(before))
    after += [_BLANK] * (length - len(after))
    spans: list[tuple[int, int]] = []
    column = 0
    for is_same, run in groupby(a == b for a, b in zip(before, after, strict=True)):
        width = sum(1 for _ in run)
        if not is_same:
            if spans and column - spans[-1][1] < MERGE_GAP:
                spans[-1] = (spans[-1][0], column + width)
            else:
                spans.append((column, column + width))
        column += width
    return spans


_Cell = tuple[str, object]
_BLANK: _Cell = (" ", None)


def _cells(line: Line) -> list[_Cell]:
    """Give what each cell shows: one entry a cell, marks together with their letter."""
    cells: list[_Cell] = []
    for span in line:
        style = replace(span, text="")
        for char in span.text:
            width = char_width(char)
            if width:
                cells.append((char, style))
                cells.extend([("", (char, style))] * (width - 1))
            elif cells:
                letter, its_style = cells[-1]
                cells[-1] = (letter + char, its_style)
    return cells
