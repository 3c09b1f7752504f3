"""Who says which backend is meant.

`--url` > `--profile` > `WFC_URL` > `WFC_PROFILE` > the project one stands in > the config's own
`profile`
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from console.config.flags import Flags
from console.config.load import UserConfig
from console.config.mistakes import Mistake, NothingChosen
from console.config.paths import PROJECT_FILE, find_project


class Rank(IntEnum):
    """Who said a value; the lowest holds. A profile ranks by who chose it."""

    FLAG = 0
    PROFILE_BY_FLAG = 1
    VARIABLE = 2
    PROFILE_BY_VARIABLE = 3
    PLATFORM_VARIABLE = 4
    PROJECT = 5
    PROFILE_BY_CONFIG = 6
    DEFAULT = 7


@dataclass(frozen=True, slots=True)
class Choice:
    """One of `url`, `profile` and `project`, and who chose it."""

    rank: Rank
    origin: str
    url: str = ""
    profile: str = ""
    project: Path | None = None


def choose(flags: Flags, env: Mapping[str, str], cwd: Path, config: UserConfig) -> Choice:
    """Find what is meant. Raises `NothingChosen`."""
    if flags.url:
        return Choice(Rank.FLAG, "--url", url=flags.url)
    if flags.profile:
        return Choice(Rank.PROFILE_BY_FLAG, "--profile", profile=flags.profile)
    if url := env.get("WFC_URL"):
        return Choice(Rank.VARIABLE, "WFC_URL", url=url)
    if name := env.get("WFC_PROFILE"):
        return Choice(Rank.PROFILE_BY_VARIABLE, "WFC_PROFILE", profile=name)
    if project := find_project(cwd):
        return Choice(Rank.PROJECT, str(project / PROJECT_FILE), project=project)
    if name := config.default_profile:
        return Choice(Rank.PROFILE_BY_CONFIG, config.origin("profile"), profile=name)
    raise NothingChosen(Mistake("no backend is chosen, and this folder is in no project"))
