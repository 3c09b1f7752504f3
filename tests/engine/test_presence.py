"""A worker's lock: held as long as its process lives, whatever it forks, and not longer."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from console.engine.presence import Presence

HOLDER = """
import os, sys, time
from pathlib import Path
from console.engine.presence import Presence

assert Presence(Path(sys.argv[1])).announce("w")
read, write = os.pipe()
if os.fork() == 0:
    os.write(write, b"x")
    time.sleep(600)  # a body's child that outlives it
os.read(read, 1)  # the child is there, and has let go of what it may not keep
print("held", flush=True)
time.sleep(600)
"""


@pytest.fixture
def start_holder(tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Start a process that announces itself as `w`, and has a child."""
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(tmp_path / "workers")],
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        return process

    yield start
    for process in started:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.communicate()


def test_a_worker_is_gone_when_its_process_is_and_not_before(
    tmp_path: Path, start_holder: Callable[[], subprocess.Popen[str]]
) -> None:
    presence = Presence(tmp_path / "workers")
    holder = start_holder()
    assert not presence.is_gone("w")
    os.kill(holder.pid, signal.SIGSTOP)
    assert not presence.is_gone("w"), "one that stands still lives"
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    assert presence.is_gone("w"), "its child does not keep the lock"
    presence.forget("w")
    assert not presence.is_gone("w"), "of what is not there nobody can tell"


def test_what_dead_workers_left_is_removed_except_what_is_needed(
    tmp_path: Path, start_holder: Callable[[], subprocess.Popen[str]]
) -> None:
    folder = tmp_path / "workers"
    presence = Presence(folder)
    start_holder()
    for name in ("dead", "needed"):
        (folder / name).touch()
    presence.clean({"needed"})
    assert {path.name for path in folder.iterdir()} == {"w", "needed"}


def test_where_no_lock_can_be_had_nobody_is_called_gone(tmp_path: Path) -> None:
    (tmp_path / "workers").write_text("a file where the folder should be")
    presence = Presence(tmp_path / "workers")
    assert presence.announce("w") is False
    assert not presence.is_gone("w")
    presence.forget("w")
    presence.clean(())
