"""What the terminal can show: asked for once, before the first frame.

Some terminals draw glyphs of ambiguous width two cells wide. One such glyph is written and the
cursor's place asked for; where it went two cells on, or three, the console uses ASCII. A terminal
that does not answer is one for Unicode, unless the locale is `C`.
"""

from __future__ import annotations

import os
import re
import select
import sys
import time
from collections.abc import Mapping
from contextlib import suppress

from console.present.glyphs import ASCII, UNICODE, Glyphs

PROBE = "▸"
ANSWER = re.compile(rb"\x1b\[\d+;(\d+)R")
PATIENCE = 0.5
"""Seconds an answer is waited for; a terminal on this machine takes a millisecond."""


def choose_glyphs(wanted: str, environment: Mapping[str, str] = os.environ) -> Glyphs:
    """Give the glyphs a person asked for, or those the terminal can show."""
    if wanted == "ascii":
        return ASCII
    if wanted == "unicode":
        return UNICODE
    if environment.get("TERM", "") in ("dumb", "linux", "vt100", "vt220"):
        return ASCII
    encoding = (sys.__stderr__.encoding if sys.__stderr__ is not None else "") or ""
    if encoding.lower().replace("-", "") not in ("utf8", ""):
        return ASCII
    width = _width_of_probe()
    if width is None:
        return ASCII if _locale(environment) in ("C", "POSIX") else UNICODE
    return UNICODE if width == 1 else ASCII  # three: it takes the letter's bytes one by one


def _locale(environment: Mapping[str, str]) -> str:
    """Name the locale for letters; empty where nobody set one."""
    names = (environment.get(name) for name in ("LC_ALL", "LC_CTYPE", "LANG"))
    return next((name for name in names if name), "")


def _width_of_probe() -> int | None:
    """Ask the terminal how many cells the probe takes; None when it does not say."""
    output, source = sys.__stderr__, sys.__stdin__
    if output is None or source is None or not (output.isatty() and source.isatty()):
        return None
    import termios
    import tty

    descriptor = source.fileno()
    try:
        before = termios.tcgetattr(descriptor)
    except termios.error:
        return None
    try:
        tty.setcbreak(descriptor, termios.TCSANOW)
        # The second question is one that every terminal answers, so no answer is waited for long.
        os.write(output.fileno(), f"\r{PROBE}\x1b[6n\r\x1b[K\x1b[c".encode())
        answer = _read_answer(descriptor)
    except (OSError, termios.error):
        return None
    finally:
        with suppress(termios.error):  # it is gone
            termios.tcsetattr(descriptor, termios.TCSANOW, before)
    found = ANSWER.search(answer)
    return int(found[1]) - 1 if found else None


def _read_answer(descriptor: int) -> bytes:
    answer = b""
    until = time.monotonic() + PATIENCE
    while not re.search(rb"\x1b\[\?[\d;]*c", answer):
        left = until - time.monotonic()
        if left <= 0 or not select.select([descriptor], [], [], left)[0]:
            break
        piece = os.read(descriptor, 256)
        if not piece:
            break
        answer += piece
    return answer


def default_theme(environment: Mapping[str, str] = os.environ) -> str:
    """Name the theme for a terminal nobody chose one for."""
    from console.ui.themes import DEFAULT, SIXTEEN

    term = environment.get("TERM", "")
    many = environment.get("COLORTERM", "") in ("truecolor", "24bit") or "256" in term
    few = ("xterm", "linux", "screen", "vt100", "vt220", "ansi", "rxvt", "dumb")
    return SIXTEEN if not many and term in few else DEFAULT
