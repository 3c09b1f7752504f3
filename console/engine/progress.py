"""What a running execution writes as it goes on; each write is fenced by its claim's epoch.

A job costs two commits: one when it begins (its caller becomes SUSPEND) and one when it ends (its
caller runs again). What the journal knows already is answered without a write.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from console.clock import Clock
from console.engine.claims import Claim
from console.engine.database import Database
from console.engine.requests import end_canceled
from console.engine.stops import LeaseLost, ReplayMismatch
from console.engine.writing import (
    Answer,
    NewExecution,
    insert_attempt,
    insert_execution,
    milliseconds,
    next_change,
    resolve_wait_point,
    set_attempt_status,
)
from console.model.ids import new_id
from console.model.states import ExecutionStatus
from console.workflow.failure import Failure

YOURS = "your code"
"""Whose fault a failure is: the body's."""
PLATFORM = "platform"
"""Whose fault a failure is: the engine's, or the machine's."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """One job asked for at one place."""

    turn: int
    name: str
    argument: str
    """JSON text."""
    digest: str
    """The argument's hash."""


@dataclass(frozen=True, slots=True)
class OpenJob:
    """One job whose body runs now."""

    id: str
    function_execution_id: str
    place: str
    """The path of turns from the main job; sorted by it, jobs are in reading order."""
    name: str
    stacked_name: str
    caller: OpenJob | None


@dataclass(frozen=True, slots=True)
class Recorded:
    """The journal knows how a job ended."""

    result: str
    """JSON text."""
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A call with an effect outside this execution, made once over all replays."""

    kind: str
    """`start` or `resolve`."""
    turn: int
    request: str
    """What was asked, for the message when a replay asks for something else."""
    digest: str


class Progress:
    """Journals one claimed execution. Raises LeaseLost when the claim is not good any more."""

    def __init__(self, database: Database, clock: Clock, claim: Claim):
        self._database = database
        self._clock = clock
        self.claim = claim

    def begin(self, caller: OpenJob | None, trigger: Trigger) -> OpenJob | Recorded:
        """Begin a job, or answer from the journal. Raises ReplayMismatch."""
        place = f"{caller.place if caller else ''}{trigger.turn:06x}"
        stacked = f"{caller.stacked_name}/{trigger.name}" if caller else trigger.name
        with self._database.snapshot() as connection:
            known = connection.execute(
                "SELECT j.id, j.name, j.input, j.input_hash, j.status, j.function_execution_id,"
                " f.attempt, f.result, f.error_type, f.error_message, f.error_traceback,"
                " f.cause_place FROM job_execution j"
                " JOIN function_execution f ON f.id = j.function_execution_id"
                " WHERE j.execution_id = ? AND j.place = ?",
                (self.claim.execution_id, place),
            ).fetchone()
        is_same_run = False
        if known is not None:
            if (known["name"], known["input_hash"]) != (trigger.name, trigger.digest):
                where = f"{caller.stacked_name if caller else 'the execution'}, trigger"
                raise ReplayMismatch(
                    f"{where} {trigger.turn + 1}",
                    f"{known['name']}({_short(known['input'])})",
                    f"{trigger.name}({_short(trigger.argument)})",
                )
            if known["status"] == "SUCCESS":
                return Recorded(known["result"])
            is_same_attempt = known["attempt"] == self.claim.attempt
            if known["status"] == "FAILED" and is_same_attempt:
                return Recorded("", _failure(known))
            # Parked at a wait point, not interrupted: the same run goes on.
            is_same_run = known["status"] in ("SUSPEND", "WAITING") and is_same_attempt
        job = OpenJob(
            id=known["id"] if known else new_id(),
            function_execution_id=known["function_execution_id"] if is_same_run else new_id(),
            place=place,
            name=trigger.name,
            stacked_name=stacked,
            caller=caller,
        )
        self._write_begin(job, trigger, is_new=known is None, is_same_run=is_same_run)
        return job

    def _write_begin(
        self, job: OpenJob, trigger: Trigger, *, is_new: bool, is_same_run: bool
    ) -> None:
        now = milliseconds(self._clock)
        execution_id = self.claim.execution_id
        with self._database.transaction() as connection:
            self._fence(connection)
            if is_new:
                connection.execute(
                    "INSERT INTO job_execution (id, execution_id, place, turn, name, stacked_name,"
                    " input, input_hash, status, function_execution_id, started_at)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'RUNNING', ?, ?)",
                    (
                        job.id,
                        execution_id,
                        job.place,
                        trigger.turn,
                        job.name,
                        job.stacked_name,
                        trigger.argument,
                        trigger.digest,
                        job.function_execution_id,
                        now,
                    ),
                )
            elif is_same_run:
                _set_status(connection, job, "RUNNING")
            else:
                connection.execute(
                    "UPDATE job_execution SET status = 'RUNNING', function_execution_id = ?,"
                    " started_at = ?, finished_at = NULL WHERE id = ?",
                    (job.function_execution_id, now, job.id),
                )
            if not is_same_run:
                connection.execute(
                    "INSERT INTO function_execution (id, execution_id, job_execution_id, attempt,"
                    " status, started_at) VALUES (?, ?, ?, ?, 'RUNNING', ?)",
                    (job.function_execution_id, execution_id, job.id, self.claim.attempt, now),
                )
            if job.caller is not None:
                _set_status(connection, job.caller, "SUSPEND")

    def succeed(self, job: OpenJob, result: str) -> None:
        """Keep a job's result; the main job's is the execution's."""
        now = milliseconds(self._clock)
        with self._database.transaction() as connection:
            self._fence(connection)
            connection.execute(
                "UPDATE function_execution SET status = 'SUCCESS', finished_at = ?, result = ?"
                " WHERE id = ?",
                (now, result, job.function_execution_id),
            )
            _finish_job(connection, job, "SUCCESS", now)
            if job.caller is None:
                self._finish_execution(connection, ExecutionStatus.SUCCESS, now)

    def fail(
        self, job: OpenJob, failure: Failure, *, retry_in: float | None = None, kind: str = YOURS
    ) -> None:
        """Keep why a job failed; the main job's failure is the execution's.

        With `retry_in` seconds the execution is PENDING_RETRY until then.
        """
        now = milliseconds(self._clock)
        with self._database.transaction() as connection:
            canceled = self._fence(connection)
            if canceled and job.caller is None:
                end_canceled(connection, self.claim.execution_id, now)
                return
            connection.execute(
                "UPDATE function_execution SET status = 'FAILED', finished_at = ?, error_type = ?,"
                " error_message = ?, error_traceback = ?, error_kind = ?, cause_place = ?"
                " WHERE id = ?",
                (
                    now,
                    failure.type,
                    failure.message,
                    failure.traceback,
                    kind,
                    failure.cause_place or job.stacked_name,
                    job.function_execution_id,
                ),
            )
            _finish_job(connection, job, "FAILED", now)
            if job.caller is None:
                self._finish_execution(connection, ExecutionStatus.FAILED, now, failure, kind)
                if retry_in is not None:
                    self._plan_retry(connection, now, retry_in)

    def reject(self, failure: Failure, kind: str = PLATFORM) -> None:
        """Fail the execution before any job of it has begun."""
        now = milliseconds(self._clock)
        with self._database.transaction() as connection:
            if self._fence(connection):
                end_canceled(connection, self.claim.execution_id, now)
            else:
                self._finish_execution(connection, ExecutionStatus.FAILED, now, failure, kind)

    def cancel(self) -> None:
        """End the execution as CANCELED, which somebody asked for."""
        with self._database.transaction() as connection:
            if self._fence(connection):
                end_canceled(connection, self.claim.execution_id, milliseconds(self._clock))

    def recorded_wait(self, job: OpenJob, turn: int) -> sqlite3.Row | None:
        """Read a wait of a job by its turn."""
        with self._database.snapshot() as connection:
            row: sqlite3.Row | None = connection.execute(
                "SELECT * FROM wait_point WHERE execution_id = ? AND place = ? AND turn = ?",
                (self.claim.execution_id, job.place, turn),
            ).fetchone()
        return row

    def wait(self, job: OpenJob, turn: int, key: str, payload: str, digest: str) -> str | None:
        """Give a wait's answer; None when it has none and the execution is parked now.

        Raises ReplayMismatch when another wait was recorded here.
        """
        known = self.recorded_wait(job, turn)
        if known is not None:
            if (known["key"], known["payload_hash"]) != (key, digest):
                raise ReplayMismatch(
                    f"{job.stacked_name}, wait {turn + 1}",
                    f"{known['key']}({_short(known['payload'])})",
                    f"{key}({_short(payload)})",
                )
            if known["resolved_at"] is not None:
                return str(known["result"])
        now = milliseconds(self._clock)
        with self._database.transaction() as connection:
            if self._fence(connection):
                end_canceled(connection, self.claim.execution_id, now)
                return None
            if known is None:
                connection.execute(
                    "INSERT INTO wait_point (execution_id, place, turn, key, stacked_name, payload,"
                    " payload_hash, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        self.claim.execution_id,
                        job.place,
                        turn,
                        key,
                        job.stacked_name,
                        payload,
                        digest,
                        now,
                    ),
                )
            _set_status(connection, job, "WAITING")
            connection.execute(
                "UPDATE execution SET status = 'WAITING', worker = '', lease_until = NULL"
                " WHERE id = ?",
                (self.claim.execution_id,),
            )
            set_attempt_status(connection, self.claim.execution_id, ExecutionStatus.WAITING)
        return None

    def recorded_step(self, job: OpenJob, step: Step) -> str | None:
        """Give a step's result when it was made already. Raises ReplayMismatch."""
        with self._database.snapshot() as connection:
            known = connection.execute(
                "SELECT request, request_hash, result FROM step"
                " WHERE execution_id = ? AND place = ? AND kind = ? AND turn = ?",
                (self.claim.execution_id, job.place, step.kind, step.turn),
            ).fetchone()
        if known is None:
            return None
        if known["request_hash"] != step.digest:
            raise ReplayMismatch(
                f"{job.stacked_name}, {step.kind} {step.turn + 1}",
                _short(known["request"]),
                _short(step.request),
            )
        return str(known["result"])

    def start_child(self, job: OpenJob, step: Step, new: NewExecution) -> None:
        """Start another execution and remember it, in one transaction."""
        now = milliseconds(self._clock)
        with self._database.transaction() as connection:
            self._fence(connection)
            insert_execution(connection, new, now)
            self._insert_step(connection, job, step, new.id, now)

    def resolve(self, job: OpenJob, step: Step, answer: Answer) -> None:
        """Answer another execution's wait point and remember it, in one transaction."""
        now = milliseconds(self._clock)
        with self._database.transaction() as connection:
            self._fence(connection)
            place, turn = resolve_wait_point(connection, answer, now)
            self._insert_step(connection, job, step, json.dumps([place, turn]), now)

    def wait_payload(self, job: OpenJob, turn: int, execution_id: str, key: str) -> str | None:
        """Read what a wait point was given: the one answered at this turn before, else the open."""
        with self._database.snapshot() as connection:
            step = connection.execute(
                "SELECT result FROM step"
                " WHERE execution_id = ? AND place = ? AND kind = 'resolve' AND turn = ?",
                (self.claim.execution_id, job.place, turn),
            ).fetchone()
            where, values = "resolved_at IS NULL", ()
            if step is not None:
                where, values = "place = ? AND turn = ?", tuple(json.loads(step["result"]))
            row = connection.execute(
                f"SELECT payload FROM wait_point WHERE execution_id = ? AND key = ? AND {where}",
                (execution_id, key, *values),
            ).fetchone()
        return None if row is None else str(row["payload"])

    def _insert_step(
        self, connection: sqlite3.Connection, job: OpenJob, step: Step, result: str, now: int
    ) -> None:
        connection.execute(
            "INSERT INTO step (execution_id, place, kind, turn, request, request_hash, result,"
            " created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self.claim.execution_id,
                job.place,
                step.kind,
                step.turn,
                step.request,
                step.digest,
                result,
                now,
            ),
        )

    def _fence(self, connection: sqlite3.Connection) -> bool:
        """Make sure that the claim is good, and note the change; True when a cancel was asked."""
        row = connection.execute(
            "UPDATE execution SET change = ? WHERE id = ? AND epoch = ? AND status = 'RUNNING'"
            " RETURNING cancel_actor",
            (next_change(connection), self.claim.execution_id, self.claim.epoch),
        ).fetchone()
        if row is None:
            raise LeaseLost
        return row["cancel_actor"] is not None

    def _finish_execution(
        self,
        connection: sqlite3.Connection,
        status: ExecutionStatus,
        now: int,
        failure: Failure | None = None,
        kind: str = "",
    ) -> None:
        connection.execute(
            "UPDATE execution SET status = ?, finished_at = ?, worker = '', lease_until = NULL,"
            " losses = 0 WHERE id = ?",
            (status, now, self.claim.execution_id),
        )
        error = (failure.type, failure.message, failure.traceback, kind) if failure else ()
        connection.execute(
            "UPDATE attempt SET status = ?, finished_at = ?, error_type = ?, error_message = ?,"
            " error_traceback = ?, error_kind = ? WHERE execution_id = ? AND number = ?",
            (
                status,
                now,
                *(error or (None, None, None, None)),
                self.claim.execution_id,
                self.claim.attempt,
            ),
        )

    def _plan_retry(self, connection: sqlite3.Connection, now: int, retry_in: float) -> None:
        due = now + round(retry_in * 1000)
        row = connection.execute(
            "UPDATE execution SET status = 'PENDING_RETRY', attempt = attempt + 1,"
            " retry_count = retry_count + 1, retry_after = ?, queued_at = ?, finished_at = NULL"
            " WHERE id = ? RETURNING attempt, retry_count",
            (due, due, self.claim.execution_id),
        ).fetchone()
        insert_attempt(
            connection,
            self.claim.execution_id,
            row["attempt"],
            ExecutionStatus.PENDING_RETRY,
            "",
            f"retry {row['retry_count']} after a failure",
        )


def _set_status(connection: sqlite3.Connection, job: OpenJob, status: str) -> None:
    connection.execute("UPDATE job_execution SET status = ? WHERE id = ?", (status, job.id))
    connection.execute(
        "UPDATE function_execution SET status = ? WHERE id = ?", (status, job.function_execution_id)
    )


def _finish_job(connection: sqlite3.Connection, job: OpenJob, status: str, now: int) -> None:
    connection.execute(
        "UPDATE job_execution SET status = ?, finished_at = ? WHERE id = ?", (status, now, job.id)
    )
    if job.caller is not None:
        _set_status(connection, job.caller, "RUNNING")


def _failure(row: sqlite3.Row) -> Failure:
    return Failure(
        row["error_type"], row["error_message"], row["error_traceback"], row["cause_place"]
    )


def _short(text: str, limit: int = 200) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
