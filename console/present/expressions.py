"""Regular expressions that a person types: told what is wrong with them, and never run for long.

compile_expression("time(d )?out")      whatever the case; raises `BadExpression`
with time_limit(0.1):                       raises `TooSlow` when the searches in it take longer
    expression.search(text)

Python's engine cannot be told to give up, and some expressions take years on a line of forty
characters. But it looks for signals while it runs: a timer of the process's own time ends it.
"""

from __future__ import annotations

import re
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class BadExpression(Exception):
    """What was typed is no regular expression; `column` is where in it, from 0."""

    def __init__(self, text: str, column: int) -> None:
        super().__init__(text)
        self.column = column


class TooSlow(Exception):
    """A search was stopped: it took too long."""


def compile_expression(text: str) -> re.Pattern[str]:
    """Compile an expression that does not look at case. Raises `BadExpression`."""
    try:
        return re.compile(text, re.IGNORECASE)
    except (re.error, RecursionError, OverflowError) as error:
        place = getattr(error, "pos", None) or 0
        text = getattr(error, "msg", None) or str(error)  # its own words name the place again
        raise BadExpression(f"no regular expression: {text}", place) from error


def _stop(number: int, frame: FrameType | None) -> None:
    raise TooSlow


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Stop what is done in it after that much of the process's time, by `TooSlow`.

    Signals come to the main thread only, where a console runs; elsewhere nothing is stopped.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGVTALRM, _stop)
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    finally:
        signal.signal(signal.SIGVTALRM, before)
