"""Scripts outside of executions: they reach the server that runs, and say so where none does."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from console.model.execution import WaitPoint
from console.model.ids import ExecutionId
from console.server.host import Hosting
from console.workflow import (
    EngineRefused,
    EngineUnreachable,
    auth,
    create_workflow,
    create_workflow_job,
    define_wait_point,
)
from console.workflow.script import find_server
from tests.fakes.engine import FakeEngine
from tests.server.serving import Served, served


@create_workflow_job(name="process-order")
async def process_order(input: dict[str, Any]) -> None: ...


order = create_workflow(name="order-processing", main_job=process_order)
unknown = create_workflow(name="no-such-workflow", main_job=process_order)
approval = define_wait_point("approval", payload=dict, result=dict)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project one stands in, a folder down."""
    (tmp_path / "wfc.toml").write_text('[project]\nname = "shop"\n')
    (tmp_path / "scripts").mkdir()
    monkeypatch.chdir(tmp_path / "scripts")
    return tmp_path


@pytest.fixture
def server(shop: Path) -> Iterator[Served]:
    """Its running server."""
    with served(shop) as running:
        yield running


def test_a_script_starts_a_workflow_of_the_project_it_stands_in(server: Served) -> None:
    invoker = auth.invoker("manager-machine-user")
    first = asyncio.run(order.trigger({"orderId": "o-1"}, auth_invoker=invoker))
    second = order.trigger_sync(auth_invoker="admin")
    starts = [action for action in server.engine.actions if action.verb == "start"]
    assert [(a.argument, a.invoker) for a in starts] == [
        ('{"orderId":"o-1"}', "manager-machine-user"),
        ("{}", "admin"),
    ]
    assert {first, second} <= set(server.engine.executions)


def test_what_the_server_refuses_is_told_in_its_words(server: Served) -> None:
    with pytest.raises(EngineRefused, match=r"refused: .*no-such-workflow"):
        asyncio.run(unknown.trigger())
    with pytest.raises(EngineRefused, match=r"refused: .*nobody"):
        asyncio.run(order.trigger(auth_invoker="nobody-known"))


def test_wfc_url_goes_before_the_project_and_its_token_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(tmp_path, Hosting(listen="127.0.0.1:0")) as running:
        monkeypatch.setenv("WFC_URL", running.record.url)
        with pytest.raises(EngineRefused, match=r"refused: .*token"):
            asyncio.run(order.trigger())
        assert running.record.token_file is not None
        words = running.record.token_file.read_text().split()
        monkeypatch.setenv("WFC_TOKEN", next(word for word in words if len(word) > 20))
        assert asyncio.run(order.trigger()) in running.engine.executions


@pytest.mark.parametrize("start", ["unix:", "unix://"])
def test_wfc_url_may_name_a_socket(
    server: Served, start: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WFC_URL", f"{start}{server.record.socket}")
    assert asyncio.run(order.trigger()) in server.engine.executions


def test_a_script_answers_a_wait_point(server: Served) -> None:
    run_id = ExecutionId(asyncio.run(order.trigger()))
    server.engine.waiting[run_id] = [waiting_at(run_id)]
    asyncio.run(approval.resolve(run_id, lambda asked: {"approved": asked["amount"] < 100}))
    resolved = [action for action in server.engine.actions if action.verb == "resolve"]
    assert [action.argument for action in resolved] == ['{"approved":true}']
    with pytest.raises(EngineRefused, match="does not wait at 'approval'"):
        asyncio.run(approval.resolve(run_id, lambda asked: {}))


def waiting_at(execution_id: ExecutionId) -> WaitPoint:
    """Make an open wait point."""
    return WaitPoint(execution_id, "approval", 0, "process-order", payload='{"amount":40}')


def test_without_a_project_or_a_url_nothing_says_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(EngineUnreachable, match=r"no wfc\.toml in .* and no WFC_URL"):
        asyncio.run(order.trigger())


def test_a_project_whose_server_does_not_run_is_told_how_to_start_it(shop: Path) -> None:
    with pytest.raises(EngineUnreachable, match="start it with `wfc up`"):
        asyncio.run(order.trigger())
    (shop / ".wfc").mkdir()
    record = shop / ".wfc" / "server.json"
    for text in ("", "[]", "{}", "{broken"):
        record.write_text(text)
        with pytest.raises(EngineUnreachable, match="start it with `wfc up`"):
            asyncio.run(order.trigger())
    record.write_text(json.dumps({"socket": str(shop / "gone.sock"), "url": ""}))
    with pytest.raises(EngineUnreachable, match=f"the server of {shop} does not answer"):
        asyncio.run(order.trigger())


@pytest.mark.parametrize(
    "url", ["localhost:8787", "ftp://x", "http://", "http://x:port", "unix:here.sock"]
)
def test_a_url_that_is_none_is_told(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WFC_URL", url)
    with pytest.raises(EngineUnreachable, match="is not"):
        asyncio.run(order.trigger())


def test_the_token_is_not_in_the_address_that_is_shown() -> None:
    address = find_server({"WFC_URL": "http://x", "WFC_TOKEN": "secret-word"}, Path("/"))
    assert "secret-word" not in repr(address)


@contextmanager
def answering(*answers: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """Serve raw answers, one a connection; an empty one hangs up after the request."""
    listener = socket.create_server(("127.0.0.1", 0))
    requests: list[bytes] = []

    def serve() -> None:
        for answer in answers:
            connection, _ = listener.accept()
            with connection:
                request = b""
                while b"executionId" not in request:
                    request += connection.recv(65536)
                requests.append(request)
                connection.sendall(answer)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", requests
    finally:
        thread.join(10)
        listener.close()
        assert not thread.is_alive()


def body(text: str, status: str = "200 OK") -> bytes:
    """Write an HTTP answer."""
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode()


def test_a_lost_answer_is_asked_for_again_under_the_same_id(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with answering(b"", body('{"executionId": "e-7"}')) as (url, requests):
        monkeypatch.setenv("WFC_URL", url)
        assert asyncio.run(order.trigger()) == "e-7"
    bodies = [json.loads(request.partition(b"\r\n\r\n")[2]) for request in requests]
    assert bodies[0] == bodies[1]
    assert bodies[0]["executionId"]


def test_an_answer_that_never_comes_leaves_the_outcome_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with answering(b"", b"") as (url, _):
        monkeypatch.setenv("WFC_URL", url)
        with pytest.raises(EngineUnreachable, match=r"execution [-0-9a-f]{36} may have been"):
            asyncio.run(order.trigger())


@pytest.mark.parametrize("answer", [body("<html>"), body("[]"), body("x", "404 Not Found")])
def test_a_server_of_something_else_is_told(answer: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(answer) as (url, _):
        monkeypatch.setenv("WFC_URL", url)
        with pytest.raises(EngineRefused, match="is no server of workflows"):
            asyncio.run(order.trigger())


def test_a_job_under_test_never_reaches_a_server(server: Served) -> None:
    @create_workflow_job(name="starts-another")
    async def starts() -> str:
        return await order.trigger()

    with pytest.raises(Exception, match="run_in_place"):
        asyncio.run(starts.trigger())
    assert isinstance(server.engine, FakeEngine)
    assert server.engine.actions == []
