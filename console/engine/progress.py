"""What a running execution writes as its jobs begin and end.

A job costs two commits: one when it begins (its caller becomes SUSPEND) and one when it ends (its
caller runs again). What the journal knows already is answered without a write.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from console.engine.fence import Fence, OpenJob, Write, clip, set_job_status
from console.engine.requests import end_canceled
from console.engine.steps import Steps
from console.engine.stops import ReplayMismatch
from console.engine.writing import insert_attempt
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
class Recorded:
    """The journal knows how a job ended."""

    result: str
    """JSON text."""
    failure: Failure | None = None


class Progress:
    """Journals one claimed execution. Raises LeaseLost when the claim is not good any more."""

    def __init__(self, fence: Fence):
        self._fence = fence
        self.claim = fence.claim
        self.steps = Steps(fence)

    def begin(self, caller: OpenJob | None, trigger: Trigger) -> OpenJob | Recorded:
        """Begin a job, or answer from the journal. Raises ReplayMismatch."""
        place = f"{caller.place if caller else ''}{trigger.turn:06x}"
        with self._fence.read() as connection:
            known = connection.execute(
                "SELECT j.id, j.name, j.input, j.input_hash, j.status, j.function_execution_id,"
                " f.attempt, f.result, f.error_type, f.error_message, f.error_traceback,"
                " f.cause_place FROM job_execution j"
                " JOIN function_execution f ON f.id = j.function_execution_id"
                " WHERE j.execution_id = ? AND j.place = ?",
                (self.claim.execution_id, place),
            ).fetchone()
        goes_on = False
        if known is not None:
            _compare(known, caller, trigger)
            if known["status"] == "SUCCESS":
                return Recorded(known["result"])
            is_same_attempt = known["attempt"] == self.claim.attempt
            if known["status"] == "FAILED" and is_same_attempt:
                return Recorded("", _failure(known))
            # Parked at a wait point, not interrupted: the same run goes on.
            goes_on = known["status"] in ("SUSPEND", "WAITING") and is_same_attempt
        job = OpenJob(
            id=known["id"] if known else new_id(),
            function_execution_id=known["function_execution_id"] if goes_on else new_id(),
            place=place,
            name=trigger.name,
            stacked_name=f"{caller.stacked_name}/{trigger.name}" if caller else trigger.name,
            caller=caller,
        )
        with self._fence.write() as write:
            if known is None:
                self._insert_job(write, job, trigger)
            elif goes_on:
                set_job_status(write.connection, job, "RUNNING")
            else:
                write.connection.execute(
                    "UPDATE job_execution SET status = 'RUNNING', function_execution_id = ?,"
                    " started_at = ?, finished_at = NULL WHERE id = ?",
                    (job.function_execution_id, write.now, job.id),
                )
            if not goes_on:
                self._insert_function(write, job)
            if caller is not None:
                set_job_status(write.connection, caller, "SUSPEND")
        return job

    def _insert_job(self, write: Write, job: OpenJob, trigger: Trigger) -> None:
        write.connection.execute(
            "INSERT INTO job_execution (id, execution_id, place, turn, name, stacked_name, input,"
            " input_hash, status, function_execution_id, started_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'RUNNING', ?, ?)",
            (
                job.id,
                self.claim.execution_id,
                job.place,
                trigger.turn,
                job.name,
                job.stacked_name,
                trigger.argument,
                trigger.digest,
                job.function_execution_id,
                write.now,
            ),
        )

    def _insert_function(self, write: Write, job: OpenJob) -> None:
        write.connection.execute(
            "INSERT INTO function_execution (id, execution_id, job_execution_id, attempt, status,"
            " started_at) VALUES (?, ?, ?, ?, 'RUNNING', ?)",
            (
                job.function_execution_id,
                self.claim.execution_id,
                job.id,
                self.claim.attempt,
                write.now,
            ),
        )

    def succeed(self, job: OpenJob, result: str) -> None:
        """Keep a job's result; the main job's is the execution's."""
        with self._fence.write() as write:
            write.connection.execute(
                "UPDATE function_execution SET status = 'SUCCESS', finished_at = ?, result = ?"
                " WHERE id = ?",
                (write.now, result, job.function_execution_id),
            )
            _finish_job(write, job, "SUCCESS")
            if job.caller is None:
                self._finish_execution(write, ExecutionStatus.SUCCESS)

    def fail(
        self, job: OpenJob, failure: Failure, *, retry_in: float | None = None, kind: str = YOURS
    ) -> None:
        """Keep why a job failed; the main job's failure is the execution's.

        With `retry_in` seconds the execution is PENDING_RETRY until then.
        """
        with self._fence.write() as write:
            if write.is_canceled and job.caller is None:
                end_canceled(write.connection, self.claim.execution_id, write.now)
                return
            write.connection.execute(
                "UPDATE function_execution SET status = 'FAILED', finished_at = ?, error_type = ?,"
                " error_message = ?, error_traceback = ?, error_kind = ?, cause_place = ?"
                " WHERE id = ?",
                (
                    write.now,
                    failure.type,
                    failure.message,
                    failure.traceback,
                    kind,
                    failure.cause_place or job.stacked_name,
                    job.function_execution_id,
                ),
            )
            _finish_job(write, job, "FAILED")
            if job.caller is None:
                self._finish_execution(write, ExecutionStatus.FAILED, failure, kind)
                if retry_in is not None:
                    self._plan_retry(write, retry_in)

    def reject(self, failure: Failure, kind: str = PLATFORM) -> None:
        """Fail the execution before any job of it has begun."""
        with self._fence.write() as write:
            if write.is_canceled:
                end_canceled(write.connection, self.claim.execution_id, write.now)
            else:
                self._finish_execution(write, ExecutionStatus.FAILED, failure, kind)

    def cancel(self) -> None:
        """End the execution as CANCELED, when somebody has asked for that."""
        with self._fence.write() as write:
            if write.is_canceled:
                end_canceled(write.connection, self.claim.execution_id, write.now)

    def _finish_execution(
        self,
        write: Write,
        status: ExecutionStatus,
        failure: Failure | None = None,
        kind: str = "",
    ) -> None:
        write.connection.execute(
            "UPDATE execution SET status = ?, finished_at = ?, worker = '', lease_until = NULL,"
            " losses = 0 WHERE id = ?",
            (status, write.now, self.claim.execution_id),
        )
        error = (failure.type, failure.message, failure.traceback, kind) if failure else ()
        write.connection.execute(
            "UPDATE attempt SET status = ?, finished_at = ?, error_type = ?, error_message = ?,"
            " error_traceback = ?, error_kind = ? WHERE execution_id = ? AND number = ?",
            (
                status,
                write.now,
                *(error or (None, None, None, None)),
                self.claim.execution_id,
                self.claim.attempt,
            ),
        )

    def _plan_retry(self, write: Write, retry_in: float) -> None:
        due = write.now + round(retry_in * 1000)
        row = write.connection.execute(
            "UPDATE execution SET status = 'PENDING_RETRY', attempt = attempt + 1,"
            " retry_count = retry_count + 1, retry_after = ?, queued_at = ?, finished_at = NULL"
            " WHERE id = ? RETURNING attempt, retry_count",
            (due, due, self.claim.execution_id),
        ).fetchone()
        insert_attempt(
            write.connection,
            self.claim.execution_id,
            row["attempt"],
            ExecutionStatus.PENDING_RETRY,
            "",
            f"retry {row['retry_count']} after a failure",
        )


def _compare(known: sqlite3.Row, caller: OpenJob | None, trigger: Trigger) -> None:
    if (known["name"], known["input_hash"]) != (trigger.name, trigger.digest):
        raise ReplayMismatch(
            f"{caller.stacked_name if caller else 'the execution'}, trigger {trigger.turn + 1}",
            f"{known['name']}({clip(known['input'])})",
            f"{trigger.name}({clip(trigger.argument)})",
        )


def _finish_job(write: Write, job: OpenJob, status: str) -> None:
    write.connection.execute(
        "UPDATE job_execution SET status = ?, finished_at = ? WHERE id = ?",
        (status, write.now, job.id),
    )
    if job.caller is not None:
        set_job_status(write.connection, job.caller, "RUNNING")


def _failure(row: sqlite3.Row) -> Failure:
    return Failure(
        row["error_type"], row["error_message"], row["error_traceback"], row["cause_place"]
    )
