"""What grows: 200,000 finished executions, their pruning, and a job that prints without end."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.clock import SystemClock
from console.engine.database import Database, ReaderPool
from console.engine.logs import LogFolder
from console.engine.prune import BATCH, Pruning
from console.engine.reads import Reads
from console.model.query import ExecutionQuery
from console.model.states import ExecutionStatus
from tests.engine.blank import open_blank
from tests.engine.trial import ended, opened, until, write_project

MANY = 200_000
EPOCH_MS = 1_700_000_000_000
FAILED = frozenset({ExecutionStatus.FAILED})

FILL = """
WITH RECURSIVE number (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM number WHERE i + 1 < ?)
INSERT INTO execution (id, workflow, status, argument, invoker, created_at, started_at,
  finished_at, queued_at, change)
SELECT printf('%08x-0000-7000-8000-%012x', i, i), 'flow-' || (i % 5),
  CASE WHEN i % 1000 = 0 THEN 'FAILED' ELSE 'SUCCESS' END, '{}', '',
  1700000000000 + i * 1000, 1700000000000 + i * 1000, 1700000000500 + i * 1000,
  1700000000000 + i * 1000, i + 1
FROM number;
INSERT INTO job_execution (id, execution_id, place, turn, name, stacked_name, input, input_hash,
  status, function_execution_id, started_at, finished_at)
SELECT id || '-job', id, '000000', 0, 'main-job', 'main-job', '{}', '', status, id || '-run',
  started_at, finished_at FROM execution;
UPDATE identity SET change = (SELECT max(change) FROM execution);
"""


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A journal of 200,000 executions that have ended, one a second."""
    database = open_blank(tmp_path_factory.mktemp("crowd"))
    with database.transaction() as connection:
        for statement in FILL.split(";\n")[:-1]:
            connection.execute(statement, (MANY,) if "?" in statement else ())
    yield database
    database.close()


def _milliseconds(work: Callable[[], object]) -> float:
    """Give the median time of some runs."""
    times = []
    for _ in range(7):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def test_a_long_list_is_read_as_quickly_as_a_short_one(crowd: Database) -> None:
    reads = Reads(ReaderPool(crowd.path))
    half = datetime.fromtimestamp((EPOCH_MS + MANY * 500) / 1000, UTC)
    deep = ExecutionQuery(limit=1000)
    for _ in range(3):
        deep = ExecutionQuery(limit=1000, token=reads.list(deep).next_token)
    cursor = reads.changes("", 1).cursor
    before = f"{cursor.partition('.')[0]}.{MANY - 500}"
    # A page of 50 takes 1 ms; the bound leaves room for a machine with other things to do.
    bounds: dict[str, tuple[float, Callable[[], object]]] = {
        "the first page": (15, lambda: reads.list(ExecutionQuery(limit=50))),
        "the oldest": (15, lambda: reads.list(ExecutionQuery(limit=50, newest_first=False))),
        "one of a thousand": (15, lambda: reads.list(ExecutionQuery(statuses=FAILED, limit=50))),
        "of a workflow": (15, lambda: reads.list(ExecutionQuery(workflow="flow-3", limit=50))),
        "its failures": (
            15,
            lambda: reads.list(ExecutionQuery(workflow="flow-0", statuses=FAILED, limit=50)),
        ),
        "a window": (15, lambda: reads.list(ExecutionQuery(since=half, limit=50))),
        "a later page": (15, lambda: reads.list(ExecutionQuery(limit=50, token=_token(reads)))),
        "counts": (10, lambda: reads.counts(None)),
        "counts of a window": (15, lambda: reads.counts(half)),
        "changes": (20, lambda: reads.changes(before, 50)),
    }
    slow = {
        what: took
        for what, (bound, work) in bounds.items()
        if (took := _milliseconds(work)) > bound
    }
    assert slow == {}
    assert reads.list(ExecutionQuery(statuses=FAILED)).total == MANY // 1000
    assert sum(reads.counts(half).by_status.values()) == MANY // 2


def _token(reads: Reads) -> str:
    return reads.list(ExecutionQuery(limit=40)).next_token


def test_pruning_takes_the_same_time_for_the_last_batch_as_for_the_first(
    crowd: Database, tmp_path: Path
) -> None:
    # What is remembered of a large pruning before must not be walked over by each batch.
    with crowd.transaction() as connection:
        connection.execute(
            "WITH RECURSIVE number (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM number"
            " WHERE i < 100000) INSERT INTO gone SELECT -i, 'gone-' || i, 0, 0 FROM number"
        )
    pruning = Pruning(crowd, LogFolder(tmp_path / "logs"), SystemClock())
    began = time.perf_counter()
    for _ in range(20):
        assert pruning.prune_some(EPOCH_MS + 10**12) == BATCH
    # About 3 ms a batch; with a walk over what is remembered it would be a second.
    assert (time.perf_counter() - began) / 20 < 0.1
    (left,) = crowd.execute("SELECT count(*) FROM execution").fetchone()
    assert left == MANY - 20 * BATCH
    (jobs,) = crowd.execute("SELECT count(*) FROM job_execution").fetchone()
    assert jobs == left


LOUD = """
from console.workflow import create_workflow, create_workflow_job

@create_workflow_job(name="loud")
def loud(input: dict) -> None:
    for number in range(input["lines"]):
        print("line", number, "of a job that has much to say")

default = create_workflow(name="loud-flow", main_job=loud)
"""
LINES = int(os.environ.get("LOUD_LINES", "60000"))
"""A million takes 20 s: `LOUD_LINES=1000000 python -m pytest tests/durability -k prints`."""


def test_a_job_that_prints_without_end_needs_no_memory_and_slows_nobody(tmp_path: Path) -> None:
    root = write_project(tmp_path / "trial")
    (root / "workflows" / "loud.py").write_text(LOUD)

    async def scenario() -> None:
        async with opened(root, workers=2) as engine:
            await ended(engine, await engine.start("flow", "{}"))
            loud = await engine.start("loud-flow", f'{{"lines":{LINES}}}')
            await until(lambda: list((root / ".wfc" / "logs").rglob(f"{loud}/*.log")))
            (worker,) = [one for one in await engine.workers() if one.execution_id == loud]
            times, peak = [], 0
            while not (await engine.get(loud)).status.is_finished:
                began = time.perf_counter()
                other = await engine.start("flow", "{}")
                assert (await ended(engine, other)).status is ExecutionStatus.SUCCESS
                times.append(time.perf_counter() - began)
                peak = max(peak, _resident(worker.process_id))
            # Four jobs, eight commits, beside a worker that takes one of the cores whole.
            assert len(times) >= 2 and statistics.median(times) < 1.0
            assert peak < 120 * 1024 * 1024, "the whole log would be far more than its worker"
            (job,) = (await engine.get(loud)).jobs
            assert job.function_execution_id is not None
            offset = lines = 0
            while True:
                chunk = await engine.read_log(job.function_execution_id, offset, 1 << 20)
                lines += chunk.data.count(b"\n")
                offset = chunk.next_offset
                if chunk.is_complete:
                    break
            assert lines == LINES
            text = (await engine.function_execution(job.function_execution_id)).logs
            assert len(text) < 4 * 1024 * 1024
            assert text.endswith(f"line {LINES - 1} of a job that has much to say\n")

    asyncio.run(scenario())


def _resident(pid: int) -> int:
    """Give the memory of a process in bytes; 0 where that cannot be told."""
    try:
        fields = Path(f"/proc/{pid}/statm").read_text().split()
    except OSError:
        return 0
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")


def test_a_project_keeps_as_long_as_it_says(tmp_path: Path) -> None:
    root = write_project(tmp_path / "trial")
    settings = root / "wfc.toml"
    settings.write_text(settings.read_text() + "[retention]\ndays = 3\n")

    async def scenario() -> None:
        async with opened(root) as engine:
            old, new = [await engine.start("flow", "{}") for _ in range(2)]
            failed = await engine.start("flow", '{"how":"fail"}')
            for identifier in (old, new, failed):
                await ended(engine, identifier)
            with sqlite3.connect(root / ".wfc" / "journal.db") as connection:
                for identifier, days in ((old, 4), (new, 2), (failed, 4)):
                    connection.execute(
                        "UPDATE execution SET finished_at = finished_at - ? WHERE id = ?",
                        (days * 86_400_000, identifier),
                    )
            connection.close()
            assert (await engine.prune(dry_run=True)).executions == 2
        async with opened(root) as engine:
            deadline = time.monotonic() + 5
            while [item.id for item in (await engine.list(ExecutionQuery())).items] != [new]:
                assert time.monotonic() < deadline, "it prunes by itself when it starts"
                await asyncio.sleep(0.02)
        names = {path.parent.name for path in (root / ".wfc" / "logs").rglob("*.log")}
        assert names == {new}

    asyncio.run(scenario())
