"""hypercorn, told what this server needs of it: HTTP/1.1 and HTTP/2 with prior knowledge."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, cast

from hypercorn.asyncio import run as hypercorn_run
from hypercorn.asyncio import serve as hypercorn_serve
from hypercorn.asyncio.tcp_server import TCPServer
from hypercorn.config import Config, Sockets
from hypercorn.events import Event, Updated
from hypercorn.typing import ASGIFramework

from console.server.connect import ConnectApp

GRACE_SECONDS = 3.0
"""How long running requests may go on once the server is told to end."""

log = logging.getLogger("wfc.server")


class HttpConfig(Config):
    """hypercorn's settings, with sockets that are bound already.

    Bound here and not by hypercorn, which removes a socket's file that another server listens on,
    leaves its own behind, and makes all of them inheritable.
    """

    # A client's pool must be the one to close an idle connection: an action sent into one that the
    # server closes at that moment has no known outcome.
    keep_alive_timeout = 120.0
    # The request after the last one allowed is dropped on HTTP/2, not answered.
    keep_alive_max_requests = 1 << 60
    # Longer than ours, which answers what still runs; hypercorn's cancels it without an answer.
    graceful_timeout = 2 * GRACE_SECONDS
    include_server_header = False
    errorlog = logging.getLogger("wfc.server.http")

    def __init__(self, sockets: Sequence[socket.socket]) -> None:
        super().__init__()
        self._sockets = list(sockets)

    def create_sockets(self) -> Sockets:
        """Give the sockets that are bound already."""
        return Sockets([], self._sockets, [])


class Connection(TCPServer):
    """hypercorn's connection, gone when its client is.

    hypercorn 0.17 and 0.18 wait until `keep_alive_timeout` for one that its client has closed, and
    hold its file: a script that calls `wfc` ten times a second would use up all of them.
    """

    async def _read_data(self) -> None:
        await super()._read_data()
        await self.idle_task.stop()

    async def protocol_send(self, event: Event) -> None:
        """Send, or note that nothing is going on any more; there is no waiting for who has gone."""
        if isinstance(event, Updated) and event.idle and self.reader.at_eof():
            await self.idle_task.stop()
        else:
            await super().protocol_send(event)


hypercorn_run.TCPServer = Connection  # type: ignore[attr-defined]


async def serve_http(
    app: ConnectApp, sockets: Sequence[socket.socket], until: Callable[[], Awaitable[Any]]
) -> None:
    """Answer requests on the sockets until `until` returns, and then those that still run."""
    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()
    loop.set_exception_handler(_note)
    ending = asyncio.Event()
    framework = cast(ASGIFramework, app)
    serving = asyncio.ensure_future(
        hypercorn_serve(framework, HttpConfig(sockets), shutdown_trigger=ending.wait, mode="asgi")
    )
    told = asyncio.ensure_future(until())
    try:
        await asyncio.wait({serving, told}, return_when=asyncio.FIRST_COMPLETED)
        ending.set()
        await asyncio.wait({serving}, timeout=GRACE_SECONDS)
        app.close()
        await asyncio.wait({serving}, timeout=GRACE_SECONDS)
    finally:
        told.cancel()
        # hypercorn waits without end for a client that does not read its answer.
        serving.cancel()
        await asyncio.wait({serving}, timeout=1.0)
        loop.set_exception_handler(before)
    if serving.done() and not serving.cancelled():
        serving.result()


def _note(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log in one line what ended a connection; a client can make hypercorn raise."""
    error = context.get("exception")
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    log.warning("%s: %r", context.get("message"), error)
