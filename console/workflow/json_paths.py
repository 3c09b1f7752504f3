"""Paths that say where in JSON something is: `$.items[2].when`."""

from __future__ import annotations

import json


def member(path: str, key: object) -> str:
    """Give the path of an object's member."""
    if isinstance(key, str) and key.isidentifier():
        return f"{path}.{key}"
    return f"{path}[{json.dumps(str(key))}]"


def json_path(location: tuple[int | str, ...]) -> str:
    """Write pydantic's location as a path."""
    path = "$"
    for part in location:
        path = f"{path}[{part}]" if isinstance(part, int) else member(path, part)
    return path
