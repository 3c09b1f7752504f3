"""A demo that is told to end leaves its blocks: its processes and files go with it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


class ToldToEnd(SystemExit):
    """A signal asked this process to end; its code is 128 and the signal's number."""


@contextmanager
def ending_on_signals() -> Iterator[None]:
    """Turn what asks to end into an exit that runs through the blocks; a second one is ignored."""

    def leave(number: int, frame: FrameType | None) -> None:
        ignore_signals()
        raise ToldToEnd(128 + number)

    # What is ignored stays so: `nohup` and shells mean it.
    before = {s: h for s in ENDING if (h := signal.getsignal(s)) is not signal.SIG_IGN}
    for name in before:
        signal.signal(name, leave)
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


async def cancelled_on_signals(work: Coroutine[Any, Any, None]) -> None:
    """Await the work; what asks to end cancels it, and then ends the process by its exit.

    In an event loop an exit raised wherever a signal lands would run through whichever task was
    running, and through the loop's own hands; a handler of the loop's own runs between the tasks.
    """
    loop, task = asyncio.get_running_loop(), asyncio.ensure_future(work)
    told: list[int] = []

    def leave(number: int) -> None:
        if not told:
            told.append(number)
            task.cancel()

    heeded = [name for name in ENDING if signal.getsignal(name) is not signal.SIG_IGN]
    for name in heeded:
        loop.add_signal_handler(name, leave, name)
    try:
        await task
    except asyncio.CancelledError:
        if not told:
            raise
    finally:
        for name in heeded:
            loop.remove_signal_handler(name)
        ignore_signals()  # without one, the system's default would end the process on the spot
    if told:
        raise ToldToEnd(128 + told[0])


def ignore_signals() -> None:
    """Let nothing that asks to end interrupt the ending."""
    for name in ENDING:
        signal.signal(name, signal.SIG_IGN)
