"""One server of one project around an engine, from the lock to the last answer.

lock → bind → engine → socket → server.json → ready … until told to end
server.json goes → running requests end → socket → engine → lock
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import console
from console.clock import SystemClock
from console.engine.interface import Engine, HasResolvers
from console.server.access import Access, own_token_file, read_tokens
from console.server.connect import ConnectApp
from console.server.errors import ServeError
from console.server.graphql_page import PATH, GraphQLPage
from console.server.http import serve_http
from console.server.listen import TcpListener, bind_tcp, bind_unix
from console.server.lock import ProjectLock
from console.server.log_file import BoundedLog
from console.server.places import make_state_folder, socket_path
from console.server.record import ServerRecord, remove_record, write_record
from console.server.response import Page
from console.server.routes import routes

log = logging.getLogger("wfc.server")

OPEN_LISTEN = "127.0.0.1:8787"
"""Where a server for trying other clients listens, unless told."""


@dataclass(frozen=True, slots=True)
class Hosting:
    """Where a server listens, and whom it lets in."""

    listen: str | None = None
    """`HOST:PORT` for TCP; None listens on the Unix socket only."""
    token_file: Path | None = None
    """Tokens for TCP; None takes the project's own file, made where it is missing."""
    no_token: bool = False
    """On loopback: no token is asked for on TCP."""
    is_open: bool = False
    """`no_token`, and every workspace id is accepted: for trying other clients."""
    socket: bool = True
    """Listen on the project's Unix socket."""
    grace_seconds: float = 0.0
    """How long running jobs may go on at the end; for the server's record."""


async def host(
    project: Path,
    engine: Callable[[], AbstractAsyncContextManager[Engine]],
    hosting: Hosting,
    *,
    ready: Callable[[ServerRecord], None] | None,
    until: asyncio.Event,
) -> None:
    """Serve a project until told to end; `engine` is opened under the project's lock.

    `ready` is called once, when requests are answered. Raises `ServeError`.
    """
    listen = hosting.listen or (OPEN_LISTEN if hosting.is_open else None)
    if listen is None and not hosting.socket:
        raise ServeError("there is nothing to listen on: give --listen HOST:PORT", 2)
    with ExitStack() as stack:
        lock = ProjectLock.take(project)
        stack.callback(lock.release)
        remove_record(project)  # of a server that was killed
        stack.enter_context(_logging(project))
        tcp = bind_tcp(listen) if listen is not None else None
        if tcp is not None:
            stack.callback(tcp.socket.close)
        token_file = _token_file(project, hosting, tcp)
        access = Access(
            tokens=read_tokens(token_file) if token_file is not None else (),
            is_loopback=tcp is None or tcp.is_loopback,
            host=tcp.host if tcp is not None else "",
        )
        async with engine() as running:
            sockets: list[socket.socket] = [tcp.socket] if tcp is not None else []
            path: Path | None = None
            if hosting.socket:
                path = socket_path(project)
                unix = bind_unix(path)
                stack.callback(unix.remove)
                sockets.append(unix.socket)
            record = ServerRecord(
                pid=os.getpid(),
                socket=path,
                url=tcp.url if tcp is not None else "",
                workspace_id=running.workspace_id,
                project=project,
                version=console.__version__,
                started_at=SystemClock().now(),
                token_file=token_file,
                grace_seconds=hosting.grace_seconds,
            )
            methods = routes(running, accepts_any_workspace=hosting.is_open)
            pages: dict[str, Page] = {}
            if isinstance(running, HasResolvers):
                page = GraphQLPage(running, running.resolvers)
                stack.callback(page.close)
                pages[PATH] = page
            let_in = tcp.socket.let_in if tcp is not None else None
            app = ConnectApp(methods, access, pages, let_in=let_in)
            await _announce(app, sockets, record, ready, until)


async def _announce(
    app: ConnectApp,
    sockets: list[socket.socket],
    record: ServerRecord,
    ready: Callable[[ServerRecord], None] | None,
    until: asyncio.Event,
) -> None:
    """Serve, and say so while it is true."""

    async def told() -> None:
        await app.started.wait()
        for listener in sockets:
            listener.listen()  # from here on a client waits instead of being refused
        write_record(record)
        places = [str(place) for place in (record.socket, record.url) if place]
        log.info("process %d serves %s on %s", record.pid, record.project, " and ".join(places))
        try:
            if ready is not None:
                ready(record)
            await until.wait()
        finally:
            remove_record(record.project)
            log.info("process %d ends", record.pid)

    await serve_http(app, sockets, told)


def _token_file(project: Path, hosting: Hosting, tcp: TcpListener | None) -> Path | None:
    """Decide which tokens are asked for on TCP; None for none. Raises `ServeError`."""
    if tcp is None:
        return None
    if hosting.no_token or hosting.is_open:
        if not tcp.is_loopback:
            option = "--open" if hosting.is_open else "--no-token"
            raise ServeError(f"{option} is for loopback only; {tcp.host} needs a token", 2)
        return None
    chosen = hosting.token_file or own_token_file(make_state_folder(project))
    return chosen.absolute()  # who reads the record stands in another folder


@contextmanager
def _logging(project: Path) -> Iterator[None]:
    """Write the server's log into `.wfc/server.log`."""
    path = make_state_folder(project) / "server.log"
    path.touch(mode=0o600)
    handler = BoundedLog(path)
    # hypercorn's own words at its start speak to somebody at a terminal.
    logging.getLogger("wfc.server.http").setLevel(logging.WARNING)
    kept = log.propagate, log.level
    log.addHandler(handler)
    log.propagate = False
    log.setLevel(logging.INFO)
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.propagate, log.level = kept
        handler.close()
