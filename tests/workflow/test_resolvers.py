"""Resolvers as they are written: what their types look like in GraphQL, and how they are tested."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime
import decimal
import enum
import re
import sqlite3
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, NotRequired

import pytest
from graphql import assert_valid_schema, build_schema
from pydantic import BaseModel, Field, RootModel, computed_field, create_model
from typing_extensions import TypedDict

from console.workflow import (
    CamelModel,
    DatabaseReadOnly,
    DefinitionError,
    EngineRefused,
    InvalidInput,
    InvalidResult,
    ResolverContext,
    ResolverError,
    WorkflowMisuse,
    auth,
    create_resolver,
    create_workflow,
    create_workflow_job,
    define_wait_point,
    get_db,
    get_db_sync,
)
from console.workflow.resolver import Resolver
from console.workflow.resolver_schema import ResolverSchema
from console.workflow.testing import Start, run_in_place


class Color(enum.StrEnum):
    RED = "red"
    BLUE = "blue"


class Grade(enum.IntEnum):
    GOOD = 1


class Point(CamelModel):
    """Where it is."""

    grid_x: int
    label: str | None = None


class Tree(CamelModel):
    children: list[Tree] = Field(default=[])


@dataclasses.dataclass
class Plain:
    size: int
    note: str | None = None


class Keys(TypedDict):
    left: int
    right: NotRequired[str]


class Ids(RootModel[list[uuid.UUID]]):
    pass


class Nothing(BaseModel):
    pass


class Odd(BaseModel):
    value: int = Field(alias="a-b")


def resolver_of(
    output: Any, input: Any = None, name: str = "made", operation: Any = "query"
) -> Resolver[Any]:
    """Make a resolver whose body has these annotations."""

    def bare() -> Any: ...

    def with_input(input: Any) -> Any: ...

    body: Callable[..., Any] = bare if input is None else with_input
    body.__annotations__ = {"return": output} | ({} if input is None else {"input": input})
    return create_resolver(name=name, operation=operation, body=body)


def schema_of(*resolvers: Resolver[Any]) -> str:
    """Write the schema of resolvers, and have the reference implementation read it."""
    schema = ResolverSchema()
    for resolver in resolvers:
        schema.add(resolver)
    text = schema.text()
    assert_valid_schema(build_schema(text))
    return text


MAPPING = [
    (str, "String!", "String!"),
    (int, "Int!", "Int!"),
    (float, "Float!", "Float!"),
    (bool, "Boolean!", "Boolean!"),
    (datetime.date, "Date!", "Date!"),
    (datetime.datetime, "DateTime!", "DateTime!"),
    (datetime.time, "Time!", "Time!"),
    (decimal.Decimal, "Decimal!", "Decimal!"),
    (uuid.UUID, "ID!", "ID!"),
    (Color, "Color!", "Color!"),
    (Literal["big", "small"], "MadeField!", "MadeField!"),
    (str | None, "String", "String"),
    (list[str], "[String!]!", "[String!]!"),
    (list[int | None] | None, "[Int]", "[Int]"),
    (Point, "PointInput!", "Point!"),
    (list[Point] | None, "[PointInput!]", "[Point!]"),
    (Tree, "TreeInput!", "Tree!"),
    (Plain, "PlainInput!", "Plain!"),
    (Keys, "KeysInput!", "Keys!"),
    (Ids, "[ID!]!", "[ID!]!"),
]


@pytest.mark.parametrize(("annotation", "given", "got"), MAPPING, ids=lambda one: str(one))
def test_a_type_has_one_word_in_graphql(annotation: Any, given: str, got: str) -> None:
    model = create_model("Made", field=(annotation, ...))
    text = schema_of(resolver_of(model, model))
    assert f"made(field: {given}): Made!\n" in text
    assert f"type Made {{\n  field: {got}\n}}" in text


def test_a_result_needs_no_model_around_it() -> None:
    text = schema_of(resolver_of(list[Color] | None, name="colors"), resolver_of(int))
    assert "colors: [Color!]\n" in text
    assert "made: Int!\n" in text


def test_the_fields_are_written_by_their_aliases_with_defaults_and_descriptions() -> None:
    class Search(CamelModel):
        sort_by: Color = Field(Color.RED, description='which "colour"')
        page_size: int = 10
        in_stock: bool = False
        words: list[str] = Field(default=["a"])
        near: Point | None = None
        tags: list[str] = Field(default_factory=list)

    class Found(CamelModel):
        """What was found."""

        is_last: bool = True

        @computed_field
        @property
        def total_count(self) -> int:
            return 1

    text = schema_of(resolver_of(Found, Search))
    arguments = (
        r'"which \"colour\"" sortBy: Color! = red, pageSize: Int! = 10, inStock: Boolean! = false, '
        r'words: [String!]! = ["a"], near: PointInput, tags: [String!]'
    )
    assert f"made({arguments}): Found!" in text
    assert '"What was found." type Found {\n  isLast: Boolean!\n  totalCount: Int!\n}' in text
    assert '"Where it is." input PointInput {\n  gridX: Int!\n  label: String\n}' in text


def test_queries_and_mutations_have_their_roots_and_a_schema_always_has_a_query() -> None:
    change = resolver_of(int, name="change", operation="mutation")
    assert "type Mutation {\n  change: Int!\n}" in schema_of(resolver_of(int), change)
    assert "type Query {\n  _empty: Boolean\n}" in schema_of(change)
    assert ResolverSchema().text() == ""


def test_one_type_serves_several_resolvers_and_another_of_its_name_is_refused() -> None:
    text = schema_of(resolver_of(Point), resolver_of(list[Point], Tree, name="other"))
    assert text.count("type Point {") == 1
    schema = ResolverSchema()
    schema.add(resolver_of(Point))
    other = create_model("Point", far=(int, ...))
    with pytest.raises(DefinitionError, match=r"'second': Point: this type is another one in re.*"):
        schema.add(resolver_of(other, name="second"))


WRONG = [
    (dict[str, int], None, "result: GraphQL has no type for a dict, whose keys it must know"),
    (Any, None, "result: GraphQL needs a type: return something"),
    (None, None, "result: GraphQL needs a type"),
    (int | str, None, "result: there is no type for a union"),
    (set[int], None, "result: GraphQL has no type for a set or a tuple"),
    (tuple[int, str], None, "result: GraphQL has no type for a set or a tuple"),
    (list[Any], None, r"result\[\]: GraphQL has no type for Any"),
    (Nothing, None, "result: GraphQL has no type for a model without fields"),
    (Grade, None, "result: 1 cannot be a value of an enum"),
    (Literal["in transit"], None, "result: 'in transit' cannot be a value of an enum"),
    (Odd, None, "Odd.a-b: 'a-b' cannot be a name in GraphQL; give it another alias"),
    (create_model("Date", a=(int, ...)), None, "the type name 'Date' is GraphQL's own"),
    (int, dict[str, int], "input: GraphQL has no type for a dict"),
    (int, int, "input: GraphQL has no type for integer"),
    (int, Point | None, "input: GraphQL has no type for"),
    (int, create_model("In", p=(list[dict[str, str]], ...)), r"input.p\[\]: GraphQL has no type"),
    (
        int,
        create_model("Two", a=(Point, ...), b=(create_model("PointInput", n=(int, ...)), ...)),
        "input.b: PointInput and Point are both PointInput",
    ),
]


@pytest.mark.parametrize(("output", "input", "words"), WRONG, ids=lambda one: str(one)[:40])
def test_a_type_graphql_has_no_word_for_is_refused_with_its_place(
    output: Any, input: Any, words: str
) -> None:
    with pytest.raises(DefinitionError, match=f"resolver 'made': .*{words}") as told:
        ResolverSchema().add(resolver_of(output, input))
    assert told.value.file == __file__
    assert told.value.line > 1


@pytest.mark.parametrize("name", ["a-b", "", "1st", "__typename", "ä", None])
def test_a_resolver_has_a_name_of_graphql(name: Any) -> None:
    with pytest.raises(DefinitionError, match="is no name in GraphQL"):
        create_resolver(name=name, operation="query", body=lambda: 1)


def test_other_mistakes_are_told_where_they_stand() -> None:
    with pytest.raises(DefinitionError, match=r"test_resolvers.py:\d+: operation of resolver 'a'"):
        create_resolver(name="a", operation="get", body=lambda: 1)  # type: ignore[call-overload]
    with pytest.raises(DefinitionError, match="takes `input` and `context: ResolverContext`"):
        create_resolver(name="a", operation="query", body=lambda one, two: 1)
    with pytest.raises(DefinitionError, match="is not a function"):
        create_resolver(name="a", operation="query", body=7)  # type: ignore[call-overload]


class Trigger(CamelModel):
    order_id: str = Field(pattern="^o-")


class Triggered(CamelModel):
    workflow_run_id: str


@create_workflow_job(name="process-it")
async def process_it(input: Trigger) -> None: ...


processing = create_workflow(name="order-processing", main_job=process_it)
approval = define_wait_point("approval")


@create_resolver(name="triggerProcessing", operation="mutation")
async def trigger_processing(input: Trigger) -> Triggered:
    return Triggered(
        workflow_run_id=await processing.trigger(input, auth_invoker=auth.invoker("m-1"))
    )


@create_resolver(name="who", operation="query", auth_invoker=auth.invoker("batch-user"))
def who(context: ResolverContext) -> list[str | None]:
    return [context.user, context.invoker, *context.env.values()]


def test_a_resolver_is_tested_in_place_with_the_rules_of_a_request() -> None:
    with run_in_place(env={"REGION": "eu"}, invoker="ops-user") as run:
        done = asyncio.run(trigger_processing.run({"orderId": "o-1"}))
        assert asyncio.run(who.run()) == ["ops-user", "batch-user", "eu"]
        with pytest.raises(InvalidInput, match=r"\$\.orderId: String should match"):
            asyncio.run(trigger_processing.run({"orderId": "7"}))
    started = run.starts[0]
    assert started == Start("order-processing", {"orderId": "o-1"}, "m-1", done.workflow_run_id)


Made = Callable[..., Any]


@pytest.mark.parametrize("is_async", [True, False])
def test_a_query_changes_nothing_in_place_either(tmp_path: Path, is_async: bool) -> None:
    shop = tmp_path / "shop.db"
    with sqlite3.connect(shop) as connection:
        connection.execute("CREATE TABLE Note (words TEXT)")
    connection.close()
    insertion = "INSERT INTO Note VALUES ('x')"

    async def writes() -> int:
        async with get_db("tailordb").begin() as tx:
            await tx.execute(insertion)
        return 1

    def writes_sync() -> int:
        with get_db_sync("tailordb").begin() as tx:
            tx.execute(insertion)
        return 1

    async def starts() -> str:
        return await processing.trigger({"orderId": "o-1"})

    def starts_sync() -> str:
        return processing.trigger_sync({"orderId": "o-1"})

    async def answers() -> int:
        await approval.resolve("e-1", True)
        return 1

    def answers_sync() -> int:
        approval.resolve_sync("e-1", True)
        return 1

    def run(body: Made, operation: Any) -> None:
        asyncio.run(create_resolver(name="made", operation=operation, body=body).run())

    bodies: list[Made] = [writes, starts, answers]
    if not is_async:
        bodies = [writes_sync, starts_sync, answers_sync]
    with run_in_place(databases={"tailordb": (f"sqlite:///{shop}", "rw")}) as place:
        with pytest.raises(DatabaseReadOnly):
            run(bodies[0], "query")
        for body in bodies[1:]:
            with pytest.raises(EngineRefused, match="a query changes nothing"):
                run(body, "query")
        assert (place.starts, place.resolutions) == ([], [])
        for body in bodies:
            run(body, "mutation")
        assert (len(place.starts), len(place.resolutions)) == (1, 1)
    connection = sqlite3.connect(shop)
    assert connection.execute("SELECT * FROM Note").fetchall() == [("x",)]
    connection.close()


def test_a_resolver_waits_for_nobody_in_place_either() -> None:
    async def body() -> bool:
        return bool(await approval.wait())

    with run_in_place(answers={"approval": True}), pytest.raises(WorkflowMisuse, match="cannot"):
        asyncio.run(create_resolver(name="made", operation="mutation", body=body).run())


def test_a_resolver_starts_workflows_and_no_jobs() -> None:
    async def body() -> int:
        await process_it.trigger({"orderId": "o-1"})
        return 1

    with pytest.raises(WorkflowMisuse, match="a resolver starts workflows, not jobs"):
        asyncio.run(create_resolver(name="wrong", operation="query", body=body).run())


def test_what_a_body_gives_is_checked_and_a_step_must_be_awaited() -> None:
    async def forgets(input: Trigger) -> int:
        processing.trigger(input)  # type: ignore[unused-coroutine]
        return 1

    def lies() -> int:
        return "x"  # type: ignore[return-value]

    made = [create_resolver(name="made", operation="query", body=one) for one in (forgets, lies)]
    with run_in_place():
        with pytest.raises(WorkflowMisuse, match="was never awaited"):
            asyncio.run(made[0].run({"orderId": "o-1"}))
        with pytest.raises(InvalidResult, match="result of made"):
            asyncio.run(made[1].run())


def test_a_refusal_has_words_for_the_caller_and_a_code() -> None:
    error = ResolverError("no order o-1", code="not_found")
    assert (str(error), error.message, error.code) == ("no order o-1", "no order o-1", "not_found")
    assert re.fullmatch("", ResolverError("x").code)
