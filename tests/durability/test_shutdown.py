"""The server is told to end: running jobs have their time, and what is left is handed over."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import time
from pathlib import Path

import pytest

from console.engine.local import open_engine
from console.model.states import ExecutionStatus, JobStatus
from console.server import background
from tests.demo.processes import alive
from tests.durability.calls import Client
from tests.engine.trial import ended, marks, opened, until, write_project

SUCCESS = ExecutionStatus.SUCCESS


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give the folder of a small project."""
    return write_project(tmp_path / "trial")


def _words(root: Path) -> list[str]:
    return [" ".join(mark.split()[:-1]) for mark in marks(root)]


def test_a_running_job_comes_to_its_end_and_no_other_begins(root: Path) -> None:
    async def scenario() -> None:
        engine = open_engine(root, workers=2)
        await engine.open()
        execution_id = await engine.start("flow", '{"how":"hold"}')
        await until(lambda: "misbehave" in _words(root))
        idle = {w.process_id for w in await engine.workers() if w.execution_id is None}
        assert idle
        closing = asyncio.create_task(engine.close(grace=30))
        # All are told in one go; the idle one ends by it, so the running one has been told as well.
        await until(lambda: not alive(idle))
        (root / "go").touch()
        began = time.monotonic()
        await closing
        assert time.monotonic() - began < 5
        assert _words(root) == ["step 1", "misbehave"]
        async with opened(root) as engine:
            execution = await ended(engine, execution_id)
            assert execution.status is SUCCESS
            history = await engine.attempts(execution_id)
            assert [(job.stacked_name, job.status) for job in history.jobs] == [
                ("main-job", JobStatus.CANCELED),
                ("main-job/step", JobStatus.SUCCESS),
                ("main-job/misbehave", JobStatus.SUCCESS),
                ("main-job", JobStatus.SUCCESS),
                ("main-job/step", JobStatus.SUCCESS),
            ]
            assert history.jobs[0].error is not None
            assert "the server was stopped" in history.jobs[0].error.message

    asyncio.run(scenario())
    assert _words(root) == ["step 1", "misbehave", "step 2"]


def test_an_execution_in_its_last_job_ends_and_what_has_not_begun_waits(root: Path) -> None:
    async def scenario() -> None:
        engine = open_engine(root, workers=1)
        await engine.open()
        first = await engine.start("one-at-a-time", None)
        await until(lambda: marks(root))
        second = await engine.start("one-at-a-time", None)
        await engine.close(grace=30)
        with sqlite3.connect(root / ".wfc" / "journal.db") as connection:
            states = dict(connection.execute("SELECT id, status FROM execution").fetchall())
        connection.close()
        assert states == {first: "SUCCESS", second: "PENDING"}

    asyncio.run(scenario())
    assert marks(root) == ["in", "out"]


@pytest.mark.parametrize("is_hurried", [False, True])
def test_a_job_that_takes_longer_is_stopped_and_counts_as_not_run(
    root: Path, is_hurried: bool
) -> None:
    async def scenario() -> None:
        engine = open_engine(root, workers=1)
        await engine.open()
        execution_id = await engine.start("flow", '{"how":"hold"}')
        await until(lambda: "misbehave" in _words(root))
        hurry = asyncio.Event()
        if is_hurried:
            asyncio.get_running_loop().call_later(0.3, hurry.set)
        began = time.monotonic()
        await engine.close(grace=60 if is_hurried else 0.5, hurry=hurry)
        # The grace; one second to clean up in, for a body that waits in a thread; the end.
        assert 0.3 <= time.monotonic() - began < 4
        (root / "go").touch()
        async with opened(root) as engine:
            assert (await ended(engine, execution_id)).status is SUCCESS
            assert len((await engine.attempts(execution_id)).attempts) == 1

    asyncio.run(scenario())
    assert _words(root) == ["step 1", "misbehave", "misbehave", "step 2"]


@pytest.mark.parametrize("is_at_once", [False, True])
def test_wfc_down_gives_running_jobs_the_time_the_project_says(
    root: Path, is_at_once: bool
) -> None:
    project = root / "wfc.toml"
    project.write_text(project.read_text() + "[server]\ngrace_seconds = 60\nworkers = 1\n")

    async def scenario() -> None:
        record = await asyncio.to_thread(background.up, root)
        assert record.grace_seconds == 60
        try:
            async with Client(root) as client:
                await client.call("Start", workflowName="flow", arg='{"how":"hold"}')
            await until(lambda: "misbehave" in _words(root))
            began = time.monotonic()
            down = asyncio.create_task(asyncio.to_thread(background.down, root, at_once=is_at_once))
            if not is_at_once:
                record_path = root / ".wfc" / "server.json"
                await until(lambda: not record_path.exists())
                assert not down.done()
                (root / "go").touch()
            assert await down
            assert time.monotonic() - began < 12
        finally:
            try:
                os.kill(record.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    asyncio.run(scenario())
    assert _words(root) == ["step 1", "misbehave"]
    with sqlite3.connect(root / ".wfc" / "journal.db") as connection:
        rows = connection.execute("SELECT name, status FROM job_execution ORDER BY place")
        jobs = dict(rows.fetchall())
    connection.close()
    last = "CANCELED" if is_at_once else "SUCCESS"
    assert jobs == {"main-job": "CANCELED", "step": "SUCCESS", "misbehave": last}
