"""Finding and ending what a process has started, wherever it went."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from console.engine import descendants as module
from console.engine.descendants import descendants, kill_descendants

FAMILY = """
import subprocess
child = subprocess.Popen(
    ["sh", "-c", "sleep 600 & echo $$ $!; wait"], start_new_session=True, stdout=subprocess.PIPE
)
print(child.stdout.readline().decode(), end="", flush=True)
print(child.wait(), flush=True)
"""


@contextmanager
def _family() -> Iterator[tuple[subprocess.Popen[str], set[int]]]:
    process = subprocess.Popen(
        [sys.executable, "-c", FAMILY], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    below = {int(word) for word in process.stdout.readline().split()}
    try:
        yield process, below
    finally:
        for process_id in (*below, process.pid):
            with suppress(ProcessLookupError):
                os.kill(process_id, signal.SIGKILL)
        process.wait()
        process.stdout.close()


@pytest.mark.parametrize("tells", ["/proc", "ps"])
def test_children_and_theirs_are_found_in_other_sessions(
    tells: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if tells == "ps":
        monkeypatch.setattr(module, "PROC", tmp_path)
    with _family() as (process, below):
        assert len(below) == 2
        assert set(descendants(process.pid)) == below


def test_they_are_ended_and_their_parent_is_not() -> None:
    with _family() as (process, _):
        kill_descendants(process.pid)
        assert process.wait(timeout=10) == 0
        assert process.stdout is not None
        assert process.stdout.read() == "-9\n"
