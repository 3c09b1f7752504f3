"""The bottom line: the keys of this row."""

from __future__ import annotations

from collections.abc import Sequence

from console.present.line import Line, Span, line_width
from console.present.tone import Tone

GAP = 3


def footer_line(items: Sequence[tuple[str, str]], width: int) -> Line:
    """Say key and word of as many items as fit; the last one, the way to all keys, always."""
    *others, last = [_item(key, word) for key, word in items if key]
    gap = GAP if _total([*others, last], GAP) <= width else GAP - 1
    while others and _total([*others, last], gap) > width:
        others.pop()
    spans: list[Span] = [Span(" ")]
    for index, item in enumerate([*others, last]):
        if index:
            spans.append(Span(" " * gap))
        spans.extend(item)
    return tuple(spans)


def _item(key: str, word: str) -> Line:
    return (Span(key, Tone.ACCENT, bold=True), Span(f" {word}", Tone.DIM))


def _total(items: Sequence[Line], gap: int) -> int:
    return 2 + sum(line_width(item) for item in items) + gap * (len(items) - 1)
