"""The catalogue's keys as Textual bindings, and the person's own in their place.

BINDINGS = screen_bindings(Place.EXECUTIONS)                 action `command('<id>')` for each
BINDINGS = pane_bindings({"move.down": "move(1)", …})        a widget's own actions
rebind(screen, keymap, Place.EXECUTIONS)                     once everything in it is mounted

Textual's own `App.set_keymap` drops a key that two commands swap, so it is done here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from textual.binding import Binding, BindingsMap, BindingType
from textual.dom import DOMNode

from console.commands.catalogue import CATALOGUE, Command, Place, by_id
from console.commands.keymap import Keymap, build_keymap, canonical_key


def screen_bindings(*places: Place) -> list[BindingType]:
    """Give the bindings of a screen: its own commands, and those that are everywhere."""
    wanted = {Place.EVERYWHERE, *places}
    return [
        _binding(command, f"command({command.id!r})")
        for command in CATALOGUE
        if command.keys and command.places & wanted
    ]


def pane_bindings(actions: Mapping[str, str]) -> list[BindingType]:
    """Give the bindings of a pane; `actions` are Textual actions by command id."""
    return [_binding(by_id(identifier), action) for identifier, action in actions.items()]


def _binding(command: Command, action: str) -> Binding:
    keys = ",".join(canonical_key(key) for key in command.keys)
    return Binding(keys, action, command.label, show=False, tooltip=command.summary, id=command.id)


def rebind(root: DOMNode, keymap: Keymap, *places: Place) -> None:
    """Put a keymap's keys in the place of the catalogue's, here and in everything below.

    `places` are the root's own, for commands that have no key unless somebody gives them one.
    """
    usual, _ = build_keymap({})
    changed = {c.id for c in CATALOGUE if keymap.keys(c.id) != usual.keys(c.id)}
    if not changed:
        return
    for node in root.walk_children(with_self=True):
        found = [b for group in node._bindings.key_to_bindings.values() for b in group]
        moved = {binding.id: binding for binding in found if binding.id in changed}
        if node is root:
            wanted = {Place.EVERYWHERE, *places}
            keyless = [c for c in CATALOGUE if c.id in changed and c.places & wanted and not c.keys]
            moved |= {c.id: _binding(c, f"command({c.id!r})") for c in keyless}
        if not moved:
            continue
        kept: list[BindingType] = [binding for binding in found if binding.id not in moved]
        for identifier, binding in moved.items():
            keys = keymap.keys(identifier or "")
            kept += [replace(binding, key=key) for key in keys]
        node._bindings = BindingsMap(kept)


def rebind_anew(root: DOMNode, keymap: Keymap, *places: Place) -> None:
    """Put a keymap's keys in the place of another keymap's: begin with the catalogue's again."""
    for node in root.walk_children(with_self=True):
        declared = node._merged_bindings
        if declared is not None:
            node._bindings = declared.copy()
    rebind(root, keymap, *places)
