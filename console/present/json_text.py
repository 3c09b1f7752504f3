"""JSON as it was written: keys in their order and doubled ones too, numbers digit by digit.

parse_json('{"a": 1.10}')       JsonObject((("a", Verbatim("1.10")),))
json_line(value)                its spans on one line:  {"a": 1.10}
json_rows(text, 80)             a log line that is an object or an array on several rows, or None
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from console.present.clean import clean
from console.present.line import Line, Span, cell_width, line_width
from console.present.tone import Tone

MOST_ROWS = 60
"""Rows one log line is spread over."""


class Verbatim(str):
    """A number, by its digits."""

    __slots__ = ()


class JsonObject(tuple[tuple[str, Any], ...]):
    """Pairs of key and value."""

    __slots__ = ()


Json = Any
"""JsonObject, list, str, Verbatim, True, False or None."""


def parse_json(text: str) -> Json:
    """Read JSON; raises `ValueError` for what is none, or nested beyond reading."""
    try:
        return _DECODER.decode(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


_DECODER = json.JSONDecoder(
    object_pairs_hook=JsonObject, parse_float=Verbatim, parse_int=Verbatim, parse_constant=Verbatim
)


def quoted(text: str) -> str:
    """Write a string as JSON does, and safe to show."""
    return clean(json.dumps(text, ensure_ascii=False))


def scalar_text(value: Json) -> str:
    """Write what is neither an object nor an array."""
    if isinstance(value, Verbatim):
        return clean(value)
    return quoted(value) if isinstance(value, str) else json.dumps(value)


def json_source(value: Json, indent: str = "") -> str:
    """Write a value as indented JSON text that can be read back."""
    if not isinstance(value, JsonObject | list):
        return str(value) if isinstance(value, Verbatim) else json.dumps(value, ensure_ascii=False)
    if not value:
        return "{}" if isinstance(value, JsonObject) else "[]"
    inner = indent + "  "
    if isinstance(value, JsonObject):
        parts = [
            f"{inner}{json.dumps(key, ensure_ascii=False)}: {json_source(one, inner)}"
            for key, one in value
        ]
        return "{\n" + ",\n".join(parts) + f"\n{indent}}}"
    parts = [inner + json_source(one, inner) for one in value]
    return "[\n" + ",\n".join(parts) + f"\n{indent}]"


def json_line(value: Json, room: int, tone: str = Tone.TEXT) -> Line | None:
    """Write a value on one line; None where it needs more cells than there are."""
    spans: list[Span] = []
    for span in _spans(value, tone):
        room -= cell_width(span.text)
        if room < 0:
            return None
        spans.append(span)
    return tuple(spans)


def _spans(value: Json, tone: str) -> Iterator[Span]:
    if isinstance(value, JsonObject):
        yield Span("{", Tone.DIM)
        for index, (key, one) in enumerate(value):
            yield Span(f"{', ' if index else ''}{quoted(key)}: ", Tone.DIM)
            yield from _spans(one, tone)
        yield Span("}", Tone.DIM)
    elif isinstance(value, list):
        yield Span("[", Tone.DIM)
        for index, one in enumerate(value):
            if index:
                yield Span(", ", Tone.DIM)
            yield from _spans(one, tone)
        yield Span("]", Tone.DIM)
    else:
        yield Span(scalar_text(value), tone)


def json_rows(text: str, width: int, tone: str = Tone.TEXT) -> list[Line] | None:
    """Spread a log line that is an object or an array over rows; None for every other line.

    What fits on one row stays on one.
    """
    if text.lstrip()[:1] not in ("{", "["):
        return None
    rows: list[Line] = []
    try:
        for row in _spread(parse_json(text), "", (), "", width, tone):
            if len(rows) == MOST_ROWS:
                return [*rows[:-1], (Span("… there is more of this line", Tone.DIM),)]
            rows.append(row)
    except (ValueError, RecursionError):
        return None
    return rows


def _spread(
    value: Json, indent: str, head: Line, tail: str, width: int, tone: str
) -> Iterator[Line]:
    lead: Line = (Span(indent), *head) if indent else head
    end: Line = (Span(tail, Tone.DIM),) if tail else ()
    is_open = isinstance(value, JsonObject | list) and bool(value)
    short = json_line(value, width - line_width(lead) - len(tail), tone)
    if short is not None or not is_open:
        yield (*lead, *(short if short is not None else tuple(_spans(value, tone))), *end)
        return
    is_object = isinstance(value, JsonObject)
    yield (*lead, Span("{" if is_object else "[", Tone.DIM))
    for index, one in enumerate(value):
        key: Line = (Span(f"{quoted(one[0])}: ", Tone.DIM),) if is_object else ()
        comma = "," if index < len(value) - 1 else ""
        yield from _spread(one[1] if is_object else one, indent + "  ", key, comma, width, tone)
    yield (Span(indent), Span("}" if is_object else "]", Tone.DIM), *end)
