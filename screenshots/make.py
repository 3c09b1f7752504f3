"""Writes the pictures, or says which of those that are there are stale."""

from __future__ import annotations

from pathlib import Path

from screenshots.recording import load
from screenshots.scenes import PLAYS
from screenshots.stage import pictures

FOLDER = Path(__file__).parent
RENEW = "python -m screenshots"


def paint() -> dict[str, str]:
    """Paint every picture: SVG by file name."""
    recording = load()
    painted: dict[str, str] = {}
    for play in PLAYS:
        for size in play.sizes:
            painted |= pictures(play, recording, size)
    return painted


def stale(painted: dict[str, str], folder: Path = FOLDER) -> list[str]:
    """Name what is missing, differs, or is there and painted no more."""
    kept = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.svg")}
    return sorted(
        name for name in kept.keys() | painted.keys() if kept.get(name) != painted.get(name)
    )


def write(painted: dict[str, str], folder: Path = FOLDER) -> list[str]:
    """Renew what is stale; gives its names."""
    names = stale(painted, folder)
    for name in names:
        path = folder / name
        if name in painted:
            path.write_text(painted[name], encoding="utf-8", newline="\n")
        else:
            path.unlink()
    return names
