"""The life of a server: what it leaves, what stops it from starting, how it ends."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from console.engine.interface import Engine
from console.server import connections, places
from console.server import lock as lock_module
from console.server.access import read_tokens
from console.server.errors import AlreadyServed, ServeError
from console.server.host import Hosting, host
from console.server.record import read_record
from tests.fakes.engine import WORKSPACE, FakeEngine
from tests.server.serving import OPERATOR, served


def test_a_server_says_where_it_is_and_takes_it_back(project: Path) -> None:
    with served(project, Hosting(listen="127.0.0.1:0", no_token=True)) as running:
        record = read_record(project)
        assert record == running.record
        assert record.pid == os.getpid()
        assert record.workspace_id == WORKSPACE
        assert record.project == project
        assert record.socket is not None and record.socket.exists()
        assert record.url.startswith("http://127.0.0.1:")
        assert record.token_file is None
        assert (project / ".wfc").stat().st_mode & 0o777 == 0o700
        assert not running.engine.is_closed
    assert running.engine.is_closed
    assert not record.socket.exists()
    assert read_record(project) is None
    left = {path.name for path in (project / ".wfc").iterdir()}
    assert left == {"lock", "server.log"}


def test_a_second_server_of_a_project_does_not_start(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock_module, "PATIENCE", 0.1)
    with served(project) as first:
        with pytest.raises(AlreadyServed, match=str(os.getpid())), served(project):
            pass
        assert first.call("Ping").status_code == 200
        assert read_record(project) == first.record
    with served(project) as third:
        assert third.call("Ping").status_code == 200


def test_a_port_in_use_opens_no_engine_and_leaves_nothing(project: Path) -> None:
    engine = FakeEngine()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        hosting = Hosting(listen=f"127.0.0.1:{taken.getsockname()[1]}", no_token=True)
        with pytest.raises(ServeError, match="in use"), served(project, hosting, engine):
            pass
    assert not engine.is_closed  # it was never opened
    assert read_record(project) is None
    with served(project) as running:
        assert running.call("Ping").status_code == 200


def test_a_server_with_nothing_to_listen_on_is_refused(project: Path) -> None:
    with pytest.raises(ServeError, match="nothing to listen on") as caught:
        with served(project, Hosting(socket=False)):
            pass
    assert caught.value.exit_code == 2
    assert list(project.iterdir()) == []


def test_a_server_may_have_no_unix_socket(project: Path) -> None:
    with served(project, Hosting(listen="127.0.0.1:0", no_token=True, socket=False)) as running:
        assert running.record.socket is None
        assert running.client(tcp=True).post(OPERATOR + "Ping", json={}).status_code == 200


def test_what_a_killed_server_left_does_not_mislead(project: Path) -> None:
    with served(project) as first:
        stale = json.loads((project / ".wfc" / "server.json").read_text())
        path = first.record.socket
    assert path is not None
    path.touch()
    path.unlink()
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    (project / ".wfc" / "server.json").write_text(json.dumps(stale | {"pid": 1}))

    seen: list[object] = []

    @asynccontextmanager
    async def opened() -> AsyncIterator[Engine]:
        seen.append(read_record(project))
        raise ServeError("enough", 1)
        yield FakeEngine()

    with pytest.raises(ServeError, match="enough"):
        asyncio.run(host(project, opened, Hosting(), ready=None, until=asyncio.Event()))
    assert seen == [None]
    with served(project) as second:
        assert second.call("Ping").status_code == 200
        assert read_record(project) == second.record


def test_an_engine_that_cannot_be_opened_leaves_nothing(project: Path) -> None:
    @asynccontextmanager
    async def broken() -> AsyncIterator[Engine]:
        raise ServeError("no journal", 6)
        yield FakeEngine()

    with pytest.raises(ServeError, match="no journal"):
        asyncio.run(host(project, broken, Hosting(), ready=None, until=asyncio.Event()))
    assert read_record(project) is None
    with served(project) as running:
        assert running.call("Ping").status_code == 200


def test_a_server_told_to_end_before_it_is_ready_ends(project: Path) -> None:
    async def run() -> None:
        until = asyncio.Event()
        until.set()

        @asynccontextmanager
        async def opened() -> AsyncIterator[Engine]:
            yield FakeEngine()

        await asyncio.wait_for(host(project, opened, Hosting(), ready=None, until=until), 10)

    asyncio.run(run())
    assert read_record(project) is None


def test_an_idle_connection_does_not_hold_the_end(project: Path) -> None:
    with served(project) as running:
        for http2 in (False, True):
            assert running.client(http2=http2).post(OPERATOR + "Ping", json={}).status_code == 200
        with socket.socket(socket.AF_UNIX) as half:
            half.connect(str(running.record.socket))
            half.sendall(b"POST /tailor.v1")
            running.end()


def test_what_still_runs_is_answered_when_the_server_ends(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.server.http.GRACE_SECONDS", 0.3)
    answers: list[httpx.Response] = []
    with served(project) as running:
        running.engine.stalls = True
        client = running.client()

        def call() -> None:
            fields = {"workspaceId": WORKSPACE}
            answers.append(client.post(OPERATOR + "ListWorkflows", json=fields))

        calling = threading.Thread(target=call)
        calling.start()
        _wait_until_asked(running.engine)
        running.end()
        calling.join(10)
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (503, "unavailable")
    ]


def test_a_client_that_neither_sends_nor_reads_does_not_hold_the_end(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.server.http.GRACE_SECONDS", 0.3)
    with served(project) as running:
        (job,) = running.engine.add(logs="x" * (8 << 20)).jobs
        fields = {"workspaceId": WORKSPACE, "executionId": job.function_execution_id}
        body = json.dumps(fields).encode()
        asked = b"POST /tailor.v1.OperatorService/%b HTTP/1.1\r\nHost: a\r\n"
        asked += b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        with socket.socket(socket.AF_UNIX) as deaf, socket.socket(socket.AF_UNIX) as slow:
            for channel in (deaf, slow):
                channel.connect(str(running.record.socket))
            deaf.sendall(asked % (b"GetFunctionExecution", len(body)) + body)
            slow.sendall(asked % (b"Ping", 100) + b"{")
            assert deaf.recv(15) == b"HTTP/1.1 200 \r\n"
            running.end()
            # `served` fails when the server does not end.


def _wait_until_asked(engine: FakeEngine) -> None:
    assert engine.was_asked.wait(10)


def test_a_connection_that_was_never_let_in_makes_room_and_one_that_was_stays(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two are allowed here. On HTTP/2 one without a request has no time limit in hypercorn."""
    monkeypatch.setattr(connections, "MOST_CONNECTIONS", 2)
    with served(project, Hosting(listen="127.0.0.1:0")) as running:
        (token,) = read_tokens(project / ".wfc" / "token")
        address = ("127.0.0.1", int(running.record.url.rpartition(":")[2]))

        def ping(client: httpx.Client) -> int:
            return client.post(OPERATOR + "Ping", json={}).status_code

        first = running.client(tcp=True, headers={"authorization": f"Bearer {token.secret}"})
        assert ping(first) == 200
        with socket.create_connection(address, timeout=10) as silent:
            silent.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0")
            assert silent.recv(4096)
            second = running.client(tcp=True, headers=first.headers)
            assert ping(second) == 200
            while silent.recv(4096):
                pass
        with socket.create_connection(address, timeout=10) as third:
            assert third.recv(4096) == b"", "both that are open were let in"
        assert (ping(first), ping(second)) == (200, 200)
        assert running.call("Ping").status_code == 200, "the Unix socket is not counted"
        second.close()
        deadline = time.monotonic() + 10
        while not may_stay(address):
            assert time.monotonic() < deadline, "there is room again, and nobody is let in"
    words = (project / ".wfc" / "server.log").read_text()
    assert "2 connections are open on TCP" in words


def may_stay(address: tuple[str, int]) -> bool:
    """Connect without a word; a server with too many connections ends it at once."""
    with socket.create_connection(address, timeout=0.2) as channel:
        try:
            return channel.recv(1) != b""
        except TimeoutError:
            return True


def test_the_servers_log_is_begun_anew_and_keeps_what_was_before(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "LOG_BYTES", 2000)
    path = project / ".wfc" / "server.log"
    with served(project) as running:
        with path.open("a") as printed:
            for number in range(60):
                running.engine.fails_with = LookupError(f"mistake {number}")
                assert running.call("ListWorkflows").status_code == 500
                print(f"printed {number}", file=printed, flush=True)
                assert path.stat().st_size < 2000 + 10_000
    assert "mistake 59" in path.read_text() + path.with_suffix(".log.1").read_text()
    assert "printed 59" in path.read_text()
    assert "mistake 0" not in path.read_text() + path.with_suffix(".log.1").read_text()
