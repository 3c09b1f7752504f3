"""What changed since a cursor, from one sequence over the whole journal."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

from console.model.execution import Execution
from console.model.ids import ExecutionId
from console.model.query import ChangeSet

Load = Callable[[sqlite3.Connection, Sequence[sqlite3.Row]], tuple[Execution, ...]]


def read_changes(connection: sqlite3.Connection, cursor: str, limit: int, load: Load) -> ChangeSet:
    """Read the next changes after a cursor; `load` turns rows into executions with their jobs.

    A cursor of another journal, one from the future and one older than what is remembered of
    pruned executions answer `reset`.
    """
    row = connection.execute("SELECT workspace_id, change, forgotten FROM identity").fetchone()
    journal, latest = str(row["workspace_id"])[:8], int(row["change"])
    since = _position(cursor, journal)
    if since is None or since > latest or since < row["forgotten"]:
        return ChangeSet(_cursor(journal, latest), reset=True)
    if since == latest:
        return ChangeSet(cursor)
    changed = connection.execute(
        "SELECT * FROM execution WHERE change > ? ORDER BY change LIMIT ?", (since, limit)
    ).fetchall()
    gone = connection.execute(
        "SELECT change, execution_id FROM gone WHERE change > ? ORDER BY change LIMIT ?",
        (since, limit),
    ).fetchall()
    numbers = sorted(row["change"] for row in (*changed, *gone))[:limit]
    # A full answer ends where it was cut; else nothing up to the latest number is missing.
    end = numbers[-1] if len(numbers) == limit else latest
    return ChangeSet(
        _cursor(journal, end),
        load(connection, [row for row in changed if row["change"] <= end]),
        tuple(ExecutionId(row["execution_id"]) for row in gone if row["change"] <= end),
    )


def _cursor(journal: str, number: int) -> str:
    return f"{journal}.{number}"


def _position(cursor: str, journal: str) -> int | None:
    owner, _, number = cursor.partition(".")
    # Python refuses to read a number of thousands of digits, and no journal comes that far.
    is_number = number.isascii() and number.isdecimal() and len(number) < 20
    return int(number) if owner == journal and is_number else None
