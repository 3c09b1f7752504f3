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
from pathlib import Path

import console

PATIENCE = 3.0
"""Seconds all processes together have for ending by themselves."""


class DemoFailed(Exception):
    """The demo cannot go on; the message is one line for the person who sees it."""


def start(command: Sequence[str], folder: Path, log: Path) -> subprocess.Popen[bytes]:
    """Start Python with this command; its standard error goes to a file, never to the terminal."""
    with log.open("ab") as written:
        return subprocess.Popen(
            [sys.executable, *command],
            cwd=folder,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=written,
            start_new_session=True,
        )


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


async def ask(process: subprocess.Popen[bytes], name: str, word: str) -> str:
    """Send a line and give the answering line. Raises `DemoFailed` when nobody answers."""
    assert process.stdin is not None
    try:
        process.stdin.write(f"{word}\n".encode())
        process.stdin.flush()
    except (BrokenPipeError, ValueError):
        raise DemoFailed(f"{name} is gone") from None
    return await hear(process, name)


async def hear(process: subprocess.Popen[bytes], name: str) -> str:
    """Wait for a line of a process without a thread, which could not be cancelled."""
    assert process.stdout is not None
    loop, is_there = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(process.stdout.fileno(), is_there.set)
    try:
        await is_there.wait()
    finally:
        loop.remove_reader(process.stdout.fileno())
    return read_line(process, name)


def read_line(process: subprocess.Popen[bytes], name: str) -> str:
    """Read one line of what a process says. Raises `DemoFailed` when it has ended."""
    assert process.stdout is not None
    line = process.stdout.readline().decode("utf-8", "replace")
    if not line:
        raise DemoFailed(f"{name} ended")
    return line.strip()


def end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Close the pipes of all, wait for them together, and kill what is still there."""
    for process in processes:
        if process.stdin is not None:
            try:
                process.stdin.close()
            except BrokenPipeError:
                pass  # it is gone, and what it did not read is of no use to anybody
    deadline = time.monotonic() + PATIENCE
    for process in processes:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()
