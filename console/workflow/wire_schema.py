"""JSON schemas of what crosses a border, exact enough to make a GraphQL schema of them."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema


class WireSchema(GenerateJsonSchema):
    """Pydantic's JSON schema, where a field is required that is always written."""

    def field_is_required(self, field: Any, total: bool) -> bool:
        """Tell it of a field; one with a default is always written, one of a TypedDict maybe."""
        if self.mode == "serialization" and field["type"] != "typed-dict-field":
            return not field.get("serialization_exclude")
        return super().field_is_required(field, total)

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> JsonSchemaValue:
        """Show a decimal as the text it is written as."""
        return {"type": "string", "format": "decimal"}

    def render_warning_message(self, kind: Any, detail: str) -> str | None:
        """Warn of nothing: a default that is no JSON is left out, and its field is optional."""
        return None
