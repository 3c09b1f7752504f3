"""However a demo ends, none of its processes lives five seconds later, and its files are gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.demo.place import sweep
from tests.demo.processes import alive, descendants, wait_until_gone

ROOT = Path(__file__).parents[2]
ENDED_IN = 5.0
MOST = 60.0
"""Seconds the whole story may take."""


class Demo:
    """`wfc demo --headless` with a folder for its temporary files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-m", "console", "demo", "--headless"],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.lines: list[str] = []
        self.pids: set[int] = set()

    def read_until(self, words: str) -> None:
        """Read lines to the one with these words, and note who lives then."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip())
            if words in line:
                self.pids |= descendants(self.process.pid)
                return
        raise AssertionError(f"no line says {words!r}:\n" + "\n".join(self.lines))

    def wait(self, seconds: float) -> int:
        """Read to the end; gives the exit code."""
        rest, _ = self.process.communicate(timeout=seconds)
        self.lines += rest.splitlines()
        return self.process.returncode

    @property
    def files(self) -> list[str]:
        """Give what is left in the temporary folder."""
        return sorted(path.name for path in self.folder.iterdir())


@pytest.fixture
def demo(home: Path) -> Iterator[Demo]:
    folder = home / "tmp"
    folder.mkdir()
    started = Demo(folder)
    yield started
    if started.process.poll() is None:
        started.process.kill()
    started.process.communicate(timeout=10)
    for pid in alive(started.pids):
        os.kill(pid, signal.SIGKILL)


def test_the_story_without_a_screen_is_told_to_its_end(demo: Demo, home: Path) -> None:
    began = time.monotonic()
    demo.read_until("is placed")
    assert len(demo.pids) >= 4, "the sink, the server and its workers"
    assert demo.wait(MOST) == 0, "\n".join(demo.lines)
    assert time.monotonic() - began < MOST
    told = "\n".join(demo.lines)
    for words in (
        "o-1002 failed in send-notification: 421 too many connections",
        "fetch-customer, reserve-stock, charge-card reused from attempt 1",
        "o-1002: charge-card began once, its card was charged once",
        "is killed in the middle of",
        "took o-",
        "charge-card began twice, its card was charged once",
    ):
        assert words in told, told
    assert demo.files == []
    assert wait_until_gone(demo.pids, ENDED_IN) == set()
    assert list((home / "run").glob("wfc/*")) == [], "its socket"


@pytest.mark.parametrize(
    ("number", "moment"),
    [
        (signal.SIGTERM, "server answers"),
        (signal.SIGTERM, "is placed"),
        (signal.SIGHUP, "is placed"),
        (signal.SIGINT, "server answers"),
    ],
)
def test_a_signal_ends_everything_and_removes_the_files(
    demo: Demo, number: signal.Signals, moment: str
) -> None:
    demo.read_until(moment)
    demo.process.send_signal(number)
    began = time.monotonic()
    assert demo.wait(ENDED_IN) == 128 + number, "\n".join(demo.lines)
    assert wait_until_gone(demo.pids, ENDED_IN - (time.monotonic() - began)) == set()
    assert demo.files == []
    assert not any("Traceback" in line for line in demo.lines), "\n".join(demo.lines)


def test_a_killed_demo_leaves_no_process_and_the_next_one_sweeps_its_files(demo: Demo) -> None:
    demo.read_until("is placed")
    demo.process.kill()
    demo.process.wait(timeout=10)
    assert wait_until_gone(demo.pids, ENDED_IN) == set()
    assert len(demo.files) == 1
    assert len(sweep(demo.folder)) == 1
    assert demo.files == []
