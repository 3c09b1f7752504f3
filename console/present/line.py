"""A line of toned text: what present gives and widgets paint.

    line = (Span("✗ failed", "failed"), Span("  order-processing"))
    fit(line, 40)              exactly 40 cells: clipped with … or padded
    line_width(line)           cells
    plain(line)                its text
    spread(left, right, 80)    left and right at the two ends of 80 cells

For plain strings: `cell_width`, `clip`, `clip_middle`, `pad_left`, `pad_right`, all by cells.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from console.present.cells import (
    ELLIPSIS,
    cell_width,
    clip,
    clip_middle,
    cut,
    pad_left,
    pad_right,
)

__all__ = [
    "Line",
    "Span",
    "cell_width",
    "clip",
    "clip_line",
    "clip_middle",
    "cut",
    "cut_line",
    "fit",
    "fit_right",
    "joined",
    "line_width",
    "pad_left",
    "pad_right",
    "plain",
    "retoned",
    "spread",
]


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of text with one meaning."""

    text: str
    tone: str = ""
    """One of `Tone`."""
    bold: bool = False
    dim: bool = False
    """The terminal's own faint attribute; the tone `dim` is nearly always the better choice."""
    reverse: bool = False
    ground: str = ""
    """A tone of `GROUNDS` that lies under the text; empty for the pane's own."""


Line = tuple[Span, ...]


def line_width(line: Line) -> int:
    """Give the cells a line takes."""
    return sum(cell_width(span.text) for span in line)


def plain(line: Line) -> str:
    """Give a line's text."""
    return "".join(span.text for span in line)


def cut_line(line: Line, start: int, stop: int) -> Line:
    """Keep the cells from `start` to `stop`; half of a wide character becomes a blank."""
    kept: list[Span] = []
    column = 0
    for span in line:
        width = cell_width(span.text)
        if column >= stop:
            break
        if column + width > start:
            text = span.text
            if column < start:
                head = cut(text, start - column)
                missing = start - column - cell_width(head)
                text = text[len(head) :]
                if missing:  # a wide character lies across the left edge
                    text = " " + text[1:]
            room = stop - max(column, start)
            if cell_width(text) > room:
                text = cut(text, room)
                text += " " * (room - cell_width(text))
            kept.append(replace(span, text=text) if text != span.text else span)
        column += width
    return tuple(kept)


def clip_line(line: Line, width: int) -> Line:
    """Shorten a line at its end to at most that many cells, and show that it was."""
    if line_width(line) <= width:
        return line
    if width <= 0:
        return ()
    kept = cut_line(line, 0, width - 1)
    last = kept[-1] if kept else line[0]
    return (*kept, replace(last, text=ELLIPSIS))


def fit(line: Line, width: int) -> Line:
    """Make a line exactly that wide, left-aligned."""
    line = clip_line(line, width)
    missing = width - line_width(line)
    return (*line, Span(" " * missing)) if missing > 0 else line


def fit_right(line: Line, width: int) -> Line:
    """Make a line exactly that wide, right-aligned."""
    line = clip_line(line, width)
    missing = width - line_width(line)
    return (Span(" " * missing), *line) if missing > 0 else line


def spread(left: Line, right: Line, width: int, gap: int = 2) -> Line:
    """Put two lines at the two ends; where both do not fit, the left one is clipped."""
    room = width - line_width(right)
    if room < gap:
        return fit(left, width)
    return (*fit(left, room - gap), Span(" " * gap), *right)


def joined(lines: Iterable[Line], separator: Span) -> Line:
    """Join lines, leaving out empty ones."""
    spans: list[Span] = []
    for line in lines:
        if not line:
            continue
        if spans:
            spans.append(separator)
        spans.extend(line)
    return tuple(spans)


def retoned(line: Line, tone: str) -> Line:
    """Give every span of a line the same tone."""
    return tuple(replace(span, tone=tone) for span in line)
