"""A JSON document on rows that fold: only what is open has rows, and a row is composed when seen.

    tree = JsonTree('{"orderId": "A-17", "lines": [1, 2]}', width=80)
    len(tree.rows)             5
    tree.toggle(2)             True: the rows of `lines` are put away, or back
    tree.line(2, room=60)      '  "lines": [1, 2]'
    tree.text_of(1)            'A-17': the value of a row, to be copied

A document of five megabytes opens folded to what fits a few screens.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from console.present.cells import cell_width, clip
from console.present.clean import clean
from console.present.json_text import (
    Json,
    Verbatim,
    is_container,
    is_object,
    json_source,
    members,
    parse_json,
    quoted,
    scalar_text,
)
from console.present.line import Line, Span, line_width
from console.present.tone import Tone

BUDGET = 400
"""Rows up to which a document, or a part that is unfolded, is open whole."""
SMALL = 20
"""Rows up to which a part of a longer one is open."""
LONG = 200
"""Characters of a string from which it folds."""
MOST_PIECES = 5000
"""Rows one string is spread over."""
PREVIEWED = 3
"""Members that a folded object or array shows."""
STEP = "  "


class Kind(Enum):
    """What a row is."""

    VALUE = "value"
    OPEN = "open"
    FOLDED = "folded"
    CLOSE = "close"
    PIECE = "piece"


@dataclass(frozen=True, slots=True)
class JsonRow:
    """One row; a container that is open has two, and those between."""

    kind: Kind
    depth: int
    key: str | None
    value: Json
    comma: bool
    start: int = 0
    stop: int = 0
    """Of a piece of a string: which letters it shows."""


class JsonTree:
    """The rows of a document, as far as they are open."""

    def __init__(self, text: str, *, width: int = 80) -> None:
        """Read it; raises `ValueError` for what is no JSON."""
        self.width = width
        """Cells in which long strings are spread."""
        value = parse_json(text)
        self.rows: list[JsonRow] = list(self._rows(value, 0, None, comma=False, budget=BUDGET))

    # Folding

    def toggle(self, index: int) -> bool:
        """Fold a row, or unfold it; False where there is nothing to fold."""
        kind = self.rows[index].kind
        return self.unfold(index) if kind is Kind.FOLDED else self.fold(index)

    def fold(self, index: int) -> bool:
        """Put the rows of an open value away."""
        row = self.rows[index]
        if row.kind is not Kind.OPEN:
            return False
        end = index + 1
        while end < len(self.rows) and self.rows[end].depth > row.depth:
            end += 1
        self.rows[index : end + 1] = [
            JsonRow(Kind.FOLDED, row.depth, row.key, row.value, self.rows[end].comma)
        ]
        return True

    def unfold(self, index: int) -> bool:
        """Give a folded value its rows."""
        row = self.rows[index]
        if row.kind is not Kind.FOLDED:
            return False
        self.rows[index : index + 1] = (
            self._opened(row.value, row.depth, row.key, row.comma, BUDGET)
            if is_container(row.value)
            else self._pieces(row)
        )
        return True

    def opening_of(self, index: int) -> int | None:
        """Give the row that opens what a row is in; for a closing row that of its own."""
        row = self.rows[index]
        depth = row.depth if row.kind is Kind.CLOSE else row.depth - 1
        for above in range(index - 1, -1, -1):
            one = self.rows[above]
            if one.depth == depth and one.kind is Kind.OPEN:
                return above
        return None

    def _rows(
        self, value: Json, depth: int, key: str | None, *, comma: bool, budget: int
    ) -> Iterator[JsonRow]:
        if is_container(value) and value:
            if _size(value, budget) <= budget or depth == 0:
                yield from self._opened(value, depth, key, comma, budget)
            else:
                yield JsonRow(Kind.FOLDED, depth, key, value, comma)
            return
        is_long = isinstance(value, str) and len(value) > LONG
        yield JsonRow(Kind.FOLDED if is_long else Kind.VALUE, depth, key, value, comma)

    def _opened(
        self, value: Json, depth: int, key: str | None, comma: bool, budget: int
    ) -> Iterator[JsonRow]:
        each = budget if _size(value, budget) <= budget else SMALL
        if len(value) * SMALL > BUDGET * 10:
            each = 0
        yield JsonRow(Kind.OPEN, depth, key, value, comma=False)
        last = len(value) - 1
        for index, (name, one) in enumerate(members(value)):
            yield from self._rows(one, depth + 1, name, comma=index < last, budget=each)
        yield JsonRow(Kind.CLOSE, depth, None, value, comma)

    def _pieces(self, row: JsonRow) -> Iterator[JsonRow]:
        yield JsonRow(Kind.OPEN, row.depth, row.key, row.value, comma=False)
        text, room = row.value, max(16, self.width - len(STEP) * (row.depth + 1))
        start = count = 0
        while start < len(text) and count < MOST_PIECES:
            stop = min(len(text), start + room)
            feed = text.find("\n", start, stop)
            stop = feed + 1 if feed >= 0 else stop
            while (width := cell_width(_inner(text[start:stop]))) > room and stop > start + 1:
                stop = start + max(1, min((stop - start) * room // width, stop - start - 1))
            yield JsonRow(
                Kind.PIECE, row.depth + 1, None, text, comma=False, start=start, stop=stop
            )
            start, count = stop, count + 1
        if start < len(text):
            yield JsonRow(Kind.PIECE, row.depth + 1, None, text, False, start, len(text))
        yield JsonRow(Kind.CLOSE, row.depth, None, text, row.comma)

    # Rows

    def line(self, index: int, room: int) -> Line:
        """Give a row; nothing of it that is far beyond the room is composed."""
        row = self.rows[index]
        lead = STEP * row.depth
        comma: Line = (Span(",", Tone.DIM),) if row.comma else ()
        if row.kind is Kind.PIECE:
            if row.stop - row.start > room + len(lead) and row.stop == len(row.value):
                more = f"… {row.stop - row.start:,} characters more"
                return (Span(lead), Span(more, Tone.DIM))
            return (Span(lead), Span(_inner(row.value[row.start : row.stop])))
        opening, closing = _brackets(row.value)
        if row.kind is Kind.CLOSE:
            return (Span(lead), Span(closing, Tone.DIM), *comma)
        name: Line = (Span(f"{_name(row.key, room)}: ", Tone.DIM),) if row.key is not None else ()
        if row.kind is Kind.OPEN:
            return (Span(lead), *name, Span(opening, Tone.DIM))
        if row.kind is Kind.VALUE:
            return (Span(lead), *name, Span(scalar_text(row.value)), *comma)
        if is_container(row.value):
            count = f" {len(row.value):,} in all" if len(row.value) > PREVIEWED else ""
            used = len(lead) + line_width(name) + len(count) + 2
            text = clip(_preview(row.value), max(8, room - used))
            return (Span(lead), *name, Span(text), Span(count, Tone.DIM), *comma)
        count = f"… {len(row.value):,} characters"
        used = len(lead) + line_width(name) + len(count) + 4
        shown = clip(_inner(row.value[: max(8, room)]), max(8, room - used))
        return (Span(lead), *name, Span(f'"{shown}" '), Span(count, Tone.DIM), *comma)

    def text_of(self, index: int) -> str:
        """Give the value of a row as text: a string's letters, all else as JSON; safe to paste."""
        value = self.rows[index].value
        if isinstance(value, str):
            source = str(value)
        else:
            try:
                source = json_source(value)
            except RecursionError:
                return ""
        return "\n".join(map(clean, source.splitlines()))

    def has(self, index: int, needle: str) -> bool:
        """Tell whether a row's own key or value has a text, whatever its case."""
        row = self.rows[index]
        if row.kind is Kind.CLOSE:
            return False
        if row.kind is Kind.PIECE:
            return needle in _inner(row.value[row.start : row.stop]).casefold()
        if row.kind is Kind.OPEN or is_container(row.value):
            return row.key is not None and _is_in(needle, row.key, "")
        return _is_in(needle, row.key, row.value)

    def hides(self, index: int, needle: str) -> bool:
        """Tell whether a folded container holds a text, at any depth."""
        row = self.rows[index]
        if row.kind is not Kind.FOLDED or not is_container(row.value):
            return False
        stack = [row.value]
        while stack:
            for key, one in members(stack.pop()):
                is_inner = is_container(one)
                if (key is not None or not is_inner) and _is_in(
                    needle, key, "" if is_inner else one
                ):
                    return True
                if is_inner:
                    stack.append(one)
        return False


def _is_in(needle: str, key: str | None, value: Json) -> bool:
    """Tell whether key or value have a text; with quotes in it, whether the row has."""
    text = value if isinstance(value, str) else scalar_text(value)
    if '"' in needle:
        text = f'"{text}"' if isinstance(value, str) else text
        text = text if key is None else f'"{key}": {text}'
    elif key is not None and needle in key.casefold():
        return True
    return needle in text.casefold()


def _size(value: Json, limit: int) -> int:
    """Give how many rows a value takes when all of it is open, counted no further than a limit."""
    count, stack = 0, [value]
    while stack and count <= limit:
        one = stack.pop()
        count += 1
        if is_container(one):
            count += 1
            if len(one) > limit:
                return limit + 1
            stack += [inner for _, inner in members(one)]
    return count


def _brackets(value: Json) -> tuple[str, str]:
    if is_object(value):
        return "{", "}"
    return ("[", "]") if isinstance(value, list) else ('"', '"')


def _preview(value: Json) -> str:
    """Write the beginning of an object or an array, with what is in it left out."""
    opening, closing = _brackets(value)
    parts: list[str] = []
    for key, one in members(value):
        if len(parts) == PREVIEWED:
            parts.append("…")
            break
        if is_container(one):
            text = "…".join(_brackets(one)) if one else "".join(_brackets(one))
        else:
            text = (
                quoted(one[:LONG]) if isinstance(one, str) and len(one) > LONG else scalar_text(one)
            )
        parts.append(text if key is None else f"{_name(key, LONG)}: {text}")
    return opening + ", ".join(parts) + closing


def _name(key: str, room: int) -> str:
    return quoted(key) if len(key) <= room else f'"{_inner(key[:room])}…"'


def _inner(text: str) -> str:
    """Write letters of a string as JSON does, without its quotes."""
    return quoted(text)[1:-1] if not isinstance(text, Verbatim) else clean(text)
