"""Time as cells: the bars beside the job tree.

An axis is made of the times an execution was at work, its attempts, laid end to end; the hour
between a failure and its resume takes no room.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import groupby

from console.present.glyphs import Glyphs
from console.present.line import Line, Span
from console.present.tone import Tone

Interval = tuple[float, float]

OWN, CALLEES, WAITS, EARLIER, FAILED, NONE = "own", "callees", "waits", "earlier", "failed", ""


class Axis:
    """Maps moments to a scale without the gaps."""

    def __init__(self, segments: Iterable[Interval]) -> None:
        self.segments = merged(segments)
        self._starts = [start for start, _ in self.segments]
        self._before: list[float] = []
        total = 0.0
        for start, end in self.segments:
            self._before.append(total)
            total += end - start
        self.length = total

    def position(self, moment: float) -> float:
        """Give the busy seconds that lie before a moment."""
        index = bisect_right(self._starts, moment) - 1
        if index < 0:
            return 0.0
        start, end = self.segments[index]
        return self._before[index] + min(moment, end) - start

    def between(self, start: float, end: float) -> float:
        """Give the busy seconds between two moments."""
        return max(0.0, self.position(end) - self.position(start))


def merged(intervals: Iterable[Interval], gap: float = 0.0) -> list[Interval]:
    """Unite intervals that touch or overlap, or lie at most `gap` apart."""
    united: list[Interval] = []
    for start, end in sorted(intervals):
        if united and start <= united[-1][1] + gap:
            if end > united[-1][1]:
                united[-1] = (united[-1][0], end)
        else:
            united.append((start, max(start, end)))
    return united


def bar_cells(
    axis: Axis,
    width: int,
    *,
    own: Sequence[Interval],
    callees: Sequence[Interval] = (),
    earlier: Sequence[Interval] = (),
    failed: Sequence[Interval] = (),
    is_waiting: bool = False,
) -> list[str]:
    """Give what each cell of a bar shows: own time, callees' time, waiting, an earlier attempt."""
    cells = [NONE] * width
    scale = width / axis.length if axis.length > 0 else 0.0

    def fill(intervals: Sequence[Interval], kind: str, *, least: int) -> None:
        for start, end in intervals:
            first = round(axis.position(start) * scale)
            last = round(axis.position(end) * scale)
            first = min(first, width - least)
            for index in range(max(0, first), min(width, max(last, first + least))):
                cells[index] = kind

    fill(earlier, EARLIER, least=1)
    fill(own, WAITS if is_waiting else OWN, least=1)
    fill(callees, CALLEES, least=0)
    fill(failed, FAILED, least=1)
    return cells


def bar_line(cells: Sequence[str], tone: str, glyphs: Glyphs) -> Line:
    """Paint the cells of a bar: own time in the job's tone, the rest behind it."""
    looks = {
        OWN: (glyphs.own, tone),
        CALLEES: (glyphs.callees, Tone.RULE),
        WAITS: (glyphs.waits, Tone.WAITING),
        EARLIER: (glyphs.callees, Tone.RULE),
        FAILED: (glyphs.own, Tone.FAILED),
        NONE: (" ", ""),
    }
    spans: list[Span] = []
    for kind, run in groupby(cells):
        glyph, look = looks[kind]
        spans.append(Span(glyph * len(list(run)), look))
    return tuple(spans)
