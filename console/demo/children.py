"""The processes of a demo: each holds a pipe from it and ends at that pipe's end of file.

So none outlives a demo that was killed. Each has a session of its own: what a terminal sends, or
the end of a terminal, reaches it only through that pipe.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import console

PATIENCE = 3.0
"""Seconds all processes together have for ending by themselves."""


class DemoFailed(Exception):
    """The demo cannot go on; the message is one line for the person who sees it."""


@dataclass(frozen=True, slots=True)
class Child:
    """A process of the demo."""

    name: str
    process: subprocess.Popen[bytes]
    said: BinaryIO
    """What it says to the demo, in lines."""


def start(
    name: str, command: Sequence[str], folder: Path, log: Path, *, report_option: str = ""
) -> Child:
    """Start Python with this command; its standard error goes to a file, never to the terminal.

    With a `report_option` it talks through a pipe of its own, whose number that option takes; else
    through its standard output.
    """
    talk, talk_to = os.pipe()
    number = [report_option, str(talk_to)] if report_option else []
    try:
        with log.open("ab") as written:
            process = subprocess.Popen(
                [sys.executable, *command, *number],
                cwd=folder,
                env=environment(),
                stdin=subprocess.PIPE,
                stdout=written if report_option else talk_to,
                stderr=written,
                pass_fds=[talk_to] if report_option else [],
                start_new_session=True,
            )
    except OSError as error:
        os.close(talk)
        raise DemoFailed(f"cannot start {name}: {error.strerror}") from None
    finally:
        os.close(talk_to)
    return Child(name, process, os.fdopen(talk, "rb"))


def environment() -> dict[str, str]:
    """Give the environment in which a Python process finds this very package."""
    home = Path(console.__file__).resolve().parent.parent
    if home.name in ("site-packages", "dist-packages"):
        return dict(os.environ)
    others = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    return os.environ | {"PYTHONPATH": os.pathsep.join([str(home), *filter(None, others)])}


async def run(command: Sequence[str], folder: Path, seconds: float) -> bytes:
    """Run Python with this command to its end and give what it printed. Raises `DemoFailed`."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *command,
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(seconds):
            printed, _ = await process.communicate()
    except TimeoutError:
        raise DemoFailed(f"{command[0]} did not answer in {seconds:.0f} s") from None
    finally:
        if process.returncode is None:
            process.kill()
    if process.returncode != 0:
        raise DemoFailed(f"{command[0]} failed")
    return printed


async def ask(child: Child, word: str) -> str:
    """Send a line and give the answering line. Raises `DemoFailed` when nobody answers."""
    assert child.process.stdin is not None
    try:
        child.process.stdin.write(f"{word}\n".encode())
        child.process.stdin.flush()
    except (BrokenPipeError, ValueError):
        raise DemoFailed(f"{child.name} is gone") from None
    return await hear(child)


async def hear(child: Child) -> str:
    """Wait for a line of a process without a thread, which could not be cancelled."""
    loop, is_there = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(child.said.fileno(), is_there.set)
    try:
        await is_there.wait()
    finally:
        loop.remove_reader(child.said.fileno())
    return read_line(child)


def read_line(child: Child) -> str:
    """Read one line of what a process says. Raises `DemoFailed` when it has ended."""
    line = child.said.readline().decode("utf-8", "replace")
    if not line:
        raise DemoFailed(f"{child.name} ended")
    return line.strip()


def end(running: Sequence[Child]) -> None:
    """Close the pipes of all, wait for them together, and kill what is still there."""
    for child in running:
        if child.process.stdin is not None:
            try:
                child.process.stdin.close()
            except BrokenPipeError:
                pass  # it is gone, and what it did not read is of no use to anybody
    deadline = time.monotonic() + PATIENCE
    for child in running:
        try:
            child.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.process.kill()
            child.process.wait()
        child.said.close()
