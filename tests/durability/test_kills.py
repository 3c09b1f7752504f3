"""SIGKILL of workers, of the server, and of all at once; the long campaign is `campaign.py`."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path

import pytest

from console.model.states import ExecutionStatus
from console.server import background
from tests.durability.calls import Client
from tests.durability.drill import Outcome, run_drill
from tests.engine.trial import ended, marks, opened, until, write_project

SEEDS = [(13, "both"), (12, "commits")]


def test_whatever_is_killed_every_execution_ends_right(tmp_path: Path) -> None:
    async def all_of_them() -> list[Outcome]:
        drills = []
        for seed, kind in SEEDS:
            folder = tmp_path / f"{seed}-{kind}"
            folder.mkdir()
            drills.append(run_drill(seed, folder, kind, largest=8))
        return await asyncio.gather(*drills)

    outcomes = asyncio.run(all_of_them())
    assert {f"{one.seed} {one.kind}": one.problems for one in outcomes} == {
        f"{seed} {kind}": [] for seed, kind in SEEDS
    }
    assert sum(sum(one.kills.values()) for one in outcomes) >= 4
    assert sum(one.jobs for one in outcomes) > 50 and sum(one.lines for one in outcomes) > 500


def _pids(root: Path) -> list[int]:
    return [int(mark.split()[-1]) for mark in marks(root) if mark.startswith("misbehave")]


def test_what_a_killed_worker_ran_goes_on_at_once(tmp_path: Path) -> None:
    root = write_project(tmp_path / "trial")

    async def scenario() -> None:
        async with opened(root, workers=2) as engine:
            execution_id = await engine.start("flow", '{"how":"hold"}')
            await until(lambda: _pids(root))
            os.kill(_pids(root)[0], signal.SIGKILL)
            killed = time.monotonic()
            await until(lambda: len(_pids(root)) == 2)
            assert time.monotonic() - killed < 1.5, "another worker was idle"
            (root / "go").touch()
            assert (await ended(engine, execution_id)).status is ExecutionStatus.SUCCESS

    asyncio.run(scenario())


@pytest.mark.parametrize("warned", [True, False])
def test_what_all_that_were_killed_ran_is_taken_over_as_soon_as_there_is_a_server(
    tmp_path: Path, warned: bool
) -> None:
    root = write_project(tmp_path / "trial")
    project = root / "wfc.toml"
    project.write_text(project.read_text() + "[server]\nworkers = 1\ngrace_seconds = 0\n")

    async def scenario() -> None:
        first = await asyncio.to_thread(background.up, root)
        async with Client(root) as client:
            started = await client.call("Start", workflowName="flow", arg='{"how":"hold"}')
            await until(lambda: _pids(root))
            victims = [first.pid, *([] if warned else _pids(root))]
            for number in (signal.SIGSTOP, signal.SIGKILL):
                for pid in victims:
                    os.kill(pid, number)
            await asyncio.to_thread(background.up, root)
            up = time.monotonic()
            await until(lambda: len(_pids(root)) == 2)
            # Less than the lease of five seconds: the dead worker's lock was free. A worker that
            # only heard that its server has gone gives its body one second more.
            assert time.monotonic() - up < 3
            (root / "go").touch()
            deadline = time.monotonic() + 10
            while await client.status(started["executionId"]) != "SUCCESS":
                assert time.monotonic() < deadline
                await asyncio.sleep(0.02)

    try:
        asyncio.run(scenario())
    finally:
        background.down(root)
    assert [mark.split()[:2] for mark in marks(root) if mark.startswith("step")] == [
        ["step", "1"],
        ["step", "2"],
    ]
