"""A demo that is told to end leaves its blocks: its processes and files go with it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

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


def ignore_signals() -> None:
    """Let nothing that asks to end interrupt the ending."""
    for name in ENDING:
        signal.signal(name, signal.SIG_IGN)
