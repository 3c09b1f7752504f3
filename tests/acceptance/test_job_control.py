"""Ctrl+Z and `fg`: the shell has its terminal, and the console comes back whole."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from tests.acceptance.terminal import Terminal

ROOT = Path(__file__).parents[2]
STEP = 30.0
NOWHERE = "http://127.0.0.1:1"
REFUSED = "connection refused at 127.0.0.1:1"


def test_after_ctrl_z_and_fg_everything_is_painted_again(home: Path) -> None:
    command = [sys.executable, "-m", "console", "--url", NOWHERE]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with Terminal(command, rows=24, columns=80, env=environment, cwd=home) as terminal:
        terminal.wait_for("It is tried again by itself", seconds=STEP)
        terminal.press("\x1a")
        wait_until_stopped(terminal)
        terminal.wipe()
        os.kill(terminal.pid, signal.SIGCONT)
        terminal.wait_for(REFUSED, seconds=STEP)
        for piece in ("problems", "It is tried again by itself", ": command"):
            terminal.wait_for(piece, seconds=STEP)
        terminal.press("q")
        assert terminal.wait_for_end(seconds=STEP) == 0


def wait_until_stopped(terminal: Terminal) -> None:
    """Read what it writes until it has stopped, and what it wrote last."""
    until = time.monotonic() + STEP
    while True:
        pid, status = os.waitpid(terminal.pid, os.WUNTRACED | os.WNOHANG)
        if pid:
            assert os.WIFSTOPPED(status)
            terminal.read(0.2)
            return
        assert time.monotonic() < until, terminal.report("it did not stop")
        terminal.read(0.1)
