"""Making a new journal, and bringing an older one up to date."""

from __future__ import annotations

import sqlite3
import time
import uuid
from pathlib import Path

from console.engine.database import Database
from console.engine.interface import EngineUnavailable
from console.engine.schema import APPLICATION_ID, STEPS

CHECKED_BYTES = 32 * 1024 * 1024
"""A journal up to this size is checked page by page when it is opened: about 50 ms at the most."""


def open_journal(
    path: Path, steps: tuple[str, ...] = STEPS, *, is_checked: bool = True
) -> Database:
    """Open the journal for writing; make it when there is none, migrate it when it is older.

    `is_checked`: look through all of it for damage, when it is small. Raises EngineUnavailable for
    a damaged file, a newer one, and one that is not a journal.
    """
    database = Database(path)
    try:
        _prepare(database, steps, is_checked)
    except BaseException:
        database.close()
        raise
    return database


def _prepare(database: Database, steps: tuple[str, ...], is_checked: bool) -> None:
    with database.snapshot() as connection:
        version = _pragma(connection, "user_version")
        owner = _pragma(connection, "application_id")
        is_empty = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0
    if not is_empty and owner != APPLICATION_ID:
        raise EngineUnavailable(f"{database.path} is not a journal of this program; move it aside")
    if version > len(steps):
        raise EngineUnavailable(
            f"the journal {database.path} was written by a newer version of this program"
            f" (schema {version}; this one knows {len(steps)}): update the program"
        )
    if is_checked and not is_empty and database.path.stat().st_size <= CHECKED_BYTES:
        _check(database)
    with database.errors():
        # Outside a transaction, and kept in the file: only the first opening changes anything.
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA journal_size_limit = 16777216")
    if version < len(steps):
        _migrate(database, steps)


def _check(database: Database) -> None:
    with database.snapshot() as connection:
        found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise EngineUnavailable(
            f"the journal {database.path} is damaged ({found}); move it aside, or restore a copy"
        )


def _migrate(database: Database, steps: tuple[str, ...]) -> None:
    with database.transaction() as connection:
        version = _pragma(connection, "user_version")
        for number in range(version, len(steps)):
            for statement in _statements(steps[number]):
                connection.execute(statement)
        if version == 0:
            connection.execute(
                "INSERT INTO identity (only_row, workspace_id, created_at) VALUES (1, ?, ?)",
                (str(uuid.uuid4()), time.time_ns() // 1_000_000),
            )
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(steps)}")


def _statements(script: str) -> list[str]:
    """Split a script: `executescript` would commit the transaction it is part of."""
    statements: list[str] = []
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            statements.append(pending.strip())
            pending = ""
    return statements


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])
