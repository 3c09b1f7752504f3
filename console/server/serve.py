"""One server process of one project, from the lock to the last answer.

lock → bind → engine → socket → server.json → ready … until told to end
server.json and socket go → running requests end → engine → lock
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from console.server.record import ServerRecord


async def serve(
    project_root: Path,
    *,
    listen: str | None = None,
    workers: int | None = None,
    is_open: bool = False,
    no_token: bool = False,
    token_file: Path | None = None,
    socket: bool = True,
    until_eof: bool = False,
    ready: Callable[[ServerRecord], None] | None = None,
    until: asyncio.Event | None = None,
) -> None:
    """Serve a project until SIGTERM, SIGINT, `until`, or with `until_eof` the end of stdin.

    `listen` is `HOST:PORT` for TCP, beside the Unix socket (`socket=False`: without it). `ready` is
    called once, when requests are answered. Raises `ServeError`.
    """
    raise NotImplementedError
