"""The real program in a real pseudo-terminal, and its screen as a person sees it.

    with Terminal(["wfc", "demo"], rows=24, columns=80) as terminal:
        terminal.wait_for("failed", seconds=10)      a text, or a function of the screen's text
        terminal.press("R")                          bytes as a keyboard sends them
        terminal.wait_for_end(seconds=5)

What is waited for and does not come is an error that prints the screen.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType

import pyte

UNKNOWN_TO_PYTE = re.compile(
    rb"\x1b\[[<>=][0-9;]*[a-zA-Z]"  # kitty's keyboard protocol, XTVERSION
    rb"|\x1b\[\?[0-9;]*\$p"  # asks for a mode
    rb"|\x1bP[^\x1b]*\x1b\\"  # device control strings
)
UNFINISHED = re.compile(rb"\x1b(\[[<>=?]?[0-9;]*\$?|P[^\x1b]*\x1b?)?$")
"""A sequence of which the rest has not come yet."""

Wanted = str | Callable[[str], object]


class Screen(pyte.Screen):
    """Answers what the program asks of its terminal."""

    def __init__(self, columns: int, rows: int, answer: Callable[[bytes], object]) -> None:
        super().__init__(columns, rows)
        self._answer = answer

    def write_process_input(self, data: str) -> None:
        """Send an answer, such as where the cursor is."""
        self._answer(data.encode())


class Terminal:
    """A program with a terminal of its own."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        rows: int,
        columns: int,
        env: Mapping[str, str] | None = None,
        cwd: str | os.PathLike[str] | None = None,
        tap: Callable[[bytes], object] | None = None,
        is_drawn: bool = True,
    ) -> None:
        """Start the command.

        `tap` gets every piece it writes, as it came; what is not drawn is only read, which is fast.
        """
        self.started = time.monotonic()
        size = struct.pack("HHHH", rows, columns, 0, 0)
        self.pid, self.master = pty.fork()
        if self.pid == 0:  # the program's side
            try:
                fcntl.ioctl(0, termios.TIOCSWINSZ, size)
                if cwd is not None:
                    os.chdir(cwd)
                os.execvpe(command[0], list(command), dict(env if env is not None else os.environ))
            finally:
                os._exit(127)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, size)
        self.exit_code: int | None = None
        self.written = 0
        """Bytes the program has written."""
        self._screen = Screen(columns, rows, self._send)
        self._stream = pyte.ByteStream(self._screen)
        self._rest = b""
        self._tap = tap
        self._is_drawn = is_drawn
        self._is_open = True

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._reap() is None:
            os.kill(self.pid, signal.SIGKILL)
            self.exit_code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        self.close()

    @property
    def lines(self) -> list[str]:
        """Give the rows of the screen without the blanks at their ends."""
        return [line.rstrip() for line in self._screen.display]

    @property
    def cells(self) -> list[list[pyte.screens.Char]]:
        """Give each cell with its colours."""
        screen = self._screen
        return [[screen.buffer[y][x] for x in range(screen.columns)] for y in range(screen.lines)]

    @property
    def text(self) -> str:
        """Give the whole screen."""
        return "\n".join(self.lines)

    @property
    def seconds(self) -> float:
        """Tell how long ago the program was started."""
        return time.monotonic() - self.started

    def press(self, keys: str) -> None:
        """Type."""
        self._send(keys.encode())

    def wait_for(self, wanted: Wanted, *, seconds: float) -> str:
        """Read until the screen shows it; gives the screen. Raises AssertionError with it."""
        deadline = time.monotonic() + seconds
        while not self._shows(wanted):
            left = deadline - time.monotonic()
            if left <= 0 or not self._is_open:
                raise AssertionError(self.report(f"after {seconds} s there is no {_name(wanted)}"))
            self.read(min(left, 0.5))
        return self.text

    def wait_until(self, wanted: Wanted, *, seconds: float, keys: str, every: float = 1.0) -> str:
        """Type again and again until the screen shows it."""
        deadline = time.monotonic() + seconds
        while True:
            self.press(keys)
            try:
                return self.wait_for(wanted, seconds=min(every, deadline - time.monotonic()))
            except AssertionError:
                if time.monotonic() >= deadline or not self._is_open:
                    raise

    def wait_for_end(self, *, seconds: float) -> int:
        """Read until the program has ended; gives its exit code, negative for a signal."""
        deadline = time.monotonic() + seconds
        while self._reap() is None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise AssertionError(self.report(f"after {seconds} s it still runs"))
            self.read(min(left, 0.1))
        assert self.exit_code is not None
        return self.exit_code

    def wipe(self) -> None:
        """Take everything off the screen, as another program does that has the terminal."""
        self._screen.reset()

    def close(self) -> None:
        """Close the terminal's window: the program gets SIGHUP."""
        if self._is_open:
            self._is_open = False
            os.close(self.master)

    def report(self, complaint: str) -> str:
        """Say what is wrong, with the screen below it."""
        rule = "─" * self._screen.columns
        state = "" if self._reap() is None else f"; it ended with {self.exit_code}"
        return f"{complaint}{state}\n{rule}\n{self.text}\n{rule}"

    def _shows(self, wanted: Wanted) -> bool:
        return wanted in self.text if isinstance(wanted, str) else bool(wanted(self.text))

    def _send(self, data: bytes) -> None:
        os.write(self.master, data)

    def read(self, seconds: float) -> None:
        """Take what the program writes next, within so many seconds."""
        if not self._is_open:
            time.sleep(min(seconds, 0.02))  # nothing to read from; the end is being waited for
            return
        ready, _, _ = select.select([self.master], [], [], seconds)
        if not ready:
            return
        try:
            data = os.read(self.master, 65536)
        except OSError:  # Linux tells the end of the program like this
            data = b""
        if not data:
            self.close()
            return
        self.written += len(data)
        if self._tap is not None:
            self._tap(data)
        if not self._is_drawn:
            return
        data = UNKNOWN_TO_PYTE.sub(b"", self._rest + data)
        unfinished = UNFINISHED.search(data)
        cut = unfinished.start() if unfinished else len(data)
        self._stream.feed(data[:cut])
        self._rest = data[cut:]

    def _reap(self) -> int | None:
        if self.exit_code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.exit_code = os.waitstatus_to_exitcode(status)
        return self.exit_code


def _name(wanted: Wanted) -> str:
    return repr(wanted) if isinstance(wanted, str) else getattr(wanted, "__name__", "such screen")
