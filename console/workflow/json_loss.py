"""What a value would lose on its way through JSON: an order, a number, or what kind it is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Any
from uuid import UUID

from console.workflow.errors import NotJson
from console.workflow.json_paths import member

_KINDS = (date, time, timedelta, Decimal, UUID, bytes, PurePath, Enum)
"""What pydantic writes as text or number also where no type says so, as under `Any`."""
_PLAIN = (str, int, float)
_UNKNOWN: Any = object()


def refuse_loss(value: object, other: object, path: str = "$") -> None:
    """Raise NotJson where `other`, which JSON made of a value, is no longer that value.

    A set has another order in each process, NaN has become null, and a date is text where nothing
    told how to read it. `other` is what was written, or what was read from it.
    """
    match value:
        case set() | frozenset():
            raise NotJson(path, "a set has no order, and JSON needs one; use a list")
        case float() if not math.isfinite(value) and other is None:
            raise NotJson(path, f"{float(value)} is not a number JSON has")
        case Mapping():
            same = isinstance(other, Mapping) and len(other) == len(value)
            others = list(other.values()) if same else [_UNKNOWN] * len(value)  # type: ignore[attr-defined]
            for (key, item), one in zip(value.items(), others, strict=True):
                refuse_loss(item, one, member(path, key))
        case list() | tuple():
            same = isinstance(other, list | tuple) and len(other) == len(value)
            others = list(other) if same else [_UNKNOWN] * len(value)  # type: ignore[call-overload]
            for index, (item, one) in enumerate(zip(value, others, strict=True)):
                refuse_loss(item, one, f"{path}[{index}]")


def refuse_other_kinds(value: object, read: object, path: str = "$") -> None:
    """Raise NotJson where a date or its like was read as plain text, or as a number."""
    match value:
        case str() | int() | float():
            return
        case Mapping() if isinstance(read, Mapping):
            for key, item in value.items():
                refuse_other_kinds(item, read.get(key, _UNKNOWN), member(path, key))
        case list() | tuple() if isinstance(read, list | tuple) and len(read) == len(value):
            for index, (item, one) in enumerate(zip(value, read, strict=True)):
                refuse_other_kinds(item, one, f"{path}[{index}]")
        case _ if isinstance(value, _KINDS) and type(read) in _PLAIN:
            kind = type(value).__qualname__
            raise NotJson(path, f"a {kind} is not JSON; use a model, or write it as text or number")
