"""How many executions there are, without walking over them.

`tally` has the totals. For a window, `tally_hour` has the whole hours in it, and only the hour the
window begins in is counted in an index.
"""

from __future__ import annotations

import sqlite3
from collections import Counter

HOUR_MS = 3_600_000


def count_by_status(
    connection: sqlite3.Connection, workflow: str | None = None, since: int | None = None
) -> Counter[str]:
    """Count executions by state: of one workflow or all, made at a time or later."""
    of_workflow = " AND workflow = ?" if workflow is not None else ""
    values = () if workflow is None else (workflow,)
    found: Counter[str] = Counter()
    if since is None:
        rows = connection.execute(
            f"SELECT status, sum(count) FROM tally WHERE TRUE{of_workflow} GROUP BY status", values
        )
    else:
        hour = -(-since // HOUR_MS)
        rows = connection.execute(
            f"SELECT status, sum(count) FROM tally_hour WHERE hour >= ?{of_workflow}"
            " GROUP BY status",
            (hour, *values),
        )
        # Left to itself SQLite takes an index that has the state, and walks all of the workflow.
        index = "execution_by_time" if workflow is None else "execution_by_workflow"
        for status, count in connection.execute(
            f"SELECT status, count(*) FROM execution INDEXED BY {index}"
            f" WHERE created_at >= ? AND created_at < ?{of_workflow} GROUP BY status",
            (since, hour * HOUR_MS, *values),
        ):
            found[status] += count
    for status, count in rows:
        found[status] += count
    return +found
