"""Which execution is meant: an id, a unique prefix, `@latest`, or a link."""

from __future__ import annotations

from datetime import timedelta

import pytest

from console.cli.reference import looks_like_execution
from tests.cli.harness import Cli
from tests.fakes.clock import START

FIRST = "01932f5e-aaaa-7000-8000-00000000abcd"
OTHER = "01932f5e-bbbb-7000-8000-00000000abcd"


@pytest.mark.parametrize(
    "word",
    [
        FIRST,
        FIRST.upper(),
        "01932f5e-a",
        "01932F5E-A",
        "@latest",
        f"https://console.example/w/{OTHER}/executions/{FIRST}?tab=logs",
        f"see {FIRST}",
    ],
)
def test_an_execution_is_found(wfc: Cli, word: str) -> None:
    wfc.backend.add(identifier=OTHER, created_at=START - timedelta(hours=1))
    wfc.backend.add(identifier=FIRST)
    result = wfc("workflow", "executions", word, "--json")
    if word != "@latest":
        assert result.document["id"] == FIRST
    else:
        assert result.code == 0


def test_a_prefix_of_several_is_refused_and_names_them(wfc: Cli) -> None:
    wfc.backend.add("one", identifier=FIRST)
    wfc.backend.add("two", identifier=OTHER)
    result = wfc("workflow", "resume", "01932f5e")
    assert result.code == 2
    assert result.err.startswith("wfc: 2 executions start with '01932f5e': type more of it\n")
    assert FIRST in result.err and OTHER in result.err
    assert wfc.backend.actions == []


def test_many_that_match_are_not_all_named(wfc: Cli) -> None:
    for _ in range(40):
        wfc.backend.add()
    lines = wfc("workflow", "wait", "01").err.splitlines()
    assert lines[0] == "wfc: many executions start with '01': type more of it"
    assert len(lines) == 11


def test_a_whole_id_that_is_the_start_of_another_is_meant(wfc: Cli) -> None:
    wfc.backend.add(identifier="abc")
    wfc.backend.add(identifier="abcdef")
    assert wfc("workflow", "executions", "abc", "--json").document["id"] == "abc"


def test_a_prefix_is_looked_for_beyond_the_first_page(wfc: Cli) -> None:
    for second in range(1200):
        wfc.backend.add(created_at=START + timedelta(seconds=second))
    oldest = min(wfc.backend.executions)
    prefix = oldest[:18]
    matches = [one for one in wfc.backend.executions if one.startswith(prefix)]
    assert matches == [oldest]
    assert wfc("workflow", "executions", prefix, "--json").document["id"] == oldest
    assert wfc.backend.calls["list_executions"] == 3


@pytest.mark.parametrize(
    ("word", "code", "words"),
    [
        ("ffff", 1, "not found: no execution starts with 'ffff'"),
        ("@latest", 1, "not found: there are no executions yet"),
        (FIRST, 1, f"not found: no execution {FIRST}"),
        ("https://console.example/executions", 2, "no execution id in the link"),
        ("@last", 2, "'@last' is no execution: an id, the start of one, or @latest"),
        ("a b", 2, "'a b' is no execution"),
        ("", 2, "'' is no execution"),
    ],
)
def test_what_is_no_execution_is_one_clear_line(wfc: Cli, word: str, code: int, words: str) -> None:
    result = wfc("workflow", "executions", word)
    assert result.code == code
    assert words in result.err
    assert result.err.count("\n") == 1


@pytest.mark.parametrize(
    ("word", "does"),
    [
        ("01f3", True),
        ("ABCDEF", True),
        (FIRST, True),
        ("@latest", True),
        ("https://example/x", True),
        ("demo", False),
        ("ab", False),
        ("workflow", False),
        ("-h", False),
        ("@other", False),
    ],
)
def test_a_word_that_looks_like_an_execution_opens_it(word: str, does: bool) -> None:
    assert looks_like_execution(word) is does
