"""Serve a project in this process, with the local engine: what `wfc serve` and `wfc up` run."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from console.engine.interface import Engine, EngineError
from console.engine.problems import ProjectInvalid
from console.server.errors import ServeError
from console.server.record import ServerRecord

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
CLOSE_SECONDS = 10.0
"""How long the engine may take to end its workers, once running jobs have had their time."""


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

    Running jobs may then come to their end for as long as the project says; a second signal, and
    the end of stdin, give them no time.

    `listen` is `HOST:PORT` for TCP, beside the Unix socket (`socket=False`: without it). What is
    not given is taken from the project file's `[server]`. `ready` is called once, when requests
    are answered. Raises `ServeError`.
    """
    from console.engine.project_file import read_project_file
    from console.server.host import Hosting, host

    project = Path(os.path.realpath(project_root))  # noqa: ASYNC240 (nothing is served yet)
    ending = Ending(until or asyncio.Event(), asyncio.Event())
    with _told_by_signals(ending):
        if until_eof:
            _tell_at_end_of_stdin(ending)
        try:
            settings = read_project_file(project)
        except ProjectInvalid as error:
            raise ServeError(str(error), 2) from None
        hosting = Hosting(
            listen=listen or settings.listen,
            token_file=token_file or settings.token_file,
            no_token=no_token,
            is_open=is_open,
            socket=socket,
            grace_seconds=settings.grace_seconds,
        )
        await host(
            project,
            lambda: _local_engine(project, workers, ending.hurry),
            hosting,
            ready=ready,
            until=ending.until,
        )


@dataclass(frozen=True, slots=True)
class Ending:
    """How this process is told to end."""

    until: asyncio.Event
    """Set when it is to end."""
    hurry: asyncio.Event
    """Set when running jobs are to have no more time."""

    def tell(self) -> None:
        """Have it end; told twice, at once."""
        if self.until.is_set():
            self.hurry.set()
        self.until.set()

    def tell_at_once(self) -> None:
        """Have it end at once."""
        self.hurry.set()
        self.until.set()


@asynccontextmanager
async def _local_engine(
    project: Path, workers: int | None, hurry: asyncio.Event
) -> AsyncIterator[Engine]:
    """Open the project's engine, and close it; its refusals become `ServeError`."""
    from console.engine.local import open_engine

    try:
        engine = await open_engine(project, workers=workers).__aenter__()
    except ProjectInvalid as error:
        raise ServeError(str(error), 2) from None
    except EngineError as error:
        raise ServeError(f"{project} cannot be served: {error}", 6) from None
    try:
        yield engine
    finally:
        grace = engine.grace_seconds
        try:
            await asyncio.wait_for(engine.close(grace=grace, hurry=hurry), grace + CLOSE_SECONDS)
        except TimeoutError:
            logging.getLogger("wfc.server").error("the engine did not end in time")


@contextmanager
def _told_by_signals(ending: Ending) -> Iterator[None]:
    """Hear the signals that tell this process to end."""
    loop = asyncio.get_running_loop()
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread hears signals; whoever called decides by `until`
        return
    heard = [number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    for number in heard:
        loop.add_signal_handler(number, ending.tell)
    try:
        yield
    finally:
        for number in heard:
            loop.remove_signal_handler(number)


def _tell_at_end_of_stdin(ending: Ending) -> None:
    """End at once when nobody holds the other end of stdin any more."""
    loop = asyncio.get_running_loop()

    def read() -> None:
        while os.read(sys.stdin.fileno(), 4096):
            pass
        try:
            loop.call_soon_threadsafe(ending.tell_at_once)
        except RuntimeError:
            pass  # it ended for another reason meanwhile

    # A thread and not the loop: a loop cannot watch a file or /dev/null, which have an end too.
    threading.Thread(target=read, name="wfc-stdin", daemon=True).start()
