"""A log line's matches marked, and a long line on several rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from console.present.line import Line, Span, cut_line, line_width, plain
from console.present.tone import Tone

if TYPE_CHECKING:
    from console.present.log_pattern import LogPattern


def highlighted(line: Line, pattern: str | LogPattern, *, is_current: bool = False) -> Line:
    """Put a ground below each place where a text or a pattern is found."""
    from console.present.log_pattern import LogPattern

    found = LogPattern(pattern) if isinstance(pattern, str) else pattern
    places = found.places(plain(line))
    spans: list[Span] = []
    begin = 0
    for span in line:
        end, position = begin + len(span.text), 0
        for start, stop in places:
            low, high = max(start, begin) - begin, min(stop, end) - begin
            if low >= high:
                continue
            if low > position:
                spans.append(replace(span, text=span.text[position:low]))
            text = span.text[low:high]
            spans.append(replace(span, text=text, ground=Tone.MATCH, bold=is_current))
            position = high
        if position < len(span.text):
            spans.append(replace(span, text=span.text[position:]))
        begin = end
    return tuple(spans)


def wrapped(line: Line, width: int, indent: int, *, at_blanks: bool = False) -> list[Line]:
    """Break a line into rows of at most that width; the later ones are indented.

    A log is broken where the row is full, so that columns of it stay columns; `at_blanks` is for
    text that is read: a word is cut only where no row would hold it.
    """
    total = line_width(line)
    if total <= width or width - indent < 8:
        return [line]
    text = plain(line) if at_blanks else ""
    is_plain = len(text) == total  # one cell a character: cells can be counted as characters
    rows: list[Line] = []
    start, room = 0, width
    while start < total:
        stop = start + room
        if is_plain and stop < total:
            blank = text.rfind(" ", start, stop + 1)
            if blank < start + room // 2 and not _fits_whole(text, blank + 1, width - indent):
                blank = -1  # a word that has to be cut anyway begins here
            stop = blank + 1 if blank > start + (0 if rows else indent) else stop
        head = (Span(" " * indent),) if rows else ()
        rows.append((*head, *cut_line(line, start, min(stop, start + room))))
        start, room = stop, width - indent
    return rows


def _fits_whole(text: str, start: int, room: int) -> bool:
    """Tell whether the word that begins there is no longer than that."""
    end = text.find(" ", start)
    return (end if end >= 0 else len(text)) - start <= room
