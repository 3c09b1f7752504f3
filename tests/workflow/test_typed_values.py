"""Values of declared types: what goes in as one comes out as the same, by way of JSON."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, NamedTuple, NotRequired, TypedDict
from uuid import UUID

import pytest
from pydantic import BaseModel

from console.workflow import Job, JobFailed, NotJson


class Colour(Enum):
    RED = "red"


class Visit(TypedDict):
    at: datetime
    cost: NotRequired[Decimal]


class Place(NamedTuple):
    x: int
    colour: Colour


TYPED = [
    (datetime, datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)),
    (date, date(2024, 2, 29)),
    (time, time(1, 2, 3)),
    (timedelta, timedelta(days=1, milliseconds=3)),
    (UUID, UUID(int=7)),
    (Decimal, Decimal("1.10")),
    (bytes, b"raw"),
    (Colour, Colour.RED),
    (Visit, {"at": datetime(2026, 1, 2, tzinfo=UTC), "cost": Decimal("2.50")}),
    (Place, Place(1, Colour.RED)),
    (list[Visit], [{"at": datetime(2026, 1, 2, tzinfo=UTC)}]),
    (dict[str, Decimal], {"a": Decimal("0.10")}),
    (tuple[int, Decimal, Colour], (1, Decimal("2.0"), Colour.RED)),
    (datetime | None, datetime(2026, 1, 2, tzinfo=UTC)),
]


@pytest.mark.parametrize(("kind", "value"), TYPED)
def test_a_value_goes_in_and_comes_out_as_the_type_that_is_declared(kind: Any, value: Any) -> None:
    async def body(input: Any) -> Any:
        assert input == value
        assert type(input) is type(value)
        return input

    body.__annotations__.update({"input": kind, "return": kind})
    job: Job[Any, Any] = Job("passes-on", body)
    given_back = asyncio.run(job.trigger(value))
    assert given_back == value
    assert type(given_back) is type(value)


def test_what_a_type_does_not_declare_is_kept_beside_what_only_the_type_can_write() -> None:
    async def body(input: Visit) -> None: ...

    job: Job[Any, Any] = Job("takes-visit", body)
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    text = job.write_input({"at": moment, "note": ["kept", None]})
    assert json.loads(text) == {"at": "2026-01-02T00:00:00Z", "note": ["kept", None]}
    with pytest.raises(NotJson, match=r"^\$\.seen: a datetime is not JSON"):
        job.write_input({"at": moment, "seen": moment})
    with pytest.raises(NotJson, match=r"^\$\.at: a datetime is not JSON"):
        job.write_input({"at": moment, "cost": "x"})


class Loose(BaseModel):
    x: float = 0.0
    more: Any = None


NAN = float("nan")


@pytest.mark.parametrize(
    ("kind", "value", "path", "words"),
    [
        (object, NAN, "$", "nan is not a number"),
        (dict[str, Any], {"a": [NAN]}, "$.a[0]", "nan is not a number"),
        (Loose, Loose(x=NAN), "$.x", "nan is not a number"),
        (Loose, Loose(more={"a": -float("inf")}), "$.more.a", "-inf is not a number"),
        (Loose, Loose(more=[{1}]), "$.more[0]", "a set has no order"),
        (dict[str, Any], {"when": date(2026, 1, 2)}, "$.when", "a date is not JSON"),
        (list[Any], [1, Decimal("1.5")], "$[1]", "a Decimal is not JSON"),
        (Loose, Loose(more=Colour.RED), "$.more", "a Colour is not JSON"),
    ],
)
def test_a_result_that_json_would_change_is_refused(
    kind: Any, value: Any, path: str, words: str
) -> None:
    async def body() -> Any:
        return value

    body.__annotations__["return"] = kind
    job: Job[Any, Any] = Job("gives-it", body)
    with pytest.raises(JobFailed, match=re.escape(f"result of gives-it: {path}: {words}")):
        asyncio.run(job.trigger())
