"""The first frame is painted before anything heavy is imported, and before anything is asked."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PROGRAM = """
    import json, sys
    from console.model.target import Target
    from console.ui.app import ConsoleApp, run_console
    from console.ui.launch import Launch, Preferences

    async def connect():
        from tests.fakes.backend import FakeBackend
        from console.clock import SystemClock
        backend = FakeBackend(SystemClock())
        backend.failed()
        return backend

    launch = Launch(Target("url", "shop"), connect, Preferences(glyphs="{glyphs}"))
"""

LOOK = """
    import asyncio
    from console.present.glyphs import UNICODE

    seen = {}

    async def connect_and_look():
        app = seen["app"]
        seen["text"] = "".join(
            strip.text for strip in app.screen._compositor.render_strips()
        )
        heavy = ("httpx", "pydantic", "sqlalchemy", "hypercorn", "google.protobuf", "click")
        seen["heavy"] = [name for name in heavy if name in sys.modules]
        seen["adapter"] = [name for name in sys.modules if name.startswith("console.backend.t")]
        return await connect()

    async def main():
        app = seen["app"] = ConsoleApp(
            Launch(Target("url", "shop"), connect_and_look), UNICODE
        )
        async with app.run_test(size=(80, 24)) as pilot:
            while "adapter" not in seen:
                await pilot.pause(0.01)
        del seen["app"]
        print(json.dumps(seen))

    asyncio.run(main())
"""


def python(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_nothing_heavy_is_imported_before_the_first_frame() -> None:
    done = python(PROGRAM.replace("{glyphs}", "unicode") + LOOK)
    assert done.returncode == 0, done.stderr[-2000:]
    seen = json.loads(done.stdout)
    assert "shop" in seen["text"] and "Connecting" in seen["text"], "a frame was painted"
    assert seen["heavy"] == []
    assert seen["adapter"] == []


class Tty:
    """A console in a pseudo-terminal, read as bytes."""

    def __init__(self, glyphs: str = "unicode", answers: bool = True) -> None:
        self.answers = answers
        self.output = b""
        self._asked = 0
        main, child = pty.openpty()
        program = textwrap.dedent(
            PROGRAM.replace("{glyphs}", glyphs) + "    sys.exit(run_console(launch))\n"
        )
        environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", program],
            cwd=ROOT,
            stdin=child,
            stdout=child,
            stderr=child,
            env=environment,
            start_new_session=True,
        )
        os.close(child)
        self.main = main

    def read(self, seconds: float) -> bytes:
        """Read what comes within that time, answering where the cursor is."""
        until = time.monotonic() + seconds
        came = b""
        while (left := until - time.monotonic()) > 0:
            if not select.select([self.main], [], [], left)[0]:
                break
            try:
                piece = os.read(self.main, 65536)
            except OSError:
                break
            came += piece
            if b"\x1b[6n" in piece:
                self._asked += 1
                if self.answers:
                    os.write(self.main, b"\x1b[1;3R\x1b[?62c")
        self.output += came
        return came

    def until(self, wanted: bytes) -> None:
        deadline = time.monotonic() + 30
        while wanted not in self.output:
            assert time.monotonic() < deadline and self.process.poll() is None, self.output[-2000:]
            self.read(0.1)

    def end(self) -> int:
        deadline = time.monotonic() + 20
        while self.process.poll() is None:
            assert time.monotonic() < deadline, "it does not end"
            self.read(0.1)
        os.close(self.main)
        return self.process.returncode

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


@pytest.fixture
def tty() -> Tty:
    return Tty()


def test_q_leaves_with_zero_and_the_terminal_as_it_was(tty: Tty) -> None:
    try:
        tty.until(b"order-processing")
        os.write(tty.main, b"q")
        assert tty.end() == 0
        assert tty.output.rstrip().endswith(b"\x1b[?1004l") or b"\x1b[?1049l" in tty.output
        assert b"Traceback" not in tty.output
    finally:
        tty.kill()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_it_in_order(tty: Tty, number: signal.Signals, code: int) -> None:
    try:
        tty.until(b"order-processing")
        tty.process.send_signal(number)
        assert tty.end() == code
        assert b"\x1b[?1049l" in tty.output, "the screen there was is back"
    finally:
        tty.kill()


def test_a_terminal_that_draws_glyphs_two_cells_wide_gets_ascii() -> None:
    """The terminal says that one glyph moved its cursor by two cells."""
    wide = Tty(glyphs="auto")
    try:
        wide.until(b"failed")
        assert wide._asked == 1
        assert b"x failed" in wide.output and "✗".encode() not in wide.output
        os.write(wide.main, b"q")
        assert wide.end() == 0
    finally:
        wide.kill()


def test_a_terminal_that_does_not_answer_is_not_waited_for_long() -> None:
    silent = Tty(glyphs="auto", answers=False)
    try:
        silent.until("✗ failed".encode())
        os.write(silent.main, b"q")
        assert silent.end() == 0
    finally:
        silent.kill()
