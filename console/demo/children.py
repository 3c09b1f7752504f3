"""The processes of a demo: the project's server and the mail sink.

Each holds a pipe from the demo as its standard input and ends at its end of file, so none outlives
a demo that was killed. Each has a session of its own: what a terminal sends does not reach it.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 3.0
"""Seconds a process has for ending by itself."""


class ChildFailed(Exception):
    """A process of the demo did not start, or ended; the message has what it said last."""


@contextmanager
def child(
    command: Sequence[str], folder: Path, log: Path, *, answers: bool = False
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a Python process, and end it by closing its standard input."""
    with log.open("ab") as written:
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE if answers else written,
            stderr=written,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        end([process])


def end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Close the pipes, wait, and kill what is still there."""
    for process in processes:
        if process.stdin is not None:
            # What could not be written to a process that is gone is of no use to anybody.
            try:
                process.stdin.close()
            except BrokenPipeError:
                pass
    deadline = time.monotonic() + PATIENCE
    for process in processes:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()
