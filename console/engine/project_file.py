"""The project file, `wfc.toml`: found, read, and checked without importing anybody's code."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from console.engine.problems import Problem, ProjectInvalid

if TYPE_CHECKING:
    from console.engine.project_schema import ProjectSchema

PROJECT_FILE = "wfc.toml"
DEFAULT_FILES = ("workflows/**/*.py",)
DEFAULT_RESOLVERS = ("resolvers/**/*.py",)
DEFAULT_IGNORES = ("**/test_*.py", "**/*_test.py", "**/conftest.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFile:
    """What `wfc.toml` says; paths are absolute."""

    root: Path
    """The project's folder."""
    name: str
    """The application's name on the wire."""
    patterns: tuple[str, ...] = DEFAULT_FILES
    """Where definitions are, from the root."""
    ignores: tuple[str, ...] = DEFAULT_IGNORES
    resolver_patterns: tuple[str, ...] = DEFAULT_RESOLVERS
    """Where resolvers are, from the root."""
    env: Mapping[str, str] = field(default_factory=dict)
    """What a job sees as `context.env`."""
    machine_users: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """For each machine user, `rw` or `ro` for each database it may use."""
    databases: Mapping[str, str] = field(default_factory=dict)
    """The SQLAlchemy URL of each database; SQLite paths are absolute."""
    workers: int = 2
    """Worker processes."""
    grace_seconds: int = 5
    """How long running jobs may go on when the server is told to end."""
    resolver_seconds: int = 30
    """How long one call of a resolver may take, and how long it may wait for a process before."""
    resolver_processes: int | None = None
    """How many resolvers run at a time; None is as many as there are workers."""
    listen: str | None = None
    """`host:port` of a TCP listener; None is the Unix socket alone."""
    token_file: Path | None = None
    retention_days: int = 30
    text: str = field(default="", repr=False, compare=False)
    """What the file says."""

    def database(self, name: str, invoker: str | None) -> tuple[str, str]:
        """Give a database's URL and what the machine user may do there: `rw` or `ro`.

        Raises LookupError for a wrong name, PermissionError for what is not granted.
        """
        url = self.databases.get(name)
        if url is None:
            known = ", ".join(sorted(self.databases)) or "none"
            raise LookupError(f"no database {name!r} in {PROJECT_FILE}; there is: {known}")
        if invoker is None:
            raise PermissionError(
                f"the execution has no machine user, and so no database; start it with one that "
                f"{PROJECT_FILE} grants {name!r}"
            )
        permission = self.machine_users.get(invoker, {}).get(name)
        if permission is None:
            raise PermissionError(
                f"machine user {invoker!r} is not granted the database {name!r}; in {PROJECT_FILE} "
                f'write [machine_users.{invoker}] databases = {{ {name} = "ro" }}'
            )
        return url, permission


def find_project(start: Path) -> Path | None:
    """Find the nearest folder with a `wfc.toml`, from a folder upwards."""
    here = start.resolve()
    for folder in (here, *here.parents):
        if (folder / PROJECT_FILE).is_file():
            return folder
    return None


def read_project_file(root: Path) -> ProjectFile:
    """Read and check `wfc.toml`. Raises ProjectInvalid with every mistake in it."""
    settings, problems = examine_project_file(root)
    if problems:
        raise ProjectInvalid(problems)
    return settings


def examine_project_file(root: Path, text: str | None = None) -> tuple[ProjectFile, list[Problem]]:
    """Read `wfc.toml`; where it is wrong, say so, and give what can be used all the same.

    `text` is what was read of it before.
    """
    from console.engine.project_schema import find_problems, read_schema

    root = root.resolve()
    path = root / PROJECT_FILE
    fallback = ProjectFile(root=root, name=root.name)
    try:
        if text is None:
            text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except FileNotFoundError:
        advice = f'write one that begins with [project] and name = "{root.name}"'
        return fallback, [Problem(path, 0, f"there is no {PROJECT_FILE} here; {advice}")]
    except tomllib.TOMLDecodeError as error:
        return fallback, [Problem(path, _line_of(error), f"not TOML: {error}")]
    except (OSError, UnicodeDecodeError) as error:
        return fallback, [Problem(path, 0, f"cannot be read: {error}")]
    schema, problems = read_schema(path, text, data)
    if schema is None:
        return _with_patterns(fallback, data), problems
    settings = _settings(root, schema, text)
    return settings, problems + find_problems(path, text, schema)


def _settings(root: Path, schema: ProjectSchema, text: str) -> ProjectFile:
    server = schema.server
    return ProjectFile(
        root=root,
        name=schema.project.name,
        patterns=tuple(schema.project.files),
        ignores=tuple(schema.project.ignores),
        resolver_patterns=tuple(schema.project.resolvers),
        env=dict(schema.env),
        machine_users={name: dict(user.databases) for name, user in schema.machine_users.items()},
        databases={
            name: absolute_url(root, database.url) for name, database in schema.databases.items()
        },
        workers=server.workers,
        grace_seconds=server.grace_seconds,
        resolver_seconds=server.resolver_seconds,
        resolver_processes=server.resolver_processes,
        listen=server.listen,
        token_file=(root / server.token_file) if server.token_file else None,
        retention_days=schema.retention.days,
        text=text,
    )


def absolute_url(root: Path, url: str) -> str:
    """Make the path of a SQLite URL absolute, from the project's folder."""
    scheme, found, rest = url.partition(":///")
    if not found or scheme.partition("+")[0] != "sqlite":
        return url
    if rest.startswith("/"):
        return url
    return f"{scheme}:///{quote(str(root))}/{rest}"


def _with_patterns(settings: ProjectFile, data: Mapping[str, Any]) -> ProjectFile:
    """Keep the patterns of a file that is wrong elsewhere, so that definitions are checked too."""
    project = data.get("project")
    if not isinstance(project, dict):
        return settings

    def kept(key: str, default: tuple[str, ...]) -> tuple[str, ...]:
        value = project.get(key)
        is_usable = isinstance(value, list) and all(isinstance(item, str) for item in value)
        return tuple(value) if is_usable and value else default

    return replace(
        settings,
        patterns=kept("files", settings.patterns),
        ignores=kept("ignores", settings.ignores),
        resolver_patterns=kept("resolvers", settings.resolver_patterns),
    )


def _line_of(error: tomllib.TOMLDecodeError) -> int:
    found = re.search(r"at line (\d+)", str(error))
    return int(found[1]) if found else 0
