"""The harness itself: what it reads is what a terminal shows."""

from __future__ import annotations

import sys

import pytest

from tests.acceptance.terminal import Terminal


def python(program: str, rows: int = 5, columns: int = 40) -> Terminal:
    return Terminal([sys.executable, "-c", program], rows=rows, columns=columns)


def test_it_shows_what_the_program_paints_and_drops_what_no_screen_shows() -> None:
    program = "import sys, time\n"
    program += "for part in ['\\x1b[<', 'u\\x1b[>1', 'u\\x1b[2;3Hhel', 'lo\\x1b[?2026$', 'p']:\n"
    program += "    sys.stdout.write(part); sys.stdout.flush(); time.sleep(0.01)\n"
    program += "input()"
    with python(program) as terminal:
        terminal.wait_for("hello", seconds=10)
        assert terminal.lines[:3] == ["", "  hello", ""]
        terminal.press("\n")
        assert terminal.wait_for_end(seconds=10) == 0


def test_it_answers_where_the_cursor_is() -> None:
    program = "import sys, tty\n"
    program += "tty.setcbreak(0); print('ab\\x1b[6n', end='', flush=True)\n"
    program += "print(ascii(sys.stdin.read(6)))"
    with python(program) as terminal:
        terminal.wait_for("[1;3R", seconds=10)


def test_what_does_not_come_is_an_error_that_prints_the_screen() -> None:
    with python("print('no luck'); input()") as terminal:
        with pytest.raises(AssertionError, match=r"no 'luck, much'[\s\S]*no luck"):
            terminal.wait_for("luck, much", seconds=0.5)


def test_a_closed_window_hangs_the_program_up() -> None:
    program = "import signal, sys\n"
    program += "signal.signal(signal.SIGHUP, lambda *_: sys.exit(7))\n"
    program += "print('ready', flush=True); signal.pause()"
    with python(program) as terminal:
        terminal.wait_for("ready", seconds=10)
        terminal.close()
        assert terminal.wait_for_end(seconds=10) == 7
