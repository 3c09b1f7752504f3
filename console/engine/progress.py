"""What a running execution writes as its jobs begin and end.

A job costs two commits: one when it begins (its caller becomes SUSPEND) and one when it ends (its
caller runs again). What the journal knows already is answered without a write.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from console.engine.fence import Fence, OpenJob, Write, set_job_status
from console.engine.replay import Ask, Left
from console.engine.requests import end_canceled
from console.engine.steps import Steps
from console.engine.writing import ENDED, insert_attempt
from console.model.ids import new_id
from console.model.states import ExecutionStatus
from console.workflow.failure import Failure

YOURS = "your code"
"""Whose fault a failure is: the body's."""
PLATFORM = "platform"
"""Whose fault a failure is: the engine's, or the machine's."""
PLACE_WIDTH = 6
"""Hexadecimal digits of a turn in a place."""


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

    def left_triggers(self, caller: OpenJob | None) -> list[Left]:
        """Read the triggers that earlier runs of a body have made; None for the main job."""
        above = caller.place if caller else ""
        with self._fence.read() as connection:
            rows = connection.execute(
                "SELECT j.id, j.place, j.turn, j.name, j.input, j.input_hash, j.status,"
                " j.function_execution_id, f.attempt, f.result, f.error_type, f.error_message,"
                " f.error_traceback, f.cause_place FROM job_execution j"
                " JOIN function_execution f ON f.id = j.function_execution_id"
                " WHERE j.execution_id = ? AND j.place > ? AND j.place < ?"
                " AND length(j.place) = ? ORDER BY j.place",
                (self.claim.execution_id, above, above + "~", len(above) + PLACE_WIDTH),
            ).fetchall()
        return [
            Left(
                row["turn"], Ask(row["name"], row["input"], row["input_hash"]), row["attempt"], row
            )
            for row in rows
        ]

    def recorded(self, left: Left) -> Recorded | None:
        """Give how a job ended, when it need not run again; None when it must."""
        if left.row["status"] == "SUCCESS":
            return Recorded(left.row["result"])
        if left.row["status"] == "FAILED" and left.attempt == self.claim.attempt:
            return Recorded("", _failure(left.row))
        return None

    def begin(self, caller: OpenJob | None, turn: int, ask: Ask, left: Left | None) -> OpenJob:
        """Begin a job, for the first time or again."""
        # Parked at a wait point, not interrupted: the same run goes on.
        goes_on = (
            left is not None
            and left.row["status"] in ("SUSPEND", "WAITING")
            and left.attempt == self.claim.attempt
        )
        known = left.row if left else None
        job = OpenJob(
            id=known["id"] if known else new_id(),
            function_execution_id=known["function_execution_id"] if known and goes_on else new_id(),
            place=f"{caller.place if caller else ''}{turn:0{PLACE_WIDTH}x}",
            name=ask.name,
            stacked_name=f"{caller.stacked_name}/{ask.name}" if caller else ask.name,
            caller=caller,
            has_run_before=known is not None,
        )
        with self._fence.write() as write:
            if known is None:
                self._insert_job(write, job, turn, ask)
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

    def _insert_job(self, write: Write, job: OpenJob, turn: int, ask: Ask) -> None:
        write.connection.execute(
            "INSERT INTO job_execution (id, execution_id, place, turn, name, stacked_name, input,"
            " input_hash, status, function_execution_id, started_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'RUNNING', ?, ?)",
            (
                job.id,
                self.claim.execution_id,
                job.place,
                turn,
                job.name,
                job.stacked_name,
                ask.text,
                ask.digest,
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
                f"UPDATE function_execution SET status = 'SUCCESS', {ENDED}, result = ?"
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
                f"UPDATE function_execution SET status = 'FAILED', {ENDED}, error_type = ?,"
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

    def _finish_execution(
        self,
        write: Write,
        status: ExecutionStatus,
        failure: Failure | None = None,
        kind: str = "",
    ) -> None:
        write.connection.execute(
            f"UPDATE execution SET status = ?, {ENDED},"
            " worker = '', lease_until = NULL, losses = 0 WHERE id = ?",
            (status, write.now, self.claim.execution_id),
        )
        error = (failure.type, failure.message, failure.traceback, kind) if failure else ()
        write.connection.execute(
            f"UPDATE attempt SET status = ?, {ENDED}, error_type = ?, error_message = ?,"
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


def _finish_job(write: Write, job: OpenJob, status: str) -> None:
    # It gets on: only workers that are lost one after the other, for nothing, are too many.
    write.connection.execute(
        "UPDATE execution SET losses = 0 WHERE losses > 0 AND id ="
        " (SELECT execution_id FROM job_execution WHERE id = ?)",
        (job.id,),
    )
    write.connection.execute(
        f"UPDATE job_execution SET status = ?, {ENDED} WHERE id = ?",
        (status, write.now, job.id),
    )
    if job.caller is not None:
        set_job_status(write.connection, job.caller, "RUNNING")


def _failure(row: sqlite3.Row) -> Failure:
    return Failure(
        row["error_type"], row["error_message"], row["error_traceback"], row["cause_place"]
    )
