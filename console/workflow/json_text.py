"""JSON as inputs and results cross from job to job: canonical text, strict values, exact paths."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from collections.abc import Mapping
from typing import Any

from console.workflow.errors import InvalidInput, NotJson
from console.workflow.json_loss import refuse_loss
from console.workflow.json_paths import member

MAXIMUM_DEPTH = 200
"""Levels of nesting that are accepted; the parsers of other clients give up not much later."""
MAXIMUM_BITS = 13_000
"""Size of a whole number; Python refuses to read one of more than 4,300 digits."""


def dump_json(value: object) -> str:
    """Write a value as canonical JSON: sorted keys, no spaces, finite numbers.

    Models are written by their aliases. Raises NotJson with the path of the first value that is
    not JSON, before anything else happens.
    """
    return canonical(plain(value))


def canonical(value: object) -> str:
    """Write what is plain JSON already."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def dump_input(value: object) -> str:
    """Write an input: as `dump_json`, and a top-level None is `{}`."""
    return "{}" if value is None else dump_json(value)


def load_json(text: str) -> Any:
    """Read JSON text strictly: no NaN, no Infinity, no key twice. Raises InvalidInput."""
    try:
        return json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise InvalidInput(f"not JSON: {error.msg} at {where}") from None
    except RecursionError:
        raise InvalidInput(f"not JSON: nested deeper than {MAXIMUM_DEPTH} levels") from None
    except ValueError as error:
        raise InvalidInput(f"not JSON: {error}") from None


def normal_input(text: str | None) -> str:
    """Turn the text somebody sent into canonical JSON; nothing and null are `{}`.

    Raises InvalidInput.
    """
    if text is None or not text.strip():
        return "{}"
    value = load_json(text)
    try:
        return dump_input(value)
    except NotJson as error:
        raise InvalidInput(str(error)) from None


def input_hash(text: str) -> str:
    """Hash canonical JSON text, to prove that a replayed call is the recorded one."""
    return hashlib.sha256(text.encode()).hexdigest()


def plain(value: object, path: str = "$", depth: int = 0) -> Any:
    """Turn a value into dicts, lists, strings, numbers, booleans and None. Raises NotJson."""
    if depth > MAXIMUM_DEPTH:
        raise NotJson(path, f"nested deeper than {MAXIMUM_DEPTH} levels")
    match value:
        case None | True | False:
            return value
        case str():
            return _text(value, path)
        case int():
            return _whole(value, path)
        case float():
            if not math.isfinite(value):
                raise NotJson(path, f"{float(value)} is not a number JSON has")
            return float(value)
        case Mapping():
            return {
                _key(key, path): plain(item, member(path, key), depth + 1)
                for key, item in value.items()
            }
        case list() | tuple():
            return [plain(item, f"{path}[{i}]", depth + 1) for i, item in enumerate(value)]
    return _dumped(value, path, depth)


def _dumped(value: object, path: str, depth: int) -> Any:
    """Write a model or a dataclass, which say themselves what their JSON is."""
    from pydantic import BaseModel, TypeAdapter

    try:
        if isinstance(value, BaseModel):
            kept: object = value.model_dump(by_alias=True)
            dumped: object = value.model_dump(mode="json", by_alias=True)
        elif dataclasses.is_dataclass(value) and not isinstance(value, type):
            adapter: TypeAdapter[Any] = TypeAdapter(type(value))
            kept = adapter.dump_python(value, by_alias=True)
            dumped = adapter.dump_python(value, mode="json", by_alias=True)
        else:
            kind = type(value).__qualname__
            raise NotJson(path, f"a {kind} is not JSON; use a model, or write it as text or number")
    except ValueError as error:  # also what pydantic says of a model that contains itself
        raise NotJson(path, one_line(error)) from None
    refuse_loss(kept, dumped, path)
    return plain(dumped, path, depth)


def one_line(error: BaseException) -> str:
    """Give an exception's message without its line breaks."""
    return " ".join(str(error).split())


def _text(value: str, path: str) -> str:
    text = str.__str__(value)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise NotJson(path, "half of a surrogate pair cannot be written as UTF-8") from None
    return text


def _whole(value: int, path: str) -> int:
    if value.bit_length() > MAXIMUM_BITS:
        raise NotJson(path, f"a whole number of more than {MAXIMUM_BITS} bits")
    return int(value)


def _key(key: object, path: str) -> str:
    if not isinstance(key, str):
        raise NotJson(path, f"the key {key!r} is a {type(key).__qualname__}; JSON keys are text")
    return _text(key, f"{path} (a key)")


def _refuse_constant(word: str) -> None:
    raise ValueError(f"{word} is not a number JSON has")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {json.dumps(twice)} stands twice in one object")
    return found
