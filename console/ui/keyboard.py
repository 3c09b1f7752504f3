"""Reads the terminal as Textual does, gives all keys of one read the same time, and lets go of a
terminal that is gone.

    driver_class(stock)     what reads the terminal, where Textual is as known; else the stock one

A paste is one read, two keys that a person typed are two, however late this process gets to them
on a busy machine: the times at which Textual makes its events tell neither.

A terminal that is gone reads as empty for ever, and Textual would read it again and again; nothing
can be written to it, and Textual's queue of what is to be written would fill up and hold up the
whole program; and its end brings a SIGCONT, at which Textual would start to use it a second time.
"""

from __future__ import annotations

import os
import selectors
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable
from functools import partial
from time import monotonic
from typing import Any, TextIO, cast

from textual import events
from textual.app import App
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from console.ui.leaving import HUNG_UP
from console.ui.spelling import Spelling
from console.ui.textual_version import is_as_known

TICK = 0.1
"""Seconds after which the end is looked for, and a lone escape is taken for that key."""
PIECE = 4096
"""Bytes of one read."""


def driver_class(stock: type[Driver]) -> type[Driver]:
    """Give the driver that tells one read from another, where it is known how."""
    return ReadByRead if stock is LinuxDriver and is_as_known() else stock


class ReadByRead(LinuxDriver):
    """Textual's driver for a terminal; the keys of one read have one time."""

    def __init__(
        self,
        app: App[Any],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        assert self._file is not None
        is_plain = getattr(app, "is_plain", False)
        self._spelling = Spelling(is_plain=is_plain, encoding=self._file.encoding or "")
        self._file = cast("Any", Lasting(self._file, self._is_gone))

    def write(self, data: str) -> None:
        """Write with the letters the terminal has."""
        super().write(self._spelling(data))

    def _sigcont_application(self, *_: object) -> None:
        """Use the terminal again, if it was left; it comes also to those who never stopped."""
        if self._must_signal_resume:
            super()._sigcont_application()

    def _get_terminal_size(self) -> tuple[int, int]:
        """Take the size that the app takes; where they differ it lays itself out for ever.

        They differ where a terminal has no size.
        """
        width, height = self._app.console.size
        return width, height

    def run_input_thread(self) -> None:
        """Take what is typed until the driver ends; for Textual's own, which it replaces."""
        from textual._parser import ParseError
        from textual._xterm_parser import XTermParser

        parser = XTermParser(self._debug)
        decode = getincrementaldecoder("utf-8")().decode
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(TICK):
                    data = _read(self.fileno)
                    if not data:
                        self._is_gone()
                        break
                    self._take(parser.feed(text) if (text := decode(data)) else ())
                self._take(parser.tick())
        try:
            list(parser.feed(""))
        except (EOFError, ParseError):
            pass  # in the middle of a sequence

    def _take(self, messages: Iterable[Message]) -> None:
        """Hand on what came in one read, all of it with the time of the read."""
        now = monotonic()
        for message in list(messages):
            if isinstance(message, events.Key):
                message.time = now
            self.process_message(message)

    def _is_gone(self) -> None:
        """Leave as when a window is closed; the signal that says so may be ignored."""
        try:
            self._loop.call_soon_threadsafe(self._app.exit, HUNG_UP)
        except RuntimeError:
            pass  # it has ended meanwhile


class Lasting:
    """A file that takes whatever is written when it can take nothing any more."""

    def __init__(self, file: TextIO, tell: Callable[[], None]) -> None:
        self._file = file
        self._tell = tell
        self._is_gone = False

    def fileno(self) -> int:
        """Give the descriptor below."""
        return self._file.fileno()

    def write(self, text: str) -> None:
        """Write, or pass over it."""
        self._do(partial(self._file.write, text))

    def flush(self) -> None:
        """Write what is still in the buffer, or pass over it."""
        self._do(self._file.flush)

    def _do(self, work: Callable[[], object]) -> None:
        if self._is_gone:
            return
        try:
            work()
        except (OSError, ValueError):  # gone, or closed
            self._is_gone = True
            self._tell()


def _read(descriptor: int) -> bytes:
    """Read what there is; nothing means that the terminal is gone."""
    try:
        return os.read(descriptor, PIECE)
    except OSError:
        return b""
