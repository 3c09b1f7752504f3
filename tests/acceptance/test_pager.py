"""A log in the person's pager: it has the whole terminal, and the console comes back whole."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from tests.acceptance.terminal import Terminal
from tests.acceptance.test_demo import ENDED_IN, STEP, cursor_row, demo

PAGER = """
import os, sys, termios
lines = sys.stdin.read().splitlines()
tty = open("/dev/tty")
flags = termios.tcgetattr(tty)[3]
size = os.get_terminal_size(tty.fileno())
cooked = bool(flags & termios.ICANON and flags & termios.ECHO)
print("PAGED", len(lines), "last:", lines[-1][-20:], size.lines, "by", size.columns, cooked)
sys.stdout.flush()
print("typed:", tty.readline().strip())
sys.stdout.flush()
tty.readline()
"""


def test_a_pager_has_the_terminal_and_the_console_comes_back_to_the_same_place(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = home / "pager.py"
    script.write_text(PAGER)
    monkeypatch.setenv("PAGER", f"{shlex.quote(sys.executable)} {shlex.quote(str(script))}")
    with demo(home, 24, 80) as terminal:
        terminal.wait_for("The mail server refuses", seconds=STEP)
        terminal.wait_for(lambda _: "failed" in cursor_row(terminal), seconds=STEP)
        terminal.press("l")
        terminal.wait_for("connecting to 127.0.0.1:", seconds=STEP)
        before = log_lines(terminal)

        terminal.press("|")
        terminal.wait_for("PAGED 2 last: tions from 127.0.0.1 24 by 80 True", seconds=STEP)
        terminal.press("qR:quit\r")  # keys of the console, which are the pager's now
        terminal.wait_for("typed: qR:quit", seconds=STEP)
        terminal.press("\r")

        terminal.wait_for("2 lines read by", seconds=STEP)
        # Its message can be there a frame before all the rest is painted again.
        terminal.wait_for(lambda _: log_lines(terminal) == before, seconds=STEP)
        assert "PAGED" not in terminal.text and "typed:" not in terminal.text
        terminal.press("q")  # and the keyboard is the console's again
        terminal.wait_for(lambda _: "failed" in cursor_row(terminal), seconds=STEP)
        terminal.press("q")
        assert terminal.wait_for_end(seconds=ENDED_IN) == 0


def log_lines(terminal: Terminal) -> list[str]:
    """Give what the screen shows of the log."""
    return [line for line in terminal.lines if "127.0.0.1" in line]
