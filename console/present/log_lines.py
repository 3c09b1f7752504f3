"""A log line's matches marked, and a long line on several rows."""

from __future__ import annotations

from dataclasses import replace

from console.present.line import Line, Span, cut_line, line_width
from console.present.tone import Tone


def highlighted(line: Line, pattern: str, *, is_current: bool = False) -> Line:
    """Put a ground below each place where a text occurs, whatever its case."""
    needle = pattern.casefold()
    if not needle:
        return line
    spans: list[Span] = []
    for span in line:
        hay = span.text.casefold()
        if len(hay) != len(span.text):
            hay = span.text
        position = 0
        while (found := hay.find(needle, position)) >= 0:
            if found > position:
                spans.append(replace(span, text=span.text[position:found]))
            end = found + len(needle)
            spans.append(
                replace(span, text=span.text[found:end], ground=Tone.MATCH, bold=is_current)
            )
            position = end
        if position < len(span.text):
            spans.append(replace(span, text=span.text[position:]))
    return tuple(spans)


def wrapped(line: Line, width: int, indent: int) -> list[Line]:
    """Break a line into rows of at most that width; the later ones are indented."""
    total = line_width(line)
    if total <= width or width - indent < 8:
        return [line]
    rows = [cut_line(line, 0, width)]
    start, room = width, width - indent
    while start < total:
        rows.append((Span(" " * indent), *cut_line(line, start, start + room)))
        start += room
    return rows
