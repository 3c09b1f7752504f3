"""Which keys do what: the catalogue's, changed by the person's keys.toml.

keymap, notes = build_keymap({"execution.resume": "ctrl+x", "view.pause": ""})
keymap.keys("view.refresh")     ("r",)
keymap.shown("help.open")       "?"
notes                           a `KeyNote` for each entry that could not be taken
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from console.commands.catalogue import CATALOGUE, Command, Place, by_id

_ALIASES = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
    "return": "enter",
    "esc": "escape",
    "pgdn": "pagedown",
    "page_down": "pagedown",
    "pgup": "pageup",
    "page_up": "pageup",
    "backtab": "shift+tab",
}
_SHOWN = {"escape": "esc", "pagedown": "pgdn", "pageup": "pgup"}
_PANES = frozenset({Place.LIST, Place.TREE, Place.TEXT, Place.LOG, Place.DATA, Place.ROWS})
_SCREENS = frozenset({Place.EXECUTIONS, Place.EXECUTION, Place.WORKFLOWS})


@dataclass(frozen=True, slots=True)
class Keymap:
    """The keys of each command."""

    by_command: Mapping[str, tuple[str, ...]]

    def keys(self, identifier: str) -> tuple[str, ...]:
        """Give a command's keys, by their canonical names; none when it has none."""
        return self.by_command.get(identifier, ())

    def shown(self, identifier: str) -> str:
        """Give the key as a person reads it; empty when there is none."""
        keys = self.keys(identifier)
        return shown_key(keys[0]) if keys else ""


@dataclass(frozen=True, slots=True)
class KeyNote:
    """Why one entry of keys.toml could not be taken."""

    command: str
    """The entry's key: the command's id, as it was written."""
    text: str

    def __str__(self) -> str:
        return f"keys.toml: {self.command}: {self.text}"


def canonical_key(key: str) -> str:
    """Name a key as Textual does: `?` is `question_mark`, `ctrl+x` stays."""
    *modifiers, last = key.split("+") if key != "+" else ["+"]
    if not last and modifiers:  # "ctrl++"
        modifiers, last = modifiers[:-1], "+"
    if len(last) == 1 and not last.isalnum():
        name = unicodedata.name(last, "").lower().replace("-", "_").replace(" ", "_")
        last = _ALIASES.get(name, name) or last
    else:
        last = _ALIASES.get(last, last)
    if modifiers == ["shift"] and len(last) == 1 and last.isalpha():
        modifiers, last = [], last.upper()
    return "+".join([*(modifier.lower() for modifier in modifiers), last])


def shown_key(key: str) -> str:
    """Write a canonical key as a person reads it."""
    head, plus, last = key.rpartition("+")
    if last in _SHOWN:
        return head + plus + _SHOWN[last]
    if len(last) > 1:
        character = _CHARACTERS.get(last)
        if character is not None:
            return head + plus + character
    return key


_CHARACTERS = {canonical_key(char): char for char in "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"}


def is_safe_for_change(key: str) -> bool:
    """Tell whether a command that changes the backend may sit on this canonical key."""
    if "+" in key:
        return False
    character = _CHARACTERS.get(key, key)
    return len(character) == 1 and not character.islower() and not character.isspace()


def build_keymap(changes: Mapping[str, str]) -> tuple[Keymap, tuple[KeyNote, ...]]:
    """Apply the person's changes; what cannot be taken is left as it was, with a note why."""
    usual = {c.id: tuple(canonical_key(key) for key in c.keys) for c in CATALOGUE}
    taken: dict[str, tuple[str, ...]] = {}
    notes: list[KeyNote] = []
    for identifier, text in changes.items():
        wanted = tuple(canonical_key(key) for key in text.replace(",", " ").split())
        complaint = _complaint(identifier, wanted)
        if complaint:
            notes.append(KeyNote(identifier, complaint))
        else:
            taken[identifier] = wanted
    allowed = _clashes(usual)
    while new := sorted(_clashes({**usual, **taken}) - allowed):
        key, *pair = new[0]
        refused = next(identifier for identifier in reversed(taken) if identifier in pair)
        other = pair[0] if pair[1] == refused else pair[1]
        text = f"{shown_key(key)} is {other} too; it keeps {_words(usual[refused])}"
        notes.append(KeyNote(refused, text))
        del taken[refused]
    return Keymap({**usual, **taken}), tuple(notes)


def _complaint(identifier: str, wanted: tuple[str, ...]) -> str:
    """Say what is wrong with one entry by itself; empty when nothing is."""
    identifiers = [command.id for command in CATALOGUE]
    if identifier not in identifiers:
        near = get_close_matches(identifier, identifiers, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        return f"there is no such command{hint}"
    unsafe = [key for key in wanted if not is_safe_for_change(key)]
    if unsafe and by_id(identifier).is_change:
        return f"no change sits on {shown_key(unsafe[0])}; take a capital or a sign"
    return ""


def _words(keys: tuple[str, ...]) -> str:
    return " ".join(shown_key(key) for key in keys) or "no key"


def _clashes(keys: Mapping[str, tuple[str, ...]]) -> set[tuple[str, str, str]]:
    """Give each key that two commands of one place share: (key, id, id)."""
    users: dict[str, list[Command]] = {}
    for command in CATALOGUE:
        for key in keys[command.id]:
            users.setdefault(key, []).append(command)
    return {
        (key, *sorted((one.id, other.id)))  # type: ignore[misc]
        for key, commands in users.items()
        for index, one in enumerate(commands)
        for other in commands[index + 1 :]
        if _meet(one.places, other.places)
    }


def _meet(one: frozenset[Place], other: frozenset[Place]) -> bool:
    """Tell whether two commands can be reached at the same time."""
    if one & {Place.LOG, Place.DATA}:
        one |= {Place.TEXT}
    if other & {Place.LOG, Place.DATA}:
        other |= {Place.TEXT}
    if one & other or Place.EVERYWHERE in one | other:
        return True
    everywhere_in_panes = Place.PANES in one | other
    if everywhere_in_panes:
        return True
    # A pane is part of a screen: a list only of its own, text and jobs of two.
    for pane, screen in ((one, other), (other, one)):
        if pane & _PANES and screen & _SCREENS:
            return any(screen & _screens_with(place) for place in pane)
    return False


def _screens_with(pane: Place) -> frozenset[Place]:
    if pane is Place.LIST:
        return frozenset({Place.EXECUTIONS})
    if pane is Place.ROWS:
        return frozenset({Place.WORKFLOWS})
    return frozenset({Place.EXECUTIONS, Place.EXECUTION})
