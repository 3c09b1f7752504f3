"""A body's steps beside its triggers: waiting, starting and answering other executions.

Each is found again by the job's place, its kind and its turn, and proved by a hash of what was
asked; so a replay neither asks, starts nor answers twice. What was refused is kept too, and refused
again by a replay; only a later attempt asks once more.

    kind      request                     result
    start     [workflow, argument, user]  the id of the execution
    look      [execution, key]            {"payload": TEXT} or {"refused": WORDS}
    resolve   [execution, key, answer]    {} or {"refused": WORDS}
"""

from __future__ import annotations

import json

from console.engine.fence import Fence, OpenJob, Write, set_job_status
from console.engine.interface import NotInState, UnknownExecution, UnknownWaitPoint
from console.engine.replay import Ask, Left
from console.engine.requests import end_canceled
from console.engine.writing import (
    Answer,
    NewExecution,
    insert_execution,
    resolve_wait_point,
    set_attempt_status,
)
from console.model.states import ExecutionStatus


class Steps:
    """Journals the steps of one claimed execution. Raises LeaseLost."""

    def __init__(self, fence: Fence):
        self._fence = fence
        self._execution_id = fence.claim.execution_id

    def left_waits(self, job: OpenJob) -> list[Left]:
        """Read the waits that earlier runs of a body have made."""
        with self._fence.read() as connection:
            rows = connection.execute(
                "SELECT * FROM wait_point WHERE execution_id = ? AND place = ? ORDER BY turn",
                (self._execution_id, job.place),
            ).fetchall()
        return [
            Left(
                row["turn"],
                Ask(row["key"], row["payload"], row["payload_hash"]),
                row["attempt"],
                row,
            )
            for row in rows
        ]

    def left_steps(self, job: OpenJob, kind: str) -> list[Left]:
        """Read the starts, or the answers, that earlier runs of a body have made."""
        with self._fence.read() as connection:
            rows = connection.execute(
                "SELECT * FROM step WHERE execution_id = ? AND place = ? AND kind = ?"
                " ORDER BY turn",
                (self._execution_id, job.place, kind),
            ).fetchall()
        return [
            Left(row["turn"], Ask(kind, row["request"], row["request_hash"]), row["attempt"], row)
            for row in rows
        ]

    def park(self, job: OpenJob, turn: int, ask: Ask, *, is_new: bool) -> None:
        """Let the execution wait for an answer; a new wait is recorded with it."""
        with self._fence.write() as write:
            if write.is_canceled:
                end_canceled(write.connection, self._execution_id, write.now)
                return
            if is_new:
                self._insert_wait(write, job, turn, ask)
            set_job_status(write.connection, job, "WAITING")
            write.connection.execute(
                "UPDATE execution SET status = 'WAITING', worker = '', lease_until = NULL"
                " WHERE id = ?",
                (self._execution_id,),
            )
            set_attempt_status(write.connection, self._execution_id, ExecutionStatus.WAITING)

    def _insert_wait(self, write: Write, job: OpenJob, turn: int, ask: Ask) -> None:
        write.connection.execute(
            "INSERT INTO wait_point (execution_id, place, turn, attempt, key, stacked_name,"
            " payload, payload_hash, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self._execution_id,
                job.place,
                turn,
                self._fence.claim.attempt,
                ask.name,
                job.stacked_name,
                ask.text,
                ask.digest,
                write.now,
            ),
        )

    def start(self, job: OpenJob, turn: int, ask: Ask, new: NewExecution) -> None:
        """Start another execution and remember it, in one transaction."""
        with self._fence.write() as write:
            insert_execution(write.connection, new, write.now)
            self._insert_step(write, job, turn, ask, new.id)

    def resolve(self, job: OpenJob, turn: int, ask: Ask, answer: Answer) -> str:
        """Answer another execution's wait point and remember it, in one transaction.

        Gives why it was refused; empty when it was not.
        """
        with self._fence.write() as write:
            words = ""
            try:
                resolve_wait_point(write.connection, answer, write.now)
            except (UnknownExecution, UnknownWaitPoint, NotInState) as error:
                words = str(error)
            result = {"refused": words} if words else {}
            self._insert_step(write, job, turn, ask, json.dumps(result))
        return words

    def look(self, job: OpenJob, turn: int, ask: Ask, execution_id: str, key: str) -> str | None:
        """Read what an open wait point was given and remember it; None where there is none."""
        with self._fence.write() as write:
            row = write.connection.execute(
                "SELECT payload FROM wait_point"
                " WHERE execution_id = ? AND key = ? AND resolved_at IS NULL",
                (execution_id, key),
            ).fetchone()
            payload = None if row is None else str(row["payload"])
            result = {"refused": "it does not wait"} if payload is None else {"payload": payload}
            self._insert_step(write, job, turn, ask, json.dumps(result))
        return payload

    def _insert_step(self, write: Write, job: OpenJob, turn: int, ask: Ask, result: str) -> None:
        write.connection.execute(
            # What a later attempt asks again takes the place of what was refused.
            "INSERT OR REPLACE INTO step (execution_id, place, kind, turn, attempt, request,"
            " request_hash, result, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self._execution_id,
                job.place,
                ask.name,
                turn,
                self._fence.claim.attempt,
                ask.text,
                ask.digest,
                result,
                write.now,
            ),
        )
