"""JSON as it crosses from job to job."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from console.workflow import CamelModel, InvalidInput, NotJson
from console.workflow.json_text import (
    dump_input,
    dump_json,
    input_hash,
    load_json,
    normal_input,
    plain,
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


def shuffled(value: Any, random: Any) -> Any:
    """Give the same JSON value with its keys in another order."""
    if isinstance(value, dict):
        items = [(key, shuffled(item, random)) for key, item in value.items()]
        random.shuffle(items)
        return dict(items)
    if isinstance(value, list):
        return [shuffled(item, random) for item in value]
    return value


@given(json_values)
def test_every_json_value_comes_back_as_it_was(value: Any) -> None:
    text = dump_json(value)
    assert load_json(text) == value
    assert dump_json(load_json(text)) == text


@given(json_values, st.randoms(use_true_random=False))
def test_the_order_of_keys_does_not_change_the_hash(value: Any, random: Any) -> None:
    first, second = dump_json(value), dump_json(shuffled(value, random))
    assert first == second
    assert input_hash(first) == input_hash(second)


@given(json_values, json_values)
def test_different_values_have_different_hashes(first: Any, second: Any) -> None:
    one, other = dump_json(first), dump_json(second)
    assert (input_hash(one) == input_hash(other)) == (one == other)


@given(json_values)
def test_canonical_text_has_no_spaces_between_tokens(value: Any) -> None:
    loose = json.dumps(value, indent=2, ensure_ascii=True)
    assert normal_input(loose) == dump_input(value)
    assert len(dump_json(value)) <= len(json.dumps(value, ensure_ascii=False))


@pytest.mark.parametrize("nothing", [None, "", "  \n", "null", " null "])
def test_a_missing_or_null_input_is_an_empty_object(nothing: str | None) -> None:
    assert normal_input(nothing) == "{}"


def test_a_null_deeper_down_stays_null() -> None:
    assert dump_input({"a": None}) == '{"a":null}'
    assert dump_json(None) == "null"


class Colour(Enum):
    RED = "red"


class Plain:
    pass


@pytest.mark.parametrize(
    ("value", "path", "word"),
    [
        ({"a": [1, {"when": datetime.now(UTC)}]}, "$.a[1].when", "datetime"),
        ({"day": date(2024, 1, 1)}, "$.day", "date"),
        ({"a b": {1, 2}}, '$["a b"]', "set"),
        ([b"raw"], "$[0]", "bytes"),
        ({"x": float("nan")}, "$.x", "nan"),
        ([float("inf")], "$[0]", "inf"),
        ([-float("inf")], "$[0]", "inf"),
        ({"o": {7: 1}}, "$.o", "key 7"),
        ({None: 1}, "$", "key None"),
        ({True: 1}, "$", "key True"),
        ({"price": Decimal("1.5")}, "$.price", "Decimal"),
        ({"id": UUID(int=3)}, "$.id", "UUID"),
        ({"c": Colour.RED}, "$.c", "Colour"),
        (Plain(), "$", "Plain"),
        ({"f": len}, "$.f", "builtin"),
        ({"k": Plain}, "$.k", "type"),
        ("\ud800", "$", "surrogate"),
        ({"\udfff": 1}, "$", "surrogate"),
        ([10**5000], "$[0]", "bits"),
        ({"m": complex(1)}, "$.m", "complex"),
    ],
)
def test_what_is_not_json_is_refused_with_its_path(value: Any, path: str, word: str) -> None:
    with pytest.raises(NotJson) as refused:
        dump_input(value)
    assert refused.value.path.startswith(path)
    assert word in str(refused.value)


def test_a_value_that_contains_itself_is_refused_and_not_followed_for_ever() -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(NotJson, match="nested deeper"):
        dump_json(loop)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "{'a': 1}",
        '{"a": NaN}',
        "Infinity",
        "[1,]",
        '{"a": 1, "a": 2}',
        "[" * 5000 + "]" * 5000,
        "[" * 300 + "]" * 300,
        "1" * 5000,
        '"\\ud800"',
        "1e999",
        "undefined",
    ],
)
def test_text_that_is_not_json_is_an_invalid_input(text: str) -> None:
    with pytest.raises(InvalidInput):
        normal_input(text)


def test_the_place_of_a_syntax_mistake_is_told() -> None:
    with pytest.raises(InvalidInput, match="line 2, column 8"):
        normal_input('{\n  "a": oops}')


class Word(StrEnum):
    YES = "yes"


class Level(IntEnum):
    HIGH = 3


class OldWord(str, Enum):  # noqa: UP042  (what the test is about)
    NO = "no"


def test_subclasses_of_text_and_numbers_are_what_they_are() -> None:
    assert dump_json([Word.YES, Level.HIGH, OldWord.NO, (1, 2)]) == '["yes",3,"no",[1,2]]'
    assert all(type(item) in (str, int, list) for item in plain([Word.YES, Level.HIGH, (1,)]))


class Line(CamelModel):
    unit_price: Decimal
    made_at: datetime


@dataclass
class Point:
    x: int
    seen: date


def test_models_and_dataclasses_are_written_by_their_aliases_wherever_they_stand() -> None:
    line = Line(unit_price=Decimal("1.50"), made_at=datetime(2024, 1, 2, tzinfo=UTC))
    text = dump_json({"lines": [line], "at": Point(1, date(2024, 1, 2))})
    assert json.loads(text) == {
        "at": {"x": 1, "seen": "2024-01-02"},
        "lines": [{"unitPrice": "1.50", "madeAt": "2024-01-02T00:00:00Z"}],
    }


class Tagged(BaseModel):
    tags: set[str] = Field(default_factory=set)


class Loose(BaseModel):
    number: float


def test_a_set_in_a_model_is_refused_since_its_order_is_not_the_same_twice() -> None:
    with pytest.raises(NotJson, match=r"\$\.all\[0\]\.tags: a set has no order"):
        dump_json({"all": [Tagged(tags={"a", "b"})]})


def test_a_model_cannot_smuggle_infinity_in() -> None:
    with pytest.raises(NotJson, match=r"\$\.number"):
        dump_json(Loose(number=float("inf")))


@settings(max_examples=3, deadline=None)
@given(st.dictionaries(texts, texts, min_size=3))
def test_another_process_makes_the_same_hash(value: dict[str, str]) -> None:
    program = (
        "import json,sys; from console.workflow.json_text import *;"
        "print(input_hash(dump_input(json.load(sys.stdin))))"
    )
    other = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(value),
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONHASHSEED": "7"},
    )
    assert other.stdout.strip() == input_hash(dump_input(value))
