"""Resolvers in processes of their own: real ones, which block, crash and are stopped."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from console.engine.interface import ProjectInfo, ResolverFailed, ResolverRefused
from console.engine.project import load_project
from console.engine.project_import import deactivate
from console.engine.resolver_pool import ResolverPool
from console.model.execution import WaitPoint
from console.model.ids import ExecutionId
from console.model.workflow import Workflow
from tests.fakes.engine import FakeEngine

HEAD = """
import ctypes, os, sys, threading, time
from pathlib import Path
from pydantic import BaseModel
from sqlalchemy import text
from console.workflow import *
HERE = Path(__file__).parent.parent
class How(BaseModel):
    how: str = ""
"""
FLOW = """
@create_workflow_job(name="main-job")
async def main_job() -> None: ...
default = create_workflow(name="the-flow", main_job=main_job)
"""
BODY = """
@create_resolver(name="misbehave", operation="query")
def default(input: How, context: ResolverContext) -> str:
    print("now", input.how)
    if input.how == "hang":
        (HERE / "hangs").write_text(str(os.getpid()))
        time.sleep(600)
    if input.how == "hold":
        (HERE / "holds").write_text(str(os.getpid()))
        while not (HERE / "go").exists():
            time.sleep(0.005)
    if input.how == "doze":
        time.sleep(1.2)
    if input.how == "wander":
        os.chdir("/")
    if input.how == "where":
        return os.getcwd()
    if input.how == "crash":
        ctypes.string_at(0)
    if input.how == "exit":
        sys.exit(3)
    if input.how == "leave":
        os._exit(0)
    if input.how == "raise":
        raise ValueError("secret-7")
    if input.how == "refuse":
        raise ResolverError("not like this", code="not_found")
    if input.how == "much":
        return "x" * 2_000_000
    if input.how == "who":
        return f"{context.user} {context.invoker} {context.env['REGION']}"
    return str(os.getpid())
"""
START = """
from workflows.flow import default as flow
approval = define_wait_point("approval")
@create_resolver(name="begin", operation="mutation")
async def default(input: How) -> str:
    if len(input.how) == 36:
        await approval.resolve(input.how, lambda asked: {"yes": asked["n"]})
        return "answered"
    return await flow.trigger({"n": 1}, auth_invoker=input.how or None)
"""
PEEK = """
from workflows.flow import default as flow
@create_resolver(name="peek", operation="query")
async def default() -> str:
    return await flow.trigger()
"""
WRITE = """
@create_resolver(name="NAME", operation="OPERATION", auth_invoker=USER)
async def default() -> int:
    async with get_db("books").begin() as tx:
        await tx.execute("INSERT INTO t VALUES (1)")
        return (await tx.execute("SELECT count(*) FROM t")).scalar_one()
"""
TOML = """
[project]
name = "trial"
[env]
REGION = "eu"
[databases.books]
url = "sqlite:///books.db"
[machine_users.writer]
databases = { books = "rw" }
[machine_users.reader]
databases = { books = "ro" }
[machine_users.ops-bot]
"""


def written(name: str, operation: str, user: str | None = None) -> str:
    """Give a resolver that writes."""
    return WRITE.replace("NAME", name).replace("OPERATION", operation).replace("USER", repr(user))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project of a few resolvers."""
    folder = tmp_path_factory.mktemp("resolvers")
    (folder / "wfc.toml").write_text(TOML)
    (folder / "workflows").mkdir()
    (folder / "workflows" / "flow.py").write_text(HEAD + FLOW)
    (folder / "resolvers").mkdir()
    for name, text in {
        "misbehave": BODY,
        "begin": START,
        "peek": PEEK,
        "write": written("write", "mutation"),
        "read_write": written("readWrite", "query"),
        "as_reader": written("writeAsReader", "mutation", "reader"),
        "as_bot": written("writeAsBot", "mutation", "ops-bot"),
    }.items():
        (folder / "resolvers" / f"{name}.py").write_text(HEAD + text)
    with sqlite3.connect(folder / "books.db") as database:
        database.execute("CREATE TABLE t (n INT)")
    database.close()
    yield folder
    deactivate()


@asynccontextmanager
async def opened(
    root: Path, engine: FakeEngine | None = None, count: int = 1, seconds: float = 30.0
) -> AsyncIterator[ResolverPool]:
    """A pool of the project's resolvers, closed at the end."""
    log = root / "workers.log"
    pool = ResolverPool(load_project(root), engine or FakeEngine(), log, count, seconds)
    try:
        yield pool
    finally:
        await pool.close()


def mark(file: Path) -> None:
    """Wait until a body has left its mark."""
    deadline = time.monotonic() + 20
    while not file.exists() or not file.read_text():
        assert time.monotonic() < deadline, f"{file} was not written"
        time.sleep(0.005)


def is_gone(number: int) -> None:
    """Wait until a process has ended."""
    deadline = time.monotonic() + 20
    while True:
        try:
            os.kill(number, 0)
        except ProcessLookupError:
            return
        assert time.monotonic() < deadline, f"process {number} lives on"
        time.sleep(0.005)


def how(pool: ResolverPool, word: str = "", *, user: str | None = None) -> Any:
    return pool.call("misbehave", json.dumps({"how": word}), user=user, actor="ada")


def test_a_body_that_breaks_costs_its_caller_an_answer_and_nobody_else(root: Path) -> None:
    async def run() -> None:
        async with opened(root) as pool:
            first = await how(pool)
            assert await how(pool) == first != str(os.getpid())  # the process is kept
            with pytest.raises(ResolverRefused, match=r"^not like this$") as refused:
                await how(pool, "refuse")
            assert refused.value.code == "not_found"
            with pytest.raises(ResolverFailed, match=r"misbehave\.py.*\n(.*\n)*ValueError: secret"):
                await how(pool, "raise")
            with pytest.raises(ResolverFailed, match=r"sys\.exit\(3\)"):
                await how(pool, "exit")
            with pytest.raises(ResolverFailed, match="longer than 1048576 characters"):
                await how(pool, "much")
            assert await how(pool) == first
            with pytest.raises(ResolverFailed, match=r"was ended by signal 11; see .wfc/workers"):
                await how(pool, "crash")
            with pytest.raises(ResolverFailed, match="ended with code 0"):
                await how(pool, "leave")
            assert await how(pool) != first
            assert await how(pool, "who", user="ops-bot") == '"ops-bot ops-bot eu"'
            assert await how(pool, "who") == '"None None eu"'
            await how(pool, "wander")
            assert await how(pool, "where") == json.dumps(str(root))

    asyncio.run(run())
    assert "now refuse" in (root / "workers.log").read_text()


def test_wrong_input_is_refused_with_the_place_of_each_mistake(root: Path) -> None:
    async def run() -> None:
        async with opened(root) as pool:
            with pytest.raises(ResolverRefused) as refused:
                await pool.call("misbehave", '{"how": 7}', user=None, actor="")
        assert refused.value.code == "invalid_argument"
        assert refused.value.mistakes == ((("how",), "Input should be a valid string"),)

    asyncio.run(run())


def test_the_project_says_how_long_a_call_takes_and_how_many_run_at_a_time(root: Path) -> None:
    told = replace(load_project(root), resolver_seconds=1, resolver_processes=2)

    async def run() -> None:
        pool = ResolverPool(told, FakeEngine(), root / "workers.log", count=1)
        try:
            pool.seconds = 30.0  # until the first process has started
            await how(pool)
            pool.renew(replace(told, resolver_seconds=2))
            hanging = asyncio.ensure_future(how(pool, "hang"))
            await asyncio.to_thread(mark, root / "hangs")
            pool.seconds = 30.0
            assert await how(pool) != (root / "hangs").read_text()
            with pytest.raises(ResolverRefused, match="longer than 2 s and was stopped"):
                await hanging
        finally:
            await pool.close()

    asyncio.run(run())
    (root / "hangs").unlink()


def test_the_wait_for_a_process_takes_nothing_of_the_time_to_run(root: Path) -> None:
    async def run() -> None:
        async with opened(root) as pool:
            await how(pool)  # its process has started
            pool.seconds = 2.0
            first, second = await asyncio.gather(how(pool, "doze"), how(pool, "doze"))
            assert first == second

    asyncio.run(run())


def test_a_body_that_hangs_is_stopped_and_whoever_waits_for_its_process_is_told(
    root: Path,
) -> None:
    async def run() -> None:
        async with opened(root, seconds=30.0) as pool:
            await how(pool)  # its process has started
            pool.seconds = 1.5
            hanging = asyncio.ensure_future(how(pool, "hang"))
            await asyncio.to_thread(mark, root / "hangs")
            pool.seconds = 0.05
            with pytest.raises(ResolverRefused, match="busy; try again") as busy:
                await how(pool)
            assert busy.value.code == "resource_exhausted"
            with pytest.raises(ResolverRefused, match="and was stopped") as late:
                await hanging
            assert late.value.code == "deadline_exceeded"
            pool.seconds = 30.0
            number = int((root / "hangs").read_text())
            await asyncio.to_thread(is_gone, number)
            assert await how(pool) != str(number)

    asyncio.run(run())


def test_closing_ends_the_call_that_runs_and_the_process(root: Path) -> None:
    async def run() -> None:
        (root / "hangs").unlink(missing_ok=True)
        async with opened(root) as pool:
            hanging = asyncio.ensure_future(how(pool, "hang"))
            await asyncio.to_thread(mark, root / "hangs")
        with pytest.raises(ResolverFailed, match="was ended by signal 9"):
            await hanging
        is_gone(int((root / "hangs").read_text()))
        with pytest.raises(ResolverFailed, match="the server is ending"):
            await how(pool)

    asyncio.run(run())


def test_a_mutation_starts_and_answers_through_the_engine_and_a_query_does_neither(
    root: Path,
) -> None:
    async def run() -> None:
        project = ProjectInfo("trial", ("ops-bot", "writer"))
        engine = FakeEngine(project=project, definitions=[Workflow("w-1", "the-flow", "main-job")])
        async with opened(root, engine) as pool:

            async def begin(word: str = "") -> Any:
                argument = json.dumps({"how": word})
                return json.loads(await pool.call("begin", argument, user="ops-bot", actor="ada"))

            identifier = ExecutionId(await begin())
            assert await begin("writer") != identifier
            assert engine.actions[0].subject == identifier
            assert [done.invoker for done in engine.actions] == ["ops-bot", "writer"]
            assert {done.actor for done in engine.actions} == {"ada (begin)"}
            point = WaitPoint(identifier, "approval", 0, "main-job", payload='{"n":7}')
            engine.waiting[identifier] = [point]
            assert await begin(identifier) == "answered"
            assert (engine.actions[-1].verb, engine.actions[-1].argument) == (
                "resolve",
                '{"yes":7}',
            )
            unknown = str(uuid.uuid4())
            for word, told, code, inside in (
                (identifier, "the execution does not wait for this", "not_found", "wait at 'appr"),
                ("nobody", "there is no such machine user", "invalid_argument", "user 'nobody'"),
                (unknown, "there is no such execution", "not_found", unknown),
            ):
                with pytest.raises(ResolverRefused) as refused:
                    await begin(word)
                assert (str(refused.value), refused.value.code) == (told, code)
                assert "EngineRefused: " in refused.value.inside
                assert inside in refused.value.inside
            asked = len(engine.actions)
            with pytest.raises(ResolverRefused, match=r"^a query changes nothing$") as refused:
                await pool.call("peek", "{}", user="ops-bot", actor="ada")
            assert refused.value.code == "permission_denied"
            assert "write operation=" in refused.value.inside
            assert len(engine.actions) == asked

    asyncio.run(run())


@pytest.mark.parametrize(
    ("resolver", "user", "outcome"),
    [
        ("write", "writer", 1),
        ("write", "reader", "this machine user may only read"),
        ("write", "ops-bot", "machine user 'ops-bot' may not do this"),
        ("write", None, "this needs a machine user: name one in the header wfc-invoker"),
        ("readWrite", "writer", "a query changes nothing"),
        ("writeAsReader", "writer", ResolverFailed),
        ("writeAsBot", "writer", ResolverFailed),
    ],
)
def test_a_database_is_open_as_far_as_the_machine_user_and_the_operation_go(
    root: Path, pool_for_all: Any, resolver: str, user: str | None, outcome: Any
) -> None:
    calling = pool_for_all(resolver, user)
    if outcome is ResolverFailed:
        with pytest.raises(ResolverFailed, match=r"may only read database|is not granted the"):
            calling()
    elif isinstance(outcome, str):
        with pytest.raises(ResolverRefused, match=outcome) as refused:
            calling()
        assert refused.value.code == "permission_denied"
    else:
        assert calling() == str(outcome)


@pytest.fixture(scope="module")
def pool_for_all(root: Path) -> Iterator[Any]:
    """One pool for several tests, in a loop that stands still between them."""
    loop = asyncio.new_event_loop()
    pool = ResolverPool(load_project(root), FakeEngine(), root / "workers.log", 1)

    def prepare(resolver: str, user: str | None) -> Any:
        calling = pool.call(resolver, "{}", user=user, actor="ada")
        return lambda: loop.run_until_complete(calling)

    yield prepare
    loop.run_until_complete(pool.close())
    loop.close()


def test_after_a_change_of_the_project_the_next_call_has_the_new_body(
    root: Path, tmp_path: Path
) -> None:
    async def run() -> None:
        file = root / "resolvers" / "misbehave.py"
        text = file.read_text()
        async with opened(root) as pool:
            before = await how(pool)
            try:
                file.write_text(text.replace("return str(os.getpid())", 'return "new"'))
                assert await how(pool) == before  # until the project is read again
                pool.renew(load_project(root))
                assert await how(pool) == '"new"'
                holding = asyncio.ensure_future(how(pool, "hold"))
                await asyncio.to_thread(mark, root / "holds")
                pool.renew(load_project(root))
                (root / "go").touch()
                await holding
                await asyncio.to_thread(is_gone, int((root / "holds").read_text()))
                file.write_text("1 / 0\n")
                pool.renew(pool._project)
                with pytest.raises(ResolverFailed, match=r"its process .* ended with code 2"):
                    await how(pool)
            finally:
                file.write_text(text)

    asyncio.run(run())
    assert "misbehave.py:1: ZeroDivisionError" in (root / "workers.log").read_text()
