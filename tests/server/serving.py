"""A server with a fake engine in a thread of its own, reached over real sockets."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from console.engine.interface import Engine
from console.server.host import Hosting, host
from console.server.record import ServerRecord
from tests.fakes.engine import WORKSPACE, FakeEngine

OPERATOR = "/tailor.v1.OperatorService/"
CONSOLE = "/wfc.v1.ConsoleService/"
START_SECONDS = 20.0


@dataclass
class Served:
    """One running server."""

    record: ServerRecord
    engine: FakeEngine
    loop: asyncio.AbstractEventLoop
    until: asyncio.Event
    clients: list[httpx.Client] = field(default_factory=list)

    def client(self, *, http2: bool = False, tcp: bool = False, **options: Any) -> httpx.Client:
        """Give a client of the server; it is closed with it."""
        url = self.record.url if tcp else "http://wfc"
        socket = None if tcp else str(self.record.socket)
        # Loading the certificates that plain HTTP never needs takes 60 ms a client.
        transport = httpx.HTTPTransport(uds=socket, http1=not http2, http2=http2, verify=False)
        client = httpx.Client(base_url=url, transport=transport, timeout=10.0, **options)
        self.clients.append(client)
        return client

    def call(self, method: str, fields: Any = None, **options: Any) -> httpx.Response:
        """Call a method in JSON over the Unix socket; our workspace is filled in."""
        body = {"workspaceId": WORKSPACE} | (fields or {})
        path = method if method.startswith("/") else OPERATOR + method
        return self.client().post(path, json=body, **options)

    def close_clients(self) -> None:
        """Close every client that was given."""
        while self.clients:
            self.clients.pop().close()

    def end(self) -> None:
        """Tell the server to end, without waiting for it."""
        self.loop.call_soon_threadsafe(self.until.set)


@contextmanager
def served(
    project: Path, hosting: Hosting | None = None, engine: FakeEngine | None = None
) -> Iterator[Served]:
    """Run a server until the block is left; what it raises is raised here."""
    engine = engine or FakeEngine()
    started = threading.Event()
    holder: list[Served] = []
    failures: list[BaseException] = []

    @asynccontextmanager
    async def opened() -> AsyncIterator[Engine]:
        try:
            yield engine
        finally:
            await engine.close()

    async def run() -> None:
        until = asyncio.Event()
        loop = asyncio.get_running_loop()

        def ready(record: ServerRecord) -> None:
            holder.append(Served(record, engine, loop, until))
            started.set()

        await host(project, opened, hosting or Hosting(), ready=ready, until=until)

    def thread() -> None:
        try:
            asyncio.run(run())
        except BaseException as error:
            failures.append(error)
        finally:
            started.set()

    running = threading.Thread(target=thread, name="server")
    running.start()
    try:
        assert started.wait(START_SECONDS), "the server did not start"
        if failures:
            raise failures[0]
        yield holder[0]
    finally:
        for server in holder:
            server.close_clients()
            if running.is_alive():
                server.end()
        running.join(START_SECONDS)
        assert not running.is_alive(), "the server did not end"
    if failures:
        raise failures[0]
