"""The first thirty seconds of `wfc demo`, as a person sees and types them."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.acceptance.terminal import Terminal
from tests.demo.processes import descendants, wait_until_gone

ROOT = Path(__file__).parents[2]
STEP = 30.0
"""Seconds a step may take on a busy machine; on an idle one each takes about one."""
ENDED_IN = 5.0
FAILED = "421 too many connections from 127.0.0.1"
THROUGH = " is through, its card was charged once. :crash"
"""What is said of the resumed order; on a busy machine the very first one fails already."""


@contextmanager
def demo(home: Path, rows: int, columns: int) -> Iterator[Terminal]:
    """Start the demo in a window of that size, its files in a folder of its own."""
    folder = home / "tmp"
    folder.mkdir()
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(folder)}
    command = [sys.executable, "-m", "console", "demo"]
    with Terminal(command, rows=rows, columns=columns, env=environment, cwd=home) as terminal:
        yield terminal


def type_line(terminal: Terminal, words: str) -> None:
    """Type a `:` command, letter by letter, each when the one before is in the prompt.

    A lump of keys would be taken for a paste.
    """
    terminal.press(":")
    for end in range(len(words) + 1):
        prompt = f": {words[:end]}".strip()

        def prompt_shows_what_was_typed(text: str, prompt: str = prompt) -> bool:
            return any(line.strip() == prompt for line in text.splitlines())

        terminal.wait_for(prompt_shows_what_was_typed, seconds=STEP)
        terminal.press(words[end] if end < len(words) else "\r")


def resume(terminal: Terminal) -> None:
    """Press R, then the button that is not focused at first."""
    terminal.press("R")
    terminal.wait_for("Runs again", seconds=STEP)
    terminal.wait_for("[ Back ]", seconds=STEP)
    terminal.press("\t")
    terminal.wait_for("[ Resume ]", seconds=STEP)
    terminal.press("\r")


def cursor_row(terminal: Terminal) -> str:
    """Give the row of the list under the cursor."""
    return next((line for line in terminal.lines if line.startswith("┃")), "")


def line_of(terminal: Terminal, job: str) -> str:
    """Give the row of the job tree that shows a job."""
    return next((line for line in terminal.lines if re.search(rf"[├└] \S {job}", line)), "")


def is_gone(terminal: Terminal, home: Path, pids: set[int]) -> None:
    """Check that nothing of the demo is left."""
    assert wait_until_gone(pids, ENDED_IN) == set()
    assert list((home / "tmp").iterdir()) == []


def test_thirty_seconds_on_a_small_screen(home: Path) -> None:
    with demo(home, 24, 80) as terminal:
        # Rows, and soon an order that fails, with the cursor on it and the cause below.
        terminal.wait_for("running", seconds=STEP)
        terminal.wait_for(lambda text: text.count(FAILED[:20]) >= 2, seconds=STEP)
        terminal.wait_for("The mail server refuses. :mail on, then R", seconds=STEP)
        assert "✗ failed    order-processing" in cursor_row(terminal), terminal.text
        assert f"MailServerError: {FAILED}" in terminal.text
        pids = descendants(terminal.pid)
        assert len(pids) >= 4, "the mail sink, the server and its workers"

        # Its log on the whole screen, and back to the same row.
        terminal.press("l")
        terminal.wait_for("connecting to 127.0.0.1:", seconds=STEP)
        terminal.press("q")
        terminal.wait_for(lambda _: "failed" in cursor_row(terminal), seconds=STEP)

        # The cause is mended, the order is resumed.
        type_line(terminal, "mail on")
        terminal.wait_for("the mail server takes mail again", seconds=STEP)
        resume(terminal)
        terminal.wait_for(lambda _: "success" in cursor_row(terminal), seconds=STEP)
        terminal.wait_for(THROUGH, seconds=STEP)

        # Three jobs were reused and one ran; the card was charged once.
        terminal.press("\r")
        terminal.wait_for("reused from attempt 1", seconds=STEP)
        for job in ("fetch-customer", "reserve-stock", "charge-card"):
            assert "reused from attempt 1" in line_of(terminal, job), terminal.text
        assert "attempt 2" in line_of(terminal, "send-notification"), terminal.text
        terminal.press("3")
        terminal.wait_for('"timesCharged": 1', seconds=STEP)
        terminal.press("q")
        terminal.wait_for("problems", seconds=STEP)

        # A worker is killed in the middle of a job, and another takes over.
        type_line(terminal, "crash")
        terminal.wait_for("is dead, in the middle of o-", seconds=STEP)
        terminal.wait_for(": charge-card began twice, charged once", seconds=STEP)
        said = re.search(r"Worker (\d+) took over from (\d+):", terminal.text)
        assert said and said[1] != said[2] and int(said[2]) in pids, terminal.text
        pids |= descendants(terminal.pid)
        assert int(said[2]) not in descendants(terminal.pid), "it is dead"

        terminal.press("q")
        assert terminal.wait_for_end(seconds=ENDED_IN) == 0
        is_gone(terminal, home, pids)


def test_on_a_wide_screen_the_failure_its_jobs_and_its_log_are_seen_at_once(home: Path) -> None:
    with demo(home, 40, 140) as terminal:
        terminal.wait_for("The mail server refuses. :mail on, then R", seconds=STEP)
        terminal.wait_for(lambda text: text.count(FAILED) >= 3, seconds=STEP)
        assert "✗ failed" in cursor_row(terminal), terminal.text
        assert "✓" in line_of(terminal, "charge-card"), terminal.text
        assert "✗" in line_of(terminal, "send-notification"), terminal.text
        assert "connecting to 127.0.0.1:" in terminal.text
        type_line(terminal, "mail on")
        terminal.wait_for("the mail server takes mail again", seconds=STEP)
        resume(terminal)
        terminal.wait_for(lambda text: text.count("reused from attempt 1") == 3, seconds=STEP)
        terminal.wait_for(THROUGH, seconds=STEP)
        pids = descendants(terminal.pid)
        # The window is closed: the whole demo goes with it.
        terminal.close()
        assert terminal.wait_for_end(seconds=ENDED_IN) != 0
        is_gone(terminal, home, pids)


def type_q(terminal: Terminal) -> None:
    terminal.press("q")


def interrupt_twice(terminal: Terminal) -> None:
    terminal.press("\x03\x03")


def terminate(terminal: Terminal) -> None:
    os.kill(terminal.pid, signal.SIGTERM)


@pytest.mark.parametrize(
    ("leave", "exit_code"), [(type_q, 0), (interrupt_twice, 130), (terminate, 143)]
)
def test_it_is_left_at_once_while_everything_is_still_starting(
    home: Path, leave: Callable[[Terminal], None], exit_code: int
) -> None:
    with demo(home, 24, 80) as terminal:
        terminal.wait_for("problems", seconds=STEP)
        pids = descendants(terminal.pid)
        leave(terminal)
        assert terminal.wait_for_end(seconds=ENDED_IN) == exit_code, terminal.text
        is_gone(terminal, home, pids)
