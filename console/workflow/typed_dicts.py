"""`typing.TypedDict` before Python 3.12, which pydantic refuses to read."""

from __future__ import annotations

import functools
import operator
import sys
import types
import typing
from typing import Any


def readable(annotation: Any) -> Any:
    """Give an annotation with each `typing.TypedDict` in it replaced by one pydantic reads."""
    if sys.version_info >= (3, 12):
        return annotation
    if _is_old(annotation):
        return _renewed(annotation)
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is None or origin is typing.Literal or not arguments:
        return annotation
    read = tuple(readable(argument) for argument in arguments)
    if all(new is old for new, old in zip(read, arguments, strict=True)):
        return annotation
    if origin in (types.UnionType, typing.Union):
        return functools.reduce(operator.or_, read)
    if origin is typing.Annotated:
        return typing.Annotated[(read[0], *annotation.__metadata__)]
    return origin[read]


def _is_old(annotation: Any) -> bool:
    return typing.is_typeddict(annotation) and type(annotation).__module__ == "typing"


def _renewed(old: Any) -> Any:
    import typing_extensions  # pydantic brings it

    fields: dict[str, Any] = {}
    for key, hint in typing.get_type_hints(old, include_extras=True).items():
        origin = typing.get_origin(hint)
        if origin in (typing.Required, typing.NotRequired):
            # Said in the annotation itself, which the class did not see when it was text.
            fields[key] = origin[readable(typing.get_args(hint)[0])]
        else:
            marker = typing.Required if key in old.__required_keys__ else typing.NotRequired
            fields[key] = marker[readable(hint)]
    return typing_extensions.TypedDict(old.__name__, fields)  # type: ignore[operator]
