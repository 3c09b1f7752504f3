"""How a worker process and its server talk: single bytes on two pipes.

server → worker (the worker's stdin): `w` there may be work, `c` look whether your execution was
canceled, `q` end when you are idle, `h` end after the job that runs and hand the rest over; end of
file: the server is gone, end.
worker → server (the worker's stdout): `r` ready for work, `n` there is work for others.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

WAKE, CANCEL, QUIT, HAND_OVER = b"w", b"c", b"q", b"h"
READY, NEWS = b"r", b"n"


def take_over_stdio() -> tuple[int, int]:
    """Give what stdin and stdout were; stdin is empty then, and stdout goes where stderr goes."""
    commands, news = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return commands, news


class WorkerChannel:
    """The worker's ends of the pipes."""

    def __init__(self, commands: int, news: int):
        self._commands = commands
        self._news = news
        self._woken = threading.Event()
        self.is_quitting = False
        """The worker is to end when it is idle."""
        self.is_handing_over = False
        """The worker is to begin no other job."""

    @classmethod
    def take_over_stdio(cls) -> WorkerChannel:
        """Move the pipes away from where a body or its children would find them.

        After it stdin is empty and stdout goes where stderr goes.
        """
        commands, news = take_over_stdio()
        os.set_blocking(news, False)
        return cls(commands, news)

    def listen(self, on_cancel: Callable[[], None], on_end: Callable[[], None]) -> None:
        """Hear commands in a thread of its own."""

        def hear() -> None:
            while data := os.read(self._commands, 64):
                if HAND_OVER in data:
                    self.is_handing_over = True
                if QUIT in data or HAND_OVER in data:
                    self.is_quitting = True
                if CANCEL in data:
                    on_cancel()
                self._woken.set()
            on_end()

        threading.Thread(target=hear, name="commands", daemon=True).start()

    def tell(self, word: bytes) -> None:
        """Tell the server something; a server that does not listen is no reason to wait."""
        try:
            os.write(self._news, word)
        except OSError:
            pass

    def wait(self, seconds: float) -> None:
        """Wait until the server says something, for so long at most."""
        self._woken.wait(seconds)
        self._woken.clear()
