"""Reads the terminal as Textual does, and gives all keys of one read the same time.

    driver_class(stock)     what reads the terminal, where Textual is as known; else the stock one

A paste is one read, two keys that a person typed are two, however late this process gets to them
on a busy machine: the times at which Textual makes its events tell neither. A terminal that is gone
is told here too: it reads as empty for ever, and Textual would read it again and again.
"""

from __future__ import annotations

import os
import selectors
import signal
from codecs import getincrementaldecoder
from collections.abc import Iterable

from textual import events
from textual._parser import ParseError
from textual._time import get_time
from textual._xterm_parser import XTermParser
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from console.ui.frugal import is_as_known

TICK = 0.1
"""Seconds after which the end is looked for, and a lone escape is taken for that key."""
PIECE = 4096
"""Bytes of one read."""


def driver_class(stock: type[Driver]) -> type[Driver]:
    """Give the driver that tells one read from another, where it is known how."""
    return ReadByRead if stock is LinuxDriver and is_as_known() else stock


class ReadByRead(LinuxDriver):
    """Textual's driver for a terminal; the keys of one read have one time."""

    def run_input_thread(self) -> None:
        """Take what is typed until the driver ends; for Textual's own, which it replaces."""
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
        now = get_time()
        for message in list(messages):
            if isinstance(message, events.Key):
                message.time = now
            self.process_message(message)

    def _is_gone(self) -> None:
        """Leave as on the signal that a terminal sends when its window is closed."""
        os.kill(os.getpid(), signal.SIGHUP)


def _read(descriptor: int) -> bytes:
    """Read what there is; nothing means that the terminal is gone."""
    try:
        return os.read(descriptor, PIECE)
    except OSError:
        return b""
