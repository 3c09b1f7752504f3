"""Servers on loopback that talk byte by byte as a test tells them."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from console.model.target import Target
from tests.fakes.operator import WORKSPACE

OK = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}"
BASE = Target(kind="url", label="shop", workspace_id=WORKSPACE)
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Line:
    """A server on loopback that talks as it is told, and counts."""

    def __init__(self, talk: Callable[[Line], Talk]) -> None:
        self._talk = talk(self)
        self.connections = 0
        self.requests: list[bytes] = []
        self.port = 0
        self._talks: set[asyncio.Task[None]] = set()

    @property
    def target(self) -> Target:
        """Where it is."""
        return replace(BASE, url=f"http://127.0.0.1:{self.port}")

    async def end(self) -> None:
        """Hang up on everybody."""
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)
        # What the loop itself runs: half a handshake, a generator that is being closed.
        if others := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(others, timeout=5)

    async def request(self, reader: asyncio.StreamReader) -> bytes:
        """Read one request; gives its path."""
        head = await reader.readuntil(b"\r\n\r\n")
        fields = dict(line.split(b": ", 1) for line in head.lower().split(b"\r\n")[1:-2])
        await reader.readexactly(int(fields[b"content-length"]))
        path = head.split(b" ")[1]
        self.requests.append(path.rpartition(b"/")[2])
        return path

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk on one connection."""
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)
        self.connections += 1
        try:
            await self._talk(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # Who called hung up, or `end` did.
        finally:
            writer.close()


@asynccontextmanager
async def line(
    talk: Callable[[Line], Talk], context: ssl.SSLContext | None = None
) -> AsyncIterator[Line]:
    """Run such a server; with a context, over TLS."""
    server = Line(talk)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=context)
    async with listening:
        server.port = listening.sockets[0].getsockname()[1]
        try:
            yield server
        finally:
            await server.end()
