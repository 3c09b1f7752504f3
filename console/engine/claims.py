"""Who holds an execution: taking the oldest, keeping it by a lease, losing it with the process.

A claim is an epoch. Each claim, and each loss, counts the epoch up; whoever writes with an older
one changes nothing. `lease_until` is the machine's monotonic clock: setting the wall clock ends no
lease. That clock starts anew with the machine, so a lease further away than one lease is over too.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from console.clock import Clock
from console.engine.database import Database
from console.engine.requests import end_canceled
from console.engine.writing import (
    ENDED,
    RUNNABLE,
    close_jobs,
    milliseconds,
    next_change,
    set_attempt_status,
)
from console.model.ids import ExecutionId
from console.model.states import ExecutionStatus

LEASE_SECONDS = 5.0
"""How long a worker that says nothing still holds its execution."""

MAX_LOSSES = 3
"""How many worker processes may be lost, with no job finished between, before it fails."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One execution held by one worker."""

    execution_id: ExecutionId
    workflow: str
    argument: str
    invoker: str | None
    attempt: int
    epoch: int
    retry_count: int = 0


@dataclass(frozen=True, slots=True)
class Held:
    """An execution that is RUNNING, as whoever looks after workers sees it."""

    execution_id: ExecutionId
    worker: str
    epoch: int
    late_seconds: float
    """How long ago its lease ran out; negative while it is good."""


class Claims:
    """Takes, renews and releases executions."""

    def __init__(self, database: Database, clock: Clock, lease_seconds: float = LEASE_SECONDS):
        self._database = database
        self._clock = clock
        self.lease_seconds = lease_seconds

    def _lease_end(self) -> int:
        return round((self._clock.monotonic() + self.lease_seconds) * 1000)

    def claim(self, worker: str, limits: Mapping[str, int | None]) -> Claim | None:
        """Take the execution that has waited longest and may run; None when there is none.

        `limits` has, by workflow, how many of it may be RUNNING. The write lock is taken only
        when a look without it has found something.
        """
        now = milliseconds(self._clock)
        with self._database.snapshot() as connection:
            if _oldest(connection, limits, now) is None:
                return None
        with self._database.transaction() as connection:
            # Looked up again: another worker may have been faster, or have used up the limit.
            identifier = _oldest(connection, limits, now)
            if identifier is None:
                return None
            row = connection.execute(
                # Started is when its latest attempt began: the time from a failure to its resume is
                # no time in which it ran.
                "UPDATE execution SET status = 'RUNNING', epoch = epoch + 1, worker = ?,"
                " lease_until = ?, retry_after = NULL, started_at = coalesce((SELECT a.started_at"
                " FROM attempt a WHERE a.execution_id = id AND a.number = attempt), ?),"
                f" change = ? WHERE id = ? AND status IN {RUNNABLE} RETURNING *",
                (worker, self._lease_end(), now, next_change(connection), identifier),
            ).fetchone()
            connection.execute(
                "UPDATE attempt SET status = 'RUNNING', started_at = coalesce(started_at, ?)"
                " WHERE execution_id = ? AND number = ?",
                (now, identifier, row["attempt"]),
            )
        return Claim(
            ExecutionId(row["id"]),
            row["workflow"],
            row["argument"],
            row["invoker"] or None,
            row["attempt"],
            row["epoch"],
            row["retry_count"],
        )

    def renew(self, claim: Claim) -> bool:
        """Keep an execution for one lease more; False when it is not ours any longer."""
        with self._database.transaction() as connection:
            renewed = connection.execute(
                "UPDATE execution SET lease_until = ?"
                " WHERE id = ? AND epoch = ? AND status = 'RUNNING'",
                (self._lease_end(), claim.execution_id, claim.epoch),
            )
        return renewed.rowcount == 1

    def touch(self) -> None:
        """Write what means nothing: a change of nobody. Raises EngineUnavailable."""
        with self._database.transaction() as connection:
            next_change(connection)  # SQLite does not write what stays the same

    def is_canceled(self, claim: Claim) -> bool:
        """Somebody asked to cancel what is held."""
        with self._database.snapshot() as connection:
            row = connection.execute(
                "SELECT cancel_actor FROM execution WHERE id = ? AND epoch = ?",
                (claim.execution_id, claim.epoch),
            ).fetchone()
        return row is not None and row["cancel_actor"] is not None

    def held(self, worker: str | None = None) -> list[Held]:
        """List what is RUNNING, of one worker or of all."""
        now = self._clock.monotonic()
        with self._database.snapshot() as connection:
            rows = connection.execute(
                "SELECT id, worker, epoch, lease_until FROM execution WHERE status = 'RUNNING'"
                + (" AND worker = ?" if worker is not None else ""),
                (worker,) if worker is not None else (),
            ).fetchall()
        return [
            Held(
                ExecutionId(row["id"]),
                row["worker"],
                row["epoch"],
                self._late(now, (row["lease_until"] or 0) / 1000),
            )
            for row in rows
        ]

    def _late(self, now: float, lease_until: float) -> float:
        if lease_until > now + self.lease_seconds + 1:
            return float("inf")
        return now - lease_until

    def release(self, held: Held, why: str, *, is_loss: bool = False) -> ExecutionStatus | None:
        """Take an execution from a worker that is gone, so that another can take it over.

        Gives the state it is in then: PENDING_RESUME; CANCELED where that was asked for; FAILED
        when it has cost too many workers. None when it had moved on meanwhile. `why` says what
        happened to the worker; `is_loss` when the process died by itself.
        """
        now = milliseconds(self._clock)
        with self._database.transaction() as connection:
            row = connection.execute(
                "UPDATE execution SET epoch = epoch + 1, worker = '', lease_until = NULL,"
                " losses = losses + ?, status = 'PENDING_RESUME', change = ?"
                " WHERE id = ? AND epoch = ? AND status = 'RUNNING'"
                " RETURNING losses, attempt, cancel_actor",
                (int(is_loss), next_change(connection), held.execution_id, held.epoch),
            ).fetchone()
            if row is None:
                return None
            if row["cancel_actor"] is not None:
                end_canceled(connection, held.execution_id, now)
                return ExecutionStatus.CANCELED
            job = _running_job(connection, held.execution_id)
            close_jobs(connection, held.execution_id, now, "WorkerLost", why)
            if row["losses"] < MAX_LOSSES:
                set_attempt_status(connection, held.execution_id, ExecutionStatus.PENDING_RESUME)
                return ExecutionStatus.PENDING_RESUME
            message = f"{why}; {row['losses']} workers were lost and no job finished between"
            _fail_lost(connection, held.execution_id, row["attempt"], job, message, now)
            return ExecutionStatus.FAILED

    def follow_clock(self, back: float) -> None:
        """Let what waits keep its turn, and retries their time, when the clock was set back.

        `back` is by how many seconds.
        """
        by = round(back * 1000)
        with self._database.transaction() as connection:
            waiting = connection.execute(
                f"SELECT id FROM execution WHERE status IN {RUNNABLE}"
            ).fetchall()
            connection.executemany(
                "UPDATE execution SET queued_at = queued_at - ?, retry_after = retry_after - ?,"
                " change = ? WHERE id = ?",
                [(by, by, next_change(connection), row["id"]) for row in waiting],
            )

    def next_due(self) -> float | None:
        """Tell in how many seconds the next retry is due; None when none is planned.

        One that is due and held back by a limit is no reason to look again at once.
        """
        now = milliseconds(self._clock)
        with self._database.snapshot() as connection:
            row = connection.execute(
                "SELECT min(retry_after) FROM execution"
                " WHERE status = 'PENDING_RETRY' AND retry_after > ?",
                (now,),
            ).fetchone()
        return None if row[0] is None else (row[0] - now) / 1000


def _oldest(
    connection: sqlite3.Connection, limits: Mapping[str, int | None], now: int
) -> str | None:
    counts = connection.execute(
        "SELECT workflow, sum(CASE WHEN status = 'RUNNING' THEN count ELSE 0 END) AS running"
        f" FROM tally WHERE status = 'RUNNING' OR status IN {RUNNABLE} GROUP BY workflow"
        f" HAVING sum(CASE WHEN status IN {RUNNABLE} THEN count ELSE 0 END) > 0"
    ).fetchall()
    heads: list[tuple[int, str]] = []
    for row in counts:
        limit = limits.get(row["workflow"])
        if limit is not None and row["running"] >= limit:
            continue
        head = connection.execute(
            f"SELECT queued_at, id FROM execution WHERE workflow = ? AND status IN {RUNNABLE}"
            " AND (retry_after IS NULL OR retry_after <= ?) ORDER BY queued_at, id LIMIT 1",
            (row["workflow"], now),
        ).fetchone()
        if head is not None:
            heads.append((head["queued_at"], head["id"]))
    return min(heads)[1] if heads else None


def _running_job(connection: sqlite3.Connection, execution_id: str) -> str | None:
    row = connection.execute(
        "SELECT id FROM job_execution WHERE execution_id = ? AND status = 'RUNNING'"
        " ORDER BY place DESC LIMIT 1",
        (execution_id,),
    ).fetchone()
    return None if row is None else str(row["id"])


def _fail_lost(
    connection: sqlite3.Connection,
    execution_id: str,
    attempt: int,
    job: str | None,
    message: str,
    now: int,
) -> None:
    error = ("WorkerLost", message, "platform")
    connection.execute(
        f"UPDATE execution SET status = 'FAILED', {ENDED} WHERE id = ?", (now, execution_id)
    )
    connection.execute(
        f"UPDATE attempt SET status = 'FAILED', {ENDED}, error_type = ?,"
        " error_message = ?, error_kind = ? WHERE execution_id = ? AND number = ?",
        (now, *error, execution_id, attempt),
    )
    if job is None:
        return
    # With the job fail its callers, whose places its own begins with: nobody has canceled them.
    chain = (
        "SELECT caller.id FROM job_execution caller, job_execution lost WHERE lost.id = ?"
        " AND caller.execution_id = lost.execution_id"
        " AND substr(lost.place, 1, length(caller.place)) = caller.place"
    )
    connection.execute(f"UPDATE job_execution SET status = 'FAILED' WHERE id IN ({chain})", (job,))
    connection.execute(
        "UPDATE function_execution SET status = 'FAILED', error_type = ?, error_message = ?,"
        " error_kind = ?, cause_place = (SELECT stacked_name FROM job_execution WHERE id = ?)"
        " WHERE id IN (SELECT function_execution_id FROM job_execution"
        f" WHERE id IN ({chain}))",
        (*error, job, job),
    )
