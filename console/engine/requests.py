"""What people ask of the journal: start, resume, answer, cancel, deploy."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from console.clock import Clock
from console.engine.database import Database
from console.engine.interface import InvalidArgument, NotInState
from console.engine.writing import (
    ENDED,
    Answer,
    NewExecution,
    close_jobs,
    execution_status,
    insert_attempt,
    insert_execution,
    milliseconds,
    next_change,
    resolve_wait_point,
    set_attempt_status,
)
from console.model.states import ExecutionStatus


@dataclass(frozen=True, slots=True)
class Deployment:
    """What the journal keeps of a project's definitions."""

    workflows: Mapping[str, str]
    """A fingerprint of each workflow, by name; it changes when the workflow or a job of it does."""
    jobs: Mapping[str, str]
    """A hash of each job's source, by name."""


class Requests:
    """Writes what was asked for, each in one short transaction."""

    def __init__(self, database: Database, clock: Clock):
        self._database = database
        self._clock = clock

    def start(self, new: NewExecution) -> None:
        """Record an execution; the same id with the same request changes nothing.

        Raises InvalidArgument when the id belongs to another request.
        """
        with self._database.transaction() as connection:
            known = connection.execute(
                "SELECT workflow, argument, invoker FROM execution WHERE id = ?", (new.id,)
            ).fetchone()
            if known is None:
                insert_execution(connection, new, milliseconds(self._clock))
            elif tuple(known) != (new.workflow, new.argument, new.invoker):
                raise InvalidArgument(f"the execution id {new.id} belongs to another request")

    def resume(self, execution_id: str, actor: str, reason: str) -> None:
        """Move FAILED to PENDING_RESUME, one attempt more. Raises UnknownExecution, NotInState."""
        now = milliseconds(self._clock)
        with self._database.transaction() as connection:
            status = execution_status(connection, execution_id)
            moved = connection.execute(
                "UPDATE execution SET status = 'PENDING_RESUME', attempt = attempt + 1,"
                " finished_at = NULL, queued_at = ?, retry_count = 0, losses = 0, change = ?"
                " WHERE id = ? AND status = 'FAILED' RETURNING attempt",
                (now, next_change(connection), execution_id),
            ).fetchone()
            if moved is None:
                raise NotInState(
                    f"execution {execution_id} is {status}; only a FAILED one can be resumed"
                )
            insert_attempt(
                connection,
                execution_id,
                moved["attempt"],
                ExecutionStatus.PENDING_RESUME,
                actor,
                reason,
            )

    def resolve(self, answer: Answer) -> None:
        """Answer a wait point, once. Raises UnknownExecution, UnknownWaitPoint, NotInState."""
        with self._database.transaction() as connection:
            resolve_wait_point(connection, answer, milliseconds(self._clock))

    def cancel(self, execution_id: str, actor: str, reason: str) -> ExecutionStatus:
        """Cancel what no worker holds; of what runs, record that it is to be stopped.

        Gives the state it is in now: CANCELED, or still RUNNING until its worker has stopped.
        Raises UnknownExecution, NotInState.
        """
        with self._database.transaction() as connection:
            status = execution_status(connection, execution_id)
            if status.is_finished:
                raise NotInState(f"execution {execution_id} is {status} already")
            connection.execute(
                "UPDATE execution SET cancel_actor = ?, cancel_reason = ?, change = ?"
                " WHERE id = ? AND cancel_actor IS NULL",
                (actor, reason, next_change(connection), execution_id),
            )
            if status is ExecutionStatus.RUNNING:
                return status
            end_canceled(connection, execution_id, milliseconds(self._clock))
            return ExecutionStatus.CANCELED

    def deploy(self, deployment: Deployment) -> None:
        """Count up the versions of jobs that changed, and note when each workflow did."""
        now = milliseconds(self._clock)
        with self._database.snapshot() as connection:
            jobs = dict(connection.execute("SELECT name, fingerprint FROM job").fetchall())
            workflows = dict(
                connection.execute("SELECT name, fingerprint FROM workflow").fetchall()
            )
        changed_jobs = deployment.jobs.items() - jobs.items()
        changed_workflows = deployment.workflows.items() - workflows.items()
        if not changed_jobs and not changed_workflows:
            return
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT INTO job (name, fingerprint, version) VALUES (?, ?, 1)"
                " ON CONFLICT (name) DO UPDATE SET fingerprint = excluded.fingerprint,"
                " version = version + 1",
                sorted(changed_jobs),
            )
            connection.executemany(
                "INSERT INTO workflow (name, fingerprint, id, created_at, updated_at)"
                " VALUES (?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET"
                " fingerprint = excluded.fingerprint, updated_at = excluded.updated_at",
                [
                    (name, fingerprint, str(uuid.uuid4()), now, now)
                    for name, fingerprint in sorted(changed_workflows)
                ],
            )


def end_canceled(connection: sqlite3.Connection, execution_id: str, now: int) -> None:
    """Make an execution CANCELED, for which that was asked, and close what is open in it."""
    row = connection.execute(
        f"UPDATE execution SET status = 'CANCELED', {ENDED}, retry_after = NULL,"
        " epoch = epoch + 1, worker = '', lease_until = NULL, change = ?"
        " WHERE id = ? AND cancel_actor IS NOT NULL"
        " RETURNING cancel_actor, cancel_reason",
        (now, next_change(connection), execution_id),
    ).fetchone()
    who = f" by {row['cancel_actor']}" if row["cancel_actor"] else ""
    why = f": {row['cancel_reason']}" if row["cancel_reason"] else ""
    message = f"canceled{who}{why}"
    set_attempt_status(connection, execution_id, ExecutionStatus.CANCELED)
    connection.execute(
        f"UPDATE attempt SET {ENDED}, error_type = 'Canceled', error_message = ?,"
        " error_kind = 'platform' WHERE execution_id = ? AND number ="
        " (SELECT attempt FROM execution WHERE id = ?)",
        (now, message, execution_id, execution_id),
    )
    close_jobs(connection, execution_id, now, "Canceled", message)
