"""The keys of `wfc.toml`, and the words for each mistake in it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from console.engine.problems import Problem
from console.engine.project_file import DEFAULT_FILES, DEFAULT_IGNORES, DEFAULT_RESOLVERS
from console.engine.project_patterns import is_inside
from console.engine.toml_lines import line_of, lines_of
from console.workflow.names import name_problem

_PROJECT_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,28}[a-z0-9]\Z")
_LISTEN = re.compile(r"(?:\[[0-9a-fA-F:.]+\]|[^\s:\[\]/]+):([0-9]{1,5})\Z")
_SQLITE = re.compile(r"sqlite(\+pysqlite)?:///[^?]")
_POSTGRESQL = re.compile(r"postgres(ql)?(\+[a-z0-9]+)?://")

Text = Annotated[str, Field(strict=True)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ProjectTable(_Table):
    """`[project]`: the name, and where definitions are."""

    name: Text
    files: list[Text] = Field(default=list(DEFAULT_FILES), min_length=1)
    ignores: list[Text] = list(DEFAULT_IGNORES)
    resolvers: list[Text] = list(DEFAULT_RESOLVERS)


class MachineUserTable(_Table):
    """`[machine_users.NAME]`: what it may do with each database."""

    databases: dict[str, Literal["rw", "ro"]] = {}


class DatabaseTable(_Table):
    """`[databases.NAME]`: where it is."""

    url: Text


class ServerTable(_Table):
    """`[server]`: worker processes, their end, the bounds of resolvers, and the listener."""

    workers: int = Field(default=2, ge=1, le=64, strict=True)
    grace_seconds: int = Field(default=5, ge=0, le=3600, strict=True)
    resolver_seconds: int = Field(default=30, ge=1, le=3600, strict=True)
    resolver_processes: int | None = Field(default=None, ge=1, le=32, strict=True)
    listen: Text | None = None
    token_file: Text | None = None


class RetentionTable(_Table):
    """`[retention]`: how long finished executions are kept."""

    days: int = Field(default=30, ge=1, le=36500, strict=True)


class ProjectSchema(_Table):
    """The whole file."""

    project: ProjectTable
    env: dict[str, Text] = {}
    machine_users: dict[str, MachineUserTable] = {}
    databases: dict[str, DatabaseTable] = {}
    server: ServerTable = ServerTable()
    retention: RetentionTable = RetentionTable()


def read_schema(
    path: Path, text: str, data: Mapping[str, Any]
) -> tuple[ProjectSchema | None, list[Problem]]:
    """Validate the parsed file; on mistakes None, and each of them in words."""
    try:
        return ProjectSchema.model_validate(data), []
    except ValidationError as error:
        lines = lines_of(text)
        return None, [
            Problem(path, line_of(lines, detail["loc"]), _words(dict(detail)))
            for detail in error.errors(include_url=False)
        ]


def find_problems(path: Path, text: str, schema: ProjectSchema) -> list[Problem]:
    """Check what a schema cannot say: names, URLs, patterns, and what refers to what."""
    lines = lines_of(text)

    def at(message: str, *location: str | int) -> None:
        problems.append(Problem(path, line_of(lines, location), message))

    problems: list[Problem] = []
    if not _PROJECT_NAME.match(schema.project.name):
        at(
            f"project name {schema.project.name!r} must be 3 to 30 lower-case letters, digits and "
            "dashes, beginning and ending with a letter or digit",
            "project",
            "name",
        )
    for key in ("files", "ignores", "resolvers"):
        for pattern in getattr(schema.project, key):
            if not is_inside(pattern):
                at(f"pattern {pattern!r} must stay inside the project", "project", key)
    for user, table in schema.machine_users.items():
        if problem := name_problem("machine user", user):
            at(problem, "machine_users", user)
        for database in table.databases:
            if database not in schema.databases:
                at(
                    f"machine user {user!r} is granted the database {database!r}, which is not "
                    f"defined{_nearest(database, schema.databases)}; "
                    f'write [databases.{database}] with url = "…"',
                    *("machine_users", user, "databases", database),
                )
    for name, entry in schema.databases.items():
        if problem := _url_problem(entry.url):
            at(f"database {name!r}: {problem}", "databases", name, "url")
    listen = schema.server.listen
    if listen is not None:
        match = _LISTEN.match(listen)
        if match is None or int(match[1]) > 65535:
            at(f'listen = {listen!r} is not "host:port"', "server", "listen")
    return problems


def _url_problem(url: str) -> str | None:
    if _SQLITE.match(url) or _POSTGRESQL.match(url):
        return None
    scheme = url.partition(":")[0]
    if scheme.startswith("sqlite"):
        return 'url must name a file: "sqlite:///shop.db"'
    return f'url begins with {scheme!r}; write "sqlite:///shop.db" or "postgresql://host/name"'


def _words(detail: Mapping[str, Any]) -> str:
    location: tuple[str | int, ...] = detail["loc"]
    key = ".".join(map(str, location))
    match detail["type"]:
        case "extra_forbidden":
            known = _keys_at(location[:-1])
            table = ".".join(map(str, location[:-1]))
            where = f"in [{table}]" if table else "at the top level"
            return f"unknown key {location[-1]!r} {where}{_nearest(str(location[-1]), known)}"
        case "missing":
            return f"the key {key!r} is missing"
    return f"{key} = {detail['input']!r}: {detail['msg'][:1].lower()}{detail['msg'][1:]}"


def _nearest(word: str, known: Mapping[str, object]) -> str:
    close = difflib.get_close_matches(word, known, 1)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; known: {', '.join(known)}" if known else ""


def _keys_at(location: tuple[str | int, ...]) -> Mapping[str, object]:
    """Give the keys a table knows."""
    tables: dict[str, type[BaseModel]] = {
        "": ProjectSchema,
        "project": ProjectTable,
        "machine_users": MachineUserTable,
        "databases": DatabaseTable,
        "server": ServerTable,
        "retention": RetentionTable,
    }
    return tables[str(location[0]) if location else ""].model_fields
