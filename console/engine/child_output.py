"""What goes to the process's own stdout and stderr: programs that a body starts, and C code.

Both are one pipe that a thread reads into the log of the innermost job; outside of jobs, and when
the process crashes, into the workers' file.
"""

from __future__ import annotations

import array
import codecs
import faulthandler
import fcntl
import os
import select
import termios
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TextIO

from console.engine.logs import LogWriter

DRAIN_SECONDS = 0.2
"""How long the end of a job waits for output that was written before it."""


class ChildOutput:
    """Takes file descriptors 1 and 2 over."""

    def __init__(self, sink: Callable[[], LogWriter | None]):
        self._sink = sink
        self.workers_file = os.dup(2)
        """Where the worker itself writes."""
        self._pipe, end = os.pipe()
        for number in (1, 2):
            os.dup2(end, number)
        os.close(end)
        # In a crash nobody is left to read the pipe.
        faulthandler.enable(self.workers_file)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._lock = threading.Lock()
        threading.Thread(target=self._run, name="child output", daemon=True).start()

    def _run(self) -> None:
        while True:
            select.select([self._pipe], [], [])
            # Read with the lock held: whoever has it and finds the pipe empty has seen it all.
            with self._lock:
                data = os.read(self._pipe, 65536)
                log = self._sink()
                if log is None:
                    with suppress(OSError):  # a full disk: the pipe must be read all the same
                        os.write(self.workers_file, data)
                else:
                    log.write(self._decoder.decode(data))

    def drain(self) -> None:
        """Wait until what was written so far is in its log; not for ever."""
        give_up = time.monotonic() + DRAIN_SECONDS
        waiting = array.array("i", [0])
        while True:
            with self._lock:
                fcntl.ioctl(self._pipe, termios.FIONREAD, waiting)
            if waiting[0] == 0 or time.monotonic() > give_up:
                return
            time.sleep(0.0005)

    def outside(self) -> TextIO:
        """Give the workers' file as text, for what is printed outside of jobs and after them."""
        return open(
            self.workers_file, "w", buffering=1, encoding="utf-8", errors="replace", closefd=False
        )

    def give_back(self) -> None:
        """Let what comes now go to the workers' file: the process ends."""
        self.drain()
        for number in (1, 2):
            os.dup2(self.workers_file, number)
