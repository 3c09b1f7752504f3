"""A JSON schema as a person reads it: each field with what it takes, and whether it must be there.

schema_fields(parse_schema(text))     orderId      text, required
                                      lines        list of objects, required
                                      lines[].sku  text, required
                                      size         "big" or "small", else "small"
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from console.present.clean import clean
from console.present.line import Line, Span, cell_width, clip, pad_right
from console.present.tone import Tone

Schema = Mapping[str, Any]

DEEPEST = 5
"""How far into objects in objects fields are listed."""
MOST_VALUES = 6
"""Values of a choice that are named."""
WIDEST = 30
"""Cells of the longest name that the others are aligned to."""
LONGEST_DEFAULT = 24

_WORDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "object",
    "array": "list",
    "null": "null",
}
_FORMATS = {
    "date": "date",
    "date-time": "date and time",
    "time": "time",
    "duration": "duration",
    "decimal": "decimal number",
    "uuid": "UUID",
    "email": "e-mail address",
    "uri": "address",
}


@dataclass(frozen=True, slots=True)
class SchemaField:
    """One field of an argument."""

    path: str
    """`lines[].sku`."""
    words: str
    """What it takes."""
    is_required: bool
    note: str = ""
    """What its author says of it."""


def parse_schema(text: str) -> Schema:
    """Read a schema as it came; what is none says nothing, as `{}` does."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def resolved(schema: object, root: Schema) -> Schema:
    """Follow a `$ref` into the schema's own definitions."""
    for _ in range(DEEPEST):
        if not isinstance(schema, Mapping):
            return {}
        reference = schema.get("$ref")
        if not isinstance(reference, str) or not reference.startswith("#/$defs/"):
            return schema
        definitions = root.get("$defs")
        target = reference.removeprefix("#/$defs/")
        named = definitions.get(target) if isinstance(definitions, Mapping) else None
        if not isinstance(named, Mapping):
            return {}
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        schema = {**named, **beside}
    return {}


def schema_fields(schema: Schema) -> tuple[SchemaField, ...]:
    """List the fields an argument may have, in the order they were defined."""
    return tuple(_fields(schema, schema, "", ()))


def schema_lines(schema: Schema, most: int, *, required: str = "required") -> tuple[Line, ...]:
    """Say each field on a line; where there are more than `most`, how many are left out."""
    root = resolved(schema, schema)
    fields = schema_fields(schema)
    if not fields:
        words = "" if not root else kind_words(root, schema)
        if root.get("properties") == {} and not root.get("additionalProperties"):
            words = "nothing: it reads no argument"
        return ((Span(words, Tone.DIM),),) if words else ()
    shown = fields[:most] if len(fields) > most else fields
    width = min(WIDEST, max(cell_width(field.path) for field in shown)) + 2
    lines: list[Line] = []
    for field in shown:
        must = f", {required}" if field.is_required else ""
        note = f"   {field.note}" if field.note else ""
        lines.append(
            (
                Span(pad_right(field.path, width)),
                Span(field.words, Tone.DIM),
                Span(must, Tone.TEXT),
                Span(note, Tone.MUTED),
            )
        )
    if len(fields) > len(shown):
        lines.append((Span(f"and {len(fields) - len(shown):,} fields more", Tone.DIM),))
    return tuple(lines)


def kind_words(schema: object, root: Schema) -> str:
    """Say in a few words what a value has to be."""
    found = resolved(schema, root)
    for key in ("enum", "const"):
        if key in found:
            values = found[key] if key == "enum" and isinstance(found[key], list) else [found[key]]
            named = [clip(clean(_json(value)), LONGEST_DEFAULT) for value in values[:MOST_VALUES]]
            more = [f"{len(values) - MOST_VALUES} others"] if len(values) > MOST_VALUES else []
            return _either([*named, *more])
    for key in ("anyOf", "oneOf"):
        choices = found.get(key)
        if isinstance(choices, list) and choices:
            return _either(list(dict.fromkeys(kind_words(one, root) for one in choices)))
    kind = found.get("type")
    if isinstance(kind, list):
        return _either([_WORDS.get(str(one), str(one)) for one in kind])
    if kind == "array":
        return f"list of {_plural(kind_words(found.get('items', {}), root))}"
    if kind == "object" and isinstance(found.get("additionalProperties"), Mapping):
        values_of = kind_words(found["additionalProperties"], root)
        return f"object of {_plural(values_of)}"
    if kind == "string" and found.get("format") in _FORMATS:
        return _FORMATS[str(found["format"])]
    words = _WORDS.get(str(kind), "any JSON")
    limits = _limits(found)
    return f"{words} {limits}" if limits else words


def _fields(
    schema: object, root: Schema, prefix: str, seen: tuple[str, ...]
) -> Iterator[SchemaField]:
    found = _object_of(schema, root)
    properties = found.get("properties")
    if not isinstance(properties, Mapping) or len(seen) >= DEEPEST:
        return
    title = str(found.get("title", ""))
    if title and title in seen:  # a type inside itself
        return
    needed = found.get("required")
    required = set(needed) if isinstance(needed, list) else set()
    for name, member in properties.items():
        path = f"{prefix}{clean(str(name))}"
        inner = resolved(member, root)
        words = kind_words(member, root)
        if name not in required:
            default = inner.get("default")
            shown = clip(clean(_json(default)), LONGEST_DEFAULT)
            words += f", else {shown}" if default not in (None, [], {}, "") else ", optional"
        note = inner.get("description")
        own = isinstance(member, Mapping) and "$ref" not in member
        text = clean(note.strip().partition("\n")[0]) if isinstance(note, str) and own else ""
        yield SchemaField(path, words, name in required, text)
        is_list = _only(inner, root).get("type") == "array"
        below = _only(inner, root).get("items", {}) if is_list else member
        yield from _fields(below, root, f"{path}[]." if is_list else f"{path}.", (*seen, title))


def _only(schema: Schema, root: Schema) -> Schema:
    """Give what is left when null is taken away."""
    choices = schema.get("anyOf")
    if isinstance(choices, list):
        others = [resolved(one, root) for one in choices]
        others = [one for one in others if one.get("type") != "null"]
        return others[0] if len(others) == 1 else {}
    return schema


def _object_of(schema: object, root: Schema) -> Schema:
    found = _only(resolved(schema, root), root)
    return found if found.get("type") == "object" else {}


def _limits(schema: Schema) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        return f"from {low} to {high}"
    parts = {
        "minimum": "of at least {}",
        "maximum": "of at most {}",
        "exclusiveMinimum": "above {}",
        "exclusiveMaximum": "below {}",
        "minLength": "of at least {} characters",
        "maxLength": "of at most {} characters",
        "pattern": "like {}",
    }
    said = [words.format(schema[key]) for key, words in parts.items() if key in schema]
    return clip(clean(" and ".join(said)), 2 * LONGEST_DEFAULT)


def _plural(words: str) -> str:
    if words in ("text", "any JSON", "null", "true or false"):
        return words
    return words if " or " in words else f"{words}es" if words.endswith("s") else f"{words}s"


def _either(words: list[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
