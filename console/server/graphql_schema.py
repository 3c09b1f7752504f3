"""A project's GraphQL schema made to run: each field of a root calls a resolver by its name.

Everything here is done in a thread of the request's own: parsing, checking and completing a large
answer hold up nobody else.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from graphql import (
    GraphQLError,
    GraphQLResolveInfo,
    GraphQLScalarType,
    OperationType,
    build_schema,
    execute_sync,
    get_operation_ast,
    parse,
    validate,
)

from console.engine.interface import ResolverFailed, ResolverRefused
from console.server.graphql_limits import LONGEST_DOCUMENT, MOST_TOKENS, TooMuch, selections
from console.server.graphql_request import GraphQLRequest
from console.workflow.errors import NotJson
from console.workflow.json_text import dump_json

MOST_ERRORS = 20
LARGEST_ANSWER = 2_000_000
"""Items of a resolver's result, times the fields that are selected."""

Fields = dict[str, Any]
Call = Callable[[str, str], str]
"""Calls a resolver by its name, with JSON text for JSON text."""

log = logging.getLogger("wfc.server")


class MutationRefused(Exception):
    """The caller may only read."""


@dataclass(frozen=True, slots=True)
class _Context:
    """What the fields of one request share."""

    call: Call
    selections: int


class ResolverFields:
    """The schema of a project, and the answers to requests."""

    def __init__(self, text: str) -> None:
        self.text = text
        """What it was made of."""
        self._schema = build_schema(text)
        for root in (self._schema.query_type, self._schema.mutation_type):
            for name, field in (root.fields if root else {}).items():
                if name != "_empty":
                    field.resolve = _resolve
        for name, read in _READERS.items():
            scalar = self._schema.type_map.get(name)
            if isinstance(scalar, GraphQLScalarType):
                scalar.coerce_input_value = _text_read_by(name, read)

    def answer(self, request: GraphQLRequest, call: Call, *, may_change: bool) -> Fields:
        """Answer a request: `data`, `errors` or both. Raises MutationRefused."""
        try:
            document = parse(
                request.query,
                max_lexical_tokens=MOST_TOKENS,
                max_comments=MOST_TOKENS,
                max_source_length=LONGEST_DOCUMENT,
            )
            operation = get_operation_ast(document, request.operation_name)
            if operation is None:
                return _refusal("which operation of the document? give its operationName")
            size = selections(document, operation)
        except GraphQLError as error:
            return {"errors": [_coded(error.formatted, "invalid_argument")]}
        except TooMuch as error:
            return _refusal(str(error), "resource_exhausted")
        if operation.operation is OperationType.MUTATION and not may_change:
            raise MutationRefused
        problems = validate(self._schema, document, max_errors=MOST_ERRORS)
        if problems:
            return {"errors": [_coded(one.formatted, "invalid_argument") for one in problems]}
        result = execute_sync(
            self._schema,
            document,
            context_value=_Context(call, size),
            variable_values=request.variables,
            operation_name=request.operation_name,
            max_coercion_errors=MOST_ERRORS,
        )
        fields: Fields = {}
        if result.errors:
            fields["errors"] = [told for error in result.errors for told in _told(error)]
        if not result.errors or any(error.path for error in result.errors):
            fields["data"] = result.data  # a wrong variable has no path: nothing was begun
        return fields


def _resolve(_root: object, info: GraphQLResolveInfo[Any], **arguments: object) -> Any:
    """Call the resolver of a field. Raises ResolverRefused, ResolverFailed."""
    context: _Context = info.context
    try:
        argument = dump_json(arguments)
    except NotJson as error:
        raise ResolverRefused(str(error), code="invalid_argument") from None
    result = context.call(info.field_name, argument)
    if result.count(",") * context.selections > LARGEST_ANSWER:
        raise ResolverRefused(
            "this is too large an answer; select fewer fields, or ask for fewer items",
            code="resource_exhausted",
        )
    return json.loads(result)


def _told(error: GraphQLError) -> Iterator[Fields]:
    """Say what went wrong with a field, and nothing of what is inside."""
    told: Fields = dict(error.formatted)
    cause = error.original_error
    name = error.path[0] if error.path else "?"
    if isinstance(cause, ResolverRefused):
        if cause.inside:
            log.warning("resolver %s was refused: %s", name, cause.inside)
        for place, words in cause.mistakes:
            # As the platform does: the path goes on into the arguments.
            path = [*(error.path or ()), *place]
            yield _coded({**told, "message": words, "path": path}, cause.code)
        if not cause.mistakes:
            yield _coded(told, cause.code)
    elif cause is None or isinstance(cause, GraphQLError):
        yield _coded(told, "invalid_argument")
    else:
        is_known = isinstance(cause, ResolverFailed)
        log.error("resolver %s failed: %s", name, cause, exc_info=None if is_known else cause)
        message = "the resolver failed; the server's log says why"
        yield _coded({**told, "message": message}, "internal")


def _coded(told: Mapping[str, Any], code: str) -> Fields:
    extensions = dict(told.get("extensions") or {})
    if code:
        extensions.setdefault("code", code)
    return {**told, **({"extensions": extensions} if extensions else {})}


def _refusal(message: str, code: str = "invalid_argument") -> Fields:
    return {"errors": [_coded({"message": message}, code)]}


def _text_read_by(name: str, read: Callable[[str], object]) -> Callable[[Any], str]:
    """Make the check of a scalar that is text in JSON; the text goes on as it is."""

    def check(value: Any) -> str:
        try:
            if isinstance(value, str):
                read(value)
                return value
        except (ValueError, InvalidOperation):
            pass
        raise GraphQLError(f"{name} cannot represent {json.dumps(value, default=str)[:80]}")

    return check


_READERS: Mapping[str, Callable[[str], object]] = {
    "Date": date.fromisoformat,
    "DateTime": datetime.fromisoformat,
    "Time": time.fromisoformat,
    "Decimal": Decimal,
}
