"""Processes as the system lists them, on Linux and macOS."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Collection, Iterator


def _table() -> Iterator[tuple[int, int, str]]:
    """Give process, parent and state of every process."""
    done = subprocess.run(
        ["ps", "-axo", "pid=,ppid=,stat="], capture_output=True, text=True, check=True
    )
    for line in done.stdout.splitlines():
        pid, parent, state = line.split()[:3]
        yield int(pid), int(parent), state


def descendants(root: int) -> set[int]:
    """Give every living process below one."""
    children: dict[int, list[int]] = {}
    for pid, parent, state in _table():
        if not state.startswith("Z"):
            children.setdefault(parent, []).append(pid)
    found: set[int] = set()
    waiting = [root]
    while waiting:
        below = children.get(waiting.pop(), [])
        found.update(below)
        waiting += below
    return found


def alive(pids: Collection[int]) -> set[int]:
    """Give those that live; one that is dead and not yet reaped does not."""
    return {pid for pid, _, state in _table() if pid in pids and not state.startswith("Z")}


def wait_until_gone(pids: Collection[int], seconds: float) -> set[int]:
    """Wait for their end; gives those that still live when the time is over."""
    deadline = time.monotonic() + seconds
    while (left := alive(pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left
