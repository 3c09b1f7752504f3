"""Terminals that go away, have no size, keep their mouse, or can do nothing."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.acceptance.terminal import Terminal

ROOT = Path(__file__).parents[2]
STEP = 30.0
ENDED_IN = 10.0
COMMAND = [sys.executable, "-m", "console", "--url", "http://127.0.0.1:1"]
DEAF = ["sh", "-c", 'trap "" HUP; exec "$@"', "sh", *COMMAND]
"""Started as `nohup` starts a program: the signal of a closed window does not reach it."""


class Window(Terminal):
    """The console in a window of some size; what it writes is kept as it came."""

    def __init__(self, command: list[str], home: Path, rows: int = 24, columns: int = 80) -> None:
        self.bytes = b""
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        super().__init__(
            command, rows=rows, columns=columns, env=environment, cwd=home, tap=self._keep,
            is_drawn=False,
        )  # fmt: skip

    def _keep(self, data: bytes) -> None:
        self.bytes += data

    def wait_for_bytes(self, wanted: bytes) -> None:
        until = time.monotonic() + STEP
        while wanted not in self.bytes:
            assert time.monotonic() < until, self.bytes[-500:]
            self.read(0.2)


@pytest.mark.parametrize("command", [COMMAND, DEAF], ids=["told", "not told"])
@pytest.mark.parametrize("shown", [b"\x1b[?1049h", b"problems", b"connection refused"])
def test_the_console_ends_with_its_terminal_whenever_that_goes(
    home: Path, command: list[str], shown: bytes
) -> None:
    with Window(command, home) as window:
        window.wait_for_bytes(shown)
        window.close()
        assert window.wait_for_end(seconds=ENDED_IN) in (129, -signal.SIGHUP)
    assert list(home.rglob("reports")) == []


def test_in_a_terminal_without_a_size_it_draws_once_and_rests(home: Path) -> None:
    with Window(COMMAND, home, rows=0, columns=0) as window:
        window.wait_for_bytes(b"problems")
        until = time.monotonic() + STEP
        while True:
            before = window.written
            window.read(0.3)
            if window.written == before:
                break
            assert time.monotonic() < until, f"{window.written} bytes, and no end of it"
        window.press("q")
        assert window.wait_for_end(seconds=STEP) == 0


def test_a_terminal_that_can_do_nothing_is_refused_before_it_is_written_to(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    with Window(COMMAND, home) as window:
        assert window.wait_for_end(seconds=STEP) == 2
        window.read(0.2)
    assert b"TERM is dumb; `wfc workflow --help` has what goes without" in window.bytes
    assert b"\x1b" not in window.bytes


@pytest.mark.parametrize("has_mouse", [True, False])
def test_without_the_mouse_no_mode_of_it_is_ever_set(home: Path, has_mouse: bool) -> None:
    file = home / "config" / "wfc" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text(f"[ui]\nmouse = {str(has_mouse).lower()}\n")
    with Window(COMMAND, home) as window:
        window.wait_for_bytes(b"connection refused")
        window.press("q")
        assert window.wait_for_end(seconds=STEP) == 0
    modes = re.findall(rb"\x1b\[\?(?:9|100[0-36]|1005|101[56])[hl]", window.bytes)
    assert bool(modes) is has_mouse, modes


def test_a_go_on_to_one_who_never_stopped_changes_nothing(home: Path) -> None:
    with Window(COMMAND, home) as window:
        window.wait_for_bytes(b"connection refused")
        before = len(window.bytes)
        os.kill(window.pid, signal.SIGCONT)
        window.press("q")
        assert window.wait_for_end(seconds=STEP) == 0
        assert b"\x1b[?1049h" not in window.bytes[before:], "the terminal was taken a second time"
