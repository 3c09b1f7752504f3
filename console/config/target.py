"""The backend that is meant, put together from flags, environment, project and configuration.

Of each value the one with the highest rank holds; a profile ranks by who chose it, so
`--profile dev` beats a variable that is still set from yesterday's work.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from console.config import address
from console.config.chosen import Choice, Rank, choose
from console.config.flags import Flags
from console.config.load import UserConfig
from console.config.mistakes import ConfigError, Mistake, NoToken, line_of, read_toml
from console.config.paths import PROJECT_FILE, expanded
from console.config.settings import Setting
from console.model.target import Target

PLATFORM_URL = "https://api.tailor.tech"
"""Where the hosted platform answers, unless `TAILOR_PLATFORM_URL` says another place."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A target, and where each of its values came from."""

    target: Target
    settings: tuple[Setting, ...]
    notes: tuple[str, ...] = ()
    """What a person should know: a value that is not the chosen profile's."""


def resolve_target(flags: Flags, env: Mapping[str, str], cwd: Path, config: UserConfig) -> Target:
    """Give the backend that is meant.

    Raises:
        NothingChosen: nothing says which.
        NoToken: the profile's variable for the token is not set.
        ConfigError: an address, a profile's name or a workspace is wrong.
    """
    return settle_target(flags, env, cwd, config).target


def settle_target(flags: Flags, env: Mapping[str, str], cwd: Path, config: UserConfig) -> Settled:
    """Give the backend that is meant, with the origin of each value; raises as `resolve_target`."""
    choice = choose(flags, env, cwd, config)
    return _Settling(flags, env, config, choice).settle()


@dataclass(frozen=True, slots=True)
class _Value:
    rank: Rank
    value: str
    origin: str


_NOTHING = _Value(Rank.DEFAULT, "", "default")


class _Settling:
    """Settles the values of one target and notes where each came from."""

    def __init__(
        self, flags: Flags, env: Mapping[str, str], config: UserConfig, choice: Choice
    ) -> None:
        self.flags, self.env, self.config, self.choice = flags, env, config, choice
        self.profile: Mapping[str, object] = {}
        if choice.profile:
            self.profile = config.profile(choice.profile, asked_by=choice.origin)
        self.settings: list[Setting] = []
        self.notes: list[str] = []
        self.is_as_profiled = True

    def settle(self) -> Settled:
        if self.choice.profile:
            self._note("profile", self.choice.profile, self.choice.origin)
        folder = self.choice.project or self._profiled_project()
        target = self._of_project(folder) if folder else self._of_address()
        return Settled(target, tuple(self.settings), tuple(self.notes))

    def _of_project(self, folder: Path) -> Target:
        origin = self._origin("project") if self.choice.profile else self.choice.origin
        self._note("kind", "project", origin)
        self._note("project", str(folder), origin)
        return Target(
            kind="project",
            label=self.choice.profile or _project_name(folder),
            project=folder,
            workspace_id=self._workspace(is_tailor=False),
            console_url=self._console_url(is_tailor=False),
            is_protected=self._protected(is_here=True),
            is_read_only=self._read_only(),
            shell_words=self._shell_words(),
            color=self._color(),
        )

    def _of_address(self) -> Target:
        kind, given = self._address()
        is_tailor = kind == "tailor"
        url, socket = address.parse_address(given.value, given.origin)
        self._note("kind", kind, self._origin("kind") if self.profile.get("kind") else given.origin)
        self._note("url", given.value, given.origin)
        name = socket.name if socket else address.host_and_port(url)
        is_here = socket is not None or address.is_loopback(url)
        return Target(
            kind=kind,
            label=self.choice.profile or name,
            url=url,
            socket=socket,
            token=self._token(is_tailor=is_tailor),
            workspace_id=self._workspace(is_tailor=is_tailor),
            application=self._plain("application", self._profiled("application")),
            console_url=self._console_url(is_tailor=is_tailor),
            is_protected=self._protected(is_here=is_here),
            is_read_only=self._read_only(),
            shell_words=self._shell_words(),
            color=self._color(),
        )

    def _address(self) -> tuple[str, _Value]:
        platform = self._platform_variable("TAILOR_PLATFORM_URL", "PLATFORM_URL")
        if self.choice.url:
            given = _Value(self.choice.rank, self.choice.url, self.choice.origin)
            homes = (PLATFORM_URL, platform.value)
            is_platform = any(address.is_same_server(given.value, home) for home in homes)
            return ("tailor" if is_platform else "url"), given
        profiled = self._profiled("url")
        kind = str(self.profile.get("kind") or ("url" if profiled.value else "tailor"))
        if kind == "url":
            return kind, profiled
        default = _Value(Rank.DEFAULT, PLATFORM_URL, "default")
        return kind, self._first("url", platform, profiled, default)

    def _token(self, *, is_tailor: bool) -> str:
        variable = str(self.profile.get("token_env") or "")
        own = _Value(self.choice.rank, self.env.get(variable, ""), variable) if variable else None
        found = self._first(
            "token",
            _Value(Rank.FLAG, self.flags.token, "--token"),
            _Value(Rank.VARIABLE, self.env.get("WFC_TOKEN", ""), "WFC_TOKEN"),
            own or _NOTHING,
            # Never to another server: that variable holds a key to the platform.
            self._platform_variable("TAILOR_PLATFORM_TOKEN") if is_tailor else _NOTHING,
        )
        if own and not own.value and (not found.value or found.rank > own.rank):
            words = f"the variable {variable} is not set"
            raise NoToken(self._mistake("token_env", words, "it must hold the token"))
        origin = found.origin
        if is_tailor and not found.value:
            origin = "default: the platform's own sign-in"
        self._note("token", "set" if found.value else "not set", origin)
        return found.value

    def _workspace(self, *, is_tailor: bool) -> str:
        found = self._first(
            "workspace",
            _Value(Rank.FLAG, self.flags.workspace, "--workspace"),
            self._platform_variable("TAILOR_PLATFORM_WORKSPACE_ID") if is_tailor else _NOTHING,
            self._profiled("workspace"),
        )
        if not found.value:
            return ""
        self._note("workspace", found.value, found.origin)
        try:
            return str(UUID(found.value))
        except ValueError:
            words = f"{found.value!r} is not a UUID"
            raise ConfigError(Mistake(words, key=found.origin)) from None

    def _console_url(self, *, is_tailor: bool) -> str:
        variable = self._platform_variable("TAILOR_PLATFORM_CONSOLE_URL") if is_tailor else _NOTHING
        return self._plain("console_url", variable, self._profiled("console_url"))

    def _protected(self, *, is_here: bool) -> bool:
        said = self.profile.get("protected")
        if isinstance(said, bool) and (said or self.is_as_profiled):
            self._note("protected", said, self._origin("protected"))
            return said
        # Leave to be careless was given for the profile's own address, not for another one.
        origin = "default: not all is as the profile says" if said is False else "default"
        self._note("protected", not is_here, origin)
        return not is_here

    def _read_only(self) -> bool:
        said = self.profile.get("read_only") is True
        origin = self._origin("read_only") if said else "default"
        is_read_only = said or self.flags.read_only
        self._note("read_only", is_read_only, "--read-only" if self.flags.read_only else origin)
        return is_read_only

    def _shell_words(self) -> tuple[str, ...]:
        """Name the target for a shell that may mean another one; not the project one stands in."""
        choice, workspace = self.choice, self.flags.workspace
        place = ("--profile", choice.profile) if choice.profile else ()
        place = ("--url", choice.url) if choice.url else place
        return (*place, *(("--workspace", workspace) if workspace else ()))

    def _color(self) -> str:
        said = self.profile.get("color")
        if not isinstance(said, str) or not said:
            return ""
        self._note("color", said, self._origin("color"))
        return said

    # Values

    def _origin(self, key: str) -> str:
        return self.config.origin("profiles", self.choice.profile, key)

    def _mistake(self, key: str, text: str, hint: str = "") -> Mistake:
        path = ("profiles", self.choice.profile, key)
        line = line_of(self.config.text, path)
        return Mistake(text, self.config.file, line, ".".join(path), hint)

    def _profiled(self, key: str) -> _Value:
        value = self.profile.get(key)
        return _Value(self.choice.rank, str(value), self._origin(key)) if value else _NOTHING

    def _profiled_project(self) -> Path | None:
        named = self.profile.get("project")
        if not named or self.profile.get("kind") not in (None, "project"):
            return None
        folder = self.config.file.parent / expanded(str(named), self.env)
        if (folder / PROJECT_FILE).is_file():
            return folder
        raise ConfigError(self._mistake("project", f"there is no {PROJECT_FILE} in {folder}"))

    def _platform_variable(self, *names: str) -> _Value:
        for name in names:
            if value := self.env.get(name):
                return _Value(Rank.PLATFORM_VARIABLE, value, name)
        return _NOTHING

    def _first(self, key: str, *values: _Value) -> _Value:
        """Take the value of the highest rank, and say so when it is not the profile's own."""
        given = sorted((v for v in values if v.value), key=lambda value: value.rank)
        if not given:
            return _NOTHING
        first = given[0]
        own = [value for value in given if self.profile and value.rank is self.choice.rank]
        if own and own[0].value != first.value:
            # Another token is not another place.
            self.is_as_profiled = self.is_as_profiled and key == "token"
            name = self.choice.profile
            self.notes.append(f"{key} is from {first.origin}, not from profile {name!r}")
        return first

    def _plain(self, key: str, *values: _Value) -> str:
        found = self._first(key, *values)
        if found.value:
            self._note(key, found.value, found.origin)
        return found.value

    def _note(self, key: str, value: object, origin: str) -> None:
        self.settings.append(Setting(key, value, origin))


def _project_name(folder: Path) -> str:
    """Read the name a project gives itself; whoever loads it says what is wrong with its file."""
    try:
        _, raw = read_toml(folder / PROJECT_FILE)
    except ConfigError:
        return folder.name
    table = raw.get("project")
    name = table.get("name") if isinstance(table, dict) else None
    return name if isinstance(name, str) and name else folder.name
