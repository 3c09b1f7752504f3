"""Where the person's files are, by the XDG base directories, and which project one stands in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

PROJECT_FILE = "wfc.toml"


def config_folder(env: Mapping[str, str]) -> Path:
    """Give the folder of `config.toml`, `keys.toml` and `themes/`."""
    return _xdg(env, "XDG_CONFIG_HOME", ".config") / "wfc"


def config_file(env: Mapping[str, str]) -> Path:
    """Give the path of the person's `config.toml`; `WFC_CONFIG` names another."""
    named = env.get("WFC_CONFIG", "")
    return expanded(named, env) if named else config_folder(env) / "config.toml"


def keys_file(env: Mapping[str, str]) -> Path:
    """Give the path of `keys.toml`, which stands beside `config.toml`."""
    return config_file(env).parent / "keys.toml"


def themes_folder(env: Mapping[str, str]) -> Path:
    """Give the folder of the person's own themes, beside `config.toml`."""
    return config_file(env).parent / "themes"


def state_folder(env: Mapping[str, str]) -> Path:
    """Give the folder of the action journal, histories and reports."""
    return _xdg(env, "XDG_STATE_HOME", ".local/state") / "wfc"


def expanded(path: str, env: Mapping[str, str]) -> Path:
    """Give a path with a leading `~` replaced by the person's home."""
    if path == "~" or path.startswith("~/"):
        return _home(env) / path[2:]
    return Path(path)


def find_project(cwd: Path) -> Path | None:
    """Give the folder of the project one stands in: the nearest one upwards with a `wfc.toml`."""
    for folder in (cwd, *cwd.parents):
        try:
            if (folder / PROJECT_FILE).is_file():
                return folder
        except OSError:  # a folder above that may not be entered
            return None
    return None


def _home(env: Mapping[str, str]) -> Path:
    named = env.get("HOME", "")
    return Path(named) if named else Path.home()


def _xdg(env: Mapping[str, str], name: str, below_home: str) -> Path:
    folder = env.get(name, "")
    # The XDG specification: a path that is not absolute is to be ignored.
    return Path(folder) if folder.startswith("/") else _home(env) / below_home
