"""A body's steps beside its triggers: waiting, starting and answering other executions.

Each is found again by the job's place, its kind and its turn, and proved by a hash of what was
asked; so a replay neither asks, starts nor answers twice.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from console.engine.fence import Fence, OpenJob, Write, set_job_status
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

    def resolve(self, job: OpenJob, turn: int, ask: Ask, answer: Answer) -> None:
        """Answer another execution's wait point and remember it, in one transaction.

        Raises UnknownExecution, UnknownWaitPoint, NotInState.
        """
        with self._fence.write() as write:
            where = resolve_wait_point(write.connection, answer, write.now)
            self._insert_step(write, job, turn, ask, json.dumps(where))

    def wait_payload(self, execution_id: str, key: str, answered: Sequence[Left]) -> str | None:
        """Read what a wait point was given: one that a body answered before, else the open one."""
        with self._fence.read() as connection:
            for left in answered:
                if json.loads(left.row["request"])[:2] == [execution_id, key]:
                    where, values = "place = ? AND turn = ?", json.loads(left.row["result"])
                    break
            else:
                where, values = "resolved_at IS NULL", []
            row = connection.execute(
                f"SELECT payload FROM wait_point WHERE execution_id = ? AND key = ? AND {where}",
                (execution_id, key, *values),
            ).fetchone()
        return None if row is None else str(row["payload"])

    def _insert_step(self, write: Write, job: OpenJob, turn: int, ask: Ask, result: str) -> None:
        write.connection.execute(
            "INSERT INTO step (execution_id, place, kind, turn, attempt, request, request_hash,"
            " result, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
