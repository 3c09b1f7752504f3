"""The Python in docs/semantics.md, run: what a reader copies works."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

import console.workflow

PAGE = (Path(__file__).parents[2] / "docs" / "semantics.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def block(words: str) -> str:
    """Give the one block that contains these words."""
    found = [text for text in BLOCKS if words in text]
    assert len(found) == 1, words
    return found[0]


PRELUDE = """
import asyncio
import pytest
from sqlalchemy import insert, select
from console.workflow import *
class Question(CamelModel):
    order_id: str
    amount: int
class Answer(CamelModel):
    is_approved: bool
class Order(CamelModel):
    order_id: str
    amount: int = 0
class OrderInput(CamelModel):
    order_id: str
    customer_id: str
@create_workflow_job(name="process-order")
async def process_order(input: OrderInput) -> None:
    raise LookupError(f"no customer {input.customer_id}")
"""


@pytest.fixture
def names() -> dict[str, Any]:
    """What the page's examples may use."""
    found: dict[str, Any] = {}
    exec(compile(PRELUDE, "prelude", "exec"), found)
    return found


def run_blocks(names: dict[str, Any], *texts: str) -> None:
    """Run blocks as a file of their own would be."""
    for text in texts:
        exec(compile(text, "docs/semantics.md", "exec"), names)


def awaited(text: str) -> str:
    """Put statements that await into a function that runs."""
    return f"async def _body():\n{textwrap.indent(text, '    ')}\nasyncio.run(_body())"


def test_every_name_the_page_takes_from_the_package_is_there() -> None:
    for name in re.findall(r"\b(create_\w+|define_\w+|get_db\w*|[A-Z]\w+Policy)\b", PAGE):
        assert hasattr(console.workflow, name), name


def test_the_policies_and_the_wait_points_are_as_shown(names: dict[str, Any]) -> None:
    run_blocks(names, block("RetryPolicy("), block("ask_manager(input"), block("class Approvals"))
    assert names["order_processing"].retry_policy.delay(2) == 2.0
    assert names["order_processing"].concurrency_policy.max_concurrent_executions == 10
    assert names["Approvals"].finance_review.key == "finance-review"


def test_the_tests_of_the_page_pass(names: dict[str, Any], tmp_path: Path) -> None:
    run_blocks(
        names, block("ask_manager(input"), block("unknown_customer_fails"), block("small_order")
    )
    names["test_an_order_of_an_unknown_customer_fails"]()
    names["test_a_small_order_is_approved"](tmp_path)


def test_a_project_of_its_own_is_tested_with_plain_pytest_as_the_page_says(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text(re.findall(r"^```ini\n(.*?)^```", PAGE, re.M | re.S)[0])
    for folder in ("workflows", "tests"):
        (tmp_path / folder).mkdir()
    (tmp_path / "workflows" / "orders.py").write_text(PRELUDE + block("ask_manager(input"))
    shared = "import asyncio\nimport pytest\nfrom console.workflow import *\n"
    tested = shared + "from workflows.orders import *\n" + block("small_order")
    tested += block("unknown_customer_fails") + block("@pytest.fixture")
    tested += textwrap.dedent(
        """
        def test_with_the_fixture(run):
            assert asyncio.run(ask_manager.trigger({"orderId": "o-1", "amount": 7000})) is True
        """
    )
    (tmp_path / "tests" / "test_orders.py").write_text(tested)
    installed = {**os.environ, "PYTHONPATH": str(Path(console.__file__).parents[1])}
    program = [str(Path(sys.executable).with_name("pytest")), "-q", "-p", "no:cacheprovider"]
    for where in (tmp_path, tmp_path / "tests"):
        done = subprocess.run(program, cwd=where, env=installed, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout
        assert "3 passed" in done.stdout


def test_answers_can_be_given_both_ways(names: dict[str, Any]) -> None:
    from console.workflow.testing import run_in_place

    run_blocks(names, block("ask_manager(input"))
    first, second = block("approval.resolve").splitlines()
    with run_in_place(payloads={"manager-approval": {"orderId": "o-1", "amount": 40}}) as run:
        run_blocks(names, awaited("execution_id = 'e-1'\n" + first))
        run_blocks(names, awaited("execution_id = 'e-2'\n" + second))
    assert [done.result for done in run.resolutions] == [{"isApproved": True}] * 2


def test_the_database_is_used_as_shown(names: dict[str, Any], tmp_path: Path) -> None:
    from console.workflow.testing import run_in_place

    connection = sqlite3.connect(tmp_path / "shop.db")
    connection.executescript(
        "CREATE TABLE Customer (id TEXT); INSERT INTO Customer VALUES ('7');"
        "CREATE TABLE payments (order_id TEXT PRIMARY KEY, amount INT)"
    )
    connection.close()
    names["order_id"], names["amount"] = "o-1", 40
    names["input"] = names["OrderInput"](order_id="o-1", customer_id="7")
    write = block('prefix_with("OR IGNORE")')
    with run_in_place(databases={"tailordb": f"sqlite:///{tmp_path}/shop.db"}):
        run_blocks(names, awaited(block("tx.fetch_one") + "\nassert row == {'id': '7'}"))
        twice = textwrap.indent("payments = tx.tables.payments\n" + write + write, "    ")
        count = "    assert len(await tx.fetch_all(select(payments))) == 1\n"
        run_blocks(names, awaited('async with get_db("tailordb").begin() as tx:\n' + twice + count))


def test_the_resolver_of_the_page_starts_the_workflow(names: dict[str, Any]) -> None:
    from console.workflow.resolver_schema import ResolverSchema
    from console.workflow.testing import run_in_place

    run_blocks(names, block("RetryPolicy("), block("create_resolver("))
    asked = {"orderId": "o-1", "customerId": "7"}
    with run_in_place() as run:
        done = names["asyncio"].run(names["default"].run(asked))
    (start,) = run.starts
    assert (start.args, start.invoker) == (asked, "manager-machine-user")
    assert done.workflow_run_id == start.execution_id
    schema = ResolverSchema()
    schema.add(names["default"])
    shown = "triggerOrderProcessing(orderId: String!, customerId: String!): Triggered!"
    assert shown in schema.text()
