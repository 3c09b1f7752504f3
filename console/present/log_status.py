"""What the rule above a log says of it: whether it is followed, and how long it is.

following · 214 lines      stale 34 s · no answer · next try in 8 s
37 new lines ↓ · 251 lines      9 of 251 lines with smtp
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from console.present.clean import clean
from console.present.glyphs import Glyphs
from console.present.line import Line, Span, clip
from console.present.status import FreshnessFacts, freshness_line
from console.present.tone import Tone

PATTERN_WIDTH = 20


@dataclass(frozen=True, slots=True)
class LogStatus:
    """How a log stands."""

    lines: int
    """Lines there are."""
    pattern: str = ""
    """What a filter looks for; empty when every line is shown."""
    matches: int = 0
    """Lines that have it, or without a filter are in the part that is shown."""
    new_lines: int = 0
    """Lines to come to that were written since the reader left the end."""
    is_following: bool = False
    is_complete: bool = False
    """Nothing more will come."""
    left: int = 0
    """Cells of each line that are out of view to the left."""
    marked: int = 0
    """Lines that are marked."""
    window: str = ""
    """What part of it is shown: `since 10:32`; empty when all is."""


def status_line(status: LogStatus, glyphs: Glyphs) -> Line:
    """Say where the reader is, and what comes."""
    lines = f"{status.lines:,} line{'' if status.lines == 1 else 's'}"
    if status.pattern:
        lines = f"{status.matches:,} of {lines} with {clip(clean(status.pattern), PATTERN_WIDTH)}"
    elif status.window:
        lines = f"{status.matches:,} of {lines}"
    if status.window:
        lines = f"{lines}: {status.window}"
    dot = f" {glyphs.dot} "
    if status.marked:
        lines = f"{status.marked:,} marked{dot}{lines}"
    if status.left:
        lines = f"from column {status.left + 1}{dot}{lines}"
    if status.new_lines:
        plural = "" if status.new_lines == 1 else "s"
        text = f"{status.new_lines:,} new line{plural} {glyphs.down}"
        return (Span(text, Tone.ACCENT), Span(f"{dot}{lines}", Tone.DIM))
    if status.is_complete:
        return (Span(lines, Tone.DIM),)
    word = "following" if status.is_following else "not following"
    return (Span(f"{word}{dot}{lines}", Tone.DIM),)


def late_line(
    freshness: FreshnessFacts,
    now: datetime,
    monotonic: float,
    *,
    glyphs: Glyphs,
    with_reason: bool = True,
) -> Line:
    """Say how old a late log is, why, and when it is tried again, shorter than the top line."""
    line = freshness_line(freshness, now, monotonic, glyphs=glyphs)
    reason = line[1:2] if with_reason or freshness.error is None else ()
    return (line[0], *reason, *line[3:4])
