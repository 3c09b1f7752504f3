"""Keys are the catalogue's, and what keys.toml asks for is taken only where it makes sense."""

from __future__ import annotations

import pytest

from console.commands.catalogue import CATALOGUE, by_id
from console.commands.keymap import build_keymap, canonical_key, is_safe_for_change, shown_key

USUAL, _ = build_keymap({})


def test_ids_and_words_are_declared_once() -> None:
    ids = [command.id for command in CATALOGUE]
    words = [word for command in CATALOGUE for word in command.words]
    assert len(set(ids)) == len(ids)
    assert len(set(words)) == len(words)


def test_nothing_that_changes_the_backend_sits_on_a_key_one_hits_by_habit() -> None:
    changes = [command for command in CATALOGUE if command.is_change]
    assert {USUAL.shown(command.id) for command in changes} == {"R", "+", "W", "X"}
    assert all(is_safe_for_change(key) for c in changes for key in USUAL.keys(c.id))


@pytest.mark.parametrize(
    "key",
    ["r", "enter", "space", "escape", "delete", "backspace", "ctrl+r", "ctrl+R", "f5", "alt+r"],
)
def test_such_a_key_cannot_be_given_to_a_change(key: str) -> None:
    keymap, notes = build_keymap({"execution.resume": key})
    assert keymap.keys("execution.resume") == ("R",)
    (note,) = notes
    assert str(note).startswith("keys.toml: execution.resume: no change sits on ")


def test_keys_that_belong_to_terminals_are_left_free() -> None:
    taken = {key for command in CATALOGUE for key in USUAL.keys(command.id)}
    owned = (
        "ctrl+a ctrl+b ctrl+h ctrl+i ctrl+j ctrl+m ctrl+s ctrl+q ctrl+w ctrl+k ctrl+n ctrl+t f11"
    )
    assert not taken & set(owned.split())
    assert "d" not in taken and "tilde" not in taken


def test_every_key_but_moving_and_typing_has_a_word() -> None:
    """What a phone or a foreign keyboard cannot type can be said on the `:` line."""
    wordless = {c.id for c in CATALOGUE if not c.words and not c.id.startswith(("move.", "text."))}
    assert wordless == {
        "row.open",
        "tree.open",
        "tree.toggle",
        "find.next",
        "find.previous",
        "command.open",
        "nav.escape",
        "pane.next",
        "pane.previous",
        "app.interrupt",
    }


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("?", "question_mark"),
        ("/", "slash"),
        (":", "colon"),
        ("+", "plus"),
        ("@", "at"),
        ("-", "minus"),
        ("ctrl+X", "ctrl+X"),
        ("shift+r", "R"),
        ("esc", "escape"),
        ("pgdn", "pagedown"),
        (">", "greater_than_sign"),
    ],
)
def test_keys_are_named_as_textual_names_them(written: str, canonical: str) -> None:
    assert canonical_key(written) == canonical


def test_signs_are_shown_as_signs() -> None:
    for sign in "?/:+@<>&|[]":
        assert shown_key(canonical_key(sign)) == sign
    assert shown_key("escape") == "esc"
    assert shown_key("ctrl+l") == "ctrl+l"


def test_a_command_can_be_moved_and_removed() -> None:
    keymap, notes = build_keymap({"execution.resume": "M", "view.pause": "", "view.time": "T,f4"})
    assert notes == ()
    assert keymap.keys("execution.resume") == ("M",)
    assert keymap.keys("view.pause") == ()
    assert keymap.keys("view.time") == ("T", "f4")


def test_two_commands_can_swap_keys() -> None:
    keymap, notes = build_keymap({"view.refresh": "p", "view.pause": "r"})
    assert notes == ()
    assert (keymap.keys("view.refresh"), keymap.keys("view.pause")) == (("p",), ("r",))


def test_a_clash_names_both_and_keeps_the_default() -> None:
    keymap, notes = build_keymap({"view.refresh": "j"})
    assert keymap.keys("view.refresh") == ("r",)
    assert [*map(str, notes)] == ["keys.toml: view.refresh: j is move.down too; it keeps r"]


def test_an_unknown_command_names_its_nearest() -> None:
    _, notes = build_keymap({"execution.resum": "U"})
    assert [*map(str, notes)] == [
        "keys.toml: execution.resum: there is no such command; did you mean execution.resume?",
    ]


def test_quitting_can_be_rebound_too() -> None:
    keymap, notes = build_keymap({"nav.back": "Q", "app.quit": "f10"})
    assert notes == ()
    assert keymap.keys("app.quit") == ("f10",)
    assert by_id("app.quit").keys == ()
