"""One annotation as a border: JSON text is validated into it, and values are written from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from console.workflow.errors import InvalidInput, InvalidResult, NotJson
from console.workflow.json_loss import refuse_loss, refuse_other_kinds
from console.workflow.json_paths import json_path
from console.workflow.json_text import canonical, dump_input, one_line, plain
from console.workflow.typed_dicts import readable

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_SHOWN = 5
"""Mistakes named in one message."""


class JsonType:
    """Reads JSON text into a type and writes values of it as canonical JSON text."""

    def __init__(self, annotation: Any) -> None:
        self._is_any = annotation is Any
        self._adapter: TypeAdapter[Any] = TypeAdapter(readable(annotation))

    def schema(self, mode: Literal["validation", "serialization"]) -> dict[str, Any]:
        """Give the JSON schema of what is read, or of what is written; `$defs` has its types."""
        from console.workflow.wire_schema import WireSchema

        key = ("", mode)
        roots, rest = TypeAdapter.json_schemas(
            [("", mode, self._adapter)], by_alias=True, schema_generator=WireSchema
        )
        return {**roots[key], "$defs": rest.get("$defs", {})}

    def read(self, text: str, what: str) -> Any:
        """Validate JSON text, keys by alias exactly. Raises InvalidInput with the paths."""
        try:
            return self._adapter.validate_json(text, by_alias=True, by_name=False)
        except ValidationError as error:
            found = [(detail["loc"], detail["msg"]) for detail in _details(error)]
            raise InvalidInput(f"{what}: {mistakes(error)}", found) from None

    def write_input(self, value: object) -> str:
        """Write what is handed on as this type: JSON as it is, and what only the type can write.

        A datetime, where the type has one, is written as the type writes it, and comes back as the
        same; what the type does not declare is kept and must be JSON by itself. Raises NotJson.
        """
        try:
            return dump_input(value)
        except NotJson:
            if self._is_any:
                raise
            try:
                valid = self._adapter.validate_python(value, by_alias=True, by_name=False)
                return self._written(valid, given=value)
            except (ValidationError, PydanticSerializationError):
                pass  # it is not of this type: what was said first says it best
            raise

    def dump(self, value: object, what: str) -> str:
        """Validate a value and write it by its aliases. Raises InvalidResult with the paths.

        What is written can be read again: that is tried here, so that a replay cannot be the
        first to find out.
        """
        try:
            if self._is_any:
                return canonical(plain(value))
            valid = self._adapter.validate_python(value, by_alias=True, by_name=True)
            return self._written(valid)
        except ValidationError as error:
            raise InvalidResult(f"{what}: {mistakes(error)}") from None
        except (NotJson, PydanticSerializationError) as error:
            raise InvalidResult(f"{what}: {one_line(error)}") from None

    def _written(self, valid: object, given: object = None) -> str:
        """Write a valid value, with what else was given; what is read of it must be the same.

        Raises NotJson, and what pydantic raises.
        """
        kept = self._adapter.dump_python(valid, by_alias=True)
        written = self._adapter.dump_python(valid, mode="json", by_alias=True)
        refuse_loss(kept, written)
        text = canonical(plain(_with_the_rest(written, given)))
        read = self._adapter.validate_json(text, by_alias=True, by_name=False)
        refuse_other_kinds(kept, self._adapter.dump_python(read, by_alias=True))
        return text


def _with_the_rest(written: Any, given: object) -> Any:
    """Add what the type does not declare, and so does not write, to what it has written."""
    if isinstance(written, dict) and isinstance(given, Mapping):
        return {
            **written,
            **{key: _with_the_rest(written.get(key, item), item) for key, item in given.items()},
        }
    if isinstance(written, list) and isinstance(given, list | tuple) and len(written) == len(given):
        return [_with_the_rest(one, other) for one, other in zip(written, given, strict=True)]
    return written


def mistakes(error: ValidationError) -> str:
    """Write pydantic's findings in one line: the path and what is wrong there, for each."""
    found = [f"{json_path(detail['loc'])}: {detail['msg']}" for detail in _details(error)]
    more = [f"and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
    return "; ".join(found[:_SHOWN] + more)


def _details(error: ValidationError) -> Sequence[ErrorDetails]:
    return error.errors(include_url=False, include_context=False, include_input=False)
