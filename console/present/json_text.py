"""JSON as it was written: keys in their order and doubled ones too, numbers digit by digit.

parse_json('{"a": 1.10}')       JsonObject((("a", Verbatim("1.10")),))
json_line(value)                its spans on one line:  {"a": 1.10}
json_rows(text, 80)             a log line that is an object or an array on several rows, or None
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
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
"""JsonObject or dict, list, str, Verbatim or int, True, False or None."""

LARGE = 256 * 1024
"""Characters from which reading by the letter takes too long: five megabytes two seconds, against
a quarter of one. Of a key that is there twice the last one counts then."""


def parse_json(text: str) -> Json:
    """Read JSON; raises `ValueError` for what is none, or nested beyond reading."""
    try:
        return (_DECODER if len(text) < LARGE else _FAST_DECODER).decode(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


_DECODER = json.JSONDecoder(
    object_pairs_hook=JsonObject, parse_float=Verbatim, parse_int=Verbatim, parse_constant=Verbatim
)


_FAST_DECODER = json.JSONDecoder(parse_float=Verbatim, parse_constant=Verbatim)


def is_object(value: Json) -> bool:
    """Tell whether a value is an object."""
    return isinstance(value, JsonObject | dict)


def is_container(value: Json) -> bool:
    """Tell whether a value is an object or an array."""
    return isinstance(value, JsonObject | dict | list)


def members(value: Json) -> Iterable[tuple[str | None, Json]]:
    """Give what an object or an array holds; an array's have no key."""
    if isinstance(value, list):
        return ((None, one) for one in value)
    pairs: Iterable[tuple[str, Json]] = value.items() if isinstance(value, dict) else value
    return pairs


def quoted(text: str) -> str:
    """Write a string as JSON does, and safe to show."""
    return clean(json.dumps(text, ensure_ascii=False))


def scalar_text(value: Json) -> str:
    """Write what is neither an object nor an array, or one that is empty."""
    if is_container(value):
        return "{}" if is_object(value) else "[]"
    if isinstance(value, Verbatim):
        return clean(value)
    return quoted(value) if isinstance(value, str) else json.dumps(value)


def json_source(value: Json, indent: str = "") -> str:
    """Write a value as indented JSON text that can be read back."""
    if not is_container(value):
        return str(value) if isinstance(value, Verbatim) else json.dumps(value, ensure_ascii=False)
    opening, closing = "{}" if is_object(value) else "[]"
    inner = indent + "  "
    parts = [
        inner
        + ("" if key is None else f"{json.dumps(key, ensure_ascii=False)}: ")
        + json_source(one, inner)
        for key, one in members(value)
    ]
    return (
        f"{opening}\n" + ",\n".join(parts) + f"\n{indent}{closing}" if parts else opening + closing
    )


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
    if not is_container(value):
        yield Span(scalar_text(value), tone)
        return
    opening, closing = "{}" if is_object(value) else "[]"
    yield Span(opening, Tone.DIM)
    for index, (key, one) in enumerate(members(value)):
        comma = ", " if index else ""
        if key is not None or comma:
            yield Span(comma if key is None else f"{comma}{quoted(key)}: ", Tone.DIM)
        yield from _spans(one, tone)
    yield Span(closing, Tone.DIM)


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
    is_open = is_container(value) and bool(value)
    short = json_line(value, width - line_width(lead) - len(tail), tone)
    if short is not None or not is_open:
        yield (*lead, *(short if short is not None else tuple(_spans(value, tone))), *end)
        return
    opening, closing = "{}" if is_object(value) else "[]"
    yield (*lead, Span(opening, Tone.DIM))
    for index, (key, one) in enumerate(members(value)):
        name: Line = (Span(f"{quoted(key)}: ", Tone.DIM),) if key is not None else ()
        comma = "," if index < len(value) - 1 else ""
        yield from _spread(one, indent + "  ", name, comma, width, tone)
    yield (Span(indent), Span(closing, Tone.DIM), *end)
