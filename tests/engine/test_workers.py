"""Real worker processes: they die, hang, crash and are canceled, and nothing is lost."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from console.engine.interface import NotInState
from console.engine.supervisor import Supervisor
from console.engine.worker_process import WorkerProcess
from console.model.states import ExecutionStatus, JobStatus
from tests.engine.trial import ended, marks, opened, until
from tests.fakes.process import is_alive

SUCCESS = ExecutionStatus.SUCCESS


def _pids(root: Path, word: str) -> list[int]:
    return [int(line.split()[-1]) for line in marks(root) if line.startswith(word)]


def test_a_worker_killed_in_a_job_is_taken_over_and_no_succeeded_body_runs_twice(
    root: Path,
) -> None:
    async def scenario() -> None:
        async with opened(root, workers=2) as engine:
            execution_id = await engine.start("flow", '{"how":"die-once"}')
            execution = await ended(engine, execution_id)
            assert execution.status is SUCCESS
            history = await engine.attempts(execution_id)
            assert len(history.attempts) == 1
            assert [(job.stacked_name, job.status) for job in history.jobs] == [
                ("main-job", JobStatus.CANCELED),
                ("main-job/step", JobStatus.SUCCESS),
                ("main-job/misbehave", JobStatus.CANCELED),
                ("main-job", JobStatus.SUCCESS),
                ("main-job/misbehave", JobStatus.SUCCESS),
                ("main-job/step", JobStatus.SUCCESS),
            ]
            error = history.jobs[2].error
            assert error is not None and "was ended by SIGKILL" in error.message
            await until(lambda: engine._supervisor.alive == 2)

    asyncio.run(scenario())
    assert [line.split()[:-1] for line in marks(root) if line.startswith("step")] == [
        ["step", "1"],
        ["step", "2"],
    ]
    assert len(_pids(root, "misbehave")) == 2


def test_an_execution_that_crashes_every_worker_fails_and_the_engine_goes_on(root: Path) -> None:
    async def scenario() -> None:
        async with opened(root) as engine:
            execution_id = await engine.start("flow", '{"how":"crash"}')
            execution = await ended(engine, execution_id)
            assert execution.status is ExecutionStatus.FAILED
            error = (await engine.attempts(execution_id)).attempts[0].error
            assert error is not None and error.type == "WorkerLost"
            assert "SIGSEGV" in error.message and "3 workers were lost" in error.message
            other = await engine.start("flow", "{}")
            assert (await ended(engine, other)).status is SUCCESS

    asyncio.run(scenario())
    assert "Segmentation fault" in (root / ".wfc" / "workers.log").read_text()


@pytest.mark.parametrize("how", ["hang", "detach"])
def test_cancelling_stops_the_running_job_its_children_and_starts_another_worker(
    root: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr("console.engine.supervisor.CANCEL_GRACE_SECONDS", 0.3)

    async def scenario() -> None:
        async with opened(root) as engine:
            execution_id = await engine.start("flow", f'{{"how":"{how}"}}')
            await until(lambda: _pids(root, "child"))
            pids = _pids(root, "misbehave") + _pids(root, "child")
            assert all(is_alive(pid) for pid in pids)
            await engine.cancel(execution_id, actor="dan", reason="stuck")
            execution = await engine.get(execution_id)
            assert execution.status is ExecutionStatus.CANCELED
            assert [job.status for job in execution.jobs] == [
                JobStatus.CANCELED,
                JobStatus.SUCCESS,
                JobStatus.CANCELED,
            ]
            await until(lambda: not any(is_alive(pid) for pid in pids))
            with pytest.raises(NotInState):
                await engine.cancel(execution_id)
            other = await engine.start("flow", "{}")
            assert (await ended(engine, other)).status is SUCCESS

    asyncio.run(scenario())


def test_the_children_of_a_killed_worker_end_with_it(root: Path) -> None:
    async def scenario() -> None:
        async with opened(root) as engine:
            await engine.start("flow", '{"how":"hang"}')
            await until(lambda: _pids(root, "child"))
            (worker,), (child,) = _pids(root, "misbehave"), _pids(root, "child")
            os.kill(worker, signal.SIGKILL)
            await until(lambda: not is_alive(child))

    asyncio.run(scenario())


def test_a_body_that_holds_up_its_loop_is_ended_after_the_grace(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.engine.supervisor.CANCEL_GRACE_SECONDS", 0.2)
    bury = Supervisor._bury

    async def late(self: Supervisor, worker: WorkerProcess) -> None:
        await asyncio.sleep(0.3)  # a busy machine; the cancel is answered when it is done
        await bury(self, worker)

    monkeypatch.setattr(Supervisor, "_bury", late)

    async def scenario() -> None:
        async with opened(root) as engine:
            execution_id = await engine.start("blocking", None)
            await until(lambda: _pids(root, "block"))
            await asyncio.wait_for(engine.cancel(execution_id), 10)
            assert (await engine.get(execution_id)).status is ExecutionStatus.CANCELED
            pids = _pids(root, "block") + _pids(root, "child")
            await until(lambda: not any(is_alive(pid) for pid in pids))
            assert len(pids) == 2

    asyncio.run(scenario())


def test_a_canceled_body_may_clean_up(root: Path) -> None:
    async def scenario() -> None:
        async with opened(root) as engine:
            execution_id = await engine.start("tidy-flow", None)
            await until(lambda: _pids(root, "tidy"))
            await engine.cancel(execution_id)
            assert (await engine.get(execution_id)).status is ExecutionStatus.CANCELED

    asyncio.run(scenario())
    assert "cleaned up" in marks(root)


def test_a_hanging_body_holds_up_nobody_else_and_close_ends_it(root: Path) -> None:
    async def scenario() -> str:
        async with opened(root, workers=2) as engine:
            hanging = await engine.start("flow", '{"how":"hang"}')
            await until(lambda: _pids(root, "child"))
            other = await engine.start("flow", "{}")
            assert (await ended(engine, other)).status is SUCCESS
            health = await engine.health()
            assert (health.workers, health.running, health.backlog) == (2, 1, 0)
            assert {info.execution_id for info in await engine.workers()} == {None, hanging}
            return hanging

    hanging = asyncio.run(scenario())
    assert not any(is_alive(pid) for pid in _pids(root, "child"))

    async def afterwards() -> None:
        from console.engine.local import open_engine

        engine = open_engine(root)
        try:
            # Its worker let go of it, so the next server need not wait for the lease.
            status = (await engine.get(hanging)).status  # type: ignore[arg-type]
            assert status is ExecutionStatus.PENDING_RESUME
        finally:
            await engine.close()

    asyncio.run(afterwards())


SERVER = """
import asyncio, sys
from pathlib import Path
from console.engine.local import open_engine

async def main():
    async with open_engine(Path(sys.argv[1]), workers=1, lease_seconds=60.0) as engine:
        print(await engine.start("flow", '{"how":"hold"}'), flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.mark.parametrize("dies_too", [False, True])
def test_no_worker_outlives_a_killed_server_and_the_next_one_takes_over(
    root: Path, dies_too: bool
) -> None:
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(root)], stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    execution_id = server.stdout.readline().strip()

    async def scenario() -> None:
        await until(lambda: _pids(root, "misbehave"))
        (worker,) = _pids(root, "misbehave")
        if dies_too:
            # It does not even hear that its server has gone.
            os.kill(worker, signal.SIGSTOP)
        server.send_signal(signal.SIGKILL)
        server.wait()
        if dies_too:
            os.kill(worker, signal.SIGKILL)
        await until(lambda: not is_alive(worker))
        with sqlite3.connect(root / ".wfc" / "journal.db") as connection:
            (status,) = connection.execute("SELECT status FROM execution").fetchone()
        connection.close()
        assert status == "RUNNING"
        (root / "go").touch()
        # The worker's lock is free: nobody waits for the lease.
        async with opened(root, lease=60.0) as engine:
            execution = await ended(engine, execution_id)  # type: ignore[arg-type]
            assert execution.status is SUCCESS

    try:
        asyncio.run(scenario())
    finally:
        server.kill()
        server.wait()
        server.stdout.close()
    assert len(_pids(root, "misbehave")) == 2
    assert len([line for line in marks(root) if line.startswith("step 1")]) == 1


def test_a_stopped_worker_loses_its_execution_and_changes_nothing_when_it_goes_on(
    root: Path,
) -> None:
    async def scenario() -> None:
        async with opened(root, workers=2, lease=0.5) as engine:
            execution_id = await engine.start("flow", '{"how":"hold"}')
            await until(lambda: _pids(root, "misbehave"))
            (worker,) = _pids(root, "misbehave")
            os.kill(worker, signal.SIGSTOP)
            await until(lambda: len(_pids(root, "misbehave")) == 2)
            (root / "go").touch()
            execution = await ended(engine, execution_id)
            assert execution.status is SUCCESS
            assert not is_alive(worker)

    asyncio.run(scenario())
    assert len([line for line in marks(root) if line.startswith("step 1")]) == 1


def test_a_worker_that_slept_through_a_takeover_ends_itself_and_doubles_nothing(
    root: Path,
) -> None:
    # Its server was killed while it was stopped: nobody is left who could end it.
    code = SERVER.replace("60.0", "0.5")
    server = subprocess.Popen(
        [sys.executable, "-c", code, str(root)], stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    execution_id = server.stdout.readline().strip()

    async def scenario() -> None:
        await until(lambda: _pids(root, "misbehave"))
        (worker,) = _pids(root, "misbehave")
        os.kill(worker, signal.SIGSTOP)
        server.send_signal(signal.SIGKILL)
        server.wait()
        async with opened(root, lease=0.5) as engine:
            await until(lambda: len(_pids(root, "misbehave")) == 2)
            successor = _pids(root, "misbehave")[1]
            (root / "go").touch()
            execution = await ended(engine, execution_id)  # type: ignore[arg-type]
            assert is_alive(worker)
            os.kill(worker, signal.SIGCONT)
            await until(lambda: not is_alive(worker))
            assert await engine.get(execution_id) == execution  # type: ignore[arg-type]
            assert execution.status is SUCCESS
            assert len(execution.jobs) == 4
            history = await engine.attempts(execution_id)  # type: ignore[arg-type]
            logs = [
                (await engine.function_execution(run.function_execution_id)).logs
                for run in history.jobs
                if run.stacked_name == "main-job/misbehave"
            ]
            assert f"goes on {successor}" in logs[-1] and len(logs) == 2
            assert str(worker) not in logs[-1]

    try:
        asyncio.run(scenario())
    finally:
        for pid in _pids(root, "misbehave"):
            if is_alive(pid):
                os.kill(pid, signal.SIGKILL)
        server.kill()
        server.wait()
        server.stdout.close()
    assert len(_pids(root, "misbehave")) == 2
    assert [line.rpartition(" ")[0] for line in marks(root) if line.startswith("step")] == [
        "step 1",
        "step 2",
    ]


def test_workers_that_cannot_start_are_tried_less_and_less_often_and_close_does_not_wait(
    root: Path,
) -> None:
    async def scenario() -> None:
        async with opened(root) as engine:
            execution_id = await engine.start("asking", None)
            await ended(engine, execution_id)
            # Made after the engine has read the project: only its workers meet it.
            (root / "no-import").touch()
            (worker,) = await engine.workers()
            os.kill(worker.process_id, signal.SIGKILL)
            log = root / ".wfc" / "workers.log"
            await until(lambda: log.read_text().count("no such thing") >= 3)
            assert (await engine.get(execution_id)).status is ExecutionStatus.WAITING
            started = asyncio.get_running_loop().time()
        assert asyncio.get_running_loop().time() - started < 4

    asyncio.run(scenario())


def test_workers_contend_and_the_concurrency_limit_is_never_passed(root: Path) -> None:
    async def scenario() -> None:
        async with opened(root, workers=3) as engine:
            limited = [await engine.start("one-at-a-time", None) for _ in range(6)]
            free = [await engine.start("flow", "{}") for _ in range(4)]
            for execution_id in (*limited, *free):
                assert (await ended(engine, execution_id)).status is SUCCESS

    asyncio.run(scenario())
    bodies = [line for line in marks(root) if line in ("in", "out")]
    assert bodies == ["in", "out"] * 6
    assert len(marks(root)) == 12 + 4 * 3
