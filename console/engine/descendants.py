"""Which processes a process has started: also those that left its group for a session of their own.

One whose parent has ended belongs to nobody any more and is not found: it was let go on purpose.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections import defaultdict
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
ROUNDS = 5
"""How often it is looked whether what was found had just started others."""


def descendants(process_id: int) -> list[int]:
    """List the processes below a process; none where the system does not tell."""
    children: defaultdict[int, list[int]] = defaultdict(list)
    for child, parent in _parents().items():
        children[parent].append(child)
    found: list[int] = []
    asked = [process_id]
    while asked:
        below = children.pop(asked.pop(), [])
        found += below
        asked += below
    return found


def kill_descendants(process_id: int) -> None:
    """End what a process has started, and what that has started; the process itself lives on."""
    stopped: list[int] = []
    for _ in range(ROUNDS):
        # Stopped, none of them starts another that would be missed.
        new = [child for child in descendants(process_id) if child not in stopped]
        if not new:
            break
        for child in new:
            _send(child, signal.SIGSTOP)
        stopped += new
    for child in stopped:
        _send(child, signal.SIGKILL)


def _send(process_id: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.kill(process_id, number)


def _parents() -> dict[int, int]:
    """Read every process's parent."""
    return _parents_of_proc() or _parents_of_ps()


def _parents_of_proc() -> dict[int, int]:
    found = {}
    with suppress(OSError):
        for folder in PROC.iterdir():
            if folder.name.isdigit():
                with suppress(OSError, ValueError, IndexError):
                    # After the program's name, which may have any character: state, parent.
                    text = (folder / "stat").read_text(errors="replace")
                    found[int(folder.name)] = int(text.rpartition(")")[2].split()[1])
    return found


def _parents_of_ps() -> dict[int, int]:
    try:
        listed = subprocess.run(
            ["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, timeout=2, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return {}
    pairs = (line.split() for line in listed.stdout.splitlines())
    return {int(pair[0]): int(pair[1]) for pair in pairs if len(pair) == 2}
