"""Several worker processes on one journal: the concurrency limit is never exceeded, by anybody.

A body holds a seat from its first line until nothing of it runs any more; the system frees the
seat of a process that dies. Whoever finds no seat has been let in too early.
"""

from __future__ import annotations

import asyncio
import random
import time
from pathlib import Path

import pytest

from console.engine.interface import NotInState
from console.engine.local import LocalEngine
from console.model.ids import ExecutionId
from console.model.states import ExecutionStatus
from tests.engine.trial import marks, opened, until

JOBS = """
import asyncio, fcntl, os, time
from contextlib import contextmanager
from pathlib import Path
from console.workflow import (
    ConcurrencyPolicy, create_workflow, create_workflow_job, define_wait_point,
)

HERE = Path(__file__).parent
SEATS = 2
approval = define_wait_point("approval")


def note(text):
    file = os.open(HERE / "marks", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(file, (text + "\\n").encode())
    os.close(file)


@contextmanager
def seat(who):
    for number in range(SEATS):
        file = os.open(HERE / f"seat-{who}-{number}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            os.close(file)
    else:
        note(f"overfull {who}")
        yield
        return
    note(f"in {who}")
    try:
        yield
    finally:
        time.sleep(0.04)  # cleaning up takes a moment
        os.close(file)


@create_workflow_job(name="waits")
async def waits() -> None:
    with seat("waits"):
        await approval.wait()


@create_workflow_job(name="waits-sync")
def waits_sync() -> None:
    with seat("waits-sync"):
        approval.wait_sync()


@create_workflow_job(name="works")
def works() -> None:
    with seat("works"):
        time.sleep(0.15)


@create_workflow_job(name="calls")
async def calls() -> None:
    with seat("calls"):
        await works_below.trigger()


@create_workflow_job(name="works-below")
def works_below() -> None:
    time.sleep(0.1)
"""


@pytest.fixture
def crowded(tmp_path: Path) -> Path:
    """A project whose workflows have two seats each."""
    (tmp_path / "wfc.toml").write_text('[project]\nname = "crowded"\nfiles = ["*.py"]\n')
    (tmp_path / "jobs.py").write_text(JOBS)
    for job in ("waits", "waits_sync", "works", "calls"):
        name = job.replace("_", "-")
        (tmp_path / f"flow_{job}.py").write_text(
            "from console.workflow import ConcurrencyPolicy, create_workflow\n"
            f"from jobs import {job}\n"
            f"default = create_workflow(name='flow-{name}', main_job={job},"
            " concurrency_policy=ConcurrencyPolicy(2))\n"
        )
    return tmp_path


async def _all(engine: LocalEngine, ids: list[ExecutionId], *states: ExecutionStatus) -> None:
    deadline = time.monotonic() + 20
    for identifier in ids:
        while (await engine.get(identifier)).status not in states:
            assert time.monotonic() < deadline, await engine.get(identifier)
            await asyncio.sleep(0.01)


def test_a_body_that_parks_has_left_before_another_is_let_in(crowded: Path) -> None:
    async def scenario() -> None:
        async with opened(crowded, workers=4) as engine:
            flows = ["flow-waits", "flow-waits-sync"] * 5
            ids = [await engine.start(flow, None) for flow in flows]
            await _all(engine, ids, ExecutionStatus.WAITING)
            for identifier in ids:
                await engine.resolve(identifier, "approval", "null")
            await _all(engine, ids, ExecutionStatus.SUCCESS)

    asyncio.run(scenario())
    assert "overfull" not in "".join(marks(crowded))
    assert len(marks(crowded)) == 20


def test_what_a_canceled_body_left_running_has_ended_before_another_is_let_in(
    crowded: Path,
) -> None:
    draw = random.Random(7)

    async def scenario() -> None:
        async with opened(crowded, workers=4) as engine:
            ids = [await engine.start("flow-works", None) for _ in range(12)]
            await until(lambda: len(marks(crowded)) >= 2)
            for identifier in draw.sample(ids, 6):
                try:
                    await engine.cancel(identifier)
                except NotInState:
                    pass  # it had ended
            await _all(engine, ids, ExecutionStatus.SUCCESS, ExecutionStatus.CANCELED)

    asyncio.run(scenario())
    assert "overfull" not in "".join(marks(crowded))
