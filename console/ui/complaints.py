"""Complaints about the person's files, as the one line below the list has room for them.

keys.toml:2: view.time: T is … too; it keeps t (1 of 3; wfc config show)
"""

from __future__ import annotations

from collections.abc import Sequence

from console.present.clean import clean
from console.present.line import cell_width, clip
from console.present.paths import short_paths

ALL_BY = "wfc config show"
"""The command that tells every complaint about config.toml and keys.toml, with its whole path."""
BESIDE = 2
"""Cells of the line that stay empty."""


def complaint_line(
    notes: Sequence[str], width: int, *, after: str = "", all_by: str = ALL_BY
) -> str:
    """Tell the first complaint and what tells the others; `after` is added where it has room."""
    others = f" (1 of {len(notes)}; {all_by})" if len(notes) > 1 else ""
    room = max(20, width - BESIDE - cell_width(others))
    text = short_paths(clean(notes[0]))
    if after and cell_width(f"{text}; {after}") <= room:
        text = f"{text}; {after}"
    return clip(text, room) + others
