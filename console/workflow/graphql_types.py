"""GraphQL types as text, made from JSON schemas: what the types of a resolver look like outside.

str      String!        date       Date!        X | None       without the "!"
int      Int!           datetime   DateTime!    list[X]        [X!]!
float    Float!         time       Time!        Enum, Literal  an enum of its values
bool     Boolean!       UUID       ID!          a model        a type; as input XInput
                        Decimal    Decimal!     its fields     by their aliases
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

SCALARS = {"date": "Date", "date-time": "DateTime", "time": "Time", "decimal": "Decimal"}
"""Our own scalars, by the format in a JSON schema; in JSON each of them is text."""

_KINDS = {"integer": "Int", "number": "Float", "boolean": "Boolean"}
_TAKEN = frozenset(
    {"Query", "Mutation", "Subscription", "String", "Int", "Float", "Boolean", "ID"}
    | set(SCALARS.values())
)
_NAME = re.compile(r"(?!__)[A-Za-z_][A-Za-z0-9_]*\Z")
_VALUE = re.compile(r"(?!(?:__|(?:true|false|null)\Z))[A-Za-z_][A-Za-z0-9_]*\Z")

Schema = Mapping[str, Any]
"""A JSON schema."""


class Unfit(Exception):
    """A type that GraphQL has no word for; the message says where it stands."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}")


@dataclass(frozen=True, slots=True)
class TypeWriter:
    """Writes what one side of a resolver needs: of its input, or of its result."""

    definitions: Mapping[str, Schema]
    """The `$defs` of the side's JSON schema."""
    is_input: bool
    types: dict[str, str] = field(default_factory=dict)
    """The text of each type that was needed, by its name."""
    _made_of: dict[str, str] = field(default_factory=dict)
    """For each object, the definition it was made of."""

    def reference(self, schema: Schema, stem: str, place: str) -> str:
        """Write a type where it is used, as `[Order!]!`; `stem` names what has no name."""
        schema, is_nullable = _without_null(schema, place)
        return self._name(schema, stem, place) + ("" if is_nullable else "!")

    def fields(self, schema: Schema, stem: str, place: str) -> list[str]:
        """Write the fields of an object, or the arguments of a resolver. Raises Unfit."""
        while "$ref" in schema:
            schema = self._target(schema)[1]
        if "properties" not in schema:
            raise Unfit(place, f"GraphQL has no type for {_words(schema)}")
        required = schema.get("required", ())
        lines: list[str] = []
        for name, inner in schema["properties"].items():
            at = f"{place}.{name}"
            if not is_graphql_name(name):
                raise Unfit(at, f"{name!r} cannot be a name in GraphQL; give it another alias")
            written = self.reference(inner, stem + pascal(name), at)
            if name not in required:
                written = self._optional(inner, written)
            lines.append(f"{described(inner)}{name}: {written}")
        return lines

    def _optional(self, schema: Schema, written: str) -> str:
        """Write a field that may be absent, with its default where GraphQL can show it."""
        default = schema.get("default")
        shown = None if default is None else self._literal(schema, default)
        if self.is_input and shown is not None:
            return f"{written} = {shown}"
        return written.removesuffix("!")

    def _literal(self, schema: Schema, value: object) -> str | None:
        """Write a value of enums, numbers, texts and lists of them; None for others."""
        schema, _ = _without_null(schema, "")
        while "$ref" in schema:
            schema = self._target(schema)[1]
        if isinstance(value, list):
            items = [self._literal(schema.get("items", {}), item) for item in value]
            return None if None in items else f"[{', '.join(filter(None, items))}]"
        if isinstance(value, dict):
            return None
        if isinstance(value, str) and ("enum" in schema or "const" in schema):
            return value
        return json.dumps(value)

    def _name(self, schema: Schema, stem: str, place: str) -> str:
        if "$ref" in schema:
            return self._named(schema, stem, place)
        if "enum" in schema or "const" in schema:
            return self._enum(stem, schema, place)
        kind = schema.get("type")
        if kind == "string":
            form = schema.get("format", "")
            return "ID" if form == "uuid" else SCALARS.get(form, "String")
        if kind == "array" and "items" in schema and not schema.get("uniqueItems"):
            return f"[{self.reference(schema['items'], stem, f'{place}[]')}]"
        if kind in _KINDS:
            return _KINDS[kind]
        raise Unfit(place, f"GraphQL has no type for {_words(schema)}")

    def _named(self, schema: Schema, stem: str, place: str) -> str:
        """Write the type that a reference names, unless it is there, and give its name."""
        key, target = self._target(schema)
        if "enum" in target or "const" in target:
            return self._enum(key, target, place)
        if target.get("type") != "object":
            if target.get("type") == "array" and target.get("items") == schema:
                raise Unfit(place, f"{key} is a list of itself")
            return self._name(target, stem, place)
        if not target.get("properties"):
            raise Unfit(place, f"GraphQL has no type for {_words(target)}")
        name = key if not self.is_input or key.endswith("Input") else f"{key}Input"
        if self._made_of.setdefault(name, key) != key:
            raise Unfit(place, f"{key} and {self._made_of[name]} are both {name}; rename one")
        if name not in self.types:
            self._define(name, "", place)  # a field of it may be of this very type
            head = f"{described(target)}{'input' if self.is_input else 'type'} {name}"
            self.types[name] = block(head, self.fields(target, name, name))
        return name

    def _enum(self, name: str, schema: Schema, place: str) -> str:
        values = schema["enum"] if "enum" in schema else [schema["const"]]
        for value in values:
            if not isinstance(value, str) or not _VALUE.match(value):
                raise Unfit(place, f"{value!r} cannot be a value of an enum in GraphQL")
        self._define(name, block(f"{described(schema)}enum {name}", values), place)
        return name

    def _define(self, name: str, text: str, place: str) -> None:
        if not is_graphql_name(name) or name in _TAKEN:
            why = "is GraphQL's own" if name in _TAKEN else "cannot be a name in GraphQL"
            raise Unfit(place, f"the type name {name!r} {why}; rename the class")
        if self.types.setdefault(name, text) != text:
            raise Unfit(place, f"there are two types of the name {name!r}; rename one")

    def _target(self, schema: Schema) -> tuple[str, Schema]:
        key = str(schema["$ref"]).removeprefix("#/$defs/")
        return key, self.definitions[key]


def is_graphql_name(name: object) -> bool:
    """Tell whether GraphQL takes this as a name of somebody's own."""
    return isinstance(name, str) and _NAME.match(name) is not None


def pascal(name: str) -> str:
    """Write a name as a part of a type's name: `orderId` as `OrderId`."""
    return name[:1].upper() + name[1:]


def described(schema: Schema) -> str:
    """Write a description as GraphQL has it before what it describes; empty where there is none."""
    return description(schema.get("description"))


def description(text: str | None) -> str:
    """Write a text before what it describes."""
    return f"{json.dumps(text.strip(), ensure_ascii=False)} " if text and text.strip() else ""


def block(head: str, lines: Iterable[str]) -> str:
    """Write a type with its lines in braces."""
    return "\n".join([f"{head} {{", *(f"  {line}" for line in lines), "}", ""])


def _without_null(schema: Schema, place: str) -> tuple[Schema, bool]:
    """Take `null` out of a union; of others only one member may be left."""
    members = schema.get("anyOf") or schema.get("oneOf") or [schema]
    rest = [member for member in members if member.get("type") != "null"]
    if len(rest) != 1:
        what = "a union; GraphQL takes X | None only" if rest else "nothing but None"
        raise Unfit(place, f"there is no type for {what}")
    return rest[0], len(members) != len(rest)


def _words(schema: Schema) -> str:
    """Say what a JSON schema is, in the words of Python."""
    kind = schema.get("type")
    if kind == "object" and schema.get("properties") == {}:
        return "a model without fields"
    if kind == "object":
        return "a dict, whose keys it must know; write a model"
    if kind == "array":
        return "a set or a tuple, or for a list of anything; write list[…]"
    return "Any; write a type" if kind is None else f"{kind}"
