"""Everything that is read from the journal; nothing here can take the write lock."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from console.engine.changes import read_changes
from console.engine.database import ReaderPool
from console.engine.interface import UnknownExecution, UnknownFunctionExecution
from console.engine.paging import (
    MAXIMUM,
    Position,
    count_matches,
    make_token,
    page_size,
    read_token,
    select_page,
)
from console.engine.records import (
    attempt_record,
    execution_record,
    function_record,
    job_attempt_record,
    job_record,
    moment,
    wait_point_record,
)
from console.engine.totals import count_by_status
from console.engine.writing import RUNNABLE, milliseconds_of
from console.model.execution import (
    AttemptHistory,
    Execution,
    FunctionExecution,
    JobExecution,
    WaitPoint,
)
from console.model.query import ChangeSet, Counts, ExecutionQuery, Page
from console.model.states import ExecutionStatus


@dataclass(frozen=True, slots=True)
class Identity:
    """What a journal says of itself."""

    workspace_id: str
    created_at: datetime | None


@dataclass(frozen=True, slots=True)
class Deployed:
    """What the journal keeps of a workflow's definition."""

    id: str
    created_at: datetime | None
    updated_at: datetime | None


@dataclass(frozen=True, slots=True)
class FunctionPlace:
    """A function execution without its log, and where its log is."""

    execution_id: str
    record: FunctionExecution


class Reads:
    """Reads the journal, each answer from one moment of it."""

    def __init__(self, pool: ReaderPool):
        self._pool = pool

    def identity(self) -> Identity:
        """Read the journal's own id and age."""
        with self._pool.snapshot() as connection:
            row = connection.execute("SELECT workspace_id, created_at FROM identity").fetchone()
        return Identity(row["workspace_id"], moment(row["created_at"]))

    def deployed(self) -> tuple[Mapping[str, Deployed], Mapping[str, int]]:
        """Read the workflows' dates and the jobs' versions, by name."""
        with self._pool.snapshot() as connection:
            workflows = {
                row["name"]: Deployed(
                    row["id"], moment(row["created_at"]), moment(row["updated_at"])
                )
                for row in connection.execute("SELECT * FROM workflow")
            }
            versions = dict(connection.execute("SELECT name, version FROM job").fetchall())
        return workflows, versions

    def get(self, execution_id: str) -> Execution:
        """Read one execution with its jobs. Raises UnknownExecution."""
        with self._pool.snapshot() as connection:
            return _with_jobs(connection, [_execution(connection, execution_id)])[0]

    def list(self, query: ExecutionQuery) -> Page[Execution]:
        """Read a page of executions with their jobs. Raises InvalidPageToken."""
        after = read_token(query)
        with self._pool.snapshot() as connection:
            rows = select_page(connection, query, after)
            size = page_size(query)
            has_more = len(rows) > size
            rows = rows[:size]
            items = _with_jobs(connection, rows)
            total = count_matches(connection, query)
        token = ""
        if has_more:
            token = make_token(query, Position(rows[-1]["created_at"], rows[-1]["id"]))
        return Page(items, token, total)

    def counts(self, since: datetime | None) -> Counts:
        """Count executions by state."""
        moment = None if since is None else milliseconds_of(since)
        with self._pool.snapshot() as connection:
            counts = count_by_status(connection, None, moment)
        return Counts({ExecutionStatus(status): count for status, count in counts.items()})

    def changes(self, cursor: str, limit: int) -> ChangeSet:
        """Read what changed since a cursor."""
        with self._pool.snapshot() as connection:
            return read_changes(connection, cursor, max(1, min(limit, MAXIMUM)), _with_jobs)

    def attempts(self, execution_id: str) -> AttemptHistory:
        """Read everything that was tried for an execution. Raises UnknownExecution."""
        with self._pool.snapshot() as connection:
            execution = _execution(connection, execution_id)
            attempts = connection.execute(
                "SELECT * FROM attempt WHERE execution_id = ? ORDER BY number", (execution_id,)
            ).fetchall()
            jobs = connection.execute(
                "SELECT f.*, j.stacked_name, j.turn, j.input FROM function_execution f"
                " JOIN job_execution j ON j.id = f.job_execution_id"
                " WHERE f.execution_id = ? ORDER BY f.rowid",
                (execution_id,),
            ).fetchall()
        return AttemptHistory(
            tuple(attempt_record(row) for row in attempts),
            tuple(job_attempt_record(row) for row in jobs),
            input=execution["argument"],
            invoker=execution["invoker"],
        )

    def function_execution(self, identifier: str) -> FunctionPlace:
        """Read one function execution. Raises UnknownFunctionExecution."""
        with self._pool.snapshot() as connection:
            row = connection.execute(
                "SELECT * FROM function_execution WHERE id = ?", (identifier,)
            ).fetchone()
        if row is None:
            raise UnknownFunctionExecution(f"there is no function execution {identifier}")
        return FunctionPlace(row["execution_id"], function_record(row, ""))

    def wait_points(self, execution_id: str) -> Sequence[WaitPoint]:
        """Read where an execution waits or waited, oldest first. Raises UnknownExecution."""
        with self._pool.snapshot() as connection:
            _execution(connection, execution_id)
            rows = connection.execute(
                "SELECT * FROM wait_point WHERE execution_id = ? ORDER BY created_at, place, turn",
                (execution_id,),
            ).fetchall()
        return tuple(wait_point_record(row) for row in rows)

    def load(self) -> tuple[int, int]:
        """Count the executions that run, and those that wait for a worker."""
        with self._pool.snapshot() as connection:
            row = connection.execute(
                "SELECT coalesce(sum(CASE WHEN status = 'RUNNING' THEN count END), 0),"
                f" coalesce(sum(CASE WHEN status IN {RUNNABLE} THEN count END), 0) FROM tally"
            ).fetchone()
        return int(row[0]), int(row[1])


def _execution(connection: sqlite3.Connection, execution_id: str) -> sqlite3.Row:
    row: sqlite3.Row | None = connection.execute(
        "SELECT * FROM execution WHERE id = ?", (execution_id,)
    ).fetchone()
    if row is None:
        raise UnknownExecution(f"there is no execution {execution_id}")
    return row


def _with_jobs(
    connection: sqlite3.Connection, rows: Sequence[sqlite3.Row]
) -> tuple[Execution, ...]:
    jobs: dict[str, list[JobExecution]] = defaultdict(list)
    for start in range(0, len(rows), 500):
        some = [row["id"] for row in rows[start : start + 500]]
        marks = ",".join("?" * len(some))
        for row in connection.execute(
            f"SELECT * FROM job_execution WHERE execution_id IN ({marks})"
            " ORDER BY execution_id, place",
            some,
        ):
            jobs[row["execution_id"]].append(job_record(row))
    return tuple(execution_record(row, jobs[row["id"]]) for row in rows)
