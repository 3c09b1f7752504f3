"""The profiles one can point the console at: columns, cells, and one of them in full."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from console.present.clean import clean
from console.present.columns import GAP, Column
from console.present.glyphs import UNICODE, Glyphs
from console.present.line import Line, Span, clip_middle
from console.present.tone import Tone

if TYPE_CHECKING:  # the painter wants only the colours
    from console.model.profile import Profile

_COLORS: Mapping[str, str] = {
    "red": Tone.FAILED,
    "yellow": Tone.RUNNING,
    "green": Tone.SUCCESS,
    "blue": Tone.ACCENT,
    "magenta": Tone.WAITING,
    "purple": Tone.WAITING,
}
"""The theme's own shade of a colour: one that can be read on its ground."""
COLOR = "color "
"""What the tone of any other colour begins with."""


def label_tone(color: str, usual: str) -> str:
    """Give the tone of a profile's label; a colour the theme has no tone for stands for itself."""
    name = color.strip().lower()
    return _COLORS.get(name, COLOR + name) if name else usual


def care_words(profile: Profile) -> str:
    """Say how careful to be there."""
    words = ["PROTECTED"] if profile.is_protected else []
    return " ".join([*words, "read-only"] if profile.is_read_only else words)


def profile_columns(width: int) -> tuple[Column, ...]:
    """Choose the columns for a width; the address takes what is left."""
    columns = (
        Column("here", "", 1),
        Column("name", "PROFILE", 24 if width >= 100 else 18),
        Column("kind", "KIND", 7),
        Column("care", "PROTECTION", 19),
    )
    used = sum(column.width + GAP for column in columns)
    return (*columns, Column("address", "ADDRESS", max(8, width - used)))


def profile_cells(
    profile: Profile, *, is_current: bool, name_width: int = 24, glyphs: Glyphs = UNICODE
) -> dict[str, Line]:
    """Give every cell of a row."""
    tone = Tone.MUTED if profile.problem else label_tone(profile.color, Tone.TEXT)
    care_tone = Tone.PROTECTED if profile.is_protected else Tone.DIM
    problem: Line = (Span(clean(profile.problem), Tone.WARNING),)
    return {
        "here": (Span(glyphs.mark, Tone.ACCENT),) if is_current else (),
        "name": (Span(clip_middle(clean(profile.name), name_width), tone, bold=is_current),),
        "kind": (Span(clean(profile.kind), Tone.DIM),),
        "care": (Span(care_words(profile), care_tone),),
        "address": problem if profile.problem else (Span(clean(profile.address), Tone.DIM),),
    }


def profile_story(profile: Profile, *, is_current: bool) -> list[Line]:
    """Say what a profile is and what enter does, in three lines."""
    facts = [Span(f" {clean(profile.name)}", Tone.TITLE)]
    if profile.is_here:
        facts.append(Span("   the project this was started in", Tone.DIM))
    if profile.problem:
        does = Span(f" cannot be taken now: {clean(profile.problem)}", Tone.WARNING)
    elif is_current:
        does = Span(" the console is here now", Tone.DIM)
    else:
        does = Span(" enter points the console here; the list starts anew", Tone.DIM)
    return [tuple(facts), (Span(f" {clean(profile.address)}", Tone.DIM),), (does,)]
