"""The shop's GraphQL, asked over the Unix socket of a real server, and its resolvers in place."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import pytest

from console.server import background
from console.workflow import InvalidInput, ResolverError
from console.workflow.testing import Start, run_in_place

TRIGGER = """
mutation Begin($order: String!) {
  triggerOrderProcessing(orderId: $order, customerId: "c-0229") { workflowRunId }
}
"""
ORDER = """
query { order(orderId: "o-0701") { id placedAt isPaid amountCents customer { name country } } }
"""


class Shop:
    """The shop's server, as a client of it sees it."""

    def __init__(self, socket: Path) -> None:
        transport = httpx.HTTPTransport(uds=str(socket), verify=False)
        self.client = httpx.Client(base_url="http://shop", transport=transport, timeout=30)

    def ask(self, query: str, variables: Any = None, **headers: str) -> Any:
        body = {"query": query, "variables": variables}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.client.post("/query", json=body, headers=named)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def call(self, method: str, **fields: Any) -> Any:
        answer = self.client.post(f"/wfc.v1.ConsoleService/{method}", json=fields)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def served(shop: Path) -> Iterator[Shop]:
    """A server of a copy of the shop, in a process of its own."""
    record = background.up(shop, workers=1)
    assert record.socket is not None
    server = Shop(record.socket)
    yield server
    server.client.close()
    background.down(shop)


def test_the_shop_is_asked_and_told_over_a_real_socket(served: Shop, shop: Path) -> None:
    begun = served.ask(TRIGGER, {"order": "o-1001"}, wfc_actor="ada", wfc_invoker="auditor")
    run_id = begun["data"]["triggerOrderProcessing"]["workflowRunId"]
    tried = served.call("ListAttempts", executionId=run_id)
    assert json.loads(tried["input"]) == {"orderId": "o-1001", "customerId": "c-0229"}
    assert tried["invoker"] == "manager-machine-user"
    assert tried["attempts"][0]["actor"] == "ada (triggerOrderProcessing)"
    deadline = time.monotonic() + 30
    while not served.call("ListAttempts", executionId=run_id).get("jobs"):
        assert time.monotonic() < deadline, "no worker took the execution up"
        time.sleep(0.02)

    order = served.ask(ORDER, wfc_invoker="auditor")["data"]["order"]
    placed = datetime.fromisoformat(order.pop("placedAt"))
    assert datetime(2026, 1, 5, tzinfo=UTC) < placed < datetime(2026, 1, 6, tzinfo=UTC)
    assert order.pop("amountCents") > 0
    assert order.pop("customer").keys() == {"name", "country"}
    assert order == {"id": "o-0701", "isPaid": True}

    wrong = served.ask(TRIGGER, {"order": "1001"})
    assert wrong["data"] is None
    assert wrong["errors"][0]["path"] == ["triggerOrderProcessing", "orderId"]
    assert "should match pattern" in wrong["errors"][0]["message"]
    for asked, code in (
        (served.ask(ORDER), "permission_denied"),
        (served.ask(ORDER.replace("0701", "9999"), wfc_invoker="admin"), "not_found"),
        (served.ask(TRIGGER), "invalid_argument"),
    ):
        assert asked["errors"][0]["extensions"]["code"] == code

    # Nothing of the inside is told when the database is gone, and the log says it all.
    (shop / "shop.db").write_text("no database")
    broken = served.ask(ORDER, wfc_invoker="auditor")
    assert broken["errors"][0]["message"] == "the resolver failed; the server's log says why"
    assert "database" not in json.dumps(broken)
    log = (shop / ".wfc" / "server.log").read_text()
    assert "DatabaseUnavailable: database 'tailordb' cannot be used: " in log


def in_shop(module: str) -> Any:
    """Import a resolver of the shop that one stands in."""
    return import_module(f"resolvers.{module}").default


def test_the_mutation_starts_the_order_as_the_manager(shop: Path) -> None:
    resolver = in_shop("trigger_order_processing")
    asked = {"orderId": "o-1001", "customerId": "c-0229"}
    with run_in_place() as run:
        done = asyncio.run(resolver.run(asked))
        with pytest.raises(InvalidInput, match="orderId"):
            asyncio.run(resolver.run({"orderId": "1001"}))
    identifier = done.workflow_run_id
    assert run.starts == [Start("order-processing", asked, "manager-machine-user", identifier)]


def test_an_order_that_is_not_there_is_said_to_be_missing(shop: Path) -> None:
    resolver = in_shop("order")
    with run_in_place(databases={"tailordb": (f"sqlite:///{shop}/shop.db", "ro")}):
        order = asyncio.run(resolver.run({"orderId": "o-1001"}))
        assert (order.id, order.is_paid) == ("o-1001", False)
        with pytest.raises(ResolverError, match="no order o-9999"):
            asyncio.run(resolver.run({"orderId": "o-9999"}))
