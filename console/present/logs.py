"""Log lines as they are shown.

log_line(b"2026-11-24T03:10:53.118Z 421 too many", has_times=True)
    03:10:53.118  421 too many
log_line(…, has_times=True, since=started_at)
         +32.118  421 too many
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, tzinfo

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


def format_since(when: datetime, start: datetime) -> str:
    """Give how long after its start a line was written: `+32.118`, `+1:02:33.118`."""
    seconds, rest = divmod(abs(when - start) // timedelta(milliseconds=1), 1000)
    sign = "+" if when >= start else "-"
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    if hours > 9:
        return f"{sign}{hours}:{minute:02d}:{second:02d}"
    if hours:
        return f"{sign}{hours}:{minute:02d}:{second:02d}.{rest:03d}"
    return f"{sign}{minute}:{second:02d}.{rest:03d}" if minute else f"{sign}{second}.{rest:03d}"


def is_error(text: str) -> bool:
    """A line that looks like an error's."""
    return _ERROR.search(text) is not None


def text_tone(text: str) -> Tone:
    """Give the tone of a line's text."""
    return Tone.FAILED if is_error(text) else Tone.WARNING if _WARNING.search(text) else Tone.TEXT


def log_line(
    raw: bytes, *, has_times: bool, zone: tzinfo | None = None, since: datetime | None = None
) -> Line:
    """Give one line: its time, dimmed, and its text.

    The time is one of the day, or with `since` how long after that.
    """
    when, rest = split_time(raw) if has_times else (None, raw)
    text = line_text(rest)
    tone = text_tone(text)
    if not has_times:
        return (Span(text, tone),)
    stamp = ""
    if when is not None:
        stamp = format_clock(when, zone) if since is None else format_since(when, since)
    return (Span(f"{stamp:>12}  ", Tone.DIM), Span(text, tone))
