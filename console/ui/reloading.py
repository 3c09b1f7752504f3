"""Takes over the person's themes and keys when their files change, while the console runs.

The files are looked at (their times and sizes, nothing more) every few seconds while the terminal
has the focus, and at once when it gets it. What makes no sense is said once, with file and line,
and what was there before stays.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from console.commands.extras import CommandRefused
from console.present.tone import Tone
from console.ui.complaints import ALL_BY, complaint_line
from console.ui.keymap import rebind_anew
from console.ui.launch import Preferences
from console.ui.own_keys import own_keymap
from console.ui.screens.base import ConsoleScreen
from console.ui.wardrobe import open_wardrobe

if TYPE_CHECKING:
    from console.ui.app import ConsoleApp

EVERY = 3.0
"""Seconds between two looks."""

Stamps = Mapping[Path, tuple[int, int]]
"""Time of change in nanoseconds, and size, by file."""


def stamps_of(folders: Iterable[Path], files: Iterable[Path]) -> Stamps:
    """Look at themes in these folders and at these files; what is not there has no stamp."""
    found: dict[Path, tuple[int, int]] = {}
    for path in (*files, *(path for folder in folders for path in folder.glob("*.toml"))):
        try:
            facts = path.stat()
        except OSError:
            continue
        found[path] = (facts.st_mtime_ns, facts.st_size)
    return found


class Reloading:
    """Watches the files of one console."""

    def __init__(self, app: ConsoleApp) -> None:
        self._app = app
        preferences = app.session.launch.preferences
        self._folders, self._files = preferences.theme_folders, preferences.files
        self._seen: Stamps = stamps_of(self._folders, self._files)
        self._is_looking = False

    def begin(self) -> None:
        """Look from now on."""
        if self._folders or self._files:
            self._app.set_interval(EVERY, self._due)

    async def _due(self) -> None:
        if self._app.app_focus:
            await self.look()

    async def look(self) -> None:
        """Take over what changed since the last look."""
        if self._is_looking:
            return
        self._is_looking = True
        try:  # a home on a network may take its time
            seen = await asyncio.to_thread(stamps_of, self._folders, self._files)
        finally:
            self._is_looking = False
        if seen == self._seen:
            return
        changed = {path for path in {*seen, *self._seen} if seen.get(path) != self._seen.get(path)}
        self._seen = seen
        if changed & set(self._files):
            self._take_keys()
        if changed - set(self._files):
            self._take_themes(changed)

    def _say(self, text: str, tone: str = Tone.TEXT) -> None:
        self._app.say(text, tone)

    def _complain(self, notes: Sequence[str], after: str, *, all_by: str = ALL_BY) -> None:
        line = complaint_line(notes, self._app.size.width, after=after, all_by=all_by)
        self._say(line, Tone.WARNING)

    # Keys

    def _take_keys(self) -> None:
        reread = self._app.session.launch.reread
        if reread is None:
            return
        try:
            preferences = reread()
        except CommandRefused as refusal:
            self._complain([str(refusal)], "the old keys stay")
            return
        keymap, notes = own_keymap(preferences)
        complaints = [*self._about_keys(preferences), *notes]
        if complaints:
            self._complain(complaints, "the old keys stay")
            return
        self._app.session.keymap = keymap
        for screen in self._app.screen_stack:
            if isinstance(screen, ConsoleScreen):
                rebind_anew(screen, keymap, *screen.PLACES)
                screen.update_lines()
        self._say("keys.toml was read again")

    def _about_keys(self, preferences: Preferences) -> list[str]:
        names = [str(path) for path in self._files]
        return [note for note in preferences.notes if note.startswith(tuple(names))]

    # Themes

    def _take_themes(self, changed: Iterable[Path]) -> None:
        app = self._app
        wardrobe = open_wardrobe(app.session.launch.preferences)
        complaints = [n for n in wardrobe.notes for p in changed if n.startswith(str(p))]
        app.take_themes(wardrobe.themes, wardrobe.notes)
        if complaints:
            self._complain(complaints, "the old colours stay", all_by=":theme NAME")
        else:
            self._say("the themes were read again")
