"""The engine behind its page, with one worker process."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

import pytest

from console.engine.interface import (
    Engine,
    EngineUnavailable,
    InvalidArgument,
    UnknownExecution,
    UnknownFunctionExecution,
    UnknownMachineUser,
    UnknownWorkflow,
)
from console.engine.local import open_engine
from console.engine.project import ProjectInvalid
from console.model.ids import ExecutionId, FunctionExecutionId, new_id
from console.model.query import ExecutionQuery
from console.model.states import ExecutionStatus, JobStatus
from tests.engine.trial import ended, marks, opened, until, write_project

SUCCESS = ExecutionStatus.SUCCESS


def test_start_fail_resume_and_everything_that_is_read_meanwhile(root: Path) -> None:
    async def scenario() -> None:
        async with opened(root) as engine:
            is_engine: Engine = engine
            assert is_engine.project.name == "trial"
            cursor = (await engine.changes("")).cursor
            execution_id = await engine.start(
                "flow", '{"how": "fail"}', invoker="ops-bot", actor="ann", reason="a trial"
            )
            execution = await ended(engine, execution_id)
            assert execution.status is ExecutionStatus.FAILED
            changes = await engine.changes(cursor)
            assert [item.id for item in changes.changed] == [execution_id]
            assert (await engine.counts()).failed == 1
            await engine.resume(execution_id, actor="bob", reason="mended")
            execution = await ended(engine, execution_id)
            assert execution.status is SUCCESS
            assert [job.stacked_name for job in execution.jobs] == [
                "main-job",
                "main-job/step",
                "main-job/misbehave",
                "main-job/step",
            ]
            history = await engine.attempts(execution_id)
            assert [(a.actor, a.reason) for a in history.attempts] == [
                ("ann", "a trial"),
                ("bob", "mended"),
            ]
            assert (history.input, history.invoker) == ('{"how":"fail"}', "ops-bot")
            failed = next(job for job in history.jobs if job.status is JobStatus.FAILED)
            assert failed.error is not None or failed.stacked_name == "main-job"
            last = history.jobs[-2].function_execution_id
            function = await engine.function_execution(last)
            assert function.logs == "about to fail\n"
            assert "worker" in json.loads(function.result)
            assert (await engine.function_execution(last, with_logs=False)).logs == ""
            chunk = await engine.read_log(last, 0, 10)
            assert len(chunk.data) == 10 and not chunk.is_complete and chunk.has_times
            rest = await engine.read_log(last, chunk.next_offset, 10_000)
            assert rest.is_complete and (chunk.data + rest.data).endswith(b"Z about to fail\n")
            assert rest.next_offset == rest.size == chunk.size
            page = await engine.list(ExecutionQuery(workflow="flow"))
            assert page.items == (execution,) and page.total == 1
            (worker,) = await engine.workers()
            assert worker.execution_id is None and worker.process_id > 0
            assert await engine.wait_points(execution_id) == ()
        assert not any(path.stat().st_mode & 0o077 for path in [root / ".wfc"])

    asyncio.run(scenario())
    assert [line[:6] for line in marks(root)] == ["step 1", "misbeh", "misbeh", "step 2"]


def test_a_log_grows_while_the_job_runs(root: Path) -> None:
    async def scenario() -> None:
        async with opened(root) as engine:
            execution_id = await engine.start("flow", '{"how":"hold"}')
            await until(lambda: any(line.startswith("misbehave") for line in marks(root)))
            running = (await engine.get(execution_id)).jobs[2]
            assert running.status is JobStatus.RUNNING
            assert (await engine.get(execution_id)).jobs[0].status is JobStatus.SUSPEND
            assert running.function_execution_id is not None
            chunk = await engine.read_log(running.function_execution_id, 0, 1000)
            while not chunk.data:
                chunk = await engine.read_log(running.function_execution_id, 0, 1000)
            assert chunk.data.endswith(b"Z about to hold\n") and not chunk.is_complete
            (root / "go").touch()
            await ended(engine, execution_id)
            chunk = await engine.read_log(running.function_execution_id, chunk.next_offset, 1000)
            assert b" goes on " in chunk.data and chunk.data.count(b"\n") == 1
            assert chunk.is_complete

    asyncio.run(scenario())


def test_what_a_bodys_programs_print_is_in_its_log_and_its_folder_is_the_projects(
    root: Path,
) -> None:
    home = os.path.realpath(root)

    async def scenario() -> None:
        async with opened(root) as engine:
            for _ in range(2):
                execution = await ended(engine, await engine.start("shelling", None))
                logs, result = [], ""
                for job in execution.jobs:
                    assert job.function_execution_id is not None
                    function = await engine.function_execution(job.function_execution_id)
                    logs.append(function.logs.splitlines())
                    result = result or function.result
                assert logs == [
                    ["from a child", "and its stderr", *map(str, range(1, 20001))],
                    ["from the callee's child"],
                ]
                assert json.loads(result) == {"cwd": home}

    asyncio.run(scenario())


def test_a_wait_is_answered_from_outside(root: Path) -> None:
    async def scenario() -> None:
        async with opened(root) as engine:
            execution_id = await engine.start("asking", None)
            assert (await ended(engine, execution_id)).status is ExecutionStatus.WAITING
            other = await engine.start("flow", "{}")
            assert (await ended(engine, other)).status is SUCCESS, "the worker is free meanwhile"
            with pytest.raises(InvalidArgument, match="not JSON"):
                await engine.resolve(execution_id, "approval", "{oops")
            await engine.resolve(execution_id, "approval", '{"yes": true}', actor="cy")
            while (await ended(engine, execution_id)).status is not SUCCESS:
                pass
            (wait,) = await engine.wait_points(execution_id)
            assert (wait.actor, wait.result) == ("cy", '{"yes":true}')

    asyncio.run(asyncio.wait_for(scenario(), 20))


async def _refusals(root: Path) -> None:
    engine = open_engine(root)
    try:
        with pytest.raises(UnknownWorkflow, match="did you mean 'flow'"):
            await engine.start("flwo", None)
        with pytest.raises(UnknownMachineUser, match="did you mean 'ops-bot'"):
            await engine.start("flow", None, invoker="ops-bto")
        for argument in ("{oops", '{"a":1,"a":2}', "[NaN]", '"text"'):
            with pytest.raises(InvalidArgument):
                await engine.start("flow", argument)
        for identifier in ("x", "../../etc", new_id().upper(), ""):
            if identifier:
                with pytest.raises(InvalidArgument, match="not a UUID"):
                    await engine.start("flow", None, execution_id=ExecutionId(identifier))
        nobody = ExecutionId(new_id())
        for call in (
            engine.get(nobody),
            engine.attempts(nobody),
            engine.wait_points(nobody),
            engine.resume(nobody),
            engine.cancel(nobody),
            engine.resolve(nobody, "key", "{}"),
        ):
            with pytest.raises(UnknownExecution):
                await call
        for reading in (
            engine.function_execution(FunctionExecutionId(nobody)),
            engine.read_log(FunctionExecutionId(nobody), 0, 10),
        ):
            with pytest.raises(UnknownFunctionExecution):
                await reading
        assert (await engine.list(ExecutionQuery())).total == 0, "nothing was written"
    finally:
        await engine.close()
    with pytest.raises(EngineUnavailable, match="closed"):
        await engine.counts()


def test_what_cannot_be_started_or_found_is_refused_and_nothing_is_written(root: Path) -> None:
    asyncio.run(_refusals(root))


def test_the_same_id_twice_is_one_execution_and_for_another_request_refused(root: Path) -> None:
    async def scenario() -> None:
        engine = open_engine(root)
        identifier = ExecutionId(new_id())
        for argument in ('{"a": 1, "b": 2}', '{"b":2,"a":1}'):
            assert await engine.start("flow", argument, execution_id=identifier) == identifier
        assert (await engine.list(ExecutionQuery())).total == 1
        with pytest.raises(InvalidArgument, match="belongs to another request"):
            await engine.start("flow", "{}", execution_id=identifier)
        with pytest.raises(InvalidArgument, match="belongs to another request"):
            await engine.start("asking", '{"a":1,"b":2}', execution_id=identifier)
        await engine.close()

    asyncio.run(scenario())


def test_a_jobs_version_counts_its_changes_and_the_workflow_tells_when(root: Path) -> None:
    async def versions() -> tuple[dict[str, int], object, str]:
        engine = open_engine(root)
        found = {workflow.name: workflow for workflow in await engine.workflows()}
        await engine.close()
        flow = found["flow"]
        return dict(flow.job_versions), flow.updated_at, flow.id

    first = asyncio.run(versions())
    assert first[0] == {"main-job": 1, "misbehave": 1, "step": 1}
    assert asyncio.run(versions()) == first, "nothing changed"
    jobs = root / "workflows" / "jobs.py"
    jobs.write_text(jobs.read_text().replace("    return input\n", "    return dict(input)\n"))
    second = asyncio.run(versions())
    assert second[0] == {"main-job": 1, "misbehave": 1, "step": 2}
    assert second[1] != first[1] and second[2] == first[2]


def test_a_reload_reaches_the_workers(root: Path) -> None:
    async def scenario() -> None:
        async with opened(root) as engine:
            await ended(engine, await engine.start("flow", "{}"))
            jobs = root / "workflows" / "jobs.py"
            text = jobs.read_text()
            jobs.write_text("this is no python")
            (problem,) = (await engine.reload()).problems
            assert problem.startswith(f"{jobs}:1: SyntaxError")
            await ended(engine, await engine.start("flow", "{}"))
            jobs.write_text(text.replace("note(f\"step {input['n']} ", 'note(f"newer '))
            assert (await engine.reload()).problems == ()
            await ended(engine, await engine.start("flow", "{}"))

    asyncio.run(scenario())
    words = [line.split()[0] for line in marks(root)]
    old = ["step", "misbehave", "step"]
    assert words == [*old, *old, "newer", "misbehave", "newer"]


def test_a_project_that_is_wrong_or_a_journal_that_is_damaged_does_not_open(
    tmp_path: Path, root: Path
) -> None:
    (root / ".wfc").mkdir()
    (root / ".wfc" / "journal.db").write_text("no journal " * 1000)
    with pytest.raises(EngineUnavailable, match="move it aside"):
        open_engine(root)
    wrong = write_project(tmp_path / "wrong")
    (wrong / "wfc.toml").write_text("[project")
    with pytest.raises(ProjectInvalid):
        open_engine(wrong)


def test_pruning_from_outside_counts_first(root: Path) -> None:
    async def scenario() -> None:
        async with opened(root) as engine:
            execution_id = await engine.start("flow", "{}")
            finished = (await ended(engine, execution_id)).finished_at
            assert finished is not None
            from datetime import timedelta

            later = finished + timedelta(seconds=1)
            assert (await engine.prune(finished, dry_run=True)).executions == 0
            assert (await engine.prune(later, dry_run=True)).executions == 1
            assert (await engine.list(ExecutionQuery())).total == 1
            cursor = (await engine.changes("")).cursor
            assert (await engine.prune(later)).executions == 1
            assert (await engine.changes(cursor)).gone == (execution_id,)
            assert not [path for path in (root / ".wfc" / "logs").rglob("*") if path.is_file()]

    asyncio.run(scenario())
