"""SIGTERM ends the program as Ctrl-C does: what runs is cancelled, and connections are closed."""

from __future__ import annotations

import signal
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, TypeVar

from console.cli.codes import ExitCode

T = TypeVar("T")


class Terminated(SystemExit):
    """SIGTERM came; a SystemExit, which an event loop lets through wherever it is raised."""

    def __init__(self) -> None:
        super().__init__(int(ExitCode.TERMINATED))


@contextmanager
def terminating() -> Iterator[None]:
    """Let SIGTERM raise `Terminated`, outside an event loop."""

    def end(number: int, frame: FrameType | None) -> None:
        raise Terminated

    try:
        before = signal.signal(signal.SIGTERM, end)
    except ValueError:  # not in the main thread: whoever runs us there takes the signals
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def run_cancellable(work: Coroutine[Any, Any, T]) -> T:
    """Run an event loop until the work is done; SIGTERM cancels it, then raises `Terminated`."""
    import asyncio

    was_told = False

    async def watched() -> T:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None

        def end() -> None:
            nonlocal was_told
            was_told = True
            task.cancel()

        try:
            loop.add_signal_handler(signal.SIGTERM, end)
        except (ValueError, RuntimeError, NotImplementedError):  # not in the main thread
            pass
        return await work

    before = signal.getsignal(signal.SIGTERM)
    try:
        return asyncio.run(watched())
    except asyncio.CancelledError:
        if was_told:
            raise Terminated from None
        raise
    finally:
        try:
            signal.signal(signal.SIGTERM, before)  # a closed loop leaves the system's default
        except ValueError:
            pass
