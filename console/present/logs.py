"""Log lines as they are shown.

log_line(b"2026-11-24T03:10:53.118Z 421 too many", has_times=True)
    03:10:53.118  421 too many
"""

from __future__ import annotations

import re
from datetime import datetime, tzinfo

from console.present.clean import clean
from console.present.line import Line, Span
from console.present.tone import Tone

LONGEST = 16 * 1024
"""Bytes of one line that are shown."""

_ERROR = re.compile(
    r"(?i:\b(?:errors?|exception|traceback|failed|failure|fatal|panic|critical|refused)\b)"
    r"|\b[A-Z]\w*(?:Error|Exception)\b|^\s*[45]\d\d [a-z]"
)
_WARNING = re.compile(r"\bwarn(?:ing)?\b", re.IGNORECASE)


def split_time(raw: bytes) -> tuple[datetime | None, bytes]:
    """Take the UTC time off the start of a line that has one."""
    stamp, blank, rest = raw[:40].partition(b" ")
    if blank or stamp.endswith(b"Z"):
        try:
            when = datetime.fromisoformat(stamp.decode("ascii"))
        except (ValueError, UnicodeDecodeError):
            return None, raw
        if when.tzinfo is not None:
            return when, rest + raw[40:] if blank else b""
    return None, raw


def line_text(raw: bytes) -> str:
    """Decode and clean one line, without a time; what is beyond a screen's use is counted."""
    raw = raw.rstrip(b"\r")
    beyond = len(raw) - LONGEST
    text = clean(raw[:LONGEST].decode("utf-8", "replace"))
    return f"{text}… {beyond:,} bytes more" if beyond > 0 else text


def format_clock(when: datetime, zone: tzinfo | None = None) -> str:
    """Give the time of day to the millisecond; local unless a zone is given."""
    return when.astimezone(zone).strftime("%H:%M:%S.") + f"{when.microsecond // 1000:03d}"


def is_error(text: str) -> bool:
    """A line that looks like an error's."""
    return _ERROR.search(text) is not None


def log_line(raw: bytes, *, has_times: bool, zone: tzinfo | None = None) -> Line:
    """Give one line: its time, dimmed, and its text."""
    when, rest = split_time(raw) if has_times else (None, raw)
    text = line_text(rest)
    tone = Tone.FAILED if is_error(text) else Tone.WARNING if _WARNING.search(text) else Tone.TEXT
    if not has_times:
        return (Span(text, tone),)
    stamp = format_clock(when, zone) if when else " " * 12
    return (Span(stamp + "  ", Tone.DIM), Span(text, tone))
