"""Where the person's files are, and which project one stands in."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.config import paths

HOME = {"HOME": "/home/ada"}


@pytest.mark.parametrize(
    ("env", "config", "state"),
    [
        (HOME, "/home/ada/.config/wfc/config.toml", "/home/ada/.local/state/wfc"),
        (
            HOME | {"XDG_CONFIG_HOME": "/c", "XDG_STATE_HOME": "/s"},
            "/c/wfc/config.toml",
            "/s/wfc",
        ),
        (
            HOME | {"XDG_CONFIG_HOME": "relative", "XDG_STATE_HOME": ""},
            "/home/ada/.config/wfc/config.toml",
            "/home/ada/.local/state/wfc",
        ),
        (HOME | {"WFC_CONFIG": "/x/y.toml"}, "/x/y.toml", "/home/ada/.local/state/wfc"),
        (HOME | {"WFC_CONFIG": "~/y.toml"}, "/home/ada/y.toml", "/home/ada/.local/state/wfc"),
    ],
)
def test_files_are_where_xdg_says(env: dict[str, str], config: str, state: str) -> None:
    assert paths.config_file(env) == Path(config)
    assert paths.state_folder(env) == Path(state)
    assert paths.keys_file(env) == Path(config).parent / "keys.toml"
    assert paths.themes_folder(env) == Path(config).parent / "themes"


def test_the_nearest_project_upwards_is_the_one_one_stands_in(tmp_path: Path) -> None:
    inner = tmp_path / "shop" / "workflows" / "jobs"
    inner.mkdir(parents=True)
    assert paths.find_project(inner) is None
    (tmp_path / "shop" / "wfc.toml").touch()
    assert paths.find_project(inner) == tmp_path / "shop"
    (inner / "wfc.toml").mkdir()
    assert paths.find_project(inner) == tmp_path / "shop"
    (inner.parent / "wfc.toml").touch()
    assert paths.find_project(inner) == inner.parent
