"""Which themes there are, and which one to begin with."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from textual.theme import Theme

from console.resources import resource
from console.ui.launch import Preferences
from console.ui.terminal import default_theme
from console.ui.themes import MONO, load_themes


@dataclass(frozen=True, slots=True)
class Wardrobe:
    """The themes, the one to begin with, and complaints."""

    themes: Mapping[str, Theme]
    chosen: str
    """Empty when there is none that can be used."""
    notes: tuple[str, ...] = ()


def open_wardrobe(
    preferences: Preferences, environment: Mapping[str, str] = os.environ
) -> Wardrobe:
    """Read the themes; the person's come before ours, and NO_COLOR before everything."""
    shelf = load_themes([*preferences.theme_folders, resource("themes")])
    usual = default_theme(environment)
    wanted, notes = preferences.theme or usual, list(shelf.notes)
    if "NO_COLOR" in environment and MONO in shelf.themes:
        wanted = MONO
    if wanted not in shelf.themes:
        notes.append(f"there is no theme {wanted}; {usual} is used")
        wanted = usual
    return Wardrobe(shelf.themes, wanted if wanted in shelf.themes else "", tuple(notes))
