"""Messages we send, written as proto3 JSON: lowerCamelCase, what has its default left out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A message we send."""

    def encode(self) -> bytes:
        """Give the JSON text that goes on the wire; it is ASCII, whatever the person typed."""
        return json.dumps(_plain(self), separators=(",", ":")).encode()


def _plain(value: Any) -> Any:
    match value:
        case Request():
            return _members(value)
        case tuple():
            return [_plain(item) for item in value]
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case _:
            return value


def _members(message: Request) -> Mapping[str, Any]:
    members: dict[str, Any] = {}
    for field in fields(message):
        value = getattr(message, field.name)
        if field.default is MISSING or value != field.default:
            name = field.metadata.get("name") or _camel(field.name)
            members[name] = _plain(value)
    return members


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
