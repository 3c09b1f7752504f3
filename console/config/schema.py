"""What `config.toml` may say. Pydantic is imported here only: 60 ms that most starts do without.

[profiles.shop-prod]
kind = "tailor"                 tailor, url or project; told by the other keys where it is left out
workspace = "…uuid…"            which workspace of the server
token_env = "SHOP_TOKEN"        the variable that holds the token
protected = true                the default for everything that is not on this machine
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from console.config.mistakes import Mistake, line_of, nearest


def _uuid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise ValueError("must be a UUID") from None


def _address(text: str) -> str:
    if not text.startswith(("http://", "https://", "unix:")):
        raise ValueError("must start with http://, https:// or unix:")
    return text


class Table(BaseModel):
    """A table that takes no unknown keys and converts nothing."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Profile(Table):
    """`[profiles.NAME]`: where the console is pointed."""

    kind: Literal["tailor", "url", "project"] | None = None
    """What answers: the hosted platform, any server, or a project on this machine."""
    workspace: Annotated[str, AfterValidator(_uuid)] | None = None
    """The workspace's UUID; left out, the server's only one is taken."""
    url: Annotated[str, AfterValidator(_address)] | None = None
    """The server's address: `https://host`, `http://host:port` or `unix:/path/to/socket`."""
    project: Annotated[str, Field(min_length=1)] | None = None
    """The project's folder; `~` is the home folder."""
    application: str | None = None
    """The application whose machine users are used; left out, the only one."""
    token_env: Annotated[str, Field(min_length=1)] | None = None
    """The environment variable that holds the token."""
    console_url: str | None = None
    """Address of the web console, for links."""
    protected: bool | None = None
    """Ask for the workflow's name before anything is changed."""
    read_only: bool = False
    """Refuse everything that changes something."""
    color: str | None = None
    """How the profile's name is painted."""

    @model_validator(mode="after")
    def _has_its_address(self) -> Profile:
        if self.kind in ("url", "project") and not getattr(self, self.kind):
            raise ValueError(f"kind {self.kind!r} needs the key `{self.kind}`")
        if self.url and self.project:
            raise ValueError("`url` and `project` exclude each other")
        if self.kind is None and not (self.url or self.project or self.workspace):
            raise ValueError("says no address: give `url`, `project` or `workspace`")
        return self


class Ui(Table):
    """`[ui]`: how the screen looks."""

    theme: str = ""
    """A theme's name."""
    glyphs: Literal["auto", "unicode", "ascii"] = "auto"
    """`auto` asks the terminal how wide an ambiguous glyph is."""
    mouse: bool = True
    """Whether the mouse is taken."""
    refresh: float = Field(default=0, ge=0, le=3600)
    """Seconds that are let pass between two polls of anything, at least."""


class ConfigFile(Table):
    """The whole of `config.toml`."""

    profile: str | None = None
    """The profile that is taken when nothing else says where."""
    profiles: dict[str, Profile] = Field(default_factory=dict)
    ui: Ui = Field(default_factory=Ui)


def check(raw: Mapping[str, object], *, file: Path, text: str) -> tuple[Mistake, ...]:
    """Find every mistake of a `config.toml`, in the order of its lines."""
    mistakes: list[Mistake] = []
    config: ConfigFile | None = None
    try:
        config = ConfigFile.model_validate(raw)
    except ValidationError as error:
        for problem in error.errors(include_url=False, include_context=True, include_input=True):
            path = [str(part) for part in problem["loc"]]
            words, hint = _explain(problem, path)
            mistakes.append(Mistake(words, file, line_of(text, path), ".".join(path), hint))
    if config and config.profile is not None and config.profile not in config.profiles:
        hint = nearest(config.profile, config.profiles) or "add it as [profiles.NAME]"
        words = f"there is no profile {config.profile!r}"
        mistakes.append(Mistake(words, file, line_of(text, ["profile"]), "profile", hint))
    return tuple(sorted(mistakes, key=lambda mistake: mistake.line))


_TYPES = {
    "string_type": "must be a text in quotes",
    "bool_type": "must be true or false",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "dict_type": "must be a table",
    "string_too_short": "must not be empty",
}


def _explain(problem: Any, path: Sequence[str]) -> tuple[str, str]:
    kind = problem["type"]
    if kind == "extra_forbidden":
        return "unknown key", nearest(path[-1], _fields(path[:-1]))
    if kind == "literal_error":
        given = problem["input"]
        choices = problem["ctx"]["expected"].replace("'", "`")
        return f"{given!r} is not one of {choices}", ""
    if kind == "value_error":
        return str(problem["ctx"]["error"]), ""
    return _TYPES.get(kind, problem["msg"].lower()), ""


def _fields(path: Sequence[str]) -> list[str]:
    """Give the keys a table may have, by its path."""
    table: type[BaseModel] = ConfigFile
    if path[:1] == ["profiles"] and len(path) == 2:
        table = Profile
    elif path == ["ui"]:
        table = Ui
    return list(table.model_fields)
