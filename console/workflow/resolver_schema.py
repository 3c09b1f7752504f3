"""The GraphQL schema of a project's resolvers, as text.

An input's fields are the arguments of its resolver. The text is plain schema language, so that a
project is checked without a GraphQL library: its import costs a worker 0.3 s.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from console.workflow.errors import DefinitionError
from console.workflow.graphql_types import (
    SCALARS,
    TypeWriter,
    Unfit,
    block,
    description,
    pascal,
)
from console.workflow.json_text import one_line
from console.workflow.json_types import JsonType
from console.workflow.resolver import Resolver


@dataclass(slots=True)
class ResolverSchema:
    """A schema to which one resolver after the other is added."""

    _queries: list[str] = field(default_factory=list)
    _mutations: list[str] = field(default_factory=list)
    _types: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By name, the text of each type and the resolver it came with."""

    def add(self, resolver: Resolver[Any]) -> None:
        """Add a resolver. Raises DefinitionError where GraphQL has no word for a type of it."""
        try:
            line = self._field(resolver)
        except DefinitionError:
            raise
        except Exception as error:  # whatever pydantic or the author's type raises
            kind = "" if isinstance(error, Unfit) else f"{type(error).__name__}: "
            raise DefinitionError(
                f"resolver {resolver.name!r}: {kind}{one_line(error)}",
                file=str(resolver.module_file),
                line=resolver.line,
            ) from None
        (self._mutations if resolver.operation == "mutation" else self._queries).append(line)

    def text(self) -> str:
        """Give the schema; empty where there is no resolver."""
        if not self._queries and not self._mutations:
            return ""
        # GraphQL knows no schema without a query.
        parts = [block("type Query", self._queries or ["_empty: Boolean"])]
        if self._mutations:
            parts.append(block("type Mutation", self._mutations))
        parts += [text for text, _ in self._types.values()]
        text = "\n".join(parts)
        used = [name for name in SCALARS.values() if re.search(rf"\b{name}\b", text)]
        return "\n".join([text, *(f"scalar {name}\n" for name in used)])

    def _field(self, resolver: Resolver[Any]) -> str:
        """Write a resolver as a field of `Query` or `Mutation`."""
        if resolver.output_type is Any or resolver.output_type is None:
            raise Unfit("result", "GraphQL needs a type: return something, and annotate it")
        stem = pascal(resolver.name)
        arguments: list[str] = []
        writers: list[TypeWriter] = []
        if resolver.signature.input_name is not None:
            schema = JsonType(resolver.input_type).schema("validation")
            writers.append(TypeWriter(schema["$defs"], is_input=True))
            arguments = writers[-1].fields(schema, stem, "input")
        schema = JsonType(resolver.output_type).schema("serialization")
        writers.append(TypeWriter(schema["$defs"], is_input=False))
        result = writers[-1].reference(schema, stem, "result")
        for writer in writers:
            self._keep(writer.types, resolver.name)
        listed = f"({', '.join(arguments)})" if arguments else ""
        return f"{description(resolver.body.__doc__)}{resolver.name}{listed}: {result}"

    def _keep(self, types: dict[str, str], owner: str) -> None:
        """Keep types; the same name means the same type in the whole schema."""
        for name, text in types.items():
            kept, first = self._types.setdefault(name, (text, owner))
            if kept != text:
                where = "in its result" if first == owner else f"in resolver {first!r}"
                raise Unfit(name, f"this type is another one {where}; rename one of the classes")
