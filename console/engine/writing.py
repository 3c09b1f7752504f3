"""What every write to the journal shares: the change sequence, a new execution, an answer."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from console.clock import Clock
from console.engine.interface import NotInState, UnknownExecution, UnknownWaitPoint
from console.model.states import ExecutionStatus

RUNNABLE = "('PENDING', 'PENDING_RESUME', 'PENDING_RETRY')"
"""States that wait for a worker; spelled as in the queue's index, or SQLite does not use it."""
ENDED = "finished_at = max(?, coalesce(started_at, 0))"
"""Sets when something ended; no sooner than it began, also when the clock was set back."""

EPOCH = datetime.fromtimestamp(0, UTC)


def milliseconds_of(moment: datetime) -> int:
    """Give a time as the journal keeps it: cut off, as the times in logs are.

    Rounded, a job would begin after the first line it prints.
    """
    return (moment - EPOCH) // timedelta(milliseconds=1)


def milliseconds(clock: Clock) -> int:
    """Give the wall clock as the journal keeps it."""
    return milliseconds_of(clock.now())


def next_change(connection: sqlite3.Connection) -> int:
    """Take the next number of the change sequence."""
    row = connection.execute("UPDATE identity SET change = change + 1 RETURNING change").fetchone()
    return int(row[0])


@dataclass(frozen=True, slots=True)
class NewExecution:
    """What an execution is started with; `argument` is JSON text, checked already."""

    id: str
    workflow: str
    argument: str
    invoker: str
    actor: str = ""
    reason: str = ""


def insert_execution(connection: sqlite3.Connection, new: NewExecution, now: int) -> None:
    """Record an execution as PENDING, with its first attempt."""
    connection.execute(
        "INSERT INTO execution (id, workflow, status, argument, invoker, created_at, queued_at,"
        " change) VALUES (?, ?, 'PENDING', ?, ?, ?, ?, ?)",
        (new.id, new.workflow, new.argument, new.invoker, now, now, next_change(connection)),
    )
    insert_attempt(connection, new.id, 1, ExecutionStatus.PENDING, new.actor, new.reason)


def insert_attempt(
    connection: sqlite3.Connection,
    execution_id: str,
    number: int,
    status: ExecutionStatus,
    actor: str,
    reason: str,
) -> None:
    """Record that an attempt was asked for; it has not started."""
    connection.execute(
        "INSERT INTO attempt (execution_id, number, status, actor, reason) VALUES (?, ?, ?, ?, ?)",
        (execution_id, number, status, actor, reason),
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody answers to a wait point; `result` is JSON text, checked already."""

    execution_id: str
    key: str
    result: str
    turn: int | None = None
    """Which wait of its job, of any key, from 0; None for the open one."""
    actor: str = ""
    reason: str = ""


def resolve_wait_point(connection: sqlite3.Connection, answer: Answer, now: int) -> tuple[str, int]:
    """Record an answer, once, and let the execution go on; gives the wait's place and turn.

    Raises UnknownExecution, UnknownWaitPoint, NotInState.
    """
    status = execution_status(connection, answer.execution_id)
    wanted = "" if answer.turn is None else " AND turn = ?"
    wait = connection.execute(
        "SELECT place, turn, resolved_at FROM wait_point WHERE execution_id = ? AND key = ?"
        + wanted
        + " ORDER BY resolved_at IS NULL DESC, created_at DESC LIMIT 1",
        (answer.execution_id, answer.key, *(() if answer.turn is None else (answer.turn,))),
    ).fetchone()
    if wait is None:
        raise UnknownWaitPoint(_not_waited_for(connection, answer))
    if wait["resolved_at"] is not None:
        which = "" if answer.turn is None else f" turn {answer.turn}"
        raise NotInState(f"the wait point {answer.key!r}{which} was answered already")
    moved = connection.execute(
        "UPDATE execution SET status = 'PENDING_RESUME', queued_at = ?, change = ?"
        " WHERE id = ? AND status = 'WAITING'",
        (now, next_change(connection), answer.execution_id),
    )
    if moved.rowcount == 0:
        raise NotInState(f"execution {answer.execution_id} is {status}: it waits for no answer")
    set_attempt_status(connection, answer.execution_id, ExecutionStatus.PENDING_RESUME)
    connection.execute(
        "UPDATE wait_point SET resolved_at = ?, result = ?, actor = ?, reason = ?"
        " WHERE execution_id = ? AND place = ? AND turn = ? AND resolved_at IS NULL",
        (
            now,
            answer.result,
            answer.actor,
            answer.reason,
            answer.execution_id,
            wait["place"],
            wait["turn"],
        ),
    )
    return str(wait["place"]), int(wait["turn"])


def _not_waited_for(connection: sqlite3.Connection, answer: Answer) -> str:
    opened = connection.execute(
        "SELECT key, turn FROM wait_point WHERE execution_id = ? AND resolved_at IS NULL",
        (answer.execution_id,),
    ).fetchall()
    there_is = ", ".join(f"{row['key']} turn {row['turn']}" for row in opened) or "nothing"
    if answer.turn is None:
        missing = f"has no wait point {answer.key!r}"
    else:
        missing = f"does not wait at {answer.key!r} turn {answer.turn}"
    return f"execution {answer.execution_id} {missing}; open: {there_is}"


def execution_status(connection: sqlite3.Connection, execution_id: str) -> ExecutionStatus:
    """Read an execution's state. Raises UnknownExecution."""
    row = connection.execute(
        "SELECT status FROM execution WHERE id = ?", (execution_id,)
    ).fetchone()
    if row is None:
        raise UnknownExecution(f"there is no execution {execution_id}")
    return ExecutionStatus(row["status"])


def set_attempt_status(
    connection: sqlite3.Connection, execution_id: str, status: ExecutionStatus
) -> None:
    """Let the latest attempt say the same as its execution."""
    connection.execute(
        "UPDATE attempt SET status = ? WHERE execution_id = ? AND number ="
        " (SELECT attempt FROM execution WHERE id = ?)",
        (status, execution_id, execution_id),
    )


def close_jobs(
    connection: sqlite3.Connection, execution_id: str, now: int, error_type: str, message: str
) -> None:
    """Mark what ran, waited or was suspended as CANCELED: it counts as not run."""
    open_states = "('RUNNING', 'SUSPEND', 'WAITING')"
    connection.execute(
        f"UPDATE function_execution SET status = 'CANCELED', {ENDED}, error_type = ?,"
        " error_message = ?, error_kind = 'platform'"
        f" WHERE execution_id = ? AND status IN {open_states}",
        (now, error_type, message, execution_id),
    )
    connection.execute(
        f"UPDATE job_execution SET status = 'CANCELED', {ENDED}"
        f" WHERE execution_id = ? AND status IN {open_states}",
        (now, execution_id),
    )
