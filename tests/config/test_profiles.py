"""The profiles one can switch to while the console runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.config.load import UserConfig, load_config
from console.config.mistakes import ConfigError
from console.config.profiles import known_profiles, profile_target

CONFIG = """
profile = "prod"
[profiles.prod]
kind = "tailor"
workspace = "0193f3a0-0000-7000-8000-000000000001"
token_env = "PROD_TOKEN"
color = "red"
[profiles.dev]
url = "http://127.0.0.1:8787"
read_only = true
"""


@pytest.fixture
def config(home: Path) -> UserConfig:
    """A person's config of two profiles."""
    folder = home / "config" / "wfc"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(CONFIG)
    return load_config({"XDG_CONFIG_HOME": str(home / "config"), "HOME": str(home)})


def test_profiles_say_what_they_are_and_what_keeps_one_from_them(
    config: UserConfig, tmp_path: Path
) -> None:
    prod, dev = known_profiles({}, tmp_path, config)
    assert (prod.name, prod.kind, prod.color) == ("prod", "tailor", "red")
    assert prod.problem == "the variable PROD_TOKEN is not set"
    assert (dev.kind, dev.address, dev.is_read_only) == ("url", "http://127.0.0.1:8787", True)
    assert not dev.is_protected and not dev.problem
    (prod, _) = known_profiles({"PROD_TOKEN": "secret"}, tmp_path, config)
    assert prod.is_protected and not prod.problem


def test_the_project_one_stands_in_can_be_gone_back_to(config: UserConfig, tmp_path: Path) -> None:
    (tmp_path / "wfc.toml").write_text('[project]\nname = "bakery"\n')
    env = {"WFC_PROFILE": "dev", "WFC_URL": "http://elsewhere:1"}
    *_, here = known_profiles(env, tmp_path, config)
    assert (here.name, here.kind, here.is_here) == ("bakery", "project", True)
    assert profile_target("bakery", env, tmp_path, config).project == tmp_path


def test_a_project_that_is_called_as_a_profile_is_known_by_its_folder(
    config: UserConfig, tmp_path: Path
) -> None:
    (tmp_path / "wfc.toml").write_text('[project]\nname = "dev"\n')
    *_, here = known_profiles({}, tmp_path, config)
    assert here.name == str(tmp_path)
    assert profile_target("dev", {}, tmp_path, config).kind == "url"
    assert profile_target(str(tmp_path), {}, tmp_path, config).kind == "project"


def test_a_targets_color_is_its_profiles(config: UserConfig, tmp_path: Path) -> None:
    target = profile_target("prod", {"PROD_TOKEN": "secret"}, tmp_path, config)
    assert target.color == "red"


def test_a_profile_there_is_not_names_the_nearest(config: UserConfig, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="did you mean `prod`"):
        profile_target("prd", {}, tmp_path, config)
    with pytest.raises(ConfigError, match="has a name"):
        profile_target("", {}, tmp_path, config)
