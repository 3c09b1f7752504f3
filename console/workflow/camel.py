"""The base of models whose JSON is in camelCase."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class CamelModel(BaseModel):
    """A model written in Python as `customer_id` and in JSON as `customerId`."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)
