"""What a job costs the journal, and how many jobs a worker gets through, beside bare SQLite."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.measure import Measure, count, p95
from benchmarks.project import JOBS, opened, written
from console.engine.project import load_project
from console.model.ids import ExecutionId
from console.model.states import ExecutionStatus
from tests.engine.bench import Bench

SECONDS = 1.5
"""How long bare SQLite inserts and commits."""
ALONE, MANY = 20, 100
"""Executions for one worker, and for four."""


def measure(runs: int) -> Iterator[Measure]:
    """Count commits; compare jobs a second with commits a second."""
    yield count("commits a job", _commits(), "commits", 2)
    alone, four = [], []
    for _ in range(runs):
        with tempfile.TemporaryDirectory(prefix="wfc-bench-") as folder:
            rate = bare_rate(Path(folder))
            jobs = asyncio.run(_jobs_a_second(written(Path(folder) / "one"), ALONE, 1))
            alone.append((jobs, rate))
            jobs = asyncio.run(_jobs_a_second(written(Path(folder) / "four"), MANY, 4))
            four.append((jobs, rate))
    yield _share("jobs a second of one worker", alone)
    # One journal is written by one process at a time: more workers are for jobs that take time.
    yield _share(f"the same of four together, {MANY} executions of {JOBS} jobs", four)


def _share(name: str, found: Sequence[tuple[float, float]]) -> Measure:
    # The worst of the runs counts: of a rate that is the lowest.
    shares = [jobs / rate for jobs, rate in found]
    worst = -p95([-share for share in shares])
    jobs = -p95([-jobs for jobs, _ in found])
    rate = -p95([-rate for _, rate in found])
    return Measure(name, f"{jobs:,.0f} jobs/s", f"{rate:,.0f} commits/s", worst, 0.1, is_least=True)


def bare_rate(folder: Path) -> float:
    """Give how often a second this disk takes a row and its commit, with synchronous=FULL."""
    connection = sqlite3.connect(folder / "bare.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE row (id INTEGER PRIMARY KEY, text TEXT NOT NULL)")
    number, began = 0, time.perf_counter()
    while (passed := time.perf_counter() - began) < SECONDS:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO row (text) VALUES (?)", ("x" * 200,))
        connection.execute("COMMIT")
        number += 1
    connection.close()
    return number / passed


def _commits() -> float:
    """Count the commits of one execution, from its claim to its end, for each of its jobs."""
    with tempfile.TemporaryDirectory(prefix="wfc-bench-") as folder:
        root = written(Path(folder) / "project")
        state = root / ".wfc"
        state.mkdir()
        bench = Bench(state, load_project(root))
        bench.start("eleven")
        claim = bench.claim()
        assert claim is not None
        statements: list[str] = []
        bench.database._connection.set_trace_callback(statements.append)
        bench.execute(claim)
        bench.database._connection.set_trace_callback(None)
        execution = bench.get(claim.execution_id)
        bench.close()
    assert execution.status is ExecutionStatus.SUCCESS and len(execution.jobs) == JOBS
    commits = sum(statement == "COMMIT" for statement in statements)
    begins = sum(statement.startswith("BEGIN IMMEDIATE") for statement in statements)
    return min(commits, begins) / JOBS


async def _jobs_a_second(root: Path, executions: int, workers: int) -> float:
    async with opened(root, workers) as engine:
        ids = [await engine.start("eleven", None) for _ in range(executions)]
        await _all_ended(engine, ids)
        found = [await engine.get(identifier) for identifier in ids]
    assert all(one.status is ExecutionStatus.SUCCESS for one in found)
    assert all(len(one.jobs) == JOBS for one in found)
    began = min(one.started_at for one in found if one.started_at is not None)
    ended = max(one.finished_at for one in found if one.finished_at is not None)
    return executions * JOBS / (ended - began).total_seconds()


async def _all_ended(engine: object, ids: Sequence[ExecutionId]) -> None:
    for _ in range(6000):
        counts = await engine.counts()  # type: ignore[attr-defined]
        if sum(n for status, n in counts.by_status.items() if status.is_finished) >= len(ids):
            return
        await asyncio.sleep(0.05)
    raise AssertionError("they never ended")
