"""The `:` line understands words, beginnings of words, ids and links."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from console.commands.catalogue import CATALOGUE
from console.commands.command_line import complete, execution_reference, parse
from console.commands.extras import CommandRefused, ExtraCommand


async def _run(words: Sequence[str]) -> str:
    return " ".join(words)


MAIL = ExtraCommand("mail", "mail on|off", "The mail server", _run, choices=("on", "off"))
UUID = "019abc12-3456-7def-8123-456789abcdef"


def test_every_word_of_the_catalogue_is_understood() -> None:
    for command in CATALOGUE:
        for word in command.words:
            assert parse(f":{word} one two").command == command


def test_what_follows_the_word_is_kept_as_typed() -> None:
    typed = parse("filter  wf=order-*  mail ")
    assert typed.words == ("wf=order-*", "mail")
    assert typed.rest == "wf=order-*  mail"


@pytest.mark.parametrize("line", ["01f3", "01f3a9", UUID, UUID.upper(), f"open-this {UUID}"[10:]])
def test_an_id_opens_it(line: str) -> None:
    assert parse(line).open_id == line.strip().lower()


def test_a_link_of_the_web_console_opens_its_execution() -> None:
    other = "11111111-2222-3333-4444-555555555555"
    link = f"https://console.example/workspaces/{other}/executions/{UUID}?tab=logs"
    assert execution_reference(link) == UUID
    assert parse(link).open_id == UUID


def test_a_beginning_that_only_one_word_has_is_enough() -> None:
    typed = parse("jour")
    assert typed.command is not None and typed.command.id == "journal.open"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("resumme", "there is no command resumme; did you mean resume?"),
        ("xyzzy", "there is no command xyzzy"),
        ("re", "there is no command re; did you mean resume or resolve or refresh?"),
    ],
)
def test_another_word_is_refused_with_what_was_near(line: str, message: str) -> None:
    with pytest.raises(CommandRefused, match=message):
        parse(line)


def test_the_hosts_commands_come_first() -> None:
    typed = parse("mail on", [MAIL])
    assert typed.extra is MAIL and typed.words == ("on",)
    assert complete("ma", [MAIL])[0] == "mail"
    assert complete("mail o", [MAIL]) == ("mail on", "mail off")


def test_words_and_arguments_are_completed() -> None:
    assert complete("jo") == ("journal", "jobs")[::-1]
    choices = {"workflow.start": lambda: ("order-processing", "refund-approval")}
    assert complete("start o", (), choices) == ("start order-processing",)
    assert complete("start ", (), choices) == ("start order-processing", "start refund-approval")
    assert complete("quit ", (), choices) == ()
