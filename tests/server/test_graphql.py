"""GraphQL at `/query`: what is answered, what is refused, and that nothing inside is told."""

from __future__ import annotations

import asyncio
import gzip
import json
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import build_client_schema, build_schema, get_introspection_query, print_schema
from hypothesis import given, settings
from hypothesis import strategies as st

from console.engine.interface import Engine, HasResolvers, ResolverFailed, ResolverRefused
from console.server.host import Hosting
from tests.fakes.engine import FakeEngine
from tests.server.serving import Served, served

SCHEMA = """
type Query {
  order(id: String!, count: Int! = 3): Order
  orders: [Order!]!
  "Takes all there is."
  take(at: Date, on: DateTime, t: Time, d: Decimal, id: ID, color: Color! = red, f: Float): String!
  tree(like: NodeInput): Node!
  odd(how: String!): Int
}
type Mutation {
  change(to: String): Int!
}
type Order {
  id: String!
  items: [Item!]
}
type Item {
  name: String!
}
type Node {
  name: String
  next: Node
}
input NodeInput {
  name: String
  next: NodeInput
}
enum Color {
  red
  blue
}
scalar Date
scalar DateTime
scalar Time
scalar Decimal
"""
OPERATOR_TOKEN = "op-0123456789abcdef"
READ_TOKEN = "ro-0123456789abcdef"
JSON = {"content-type": "application/json"}
ORDER = {"id": "o-1", "items": [{"name": "lamp"}, {"name": "scarf"}]}


@dataclass
class FakeResolvers:
    """Resolvers that note how they are called and answer at once."""

    schema: str = SCHEMA
    calls: list[tuple[str, Any, str | None, str]] = field(default_factory=list)
    was_called: threading.Event = field(default_factory=threading.Event)

    async def call(self, name: str, argument: str, *, user: str | None, actor: str) -> str:
        self.calls.append((name, json.loads(argument), user, actor))
        self.was_called.set()
        return json.dumps(await self.answer(name, json.loads(argument)))

    async def answer(self, name: str, given: Any) -> Any:
        if name == "order":
            return ORDER if given["id"] == "o-1" else None
        if name == "orders":
            return [{"id": str(number), "items": None} for number in range(5000)]
        if name == "odd":
            return await self.odd(given["how"])
        return {"take": "taken", "change": 1, "tree": {"name": "a", "next": None}}[name]

    async def odd(self, how: str) -> Any:
        if how == "stall":
            await asyncio.Event().wait()
        if how == "fail":
            raise ResolverFailed("Traceback: secret-7 in /home/shop/resolvers/odd.py")
        if how == "bug":
            raise KeyError("secret-7")
        if how == "refuse":
            raise ResolverRefused("not today", code="not_found")
        if how == "inside":
            raise ResolverRefused("no such user", code="invalid_argument", inside="secret-8 here")
        if how == "wordless":
            raise ResolverRefused("not today")
        if how == "mistakes":
            mistakes = [(("how", 2, "deep"), "too short"), ((), "Value error, not both")]
            raise ResolverRefused("…", code="invalid_argument", mistakes=mistakes)
        return {"huge": 1 << 40, "text": "secret-7", "null": None}[how]


@dataclass(slots=True)
class GraphEngine(FakeEngine):
    """The fake engine, with resolvers besides."""

    resolvers: FakeResolvers = field(default_factory=FakeResolvers)


@pytest.fixture(scope="module")
def graph(homes: Path) -> Iterator[Served]:
    """A server on its Unix socket, and on loopback with tokens."""
    # One of its own each time: tests of several files in turn make a module's fixture twice.
    folder = Path(tempfile.mkdtemp(prefix="g", dir=homes))
    (folder / "run").mkdir()
    tokens = folder / "tokens"
    tokens.write_text(f"{OPERATOR_TOKEN}\nread-only {READ_TOKEN} night watch\n")
    tokens.chmod(0o600)
    hosting = Hosting(listen="127.0.0.1:0", token_file=tokens)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(folder / "run"))
        running = served(folder, hosting, GraphEngine())
        server = running.__enter__()
    yield server
    running.__exit__(None, None, None)


@pytest.fixture
def server(graph: Served) -> Iterator[Served]:
    """The server, whose resolvers remember nothing of the test before."""
    assert isinstance(graph.engine, GraphEngine)
    graph.engine.resolvers = resolvers_of(graph)
    yield graph
    graph.close_clients()


def resolvers_of(server: Served) -> FakeResolvers:
    assert isinstance(server.engine, GraphEngine)
    resolvers = server.engine.resolvers
    resolvers.calls.clear()
    resolvers.schema = SCHEMA
    return resolvers


def ask(
    server: Served, query: str, variables: Any = None, tcp: bool = False, **headers: str
) -> httpx.Response:
    body = {"query": query} | ({"variables": variables} if variables is not None else {})
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return server.client(tcp=tcp).post("/query", json=body, headers=named)


def post(server: Served, **options: Any) -> httpx.Response:
    return server.client().post("/query", **options)


def calls(server: Served) -> list[tuple[str, Any, str | None, str]]:
    assert isinstance(server.engine, GraphEngine)
    return server.engine.resolvers.calls


def test_a_query_is_answered_with_what_it_selects(server: Served) -> None:
    answer = ask(
        server,
        'query One($id: String!) { o: order(id: $id) { ...Part } none: order(id: "x", count: 1) '
        "{ id } __typename } fragment Part on Order { items { title: name } }",
        {"id": "o-1"},
        wfc_invoker="admin",
        wfc_actor="ada",
    )
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {
        "data": {
            "o": {"items": [{"title": "lamp"}, {"title": "scarf"}]},
            "none": None,
            "__typename": "Query",
        }
    }
    assert calls(server) == [
        ("order", {"id": "o-1", "count": 3}, "admin", "ada"),
        ("order", {"id": "x", "count": 1}, "admin", "ada"),
    ]


def test_arguments_come_as_json_whichever_way_they_were_written(server: Served) -> None:
    given = {"at": "2026-02-03", "on": "2026-02-03T04:05:06Z", "t": "04:05", "d": "1.50", "id": 7}
    written = ", ".join(f"{name}: {json.dumps(value)}" for name, value in given.items())
    assert "errors" not in ask(server, f"{{ take({written}, color: blue, f: 2) }}").json()
    types = {"at": "Date", "on": "DateTime", "t": "Time", "d": "Decimal", "id": "ID"}
    declared = ", ".join(f"${name}: {kind}" for name, kind in types.items())
    passed = ", ".join(f"{name}: ${name}" for name in types)
    assert "errors" not in ask(server, f"query ({declared}) {{ take({passed}) }}", given).json()
    nested = {"like": {"name": None, "next": {"name": "ä"}}}
    ask(server, "query ($like: NodeInput) { tree(like: $like) { name } }", nested)
    first, second, third = calls(server)
    assert first[1] == given | {"id": "7", "color": "blue", "f": 2.0}
    assert second[1] == given | {"id": "7", "color": "red"}
    assert third[1] == nested


def test_the_schema_can_be_asked_for(server: Served) -> None:
    answer = ask(server, get_introspection_query()).json()
    assert print_schema(build_client_schema(answer["data"])) == print_schema(build_schema(SCHEMA))
    assert calls(server) == []


WRONG = [
    ("{ order(id: ", None, "Syntax Error"),
    ("{ nope }", None, "Cannot query field 'nope' on type 'Query'"),
    ("{ order { id } }", None, "'Query.order(id:)' of type 'String!' is required"),
    ("{ order(id: 7) { id } }", None, "String cannot represent a non string value: 7"),
    ('{ order(id: "o-1") }', None, "must have a selection of subfields"),
    ("{ take(color: green) }", None, "Value 'green' does not exist in 'Color' enum"),
    ('{ take(at: "3 February") }', None, 'Date cannot represent "3 February"'),
    ("{ take(d: 1.5) }", None, "Decimal cannot represent 1.5"),
    ("query ($t: Time) { take(t: $t) }", {"t": "25:00"}, "Time cannot represent"),
    ("query ($d: Decimal) { take(d: $d) }", {"d": "x"}, "Decimal cannot represent"),
    ("query ($o: DateTime) { take(on: $o) }", {"o": 7}, "DateTime cannot represent 7"),
    ("query ($id: String!) { order(id: $id) { id } }", None, "Variable '$id'"),
    ("query A { __typename } query B { __typename }", None, "give its operationName"),
    ("fragment F on Order { id }", None, "give its operationName"),
    ("subscription { change }", None, "subscription operation is not supported"),
    ("", None, "Syntax Error"),
]


@pytest.mark.parametrize(("query", "variables", "words"), WRONG)
def test_a_wrong_request_is_told_as_graphql_has_it_and_calls_nothing(
    server: Served, query: str, variables: Any, words: str
) -> None:
    answer = ask(server, query, variables)
    assert answer.status_code == 200
    fields = answer.json()
    assert "data" not in fields
    assert words in fields["errors"][0]["message"]
    assert fields["errors"][0]["extensions"] == {"code": "invalid_argument"}
    # Nothing was executed, so there is no field to point at: GraphQL's own `locations` are there.
    assert "path" not in fields["errors"][0]
    assert calls(server) == []
    newer = ask(server, query, variables, accept="application/graphql-response+json")
    assert newer.status_code == 400
    assert newer.headers["content-type"] == "application/graphql-response+json"
    assert newer.json() == fields


def test_what_a_resolver_refuses_is_told_with_its_code_and_its_places(server: Served) -> None:
    answer = ask(
        server,
        '{ a: odd(how: "refuse") b: odd(how: "mistakes") c: odd(how: "wordless") '
        'd: odd(how: "null") order(id: "o-1") { id } }',
    ).json()
    assert answer["data"] == {"a": None, "b": None, "c": None, "d": None, "order": {"id": "o-1"}}
    told = [
        (error["message"], error["path"], error.get("extensions", {}).get("code"))
        for error in answer["errors"]
    ]
    assert told == [
        ("not today", ["a"], "not_found"),
        ("too short", ["b", "how", 2, "deep"], "invalid_argument"),
        ("Value error, not both", ["b"], "invalid_argument"),
        ("not today", ["c"], None),
    ]


@pytest.mark.parametrize("how", ["fail", "bug"])
def test_a_broken_resolver_is_told_to_the_log_and_not_to_the_caller(
    server: Served, how: str
) -> None:
    answer = ask(server, f'{{ odd(how: "{how}") order(id: "o-1") {{ id }} }}')
    assert answer.json() == {
        "data": {"odd": None, "order": {"id": "o-1"}},
        "errors": [
            {
                "message": "the resolver failed; the server's log says why",
                "locations": [{"line": 1, "column": 3}],
                "path": ["odd"],
                "extensions": {"code": "internal"},
            }
        ],
    }
    log = (server.record.project / ".wfc" / "server.log").read_text()
    last = log.rpartition("ERROR")[2]
    assert "resolver odd failed" in last
    assert "secret-7" in last


def test_what_a_refusal_has_inside_is_told_to_the_log_only(server: Served) -> None:
    answer = ask(server, '{ odd(how: "inside") }')
    (error,) = answer.json()["errors"]
    assert (error["message"], error["extensions"]) == (
        "no such user",
        {"code": "invalid_argument"},
    )
    assert "secret-8" not in answer.text
    log = (server.record.project / ".wfc" / "server.log").read_text()
    assert "resolver odd was refused: secret-8 here" in log


def test_a_result_of_another_type_gives_nothing_but_its_own_value_away(server: Served) -> None:
    answer = ask(server, '{ odd(how: "huge") }').json()
    assert answer["data"] == {"odd": None}
    assert "Int cannot represent non 32-bit signed integer" in answer["errors"][0]["message"]


DEEP = "{ tree " + "{ next " * 20 + "{ name }" + " }" * 21
WIDE = "{ tree { " + " ".join(f"n{number}: name" for number in range(500)) + " } }"
BOMB = "{ tree { ...F0 } } " + " ".join(
    f"fragment F{n} on Node {{ ...F{n + 1} ...F{n + 1} }}" for n in range(60)
)
LIMITS = [
    (DEEP, "the request is more than 20 levels deep"),
    (WIDE, "the request selects more than 500 fields"),
    (BOMB + " fragment F60 on Node { name }", "the request selects more than 500 fields"),
    ("{ tree { ...F } } fragment F on Node { ...F }", "the request selects more than 500 fields"),
    (
        "{ " + " ".join(f'n{number}: order(id: "x") {{ id }}' for number in range(11)) + " }",
        "the request calls more than 10 resolvers",
    ),
]


@pytest.mark.parametrize(("query", "words"), LIMITS, ids=["deep", "wide", "bomb", "cycle", "calls"])
def test_a_request_may_ask_so_much_and_no_more(server: Served, query: str, words: str) -> None:
    error = ask(server, query).json()["errors"][0]
    assert (error["message"], error["extensions"]["code"]) == (words, "resource_exhausted")
    assert calls(server) == []


def test_just_within_the_limits_is_answered(server: Served) -> None:
    deep = "{ tree " + "{ next " * 18 + "{ name }" + " }" * 19
    wide = "{ tree { " + " ".join(f"n{number}: name" for number in range(499)) + " } }"
    for query in (deep, wide):
        assert "errors" not in ask(server, query).json()


@pytest.mark.parametrize("depth", [50, 250, 900, 20_000])
def test_an_argument_may_be_nested_as_deeply_as_json_may_here(server: Served, depth: int) -> None:
    like = '{"next":' * depth + "{}" + "}" * depth
    query = "query ($like: NodeInput) { tree(like: $like) { name } }"
    body = f'{{"query": {json.dumps(query)}, "variables": {{"like": {like}}}}}'.encode()
    answer = post(server, content=body, headers=JSON).json()
    assert ("errors" not in answer) == (depth == 50)
    assert all(one["extensions"]["code"] != "internal" for one in answer.get("errors", ()))
    written = "{next:" * depth + "{}" + "}" * depth
    answer = ask(server, f"{{ tree(like: {written}) {{ name }} }}").json()
    assert ("errors" not in answer) == (depth == 50)
    assert all(one["extensions"]["code"] != "internal" for one in answer.get("errors", ()))


WORDS = """
{ } ( ) [ ] : - " # 1 true null "o-1" $a query mutation order tree next name id ...F @include(if:
"""
PIECES = st.sampled_from([*WORDS.split(), "fragment F on Node", "\x00"])


@settings(max_examples=60)
@given(words=st.lists(PIECES, max_size=25), fields=st.dictionaries(st.text(max_size=3), st.none()))
def test_whatever_is_asked_the_answer_is_graphql(
    graph: Served, words: list[str], fields: dict[str, Any]
) -> None:
    resolvers_of(graph)
    body = {"query": " ".join(words), "variables": fields}
    answer = graph.client().post("/query", json=body)
    graph.close_clients()
    assert answer.status_code == 200
    assert answer.json().keys() & {"data", "errors"}
    assert "internal" not in {
        one.get("extensions", {}).get("code") for one in answer.json().get("errors", ())
    }


@pytest.mark.parametrize(
    "query",
    ["{ " + "a " * 2001 + "}", "{ __typename }" + " " * 65536, "#\n" * 2001 + "{ __typename }"],
    ids=["tokens", "length", "comments"],
)
def test_a_document_has_a_largest_size(server: Served, query: str) -> None:
    message = ask(server, query).json()["errors"][0]["message"]
    assert "Syntax Error" in message or "exceed" in message, message


def test_a_large_result_is_not_multiplied_by_a_wide_selection(server: Served) -> None:
    narrow = ask(server, "{ orders { id } }").json()
    assert len(narrow["data"]["orders"]) == 5000
    wide = " ".join(f"n{number}: id" for number in range(300))
    answer = ask(server, f"{{ orders {{ {wide} }} }}").json()
    assert answer["errors"][0]["message"].startswith("this is too large an answer")


HTTP = [
    ({"content": b"{}", "headers": JSON}, 400, "query: the document is missing"),
    ({"content": b"[]", "headers": JSON}, 400, "the body is not one JSON object"),
    ({"content": b'{"query": 1}', "headers": JSON}, 400, "query: text is needed"),
    ({"json": {"query": "{a}", "variables": []}}, 400, "variables: an object is needed"),
    ({"json": {"query": "{a}", "operationName": 1}}, 400, "operationName: text is needed"),
    ({"content": b"{", "headers": JSON}, 400, "the body is not JSON: "),
    ({"content": b"\xff", "headers": JSON}, 400, "the body is not UTF-8"),
    ({"content": b"[" * 100_000, "headers": JSON}, 400, "the body is not JSON: "),
    ({"content": b"{a}", "headers": {"content-type": "application/graphql"}}, 415, "send one of"),
    ({"content": b"{}", "headers": {"content-type": "application/proto"}}, 415, "application/json"),
    ({"content": b"{}", "headers": {"content-type": "text/plain"}}, 415, "send one of"),
    ({"data": {"query": "{a}"}}, 415, "send one of"),
    ({"content": b" " * (4 << 20) + b"{}", "headers": JSON}, 429, "larger than 4 MiB"),
    ({"json": {"query": "{a}"}, "headers": {"wfc-invoker": "admi"}}, 400, "did you mean 'admin'?"),
    ({"json": {"query": "{a}"}, "headers": {"wfc-invoker": "A/../b"}}, 400, "wfc-invoker: a name"),
]


@pytest.mark.parametrize(("options", "status", "words"), HTTP)
def test_what_is_no_graphql_request_is_refused_in_graphqls_form(
    server: Served, options: Any, status: int, words: str
) -> None:
    answer = post(server, **options)
    assert answer.status_code == status
    (error,) = answer.json()["errors"]
    assert words in error["message"]
    assert error["extensions"]["code"]
    assert calls(server) == []


def test_only_post_is_answered(server: Served) -> None:
    for method in ("GET", "PUT", "OPTIONS", "DELETE"):
        answer = server.client().request(method, "/query?query={__typename}")
        assert answer.status_code == 405
        assert answer.headers["allow"] == "POST"
        assert "access-control-allow-origin" not in answer.headers
        assert answer.json()["errors"][0]["message"] == "this is called with POST"


def test_a_compressed_request_and_http2_do_as_well(server: Served) -> None:
    body = gzip.compress(b'{"query": "{ __typename }", "variables": null, "extensions": {}}')
    headers = JSON | {"content-encoding": "gzip"}
    assert post(server, content=body, headers=headers).json() == {"data": {"__typename": "Query"}}
    answer = server.client(http2=True).post("/query", json={"query": "{ __typename }"})
    assert (answer.http_version, answer.status_code) == ("HTTP/2", 200)


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def test_on_tcp_a_token_is_asked_for_and_the_host_is_checked(server: Served) -> None:
    for headers, status, code in (
        ({}, 401, "unauthenticated"),
        (bearer("wrong-0123456789abcdef"), 401, "unauthenticated"),
        (bearer(OPERATOR_TOKEN) | {"host": "evil.example"}, 403, "permission_denied"),
    ):
        answer = ask(server, "{ __typename }", tcp=True, **headers)
        assert answer.status_code == status
        assert answer.json()["errors"][0]["extensions"]["code"] == code
    assert ask(server, "{ __typename }", tcp=True, **bearer(READ_TOKEN)).status_code == 200


def test_a_read_only_token_asks_queries_and_changes_nothing(server: Served) -> None:
    read = bearer(READ_TOKEN)
    assert ask(server, '{ order(id: "o-1") { id } }', tcp=True, **read).status_code == 200
    assert calls(server)[0][2:] == (None, "night watch")
    both = {
        "query": "query Q { __typename } mutation M { change }",
        "operationName": "M",
    }
    client = server.client(tcp=True)
    for body in ({"query": "mutation { change }"}, both):
        answer = client.post("/query", json=body, headers=read)
        assert answer.status_code == 403
        assert answer.json()["errors"][0] == {
            "message": "a read-only token does not allow mutations",
            "extensions": {"code": "permission_denied"},
        }
    assert len(calls(server)) == 1
    for token, name, status in ((READ_TOKEN, "Q", 200), (OPERATOR_TOKEN, "M", 200)):
        body = both | {"operationName": name}
        assert client.post("/query", json=body, headers=bearer(token)).status_code == status
    assert calls(server)[1][0] == "change"


def test_a_project_that_is_read_again_has_its_new_schema(server: Served) -> None:
    ask(server, "{ __typename }")
    resolvers_of(server).schema = "type Query { tree: Int! }"
    assert "errors" in ask(server, "{ tree { name } }").json()
    resolvers_of(server).schema = ""
    answer = ask(server, "{ __typename }")
    assert answer.status_code == 404
    assert answer.json()["errors"][0]["message"] == "the project has no resolvers"


def test_a_server_that_ends_answers_what_still_waits(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.server.http.GRACE_SECONDS", 0.3)
    project = home / "ending"
    project.mkdir()
    engine = GraphEngine()
    with served(project, engine=engine) as server:
        answers: list[httpx.Response] = []
        thread = threading.Thread(
            target=lambda: answers.append(ask(server, '{ odd(how: "stall") }'))
        )
        thread.start()
        assert engine.resolvers.was_called.wait(10)
        server.end()
        thread.join(20)
    assert [answer.status_code for answer in answers] == [503]
    assert answers[0].json()["errors"][0]["extensions"]["code"] == "unavailable"


def test_an_engine_may_be_without_resolvers() -> None:
    plain: Engine = FakeEngine()
    assert not isinstance(plain, HasResolvers)
    assert isinstance(GraphEngine(), HasResolvers)
