"""Wears a theme: the chosen one at first, another one when asked, an edited one at once."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from textual.app import App
from textual.theme import Theme

from console.present.paths import short_paths
from console.ui.launch import Preferences
from console.ui.wardrobe import open_wardrobe


class Clothed(App[int], inherit_bindings=False):
    """The application's part that has themes."""

    _theme_names: list[str]
    _is_dressed = True
    """False from the choice of the first theme until Textual asks to parse all for it."""
    _missed_theme = ""
    """The one that was chosen, and could not be read yet."""
    _theme_notes: Sequence[str] = ()
    """What is wrong with files of themes; each begins with its file's path."""

    def clothe(self, preferences: Preferences) -> list[str]:
        """Take the themes there are and the chosen one; gives what was wrong with any."""
        wardrobe = open_wardrobe(preferences)
        self._missed_theme = "" if wardrobe.chosen == preferences.theme else preferences.theme
        self._theme_names = sorted(wardrobe.themes)
        self._theme_notes = wardrobe.notes
        for theme in wardrobe.themes.values():
            self.register_theme(theme)
        if wardrobe.chosen:
            self.theme = wardrobe.chosen
            self.stylesheet.set_variables(self.get_css_variables())
            self._is_dressed = False
        return list(wardrobe.notes)

    def refresh_css(self, animate: bool = True) -> None:
        """Parse everything again, but for the first theme: nothing was parsed before it.

        That is a hundredth of the time to the first frame.
        """
        if self._is_dressed:
            super().refresh_css(animate)
        self._is_dressed = True

    def take_themes(self, themes: Mapping[str, Theme], notes: Sequence[str]) -> None:
        """Take themes over that were read again, and what is wrong with others.

        The one that is worn is seen at once; so is the chosen one, once it can be read.
        """
        is_worn_anew = themes.get(self.theme) not in (None, self.available_themes.get(self.theme))
        for theme in themes.values():
            self.register_theme(theme)
        self._theme_names = sorted({*themes, self.theme})
        self._theme_notes = notes
        if self._missed_theme in themes and "NO_COLOR" not in os.environ:
            self.theme, self._missed_theme = self._missed_theme, ""
        elif is_worn_anew:
            self.mutate_reactive(App.theme)

    def theme_names(self) -> list[str]:
        """Give the names of the themes there are."""
        return self._theme_names

    def use_theme(self, name: str) -> str:
        """Take a theme, or the next one; gives a complaint."""
        names = self._theme_names
        if not name:
            index = names.index(self.theme) + 1 if self.theme in names else 0
            name = names[index % len(names)]
        if name not in names:
            for note in self._theme_notes:
                if Path(note.partition(": ")[0]).name == f"{name}.toml":
                    return short_paths(note)
            return f"there is no theme {name}; there are {', '.join(names)}"
        self._missed_theme = ""
        self.theme = name
        return ""
