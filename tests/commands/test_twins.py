"""The command that does the same as a key: the same, in whatever terminal it is pasted."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.commands.twins import Twins
from console.config.flags import Flags
from console.config.load import UserConfig, load_config
from console.config.target import resolve_target
from console.model.target import Target
from console.present.clean import clean

CONFIG = """
profile = "shop-prod"
[profiles.shop-prod]
kind = "url"
url = "https://shop.example"
token_env = "SHOP_TOKEN"
"""
ENV = {"SHOP_TOKEN": "secret"}


@pytest.fixture
def config(tmp_path: Path) -> UserConfig:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG)
    return load_config({"WFC_CONFIG": str(path)})


@pytest.mark.parametrize(
    ("flags", "env", "words"),
    [
        (Flags(), {}, ["--profile", "shop-prod"]),
        (Flags(profile="shop-prod"), {}, ["--profile", "shop-prod"]),
        (Flags(), {"WFC_PROFILE": "shop-prod"}, ["--profile", "shop-prod"]),
        (Flags(url="http://127.0.0.1:8787"), {}, ["--url", "http://127.0.0.1:8787"]),
        (Flags(), {"WFC_URL": "unix:/tmp/a.sock"}, ["--url", "unix:/tmp/a.sock"]),
    ],
)
def test_a_command_names_the_backend_it_was_shown_for(
    flags: Flags, env: dict[str, str], words: list[str], config: UserConfig, tmp_path: Path
) -> None:
    target = resolve_target(flags, ENV | env, tmp_path, config)
    command = Twins(target).resume("a1", "it's on")
    assert shlex.split(command) == [
        "wfc",
        *words,
        *("workflow", "resume", "a1", "--reason", "it's on"),
    ]
    assert "secret" not in command


def test_in_a_project_the_command_is_short(config: UserConfig, tmp_path: Path) -> None:
    (tmp_path / "wfc.toml").write_text('[project]\nname = "shop"\n')
    target = resolve_target(Flags(), {}, tmp_path, config)
    assert Twins(target).cancel("a1") == "wfc workflow cancel a1"


@given(
    st.dictionaries(st.text(), st.text() | st.floats(allow_nan=False)),
    st.booleans(),
    st.text("ab'\" $`\\;|&"),
)
def test_whatever_was_typed_is_one_word_for_the_shell_and_says_the_same(
    argument: dict[str, str | float], is_spread: bool, reason: str
) -> None:
    text = json.dumps(argument, ensure_ascii=False, indent=2 if is_spread else None)
    command = Twins(Target("url", "shop")).start("order", "bot", text, reason)
    assert command == clean(command), "what is seen is what is pasted"
    words = shlex.split(command)
    assert words[:7] == ["wfc", "workflow", "start", "order", "-m", "bot", "-a"]
    assert json.loads(words[7]) == argument
    assert words[8:] == (["--reason", reason] if reason else [])


@pytest.mark.parametrize("argument", ["@/home/ada/order.json", "…"])
def test_a_file_and_what_is_not_right_yet_stay_as_they_are(argument: str) -> None:
    assert shlex.split(Twins(Target("url", "shop")).start("order", "", argument))[-1] == argument
