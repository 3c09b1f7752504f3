"""A body's steps beside its triggers: waiting, starting and answering other executions.

Each is found again by the job's place, its kind and its turn, and proved by a hash of what was
asked; so a replay neither asks, starts nor answers twice.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from console.engine.fence import Fence, OpenJob, Write, clip, set_job_status
from console.engine.requests import end_canceled
from console.engine.stops import ReplayMismatch
from console.engine.writing import (
    Answer,
    NewExecution,
    insert_execution,
    resolve_wait_point,
    set_attempt_status,
)
from console.model.states import ExecutionStatus


@dataclass(frozen=True, slots=True)
class Wait:
    """One wait of a job."""

    turn: int
    key: str
    payload: str
    """JSON text for whoever decides."""
    digest: str


@dataclass(frozen=True, slots=True)
class Step:
    """A call with an effect outside this execution, made once over all replays."""

    kind: str
    """`start` or `resolve`."""
    turn: int
    request: str
    """What was asked, for the message when a replay asks for something else."""
    digest: str


class Steps:
    """Journals the steps of one claimed execution. Raises LeaseLost and ReplayMismatch."""

    def __init__(self, fence: Fence):
        self._fence = fence
        self._execution_id = fence.claim.execution_id

    def wait(self, job: OpenJob, wait: Wait) -> str | None:
        """Give a wait's answer; None when it has none and the execution is parked now."""
        known = self._recorded_wait(job, wait)
        if known is not None and known["resolved_at"] is not None:
            return str(known["result"])
        with self._fence.write() as write:
            if write.is_canceled:
                end_canceled(write.connection, self._execution_id, write.now)
                return None
            if known is None:
                self._insert_wait(write, job, wait)
            set_job_status(write.connection, job, "WAITING")
            write.connection.execute(
                "UPDATE execution SET status = 'WAITING', worker = '', lease_until = NULL"
                " WHERE id = ?",
                (self._execution_id,),
            )
            set_attempt_status(write.connection, self._execution_id, ExecutionStatus.WAITING)
        return None

    def _recorded_wait(self, job: OpenJob, wait: Wait) -> sqlite3.Row | None:
        with self._fence.read() as connection:
            known: sqlite3.Row | None = connection.execute(
                "SELECT * FROM wait_point WHERE execution_id = ? AND place = ? AND turn = ?",
                (self._execution_id, job.place, wait.turn),
            ).fetchone()
        if known is not None and (known["key"], known["payload_hash"]) != (wait.key, wait.digest):
            raise ReplayMismatch(
                f"{job.stacked_name}, wait {wait.turn + 1}",
                f"{known['key']}({clip(known['payload'])})",
                f"{wait.key}({clip(wait.payload)})",
            )
        return known

    def _insert_wait(self, write: Write, job: OpenJob, wait: Wait) -> None:
        write.connection.execute(
            "INSERT INTO wait_point (execution_id, place, turn, key, stacked_name, payload,"
            " payload_hash, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self._execution_id,
                job.place,
                wait.turn,
                wait.key,
                job.stacked_name,
                wait.payload,
                wait.digest,
                write.now,
            ),
        )

    def recorded(self, job: OpenJob, step: Step) -> str | None:
        """Give a step's result when it was made already."""
        with self._fence.read() as connection:
            known = connection.execute(
                "SELECT request, request_hash, result FROM step"
                " WHERE execution_id = ? AND place = ? AND kind = ? AND turn = ?",
                (self._execution_id, job.place, step.kind, step.turn),
            ).fetchone()
        if known is None:
            return None
        if known["request_hash"] != step.digest:
            raise ReplayMismatch(
                f"{job.stacked_name}, {step.kind} {step.turn + 1}",
                clip(known["request"]),
                clip(step.request),
            )
        return str(known["result"])

    def start(self, job: OpenJob, step: Step, new: NewExecution) -> None:
        """Start another execution and remember it, in one transaction."""
        with self._fence.write() as write:
            insert_execution(write.connection, new, write.now)
            self._insert_step(write, job, step, new.id)

    def resolve(self, job: OpenJob, step: Step, answer: Answer) -> None:
        """Answer another execution's wait point and remember it, in one transaction.

        Raises UnknownExecution, UnknownWaitPoint, NotInState.
        """
        with self._fence.write() as write:
            place, turn = resolve_wait_point(write.connection, answer, write.now)
            self._insert_step(write, job, step, json.dumps([place, turn]))

    def wait_payload(self, job: OpenJob, turn: int, execution_id: str, key: str) -> str | None:
        """Read what a wait point was given: the one answered at this turn before, else the open."""
        with self._fence.read() as connection:
            step = connection.execute(
                "SELECT result FROM step"
                " WHERE execution_id = ? AND place = ? AND kind = 'resolve' AND turn = ?",
                (self._execution_id, job.place, turn),
            ).fetchone()
            where: str = "resolved_at IS NULL"
            values: tuple[object, ...] = ()
            if step is not None:
                where, values = "place = ? AND turn = ?", tuple(json.loads(step["result"]))
            row = connection.execute(
                f"SELECT payload FROM wait_point WHERE execution_id = ? AND key = ? AND {where}",
                (execution_id, key, *values),
            ).fetchone()
        return None if row is None else str(row["payload"])

    def _insert_step(self, write: Write, job: OpenJob, step: Step, result: str) -> None:
        write.connection.execute(
            "INSERT INTO step (execution_id, place, kind, turn, request, request_hash, result,"
            " created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self._execution_id,
                job.place,
                step.kind,
                step.turn,
                step.request,
                step.digest,
                result,
                write.now,
            ),
        )
