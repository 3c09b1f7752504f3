"""Forgetting executions that finished long ago, with their logs."""

from __future__ import annotations

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
            connection.executemany(
                "INSERT INTO gone (change, execution_id, pruned_at) VALUES (?, ?, ?)",
                [(next_change(connection), row["id"], now) for row in old],
            )
        self.remove_logs()
        return len(old)

    def remove_logs(self) -> None:
        """Remove the logs of what is gone: of this time, and of one that was interrupted."""
        with self._database.snapshot() as connection:
            gone = [
                str(row[0])
                for row in connection.execute("SELECT execution_id FROM gone WHERE has_logs = 1")
            ]
        if not gone:
            return
        for identifier in gone:
            self._logs.remove(identifier)
        with self._database.transaction() as connection:
            connection.executemany(
                "UPDATE gone SET has_logs = 0 WHERE execution_id = ?", [(name,) for name in gone]
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
