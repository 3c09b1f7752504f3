"""What is read from a terminal at once is told from what was typed key by key."""

from __future__ import annotations

import asyncio
import hashlib
import inspect
import os
import pty
import threading
import time
import tty
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from textual import events
from textual._parser import Parser
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers._writer_thread import WriterThread
from textual.drivers.headless_driver import HeadlessDriver
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from console.ui import textual_version
from console.ui.burst import GAP, ONE_READ, Burst
from console.ui.keyboard import ReadByRead, driver_class


class Reader(ReadByRead):
    """Reads a terminal of its own, and keeps what comes."""

    def __init__(self, descriptor: int) -> None:
        super().__init__(None)  # type: ignore[arg-type]  # no app is asked for anything
        self.fileno = descriptor
        self.came: list[Message] = []
        self.is_hung_up = threading.Event()

    def process_message(self, message: Message) -> None:
        self.came.append(message)

    def _is_gone(self) -> None:
        self.is_hung_up.set()

    @property
    def keys(self) -> list[events.Key]:
        return [message for message in self.came if isinstance(message, events.Key)]

    def wait_for(self, count: int) -> list[events.Key]:
        until = time.monotonic() + 10
        while len(self.keys) < count and time.monotonic() < until:
            time.sleep(0.001)
        return self.keys


class Wire:
    """The keyboard's side of a terminal that a driver reads."""

    def __init__(self) -> None:
        self._keyboard, side = pty.openpty()
        tty.setraw(side)
        self._side = side

        async def reader() -> Reader:
            return Reader(side)

        self.reader = asyncio.run(reader())
        self._thread = threading.Thread(target=self.reader.run_input_thread)
        self._thread.start()

    def type(self, keys: bytes) -> None:
        os.write(self._keyboard, keys)

    def hang_up(self) -> None:
        if self._keyboard >= 0:
            os.close(self._keyboard)
            self._keyboard = -1

    def close(self) -> None:
        self.reader.exit_event.set()
        self._thread.join(10)
        self.hang_up()
        os.close(self._side)
        assert not self._thread.is_alive()


@pytest.fixture
def wire() -> Iterator[Wire]:
    wire = Wire()
    yield wire
    wire.close()


def test_the_keys_of_one_read_have_one_time_and_those_of_two_have_two(wire: Wire) -> None:
    wire.type(b"R\t\r")
    wire.reader.wait_for(3)
    wire.type(b"\t")
    wire.reader.wait_for(4)
    wire.type(b"\r")
    keys = wire.reader.wait_for(5)
    assert [key.key for key in keys] == ["R", "tab", "enter", "tab", "enter"]
    times = [key.time for key in keys]
    assert times[0] == times[1] == times[2] < times[3] < times[4]


def test_a_letter_cut_in_two_an_escape_and_a_paste_are_read_as_ever(wire: Wire) -> None:
    wire.type("é".encode()[:1])
    wire.type("é".encode()[1:])
    assert [key.character for key in wire.reader.wait_for(1)] == ["é"]
    wire.type(b"\x1b")
    assert [key.key for key in wire.reader.wait_for(2)][1] == "escape"
    wire.type(b"\x1b[200~R\r\x1b[201~\x1b[A")
    assert [key.key for key in wire.reader.wait_for(3)][2] == "up"
    pastes = [message for message in wire.reader.came if isinstance(message, events.Paste)]
    assert [paste.text for paste in pastes] == ["R\r"]


def test_a_terminal_that_is_gone_ends_the_reading_and_is_told(wire: Wire) -> None:
    wire.hang_up()
    assert wire.reader.is_hung_up.wait(10)


def counted(*times: float) -> int:
    burst = Burst()
    for moment in times:
        burst.key(moment)
    return burst.count(times[-1])


@pytest.mark.parametrize(
    ("times", "count"),
    [
        ((5.0,), 1),
        ((5.0, 5.0), 2),
        ((5.0, 5.0 + ONE_READ / 2), 2),
        ((5.0, 5.0 + 2 * ONE_READ), 1),  # a hand rolls over two keys, or a robot is fast
        ((5.0, 5.0 + 2 * ONE_READ, 5.0 + 4 * ONE_READ), 3),  # a paste over a slow line
        ((5.0, 5.0, 5.0 + GAP / 2), 3),  # a paste in two reads
        ((5.0, 5.0 + 2 * GAP), 1),
    ],
)
def test_a_lump_is_what_came_in_one_read_or_faster_than_fingers(
    times: tuple[float, ...], count: int
) -> None:
    assert counted(*times) == count


def test_under_another_textual_its_own_driver_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    assert driver_class(LinuxDriver) is ReadByRead
    assert driver_class(HeadlessDriver) is HeadlessDriver
    monkeypatch.setattr(textual_version, "textual_version", lambda: "8.30.0")
    assert driver_class(LinuxDriver) is LinuxDriver


READ: dict[Any, str] = {
    LinuxDriver.run_input_thread: "d796af6d69db",
    LinuxDriver._run_input_thread: "d2ef22cc2c97",
    LinuxDriver.disable_input: "6154c5a7c174",
    LinuxDriver.__init__: "671887bbf938",
    LinuxDriver._sigtstp_application: "26c3c19ce181",
    LinuxDriver._sigcont_application: "1d7463a74df1",
    LinuxDriver._get_terminal_size: "7e80e59356c6",
    LinuxDriver.start_application_mode: "7c41f5ba11a8",
    WriterThread.run: "314021aab4f5",
    App.size.fget: "11efb56c53fc",
    Parser.feed: "390106cde019",
    Parser.tick: "44606084ad3b",
    XTermParser.parse: "a5834ad1def8",
}
"""What `console.ui.keyboard` takes the place of or leans on, as it was read in Textual 8.2.8."""


@pytest.mark.parametrize("method", READ, ids=lambda method: method.__qualname__)
def test_textual_reads_as_it_did_when_this_was_written(method: Callable[..., object]) -> None:
    digest = hashlib.sha256(inspect.getsource(method).encode()).hexdigest()[:12]
    assert digest == READ[method], "read the new one; put its digest here, or mend keyboard.py"
