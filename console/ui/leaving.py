"""When the person may leave: at once, unless an action is not confirmed; by ctrl+c twice."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from functools import partial

from console.ui.session import Session

INTERRUPTED, HUNG_UP, TERMINATED = 130, 129, 143
"""Exit codes."""

TWICE = 2.0
"""Seconds within which a second ctrl+c quits."""


class Leaving:
    """Remembers what was asked before."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._interrupted_at = -TWICE
        self._was_asked = False

    def objection(self, anyway: str = "quit again to leave anyway") -> str:
        """Say once why one should stay; empty when nothing speaks against it."""
        words = [action.word for action in self._session.under_way.values()]
        progress = self._session.progress
        if not (words or progress) or self._was_asked:
            return ""
        self._was_asked = True
        if progress:
            return f"{progress} goes on; quit again to leave the others unsent"
        return f"{words[0]} is not confirmed yet; {anyway}"

    def is_second(self) -> bool:
        """Take note of a ctrl+c; tell whether it came soon after another."""
        now = self._session.clock.monotonic()
        is_second = now - self._interrupted_at < TWICE
        self._interrupted_at = now
        return is_second


def leave_on_signals(leave: Callable[[int], object]) -> None:
    """Leave in order, with the terminal as it was, when the program is told to end."""
    loop = asyncio.get_running_loop()
    for number, code in ((signal.SIGTERM, TERMINATED), (signal.SIGHUP, HUNG_UP)):
        try:
            loop.add_signal_handler(number, partial(leave, code))
        except (ValueError, RuntimeError, NotImplementedError):
            return  # not in the main thread
