"""Real connections: what is said when there is none, and how they are kept and not kept."""

from __future__ import annotations

import asyncio
import socket
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from console.backend.errors import (
    BackendError,
    Malformed,
    OutcomeUnknown,
    TimedOut,
    Unreachable,
)
from console.backend.tailor import TailorBackend, open_backend
from console.backend.transport import Timeouts
from console.clock import SystemClock
from console.model.ids import ExecutionId, new_id
from console.model.query import ExecutionQuery
from console.model.target import Target
from tests.backend.lines import BASE, OK, Line, Talk, line
from tests.fakes.loop import in_loop

BROKE_OFF = "the answer of 127.0.0.1:{port} broke off in the middle"
SHORT = Timeouts(connect=1.0, answer=0.3, change=0.3, whole=1.0)


@asynccontextmanager
async def backend_at(target: Target) -> AsyncIterator[TailorBackend]:
    """Open a backend that does not wait for long."""
    backend = open_backend(target, SystemClock(), timeouts=SHORT)
    try:
        yield backend
    finally:
        await backend.aclose()


async def error_at(target: Target) -> BackendError:
    """List executions there, and give the error."""
    async with backend_at(target) as backend:
        with pytest.raises(BackendError) as caught:
            await backend.list_executions(ExecutionQuery())
    return caught.value


def saying(answer: bytes) -> Callable[[Line], Talk]:
    """Answer every request with these bytes, and close after the first."""

    def of(server: Line) -> Talk:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await server.request(reader)
            writer.write(answer)
            await writer.drain()

        return talk

    return of


def polite(server: Line) -> Talk:
    """Answer every request on a kept connection."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await server.request(reader)
            writer.write(OK)
            await writer.drain()

    return talk


@in_loop
async def test_a_socket_that_is_not_there_says_how_to_make_one(home: Path) -> None:
    path = home / "none.sock"
    error = await error_at(replace(BASE, socket=path))
    assert type(error) is Unreachable
    assert error.detail == f"no such socket {path}: start it with `wfc up`"
    assert error.short == "no such socket"


@in_loop
async def test_a_socket_nobody_listens_on_refuses(home: Path) -> None:
    path = home / "dead.sock"
    with socket.socket(socket.AF_UNIX) as left_behind:
        left_behind.bind(str(path))
    error = await error_at(replace(BASE, socket=path))
    assert type(error) is Unreachable
    assert error.detail == f"connection refused at {path}: start it with `wfc up`"


@in_loop
async def test_a_socket_path_that_is_too_long_is_named(home: Path) -> None:
    error = await error_at(replace(BASE, socket=home / ("x" * 200)))
    assert type(error) is Unreachable
    assert "too long" in error.detail


@in_loop
async def test_a_port_nobody_listens_on_refuses() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    error = await error_at(replace(BASE, url=f"http://127.0.0.1:{port}/"))
    assert (type(error), error.detail) == (Unreachable, f"connection refused at 127.0.0.1:{port}")


@in_loop
async def test_a_host_nobody_knows_is_named() -> None:
    error = await error_at(replace(BASE, url="http://operator.test:81/api"))
    assert (type(error), error.detail) == (Unreachable, "no such host operator.test")


@in_loop
async def test_credentials_in_an_address_are_neither_sent_nor_shown() -> None:
    async with line(saying(b"")) as server:
        url = f"http://ada:s3cret@127.0.0.1:{server.port}/?token=s3cret"
        error = await error_at(replace(BASE, url=url))
    assert error.detail == f"127.0.0.1:{server.port} closed the connection"


@pytest.mark.parametrize(
    ("answer", "kind", "detail"),
    [
        (b"", Unreachable, "closed the connection"),
        (
            b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
            Malformed,
            "127.0.0.1:{port} does not speak HTTP: illegal status line",
        ),
        (OK.replace(b"length: 2", b"length: 90"), Malformed, BROKE_OFF),
        (OK.replace(b"{}", b"{"), Malformed, BROKE_OFF),
        (
            OK.replace(b"content-length: 2", b"transfer-encoding: chunked").replace(
                b"{}", b"9\r\n{"
            ),
            Malformed,
            BROKE_OFF,
        ),
        (
            OK.replace(b"application/json", b"application/json\r\ncontent-encoding: gzip"),
            Malformed,
            "cannot be decompressed",
        ),
        (
            b"HTTP/1.1 503 Busy\r\nretry-after: 7\r\ncontent-length: 0\r\n\r\n",
            BackendError,
            "HTTP 503",
        ),
    ],
)
@in_loop
async def test_what_comes_over_the_line_is_told(
    answer: bytes, kind: type[BackendError], detail: str
) -> None:
    async with line(saying(answer)) as server:
        error = await error_at(server.target)
    assert isinstance(error, kind)
    assert detail.replace("{port}", str(server.port)) in error.detail
    assert "bytearray" not in error.detail


@in_loop
async def test_a_server_without_tls_is_not_asked_in_tls() -> None:
    def plain(server: Line) -> Talk:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(100)
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            await writer.drain()

        return talk

    async with line(plain) as server:
        error = await error_at(replace(BASE, url=f"https://127.0.0.1:{server.port}"))
    assert type(error) is Unreachable
    assert error.detail.startswith(f"no TLS at 127.0.0.1:{server.port}: ")


@pytest.fixture
def self_signed(home: Path) -> ssl.SSLContext:
    """A server's context with a certificate that nobody vouches for."""
    key, certificate = home / "key.pem", home / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-keyout", str(key), "-out", str(certificate), "-subj", "/CN=localhost"]
    try:
        subprocess.run(command, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("openssl makes no certificate here")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


@in_loop
async def test_a_certificate_nobody_vouches_for_is_refused(self_signed: ssl.SSLContext) -> None:
    async with line(polite, self_signed) as server:
        error = await error_at(replace(BASE, url=f"https://localhost:{server.port}"))
    assert type(error) is Unreachable
    assert error.detail.startswith(f"certificate not trusted at localhost:{server.port}: ")
    assert server.requests == []


@in_loop
async def test_a_server_that_hangs_or_drips_times_out() -> None:
    def silent(server: Line) -> Talk:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read()

        return talk

    def dripping(server: Line) -> Talk:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await server.request(reader)
            writer.write(OK.replace(b"length: 2", b"length: 90000"))
            while not writer.is_closing():
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.05)

        return talk

    for kind in (silent, dripping):
        async with line(kind) as server:
            error = await error_at(server.target)
            assert type(error) is TimedOut
            assert error.detail == f"127.0.0.1:{server.port} took the request and did not answer"
            assert error.short == "no answer"


@in_loop
async def test_reads_share_a_connection_and_each_change_has_its_own() -> None:
    async with line(polite) as server, backend_at(server.target) as backend:
        for _ in range(4):
            await backend.list_executions(ExecutionQuery())
        assert server.connections == 1
        for _ in range(2):
            await backend.resume(ExecutionId(new_id()))
        assert server.connections == 3
        assert server.requests.count(b"Resume") == 2


@in_loop
async def test_a_read_on_a_connection_that_was_just_closed_is_asked_once_more() -> None:
    def fickle(server: Line) -> Talk:
        """Answer one request; take a second one on the same connection and hang up."""

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await server.request(reader)
            writer.write(OK)
            await writer.drain()
            await server.request(reader)

        return talk

    async with line(fickle) as server, backend_at(server.target) as backend:
        for _ in range(3):
            await backend.list_executions(ExecutionQuery())
        assert server.connections == 3
        assert len(server.requests) == 5


@in_loop
async def test_a_read_that_is_always_dropped_is_asked_twice_and_a_change_once() -> None:
    async with line(saying(b"")) as server, backend_at(server.target) as backend:
        with pytest.raises(Unreachable):
            await backend.list_executions(ExecutionQuery())
        assert server.requests == [b"ListWorkflowExecutions"] * 2

    def drops_resume(server: Line) -> Talk:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while not (await server.request(reader)).endswith(b"/Resume"):
                writer.write(OK)
                await writer.drain()

        return talk

    async with line(drops_resume) as server, backend_at(server.target) as backend:
        with pytest.raises(OutcomeUnknown):
            await backend.resume(ExecutionId(new_id()))
        assert server.requests.count(b"Resume") == 1


@in_loop
async def test_an_answer_without_end_is_not_read_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.backend.connect.LARGEST_ANSWER", 1024 * 1024)

    def endless(server: Line) -> Talk:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await server.request(reader)
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n")
            while not writer.is_closing():
                writer.write(b" " * 65536)
                await writer.drain()

        return talk

    async with line(endless) as server:
        error = await error_at(server.target)
    assert type(error) is Malformed
    assert error.detail == "answered more than 1 MiB"


@in_loop
async def test_a_proxy_is_not_asked_about_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    async with line(polite) as server, backend_at(server.target) as backend:
        await backend.list_executions(ExecutionQuery())


@in_loop
async def test_a_prefix_of_the_address_is_kept() -> None:
    async with line(polite) as server:
        target = replace(server.target, url=server.target.url + "/api/")
        paths: list[bytes] = []
        request = server.request

        async def noted(reader: asyncio.StreamReader) -> bytes:
            paths.append(await request(reader))
            return paths[-1]

        server.request = noted  # type: ignore[method-assign]
        async with backend_at(target) as backend:
            await backend.list_executions(ExecutionQuery())
    assert paths == [b"/api/tailor.v1.OperatorService/ListWorkflowExecutions"]


def test_httpx_comes_without_its_command_line() -> None:
    code = (
        "import sys, console.backend.tailor\n"
        "assert 'httpx' in sys.modules\n"
        "print([n for n in ('click', 'rich', 'pygments', 'httpx._main') if n in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
