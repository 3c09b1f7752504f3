"""Forgetting executions that finished long ago, with their logs."""

from __future__ import annotations

from collections.abc import Sequence

from console.clock import Clock
from console.engine.database import Database
from console.engine.logs import LogFolder
from console.engine.writing import milliseconds, next_change

BATCH = 100
"""Executions a transaction removes: few enough that no worker waits long."""
REMEMBERED_MS = 7 * 24 * 3600 * 1000
"""How long `changes` can still tell that an execution is gone."""


class Pruning:
    """Removes finished executions, a batch at a time."""

    def __init__(self, database: Database, logs: LogFolder, clock: Clock):
        self._database = database
        self._logs = logs
        self._clock = clock

    def count(self, before: int) -> int:
        """Count what finished before a time."""
        with self._database.snapshot() as connection:
            row = connection.execute(
                "SELECT count(*) FROM execution WHERE finished_at < ?", (before,)
            ).fetchone()
        return int(row[0])

    def prune_some(self, before: int) -> int:
        """Remove one batch; gives how many, 0 when nothing is left."""
        now = milliseconds(self._clock)
        with self._database.transaction() as connection:
            old = connection.execute(
                "DELETE FROM execution WHERE id IN (SELECT id FROM execution"
                " WHERE finished_at < ? ORDER BY finished_at LIMIT ?) RETURNING id",
                (before, BATCH),
            ).fetchall()
            gone = [(next_change(connection), str(row["id"])) for row in old]
            connection.executemany(
                "INSERT INTO gone (change, execution_id, pruned_at) VALUES (?, ?, ?)",
                [(change, identifier, now) for change, identifier in gone],
            )
        self._remove_logs(gone)
        return len(old)

    def remove_logs(self) -> None:
        """Remove the logs that a pruning which was interrupted has left."""
        with self._database.snapshot() as connection:
            rows = connection.execute("SELECT change, execution_id FROM gone WHERE has_logs = 1")
            gone = [(int(row["change"]), str(row["execution_id"])) for row in rows]
        if gone:
            self._remove_logs(gone)

    def _remove_logs(self, gone: Sequence[tuple[int, str]]) -> None:
        for _, identifier in gone:
            self._logs.remove(identifier)
        with self._database.transaction() as connection:
            # By their numbers: a look for their ids would walk over all that is remembered.
            connection.executemany(
                "UPDATE gone SET has_logs = 0 WHERE change = ?", [(change,) for change, _ in gone]
            )

    def forget(self) -> None:
        """Drop what was pruned long ago; a cursor from before it starts anew."""
        limit = milliseconds(self._clock) - REMEMBERED_MS
        with self._database.transaction() as connection:
            row = connection.execute(
                "SELECT max(change) FROM gone WHERE pruned_at < ? AND has_logs = 0", (limit,)
            ).fetchone()
            if row[0] is not None:
                connection.execute("UPDATE identity SET forgotten = ?", (row[0],))
                connection.execute("DELETE FROM gone WHERE change <= ?", (row[0],))
