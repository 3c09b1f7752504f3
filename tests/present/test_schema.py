"""JSON schemas told to a person, and held against what is typed."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field, TypeAdapter, ValidationError

from console.present.line import plain
from console.present.schema_check import schema_complaint
from console.present.schema_help import Schema, parse_schema, schema_lines
from console.workflow import CamelModel
from console.workflow.json_types import JsonType


class Line(CamelModel):
    sku: str
    count: Annotated[int, Field(ge=1, le=9)] = 1
    part: Line | None = None


class Order(CamelModel):
    order_id: str = Field(description="as the shop writes it")
    lines: list[Line]
    size: Literal["big", "small"] = "small"
    amount: Decimal
    ratio: float = 0.5
    when: date | None = None
    notes: dict[str, int] = Field(default_factory=dict)
    tag: int | str = 3
    is_gift: bool = False


def schema_of(annotation: Any) -> Schema:
    return parse_schema(json.dumps(JsonType(annotation).schema("validation")))


def told(annotation: Any, most: int = 50) -> list[str]:
    return [plain(line).rstrip() for line in schema_lines(schema_of(annotation), most)]


def test_each_field_is_told_with_what_it_takes_and_whether_it_must_be_there() -> None:
    assert told(Order) == [
        "orderId        text, required   as the shop writes it",
        "lines          list of objects, required",
        "lines[].sku    text, required",
        "lines[].count  whole number from 1 to 9, else 1",
        "lines[].part   object or null, optional",
        'size           "big" or "small", else "small"',
        "amount         decimal number, required",
        "ratio          number, else 0.5",
        "when           date or null, optional",
        "notes          object of whole numbers, optional",
        "tag            whole number or text, else 3",
        "isGift         true or false, else false",
    ]


def test_many_fields_are_counted_and_a_type_without_fields_is_said_in_words() -> None:
    assert told(Order, 2)[-1] == "and 10 fields more"
    assert told(list[int]) == ["list of whole numbers"]
    assert told(dict[str, Any]) == ["object"]
    nothing = parse_schema('{"type": "object", "properties": {}}')
    assert plain(schema_lines(nothing, 5)[0]) == "nothing: it reads no argument"


@pytest.mark.parametrize("text", ["", "{", "[]", "7", "{}", '{"$ref": "#/$defs/Gone"}', "[" * 9999])
def test_a_schema_that_says_nothing_tells_nothing_and_complains_of_nothing(text: str) -> None:
    schema = parse_schema(text)
    assert schema_lines(schema, 5) == ()
    assert schema_complaint(schema, {"a": 1}) == ""


def test_what_a_foreign_schema_says_is_no_terminal_control() -> None:
    schema = {
        "type": "object",
        "properties": {"a\x1b[2J": {"type": "string", "description": "\x1b]0;x\x07"}},
        "required": ["a\x1b[2J"],
    }
    shown = "".join(plain(line) for line in schema_lines(schema, 5))
    assert "\x1b" not in shown + schema_complaint(schema, {})


ITEM = '{"sku": "chair"}'


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (f'{{"orderId": "o", "lines": [{ITEM}], "amount": 1.5}}', ""),
        ("{}", "orderId is missing"),
        ('{"orderID": "o"}', "orderId is missing; there is orderID"),
        ('{"orderId": 7, "lines": [], "amount": 1}', "orderId: text is wanted, and this is 7"),
        (
            '{"orderId": "o", "lines": {}, "amount": 1}',
            "lines: list of objects is wanted, and this is an object",
        ),
        ('{"orderId": "o", "lines": [{}], "amount": 1}', "lines[0].sku is missing"),
        (
            '{"orderId": "o", "lines": [{"sku": "a", "count": 0}], "amount": 1}',
            "lines[0].count: whole number from 1 to 9 is wanted, and this is 0",
        ),
        (
            '{"orderId": "o", "lines": [], "amount": 1, "size": "huge"}',
            'size: "big" or "small" is wanted, and this is "huge"',
        ),
        (
            '{"orderId": "o", "lines": [], "amount": 1, "isGift": "maybe"}',
            'isGift: true or false is wanted, and this is "maybe"',
        ),
        ("[]", "object is wanted, and this is a list"),
        ("null", "object is wanted, and this is null"),
    ],
)
def test_the_first_thing_that_does_not_fit_is_said_with_its_place(
    text: str, complaint: str
) -> None:
    assert schema_complaint(schema_of(Order), json.loads(text)) == complaint


def test_a_field_that_is_forbidden_is_said_with_the_nearest_that_is_not() -> None:
    class Strict(CamelModel, extra="forbid"):
        order_id: str = ""

    complaint = schema_complaint(schema_of(Strict), {"orderid": "o"})
    assert complaint == "orderid is not known; did you mean orderId?"


values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 12)
    | st.floats(-3, 12)
    | st.sampled_from(["", "5", "1.5", "x", "big", "small", "2026-11-24", "true", "inf"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["sku", "count", "part", "zz"]), inner, max_size=3)
    ),
    max_leaves=6,
)
SAFE = ("size", "ratio", "when", "notes", "tag", "isGift")
orders = st.fixed_dictionaries(
    {}, optional=dict.fromkeys((*SAFE, "lines", "amount", "orderId"), values)
)
good = st.fixed_dictionaries(
    {"orderId": st.text(max_size=3), "lines": st.just([]), "amount": st.just(1)},
    optional=dict.fromkeys(SAFE, values),
)
ORDER: TypeAdapter[Order] = TypeAdapter(Order)
SCHEMA = schema_of(Order)


@settings(max_examples=400)
@given(values | orders | good)
def test_what_the_workflow_takes_is_never_complained_about(value: Any) -> None:
    try:
        ORDER.validate_json(json.dumps(value), by_alias=True, by_name=False)
    except ValidationError:
        return
    assert schema_complaint(SCHEMA, value) == ""
