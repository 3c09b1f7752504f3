"""The list of all commands, made shorter by what is typed."""

from __future__ import annotations

import pytest

from console.commands.catalogue import CATALOGUE, Command
from console.commands.extras import ExtraCommand
from console.commands.keymap import build_keymap
from console.commands.palette import HIDDEN, narrow, palette_choices

KEYMAP, _ = build_keymap({})


def reason_of(command: Command) -> str:
    return "resume needs FAILED" if command.id == "execution.resume" else ""


CHOICES = palette_choices(KEYMAP, reason_of)


def test_every_command_can_be_chosen_and_what_cannot_be_done_comes_last() -> None:
    ids = [choice.command.id for choice in CHOICES if choice.command]
    assert set(ids) == {command.id for command in CATALOGUE} - HIDDEN
    assert ids[-1] == "execution.resume" and CHOICES[-1].reason == "resume needs FAILED"
    assert narrow("", CHOICES) == CHOICES


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("start", "workflow.start"),
        (":pause", "view.pause"),
        ("jrnl", "journal.open"),
        ("RESUME", "execution.resume"),
        ("older exec", "list.more"),
        ("shell", "copy.command"),
        ("half page down", "move.half-down"),
    ],
)
def test_what_is_typed_finds_names_words_and_summaries(text: str, first: str) -> None:
    command = narrow(text, CHOICES)[0].command
    assert command is not None
    if text == "shell":  # two speak of it
        assert first in {c.command.id for c in narrow(text, CHOICES)[:3] if c.command}
    else:
        assert command.id == first


def test_every_piece_must_match_and_nothing_may() -> None:
    assert narrow("resume zzz", CHOICES) == ()


def test_a_hosts_command_is_there_with_what_follows_it() -> None:
    async def run(words: object) -> str:
        return ""

    mail = ExtraCommand("mail", "mail on|off", "Let the mail server work", run, ("on", "off"))
    first, *_ = palette_choices(KEYMAP, reason_of, [mail])
    assert (first.word, first.usage, first.needs_words) == ("mail", "on|off", True)
    needing = {c.word for c in CHOICES if c.needs_words}
    assert {"open", "profile", "save"} <= needing and "start" not in needing
