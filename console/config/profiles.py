"""The profiles there are, and the target of one of them, chosen by name while the console runs.

    known_profiles(env, cwd, config)            every profile, then the project one stands in
    profile_target(name, env, cwd, config)      raises `ConfigError`

Only the environment and the files count here: a token, an address or a workspace of the command
line was meant for the backend it began with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from console.config.flags import Flags
from console.config.load import UserConfig
from console.config.mistakes import ConfigError, Mistake
from console.config.paths import find_project
from console.config.target import settle_target
from console.model.profile import Profile
from console.model.target import Target


def known_profiles(env: Mapping[str, str], cwd: Path, config: UserConfig) -> tuple[Profile, ...]:
    """Give the profiles of the file in its order, and last the project one stands in."""
    found = [_profile(name, env, cwd, config) for name in config.profiles]
    here = _project_target(env, cwd, config)
    if here is not None:
        found.append(_facts(_here_name(here, config), here, is_here=True))
    return tuple(found)


def profile_target(name: str, env: Mapping[str, str], cwd: Path, config: UserConfig) -> Target:
    """Give the target of a profile, or of the project one stands in.

    Raises:
        ConfigError: there is no such profile, or it cannot be taken now.
    """
    if name not in config.profiles:
        here = _project_target(env, cwd, config)
        if here is not None and name == _here_name(here, config):
            return here
    if not name:
        raise ConfigError(Mistake("a profile has a name", key=":profile"))
    return settle_target(Flags(profile=name), env, cwd, config).target


def _profile(name: str, env: Mapping[str, str], cwd: Path, config: UserConfig) -> Profile:
    try:
        return _facts(name, profile_target(name, env, cwd, config))
    except ConfigError as error:
        said = config.profiles[name]
        kind = said.get("kind") or ("url" if said.get("url") else "")
        address = said.get("url") or said.get("project") or said.get("workspace") or ""
        return Profile(
            name,
            str(kind or ("project" if said.get("project") else "tailor")),
            str(address),
            is_protected=said.get("protected") is True,
            is_read_only=said.get("read_only") is True,
            color=str(said.get("color") or ""),
            problem=error.mistakes[0].text,
        )


def _facts(name: str, target: Target, *, is_here: bool = False) -> Profile:
    place = str(target.project or target.socket or target.url)
    if target.kind == "tailor" and target.workspace_id:
        place += f" {target.workspace_id}"
    return Profile(
        name,
        target.kind,
        place,
        target.is_protected,
        target.is_read_only,
        target.color,
        is_here,
    )


def _here_name(here: Target, config: UserConfig) -> str:
    return str(here.project) if here.label in config.profiles else here.label


def _project_target(env: Mapping[str, str], cwd: Path, config: UserConfig) -> Target | None:
    """Give the project one stands in, whatever the variables choose."""
    if find_project(cwd) is None:
        return None
    others = {"WFC_URL", "WFC_PROFILE"}
    bare = {key: value for key, value in env.items() if key not in others}
    target = settle_target(Flags(), bare, cwd, replace(config, raw={}, text="")).target
    return target if target.project is not None else None
