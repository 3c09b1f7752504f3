"""Reading the person's files with tomllib alone, so that most starts import no pydantic.

A file is validated by `schema` once after each change of it: the digest of a file without a
mistake is noted in the state folder, and a file with that digest is not checked again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from console import __version__
from console.config import paths
from console.config.mistakes import ConfigError, Mistake, line_of, nearest, read_toml
from console.config.settings import Setting


@dataclass(frozen=True, slots=True)
class UiSettings:
    """How the person wants the screen; `[ui]` and `keys.toml`."""

    theme: str = ""
    glyphs: str = "auto"
    mouse: bool = True
    keys: Mapping[str, str] = field(default_factory=dict)
    """Keys by command id; empty text removes one."""
    notes: tuple[str, ...] = ()
    """Complaints, one line each; the default is taken instead."""
    refresh: float = 0.0
    """Seconds that are let pass between two polls of anything."""


@dataclass(frozen=True, slots=True)
class UserConfig:
    """`config.toml` as it was read; its profiles are valid."""

    file: Path
    text: str = field(default="", repr=False)
    raw: Mapping[str, object] = field(default_factory=dict)
    notes: tuple[Mistake, ...] = ()
    """Mistakes in `[ui]`, which are no reason to stop."""

    @property
    def profiles(self) -> Mapping[str, Mapping[str, object]]:
        """The profiles by name."""
        return _table(self.raw, "profiles")  # type: ignore[return-value]

    @property
    def default_profile(self) -> str:
        """The profile the file names for when nothing else says where; empty for none."""
        return str(self.raw.get("profile", ""))

    def profile(self, name: str, *, asked_by: str) -> Mapping[str, object]:
        """Give one profile; the error for a wrong name says the nearest and who asked for it."""
        found = self.profiles.get(name)
        if found is not None:
            return found
        if not self.profiles:
            hint = f"no profiles are in {self.file}"
        else:
            hint = nearest(name, sorted(self.profiles))
        raise ConfigError(Mistake(f"there is no profile {name!r}", key=asked_by, hint=hint))

    def origin(self, *path: str) -> str:
        """Say where a value of the file stands."""
        line = line_of(self.text, path)
        return f"{self.file}:{line}" if line else str(self.file)


def load_config(env: Mapping[str, str]) -> UserConfig:
    """Read and validate `config.toml`; a missing one is empty, unless `WFC_CONFIG` names it.

    Raises:
        ConfigError: every mistake outside `[ui]`, at once.
    """
    file = paths.config_file(env)
    text, raw = read_toml(file)
    if not text:
        if env.get("WFC_CONFIG") and not file.is_file():
            raise ConfigError(Mistake(f"there is no file {file}", key="WFC_CONFIG"))
        return UserConfig(file)
    mistakes = _checked(text, raw, file, env)
    fatal = [mistake for mistake in mistakes if not _is_about_ui(mistake)]
    if fatal:
        raise ConfigError(*mistakes)
    return UserConfig(file, text, raw, mistakes)


def ui_settings(config: UserConfig, env: Mapping[str, str]) -> UiSettings:
    """Give the screen's settings; what is wrong is left out and noted."""
    wrong = {mistake.key for mistake in config.notes}
    table = {} if "ui" in wrong else _table(config.raw, "ui")
    given = {key: value for key, value in table.items() if f"ui.{key}" not in wrong}
    keys, mistakes = load_keys(env)
    return UiSettings(
        theme=str(given.get("theme", "")),
        glyphs=str(given.get("glyphs", "auto")),
        mouse=bool(given.get("mouse", True)),
        refresh=float(str(given.get("refresh", 0))),
        keys=keys,
        notes=tuple(map(str, (*config.notes, *mistakes))),
    )


def ui_origins(config: UserConfig, ui: UiSettings) -> tuple[Setting, ...]:
    """Say where each of the screen's settings came from."""
    table = _table(config.raw, "ui")
    values = {"theme": ui.theme, "glyphs": ui.glyphs, "mouse": ui.mouse, "refresh": ui.refresh}
    return tuple(
        Setting(f"ui.{key}", value, config.origin("ui", key) if key in table else "default")
        for key, value in values.items()
    )


def load_keys(env: Mapping[str, str]) -> tuple[dict[str, str], tuple[Mistake, ...]]:
    """Read `keys.toml`: `execution.resume = "R"`, in tables or with dots. Empty text unbinds."""
    file = paths.keys_file(env)
    try:
        text, raw = read_toml(file)
    except ConfigError as error:
        return {}, error.mistakes
    keys: dict[str, str] = {}
    mistakes: list[Mistake] = []
    stack: list[tuple[tuple[str, ...], object]] = [((), raw)]
    while stack:
        path, value = stack.pop()
        name = ".".join(path)
        if isinstance(value, Mapping):
            stack += [((*path, str(key)), below) for key, below in reversed([*value.items()])]
        elif isinstance(value, str):
            keys[name] = value
        else:
            line = line_of(text, path)
            mistakes.append(Mistake("must be a key's name in quotes", file, line, name))
    return keys, tuple(mistakes)


def _checked(
    text: str, raw: Mapping[str, object], file: Path, env: Mapping[str, str]
) -> tuple[Mistake, ...]:
    import hashlib  # costs 3 ms

    digest = hashlib.sha256(f"{__version__}\n{text}".encode()).hexdigest()
    note = paths.state_folder(env) / "config.valid"
    try:
        if note.read_text(encoding="ascii") == digest:
            return ()
    except (OSError, UnicodeDecodeError):
        pass
    from console.config.schema import check

    mistakes = check(raw, file=file, text=text)
    if not mistakes:
        try:
            note.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            note.write_text(digest, encoding="ascii")
        except OSError:  # a home that cannot be written is checked at each start
            pass
    return mistakes


def _table(raw: Mapping[str, object], key: str) -> Mapping[str, object]:
    found = raw.get(key, {})
    return found if isinstance(found, Mapping) else {}


def _is_about_ui(mistake: Mistake) -> bool:
    return mistake.key == "ui" or mistake.key.startswith("ui.")
