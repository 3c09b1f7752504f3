"""The keys of this person: the catalogue's, changed by keys.toml, whose mistakes have a place."""

from __future__ import annotations

from console.commands.keymap import Keymap, build_keymap
from console.config.mistakes import mistake_in
from console.ui.launch import Preferences


def own_keymap(preferences: Preferences) -> tuple[Keymap, tuple[str, ...]]:
    """Give the keys, and a line with file, line and key for each entry that is not taken."""
    keymap, notes = build_keymap(preferences.keys)
    file = next((path for path in preferences.files if path.name == "keys.toml"), None)
    if file is None:
        return keymap, tuple(map(str, notes))
    return keymap, tuple(str(mistake_in(file, note.command, note.text)) for note in notes)
