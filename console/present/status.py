"""How fresh what is on the screen is, in one line.

live
stale 34 s · connection refused · next try in 8 s (4th)
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from console.backend.errors import BackendError
from console.present.clean import clean
from console.present.durations import format_age, next_change
from console.present.glyphs import UNICODE, Glyphs
from console.present.line import Line, Span
from console.present.tone import Tone


class FreshnessFacts(Protocol):
    """What a poller knows about the age of its data."""

    @property
    def state(self) -> str:
        """One of `connecting`, `live`, `stale`, `lost`, `paused`."""
        ...

    @property
    def as_of(self) -> datetime | None:
        """When the data was last true; None before the first answer."""
        ...

    @property
    def error(self) -> BackendError | None:
        """Why the last try failed."""
        ...

    @property
    def tries(self) -> int:
        """Tries that failed in a row."""
        ...

    @property
    def next_try(self) -> float | None:
        """When the next try is, on the monotonic clock."""
        ...


def freshness_line(
    freshness: FreshnessFacts, now: datetime, monotonic: float, *, glyphs: Glyphs = UNICODE
) -> Line:
    """Say `live` and nothing more; a number appears only when the data is late.

    What is late is told in spans: state and age, the reason in a few words, where that is, and the
    next try if there is one, with the number it has.
    """
    state = freshness.state
    if state in ("live", "done"):
        return (Span("live", Tone.SUCCESS),)
    if state == "connecting" and freshness.error is None:
        return (Span("connecting", Tone.DIM),)
    if state == "paused":
        age = _age(freshness, now)
        return (Span(f"paused {age}".rstrip(), Tone.ACCENT), *_reason(freshness, glyphs))
    tone = Tone.FAILED if state == "lost" else Tone.WARNING
    text = f"{state} {_age(freshness, now)}".rstrip()
    reason = _reason(freshness, glyphs)
    if not reason:
        reason = (Span(f" {glyphs.dot} no answer yet", Tone.DIM), Span(""))
    line: Line = (Span(text, tone), *reason)
    if freshness.next_try is None:
        return line
    seconds = freshness.next_try - monotonic
    nth = f" ({ordinal(freshness.tries + 1)})" if freshness.tries else ""
    when = f"next try in {format_age(seconds)}" if seconds >= 1 else "trying now"
    return (*line, Span(f" {glyphs.dot} {when}", Tone.DIM), Span(nth, Tone.DIM))


def _age(freshness: FreshnessFacts, now: datetime) -> str:
    if freshness.as_of is None:
        return ""
    return format_age((now - freshness.as_of).total_seconds())


def _reason(freshness: FreshnessFacts, glyphs: Glyphs) -> Line:
    error = freshness.error
    if error is None:
        return ()
    short, detail = clean(error.short), clean(error.detail)
    where = detail.removeprefix(short) if detail.startswith(short) else ""
    return (Span(f" {glyphs.dot} {short}", Tone.DIM), Span(where, Tone.DIM))


def freshness_changes_in(
    freshness: FreshnessFacts, now: datetime, monotonic: float
) -> float | None:
    """Give the seconds until the line reads differently; None when it will not by itself."""
    if freshness.state in ("live", "done", "connecting") and freshness.error is None:
        return None
    waits = [next_change(now, [freshness.as_of] if freshness.as_of else [])]
    if freshness.next_try is not None and freshness.next_try > monotonic:
        waits.append((freshness.next_try - monotonic) % 1 or 1.0)
    return min((wait for wait in waits if wait is not None), default=None)


def ordinal(number: int) -> str:
    """Write 1st, 2nd, 3rd, 4th."""
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    endings = {1: "st", 2: "nd", 3: "rd"}
    return f"{number}{endings.get(number % 10, 'th')}"
