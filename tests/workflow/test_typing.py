"""What strict type checkers see: the sample is checked by mypy as a project's author would."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLE = """
from __future__ import annotations

import asyncio
from typing import Any, TypedDict

from console.workflow import (
    CamelModel,
    Job,
    JobContext,
    ResolverContext,
    auth,
    create_resolver,
    create_workflow,
    create_workflow_job,
    define_wait_point,
    define_wait_points,
    get_db,
    get_db_sync,
)


class Key(CamelModel):
    customer_id: str


class Customer(CamelModel):
    email: str


class Other(CamelModel):
    n: int


class Options(TypedDict):
    dry_run: bool


@create_workflow_job(name="both-async")
async def both_async(input: Key, context: JobContext) -> Customer | None:
    return None


@create_workflow_job(name="other-order")
async def other_order(context: JobContext, input: Key) -> Customer:
    return Customer(email="x")


@create_workflow_job(name="input-only")
async def input_only(input: Options) -> list[int]:
    return [1]


@create_workflow_job(name="context-only")
async def context_only(context: JobContext) -> int:
    return 1


@create_workflow_job(name="nothing-in")
async def nothing_in() -> str:
    return "x"


@create_workflow_job(name="def-both")
def def_both(input: Key, context: JobContext) -> Customer:
    return Customer(email="x")


@create_workflow_job(name="def-nothing")
def def_nothing() -> None: ...


@create_workflow_job(name="def-context")
def def_context(context: JobContext) -> dict[str, Any]:
    return {}


async def plain_body(input: Key) -> Customer:
    return Customer(email="x")


def plain_def(input: Key, context: JobContext) -> int:
    return 1


called_async = create_workflow_job(name="called-async", body=plain_body)
called_def = create_workflow_job(name="called-def", body=plain_def)
called_nothing = create_workflow_job(name="called-nothing", body=def_nothing.body)

reveal_type(both_async)  # 1: Job[Key, Customer | None]
reveal_type(other_order)  # 2: Job[Key, Customer]
reveal_type(input_only)  # 3: Job[TypedDict(Options, {'dry_run': bool}), list[int]]
reveal_type(context_only)  # 4: Job[None, int]
reveal_type(nothing_in)  # 5: Job[None, str]
reveal_type(def_both)  # 6: Job[Key, Customer]
reveal_type(def_nothing)  # 7: Job[None, None]
reveal_type(def_context)  # 8: Job[None, dict[str, Any]]
reveal_type(called_async)  # 9: Job[Key, Customer]
reveal_type(called_def)  # 10: Job[Key, int]


async def main() -> None:
    customer = await both_async.trigger({"customerId": "7"})
    reveal_type(customer)  # 11: Customer | None
    await both_async.trigger(Key(customer_id="7"))
    await input_only.trigger(Options(dry_run=True))
    await nothing_in.trigger()
    await context_only.trigger({})
    one, two = await asyncio.gather(other_order.trigger({}), nothing_in.trigger())
    reveal_type(one)  # 12: Customer
    reveal_type(two)  # 13: str
    await both_async.trigger(Other(n=1))  # error: arg-type
    await both_async.trigger(7)  # error: arg-type
    customer.email  # error: union-attr
    both_async.trigger({})  # error: unused-coroutine
    async with get_db("tailordb").begin() as tx:
        reveal_type(await tx.fetch_one("SELECT 1"))  # 14: dict[str, Any] | None
        (await tx.execute("SELECT 1")).scalar_one()
        tx.tables.Customer.c.id


def blocking() -> None:
    reveal_type(def_both.trigger_sync({}))  # 15: Customer
    def_both.trigger_sync(Other(n=1))  # error: arg-type
    with get_db_sync("tailordb").begin() as tx:
        reveal_type(tx.fetch_all("SELECT 1"))  # 16: list[dict[str, Any]]


order = create_workflow(name="order-workflow", main_job=both_async)
reveal_type(order)  # 17: Workflow[Key]
create_workflow(name="no-main-job")  # error: call-arg
create_workflow(name="odd-main-job", main_job=plain_body)  # error: arg-type

approval = define_wait_point("approval", payload=Key, result=Customer)
reveal_type(approval)  # 18: WaitPoint[Key, Customer]


@define_wait_points
class Points:
    review = define_wait_point(payload=Key, result=Customer)


@create_resolver(name="ask", operation="query")
async def asked(input: Key, context: ResolverContext) -> Customer | None:
    return None


told = create_resolver(name="tell", operation="mutation", body=plain_def, auth_invoker="m-user")
reveal_type(asked)  # 22: Resolver[Customer | None]
reveal_type(told)  # 23: Resolver[int]
create_resolver(name="odd", operation="get")  # error: call-overload


async def use() -> None:
    reveal_type(await asked.run({"customerId": "7"}))  # 24: Customer | None
    run_id = await order.trigger({"customerId": "7"}, auth_invoker=auth.invoker("manager-user"))
    reveal_type(run_id)  # 19: str
    await order.trigger(Other(n=1))  # error: arg-type
    reveal_type(await approval.wait(Key(customer_id="7")))  # 20: Customer
    reveal_type(Points.review)  # 21: WaitPoint[Key, Customer]
    await approval.resolve("id", Customer(email="x"))
    await approval.resolve("id", lambda asked: Customer(email=asked.customer_id))
    await approval.resolve("id", Other(n=1))  # error: arg-type
    await approval.wait(Other(n=1))  # error: arg-type
"""


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> dict[int, str]:
    """What mypy says of the sample, by line."""
    folder = tmp_path_factory.mktemp("typing")
    sample = folder / "sample.py"
    sample.write_text(SAMPLE, encoding="utf-8")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--config-file="),
            *("--no-incremental", f"--cache-dir={folder / 'cache'}", str(sample)),
        ],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
    )
    found: dict[int, str] = {}
    for line in done.stdout.splitlines():
        match = re.search(r"sample\.py:(\d+): (.*)", line)
        assert match is not None, done.stdout + done.stderr
        if "note:" not in line or "Revealed" in line:
            found[int(match[1])] = found.get(int(match[1]), "") + match[2]
    return found


def test_mypy_sees_inputs_and_results_through_the_decorator(findings: dict[int, str]) -> None:
    for number, line in enumerate(SAMPLE.splitlines(), 1):
        if found := re.search(r"# \d+: (.*)", line):
            said = findings.pop(number)
            bare = re.sub(r"\b(?:sample|builtins|console\.workflow\.\w+|typing)\.", "", said)
            assert bare == f'note: Revealed type is "{found[1]}"'
        elif found := re.search(r"# error: (.*)", line):
            assert f"[{found[1]}]" in findings.pop(number, "nothing"), line
    assert findings == {}
