"""Whether a value fits a JSON schema, as far as can be told here: the first thing that does not.

schema_complaint(schema, {"lines": []})      orderId is missing
schema_complaint(schema, {"orderId": 7})     orderId: text is wanted, and this is a number

The backend judges; this is a hint while one types. So it says nothing where it is not sure: a
number may come as text, and what a schema says in words it does not know is passed over.
"""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Mapping
from difflib import get_close_matches

from console.present.clean import clean
from console.present.schema_help import Schema, kind_words, resolved

_DEEPEST_VALUE = 40
_LIMITS: Mapping[str, Callable[[float, float], bool]] = {
    "minimum": operator.ge,
    "maximum": operator.le,
    "exclusiveMinimum": operator.gt,
    "exclusiveMaximum": operator.lt,
}
_TRUTHS = frozenset({"true", "false", "1", "0", "on", "off", "t", "f", "y", "n", "yes", "no"})
"""Text that counts as true or false."""
_KINDS: tuple[tuple[type, str], ...] = (
    (bool, "true or false"),
    (str, "text"),
    (int, "a number"),
    (float, "a number"),
    (list, "a list"),
    (dict, "an object"),
)


def schema_complaint(schema: Schema, value: object) -> str:
    """Say the first thing that is wrong, and where; empty when nothing is known to be."""
    return _complaint(schema, value, schema, "", 0)


def _complaint(schema: object, value: object, root: Schema, path: str, depth: int) -> str:
    found = resolved(schema, root)
    if not found or depth > _DEEPEST_VALUE:
        return ""
    for key in ("anyOf", "oneOf"):
        choices = found.get(key)
        if isinstance(choices, list) and choices:
            return _of_choices(choices, value, root, path, depth)
    if "enum" in found or "const" in found:
        values = found.get("enum", [found.get("const")])
        is_there = any(json.dumps(value) == json.dumps(one) for one in values)
        return "" if is_there else _wanted(found, value, root, path)
    if not _fits(found, value):
        return _wanted(found, value, root, path)
    if isinstance(value, list):
        for index, item in enumerate(value):
            complaint = _complaint(
                found.get("items", {}), item, root, f"{path}[{index}]", depth + 1
            )
            if complaint:
                return complaint
    if isinstance(value, dict):
        return _of_object(found, value, root, path, depth)
    return ""


def _of_choices(choices: list[object], value: object, root: Schema, path: str, depth: int) -> str:
    complaints = [_complaint(one, value, root, path, depth + 1) for one in choices]
    if not all(complaints):
        return ""
    kinds = [resolved(one, root).get("type") for one in choices]
    meant = [text for text, kind in zip(complaints, kinds, strict=True) if kind != "null"]
    return meant[0] if len(meant) == 1 else _wanted({"anyOf": choices}, value, root, path)


def _of_object(
    schema: Schema, value: dict[str, object], root: Schema, path: str, depth: int
) -> str:
    properties = schema.get("properties")
    known: Mapping[str, object] = properties if isinstance(properties, Mapping) else {}
    needed = schema.get("required")
    for name in needed if isinstance(needed, list) else ():
        if name not in value:
            others = [one for one in value if one not in known]
            near = get_close_matches(str(name), others, n=1, cutoff=0.7)
            hint = f"; there is {clean(near[0])}" if near else ""
            return f"{_at(path, str(name))} is missing{hint}"
    rest = schema.get("additionalProperties", True)
    for name, member in value.items():
        if name not in known and rest is False:
            near = get_close_matches(name, known, n=1)
            hint = f"; did you mean {clean(near[0])}?" if near else ""
            return f"{_at(path, name)} is not known{hint}"
        inner = known.get(name, rest if isinstance(rest, Mapping) else {})
        complaint = _complaint(inner, member, root, _at(path, name), depth + 1)
        if complaint:
            return complaint
    return ""


def _fits(schema: Schema, value: object) -> bool:
    kind = schema.get("type")
    if isinstance(value, bool):
        return kind not in ("string", "array", "object", "null")
    if isinstance(value, int | float):
        if kind == "string":
            return "format" in schema  # a date may come as a number, a decimal too
        return kind not in ("array", "object", "null") and _is_within(schema, value)
    if isinstance(value, str):
        if kind in ("integer", "number"):
            return _is_number(value)
        if kind == "boolean":
            return value.lower() in _TRUTHS
        return kind not in ("array", "object", "null")
    expected = {type(None): "null", list: "array", dict: "object"}[type(value)]
    return kind in (expected, None) or not isinstance(kind, str)


def _is_within(schema: Schema, value: float) -> bool:
    if schema.get("type") not in ("integer", "number"):
        return True
    if schema["type"] == "integer" and isinstance(value, float) and not value.is_integer():
        return False
    return all(
        holds(value, schema[key])
        for key, holds in _LIMITS.items()
        if isinstance(schema.get(key), int | float)
    )


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _wanted(schema: Schema, value: object, root: Schema, path: str) -> str:
    words = kind_words(schema, root)
    given = next((name for kind, name in _KINDS if isinstance(value, kind)), "null")
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        shown = clean(json.dumps(value, ensure_ascii=False))
        given = shown if len(shown) <= 20 else given
    place = f"{path}: " if path else ""
    return f"{place}{words} is wanted, and this is {given}"


def _at(path: str, name: str) -> str:
    return f"{path}.{clean(name)}" if path else clean(name)
