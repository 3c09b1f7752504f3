"""The console alone is started without click, and exactly as click would start it."""

from __future__ import annotations

import click
import pytest

from console.cli.main import wfc as root
from console.cli.plain import VALUES, plain_flags
from console.cli.session import Session
from console.cli.shared import shared_options
from console.config.flags import Flags
from tests.cli.harness import Cli

PLAIN = [
    [],
    ["--url", "http://h:1"],
    ["--profile", "shop", "--read-only"],
    ["-p", "shop", "-w", "0193f3a0-0000-7000-8000-000000000001"],
    ["--url", "http://h:1", "--url", "http://h:2"],
    ["--token", "a b", "--workspace", "w"],
    ["--workspace-id", "w"],
]


def by_click(wfc: Cli, words: list[str]) -> Flags:
    """Give the flags that click reads."""
    session = Session(wfc.wiring())
    root.make_context("wfc", list(words), obj=session)
    return session.flags


@pytest.mark.parametrize("words", PLAIN, ids=" ".join)
def test_plain_words_are_read_as_click_reads_them(wfc: Cli, words: list[str]) -> None:
    assert plain_flags(words) == by_click(wfc, words)


def test_every_option_with_a_value_is_known_to_both() -> None:
    options = [one for one in shared_options(hidden=False) if isinstance(one, click.Option)]
    names = {name for one in options if not one.is_flag for name in one.opts}
    assert names == set(VALUES)


@pytest.mark.parametrize(
    "words",
    [
        ["workflow"],
        ["01f3aa"],
        ["@latest"],
        ["--help"],
        ["-h"],
        ["--version"],
        ["--json"],
        ["--url"],
        ["--url", ""],
        ["--url", "--read-only"],
        ["--url=http://h:1"],
        ["-pshop"],
        ["--prof", "shop"],
        ["--"],
        ["--read-only", "up"],
    ],
    ids=" ".join,
)
def test_all_other_words_are_left_to_click(words: list[str]) -> None:
    assert plain_flags(words) is None
