"""A page out of 200,000 executions and out of 2,000, for each filter the console uses."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.measure import Measure, count, p95, ratios
from console.engine.database import ReaderPool
from console.engine.reads import Reads
from console.engine.upgrade import open_journal
from console.model.ids import new_id
from console.model.states import ExecutionStatus
from console.sync.list_query import ListQuery
from console.ui.execution_rows import PROBLEMS

FEW, MANY = 2_000, 200_000
PAGE = 50
"""Rows of a page: so many that both journals fill it, and the page after, for every filter."""
STEP = 13_000
"""Milliseconds between two executions, in both: the larger journal is longer, not busier."""
PAGES = 12
"""Pages read for one number; the first two are not counted."""
WINDOW = timedelta(hours=6)
"""Both journals are longer than that."""
STATES = ("SUCCESS", "FAILED", "RUNNING", "WAITING", "CANCELED")
WORKFLOWS = ("order-processing", "refund-approval", "nightly-archive", "stock-sync")
FAILED, RUNNING = ExecutionStatus.FAILED, ExecutionStatus.RUNNING

Read = Callable[[Reads], object]


def queries() -> dict[str, ListQuery]:
    """Give what the console's list asks for: all, problems, states, a workflow, both."""
    return {
        "all": ListQuery(),
        "problems": ListQuery(statuses=PROBLEMS),
        "failed": ListQuery(statuses=frozenset({FAILED})),
        "running": ListQuery(statuses=frozenset({RUNNING})),
        "a workflow": ListQuery("stock-sync"),
        "its problems": ListQuery("stock-sync", PROBLEMS),
        "its failures": ListQuery("stock-sync", frozenset({FAILED})),
    }


def reads() -> dict[str, Read]:
    """Give what is read, by name: first pages, pages that follow, totals, counts, changes."""

    def page(query: ListQuery) -> Read:
        return lambda journal: journal.list(query.page(PAGE))

    def following(query: ListQuery) -> Read:
        tokens: dict[Reads, str] = {}

        def read(journal: Reads) -> object:
            if journal not in tokens:
                tokens[journal] = journal.list(query.page(PAGE)).next_token
            return journal.list(query.page(PAGE, tokens[journal]))

        return read

    found: dict[str, Read] = {}
    for name, query in queries().items():
        found[name] = page(query)
        found[f"{name}, the page after"] = following(query)
    found["counts of six hours"] = lambda journal: journal.counts(_now() - WINDOW)
    found["counts"] = lambda journal: journal.counts(None)
    return found


def _now() -> datetime:
    return datetime.now(UTC)


def measure(runs: int) -> Iterator[Measure]:
    """Compare the CPU of each, and look at how SQLite goes about them."""
    with tempfile.TemporaryDirectory(prefix="wfc-bench-") as folder:
        few = _open(make(Path(folder) / "few.db", FEW))
        many = _open(make(Path(folder) / "many.db", MANY))
        for name, read in reads().items():
            found = [(_cpu(read, many), _cpu(read, few)) for _ in range(runs)]
            yield ratios(f"list page, {name}", found, "ms", 2, scale=1000)
        walks = plans_without_index(Path(folder) / "many.db")
        yield count("query plans that walk a table", len(walks), "plans", 0)


def _open(path: Path) -> Reads:
    return Reads(ReaderPool(path))


def _cpu(read: Read, journal: Reads) -> float:
    spent = []
    for _ in range(PAGES):
        before = time.process_time()
        read(journal)
        spent.append(time.process_time() - before)
    return p95(sorted(spent[2:])[:-2])


def make(path: Path, number: int, states: Sequence[str] = STATES) -> Path:
    """Make a journal of so many executions with two jobs each, in every state by turns."""
    database = open_journal(path)
    database.execute("PRAGMA synchronous = OFF")
    begin = round(_now().timestamp() * 1000) - number * STEP
    with database.transaction() as connection:
        for index in range(number):
            _insert(connection, index, begin + index * STEP, states[index % len(states)])
        connection.execute("UPDATE identity SET change = ?", (number,))
    database.close()
    return path


def _insert(connection: sqlite3.Connection, index: int, made: int, status: str) -> None:
    identifier, ended = (
        f"{made:012x}-{index:08}",
        made + 1000 if status not in ("RUNNING", "WAITING") else None,
    )
    connection.execute(
        "INSERT INTO execution (id, workflow, status, argument, invoker, created_at, started_at,"
        " finished_at, queued_at, change) VALUES (?, ?, ?, '{}', '', ?, ?, ?, ?, ?)",
        (identifier, WORKFLOWS[index % 4], status, made, made, ended, made, index + 1),
    )
    for turn, name in enumerate(("main", "main/step")):
        connection.execute(
            "INSERT INTO job_execution (id, execution_id, place, turn, name, stacked_name, input,"
            " input_hash, status, function_execution_id, started_at, finished_at)"
            " VALUES (?, ?, ?, ?, ?, ?, '{}', '', 'SUCCESS', ?, ?, ?)",
            (new_id(), identifier, "0" * 6 * (turn + 1), turn, "job", name, "f", made, made + 900),
        )


def plans_without_index(path: Path) -> list[str]:
    """Give the steps of query plans that walk a table, of everything the list asks."""
    pool = ReaderPool(path)
    statements: list[str] = []
    with pool.snapshot():
        pass  # so that it has a connection
    database = pool._idle.get_nowait()
    database._connection.set_trace_callback(statements.append)
    pool._idle.put(database)
    journal = Reads(pool)
    for read in reads().values():
        read(journal)
    database._connection.set_trace_callback(None)
    found: list[str] = []
    for statement in {text for text in statements if text.startswith("SELECT")}:
        for row in database.execute(f"EXPLAIN QUERY PLAN {statement}"):
            detail = row["detail"]
            is_table = any(name in detail.split() for name in ("execution", "job_execution"))
            if detail.startswith("SCAN") and is_table and "USING" not in detail:
                found.append(detail)
    pool.close()
    return found
