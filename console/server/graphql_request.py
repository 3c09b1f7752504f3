"""A GraphQL request as JSON, as its HTTP specification has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from console.server.codes import Code, ConnectError
from console.workflow.errors import InvalidInput
from console.workflow.json_text import load_json


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    """One operation to be answered."""

    query: str
    """The document: it may hold mutations too."""
    variables: dict[str, Any] = field(default_factory=dict)
    operation_name: str | None = None
    """Which operation of the document; None for the only one."""


def read_request(body: bytes) -> GraphQLRequest:
    """Read a request. Raises ConnectError."""
    try:
        fields = load_json(body.decode("utf-8"))
    except UnicodeDecodeError:
        raise _wrong("the body is not UTF-8") from None
    except InvalidInput as error:
        raise _wrong(f"the body is {error}") from None
    if not isinstance(fields, dict):
        raise _wrong("the body is not one JSON object")
    query = _of(fields, "query", str)
    if query is None:
        raise _wrong("query: the document is missing")
    return GraphQLRequest(
        query, _of(fields, "variables", dict) or {}, _of(fields, "operationName", str)
    )


def _of(fields: Mapping[str, Any], name: str, kind: type) -> Any:
    value = fields.get(name)
    if value is not None and not isinstance(value, kind):
        word = {"str": "text", "dict": "an object"}[kind.__name__]
        raise _wrong(f"{name}: {word} is needed")
    return value


def _wrong(message: str) -> ConnectError:
    return ConnectError(Code.INVALID_ARGUMENT, message)
