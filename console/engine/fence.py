"""Writing for a claimed execution: only while the claim's epoch is the journal's."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from console.clock import Clock
from console.engine.claims import Claim
from console.engine.database import Database
from console.engine.stops import LeaseLost
from console.engine.writing import milliseconds, next_change


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
    has_run_before: bool = False
    """An earlier run of its body may have left something in the journal."""


@dataclass(frozen=True, slots=True)
class Write:
    """One transaction whose claim was found good."""

    connection: sqlite3.Connection
    now: int
    is_canceled: bool
    """Somebody has asked to cancel the execution."""


class Fence:
    """Lets a worker write for its claim, and nobody whose claim was lost."""

    def __init__(self, database: Database, clock: Clock, claim: Claim):
        self._database = database
        self._clock = clock
        self._began = milliseconds(clock), clock.monotonic()
        self.claim = claim

    def _now(self) -> int:
        """Give the time; a clock that is set back lets nothing end before it began."""
        began, monotonic = self._began
        elapsed = int((self._clock.monotonic() - monotonic) * 1000)
        return max(milliseconds(self._clock), began + elapsed)

    @contextmanager
    def write(self) -> Iterator[Write]:
        """Write in one transaction, noted as a change. Raises LeaseLost before anything else."""
        with self._database.transaction() as connection:
            row = connection.execute(
                "UPDATE execution SET change = ? WHERE id = ? AND epoch = ? AND status = 'RUNNING'"
                " RETURNING cancel_actor",
                (next_change(connection), self.claim.execution_id, self.claim.epoch),
            ).fetchone()
            if row is None:
                raise LeaseLost
            yield Write(connection, self._now(), row["cancel_actor"] is not None)

    def read(self) -> AbstractContextManager[sqlite3.Connection]:
        """Read; whoever lost the claim may do that too."""
        return self._database.snapshot()


def set_job_status(connection: sqlite3.Connection, job: OpenJob, status: str) -> None:
    """Put a job and the run of its body into a state."""
    connection.execute("UPDATE job_execution SET status = ? WHERE id = ?", (status, job.id))
    connection.execute(
        "UPDATE function_execution SET status = ? WHERE id = ?", (status, job.function_execution_id)
    )
