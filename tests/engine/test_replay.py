"""Replay, place by place: what is answered from the journal, and what is refused."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from console.engine.interface import NotInState, UnknownExecution
from console.engine.stops import LeaseLost
from console.model.states import ExecutionStatus, JobStatus
from console.workflow import (
    Job,
    JobContext,
    JobFailed,
    RetryPolicy,
    Workflow,
    create_workflow,
    create_workflow_job,
)
from tests.engine.bench import Bench, make_project

SUCCESS, FAILED = ExecutionStatus.SUCCESS, ExecutionStatus.FAILED


class Flow:
    """Jobs whose bodies a test can change between attempts."""

    def __init__(self, folder: Path) -> None:
        self.calls: list[str] = []
        self.plan: dict[str, Any] = {}
        """What `main` does: set by each test."""
        self.failing: set[str] = set()
        self.steps = {name: self._step(name) for name in ("step-a", "step-b", "step-c")}
        self.main = self._main()
        self.flow: Workflow[Any] = create_workflow(name="flow", main_job=self.main)
        jobs: list[Job[Any, Any]] = [self.main, *self.steps.values()]
        self.bench = Bench(folder, make_project(folder, [self.flow], jobs))

    def _step(self, name: str) -> Job[Any, Any]:
        @create_workflow_job(name=name)
        async def step(input: dict[str, Any]) -> Any:
            self.calls.append(name)
            if name in self.failing:
                raise ValueError(f"{name} is broken")
            return {"from": name, **input}

        return step

    def _main(self) -> Job[Any, Any]:
        @create_workflow_job(name="main-job")
        async def main(input: dict[str, Any], context: JobContext) -> Any:
            return await self.body(context)

        return main

    async def body(self, context: JobContext) -> Any:
        """Trigger each step once."""
        return [await step.trigger({}) for step in self.steps.values()]

    def run(self) -> str:
        """Start and run an execution."""
        execution_id = self.bench.start("flow")
        self.bench.work()
        return execution_id


@pytest.fixture
def flow(tmp_path: Path) -> Iterator[Flow]:
    made = Flow(tmp_path)
    yield made
    made.bench.close()


def test_a_resume_runs_the_failed_job_and_what_follows(flow: Flow) -> None:
    flow.failing = {"step-b"}
    execution_id = flow.run()
    before = flow.bench.get(execution_id)
    assert before.status is FAILED
    assert [job.status for job in before.jobs] == [
        JobStatus.FAILED,
        JobStatus.SUCCESS,
        JobStatus.FAILED,
    ]
    flow.failing = set()
    flow.bench.resume(execution_id)
    assert flow.bench.get(execution_id).status is ExecutionStatus.PENDING_RESUME
    flow.bench.work()
    after = flow.bench.get(execution_id)
    assert after.status is SUCCESS
    assert flow.calls == ["step-a", "step-b", "step-b", "step-c"]
    assert [job.id for job in after.jobs[:3]] == [job.id for job in before.jobs]
    assert after.jobs[1].function_execution_id == before.jobs[1].function_execution_id
    assert after.jobs[2].function_execution_id != before.jobs[2].function_execution_id


def test_each_attempt_keeps_its_error_actor_and_reason(flow: Flow) -> None:
    flow.failing = {"step-b"}
    execution_id = flow.run()
    flow.bench.requests.resume(execution_id, "bob", "the mail server is back")
    flow.bench.work()
    history = flow.bench.reads.attempts(execution_id)
    assert [(a.number, a.status, a.actor, a.reason) for a in history.attempts] == [
        (1, FAILED, "ann", ""),
        (2, FAILED, "bob", "the mail server is back"),
    ]
    error = history.attempts[0].error
    assert error is not None
    assert (error.type, error.message, error.kind) == (
        "ValueError",
        "step-b is broken",
        "your code",
    )
    assert "test_replay.py" in error.traceback and "step-b is broken" in error.traceback
    runs = [(job.stacked_name, job.attempt, job.status) for job in history.jobs]
    assert runs == [
        ("main-job", 1, JobStatus.FAILED),
        ("main-job/step-a", 1, JobStatus.SUCCESS),
        ("main-job/step-b", 1, JobStatus.FAILED),
        ("main-job", 2, JobStatus.FAILED),
        ("main-job/step-b", 2, JobStatus.FAILED),
    ]


def test_only_a_failed_execution_is_resumed(flow: Flow) -> None:
    execution_id = flow.run()
    with pytest.raises(NotInState, match="is SUCCESS; only a FAILED one"):
        flow.bench.resume(execution_id)
    with pytest.raises(UnknownExecution):
        flow.bench.resume("no-such")


def test_a_replay_that_gives_another_input_names_place_recorded_and_now(flow: Flow) -> None:
    async def body(context: JobContext) -> None:
        await flow.steps["step-a"].trigger({"attempt": context.attempt})
        raise ValueError("later")

    flow.body = body  # type: ignore[method-assign]
    execution_id = flow.run()
    flow.bench.resume(execution_id)
    flow.bench.work()
    assert flow.bench.get(execution_id).status is FAILED
    error = flow.bench.reads.attempts(execution_id).attempts[-1].error
    assert error is not None
    assert error.type == "ArgumentHashMismatch"
    for part in ("main-job, trigger 1", 'step-a({"attempt":1})', 'step-a({"attempt":2})'):
        assert part in error.message
    assert flow.calls == ["step-a"]


def test_a_mismatch_cannot_be_caught_by_the_body(flow: Flow) -> None:
    async def body(context: JobContext) -> str:
        name = "step-a" if context.attempt == 1 else "step-b"
        try:
            await flow.steps[name].trigger({})
        except Exception:
            return "caught"
        if context.attempt == 1:
            raise ValueError("later")
        return "went on"

    flow.body = body  # type: ignore[method-assign]
    execution_id = flow.run()
    flow.bench.resume(execution_id)
    flow.bench.work()
    assert flow.bench.get(execution_id).status is FAILED
    assert flow.calls == ["step-a"]


def test_a_caught_failure_is_seen_again_after_a_death_and_runs_again_after_a_resume(
    flow: Flow,
) -> None:
    seen: list[str] = []
    flow.failing = {"step-a"}

    class Died(BaseException):
        pass

    deaths = [True]

    async def body(context: JobContext) -> str:
        try:
            await flow.steps["step-a"].trigger({})
        except JobFailed as error:
            seen.append(f"{error} / {error.place} / {error.cause_place}")
        if deaths:
            deaths.pop()
            raise Died
        if context.attempt == 1:
            raise ValueError("once")
        return "done"

    flow.body = body  # type: ignore[method-assign]
    execution_id = flow.bench.start("flow")
    claim = flow.bench.claim()
    assert claim is not None
    with pytest.raises(Died):
        flow.bench.execute(claim)
    flow.bench.lose()
    flow.bench.work()
    assert flow.calls == ["step-a"]
    assert len(seen) == 2 and seen[0] == seen[1]
    assert "main-job/step-a failed: ValueError: step-a is broken" in seen[0]
    flow.failing = set()
    flow.bench.resume(execution_id)
    flow.bench.work()
    assert flow.calls == ["step-a", "step-a"]
    assert flow.bench.get(execution_id).status is SUCCESS


def test_a_death_counts_as_not_run_and_says_so_in_the_history(flow: Flow) -> None:
    class Died(BaseException):
        pass

    deaths = [True]

    async def body(context: JobContext) -> str:
        if deaths:
            deaths.pop()
            raise Died
        return "done"

    flow.body = body  # type: ignore[method-assign]
    execution_id = flow.bench.start("flow")
    claim = flow.bench.claim()
    assert claim is not None
    with pytest.raises(Died):
        flow.bench.execute(claim)
    flow.bench.lose()
    assert flow.bench.get(execution_id).status is ExecutionStatus.PENDING_RESUME
    flow.bench.work()
    history = flow.bench.reads.attempts(execution_id)
    assert len(history.attempts) == 1
    assert [job.status for job in history.jobs] == [JobStatus.CANCELED, JobStatus.SUCCESS]
    error = history.jobs[0].error
    assert error is not None and (error.type, error.kind) == ("WorkerLost", "platform")


def test_a_caught_failure_that_is_mended_leads_another_way_and_repeats_nothing(flow: Flow) -> None:
    """Its report stays in the journal, and what comes after it is found by what it asks."""
    flow.failing = {"step-a"}

    async def body(context: JobContext) -> None:
        try:
            await flow.steps["step-a"].trigger({})
        except JobFailed as error:
            await flow.steps["step-b"].trigger({"report": str(error)})
        await flow.steps["step-c"].trigger({})
        if context.attempt < 3:
            raise ValueError("not yet")
        await flow.steps["step-b"].trigger({"last": True})

    flow.body = body  # type: ignore[method-assign]
    execution_id = flow.run()
    flow.failing = set()
    for _ in range(2):
        flow.bench.resume(execution_id)
        flow.bench.work()
    execution = flow.bench.get(execution_id)
    assert execution.status is SUCCESS
    errors = [attempt.error for attempt in flow.bench.reads.attempts(execution_id).attempts]
    assert [error and error.message for error in errors] == ["not yet", "not yet", None]
    assert flow.calls == ["step-a", "step-b", "step-c", "step-a", "step-b"]
    assert [job.name for job in execution.jobs[1:]] == ["step-a", "step-b", "step-c", "step-b"]


def test_gathered_triggers_run_one_after_the_other_in_the_order_they_were_made(flow: Flow) -> None:
    async def body(context: JobContext) -> Any:
        return await asyncio.gather(*(step.trigger({}) for step in flow.steps.values()))

    flow.body = body  # type: ignore[method-assign]
    execution_id = flow.run()
    assert flow.calls == ["step-a", "step-b", "step-c"]
    jobs = flow.bench.get(execution_id).jobs
    for one, other in itertools.pairwise(jobs[1:]):
        assert one.finished_at is not None and other.started_at is not None
        assert one.finished_at <= other.started_at


def test_the_same_job_twice_is_two_job_executions_with_one_name(flow: Flow) -> None:
    async def body(context: JobContext) -> Any:
        step = flow.steps["step-a"]
        return [await step.trigger({"n": 1}), await step.trigger({"n": 1})]

    flow.body = body  # type: ignore[method-assign]
    jobs = flow.bench.get(flow.run()).jobs
    assert [job.stacked_name for job in jobs] == ["main-job", "main-job/step-a", "main-job/step-a"]
    assert len({job.id for job in jobs}) == 3
    assert flow.calls == ["step-a", "step-a"]


def test_a_callee_given_up_by_a_timeout_is_a_failed_job(flow: Flow) -> None:
    @create_workflow_job(name="slow-job")
    async def slow() -> None:
        await asyncio.Event().wait()

    jobs = [flow.main, slow]
    bench = flow.bench
    bench.runner.project = make_project(bench.logs.folder, [flow.flow], jobs)

    async def body(context: JobContext) -> str:
        try:
            async with asyncio.timeout(0.01):
                await slow.trigger()
        except TimeoutError:
            return "gave up"
        return "no"

    flow.body = body  # type: ignore[method-assign]
    execution_id = flow.run()
    assert json.loads(bench.result(execution_id)) == "gave up"
    assert bench.get(execution_id).jobs[1].status is JobStatus.FAILED


def test_what_a_callee_sets_in_its_context_does_not_reach_its_caller(flow: Flow) -> None:
    from contextvars import ContextVar

    mark: ContextVar[str] = ContextVar("mark", default="clean")

    @create_workflow_job(name="marking")
    async def marking() -> None:
        mark.set("dirty")

    bench = flow.bench
    bench.runner.project = make_project(bench.logs.folder, [flow.flow], [flow.main, marking])

    async def body(context: JobContext) -> str:
        await marking.trigger()
        return mark.get()

    flow.body = body  # type: ignore[method-assign]
    assert json.loads(bench.result(flow.run())) == "clean"


def test_a_run_that_lost_its_claim_changes_nothing_and_is_told(flow: Flow) -> None:
    bench = flow.bench
    execution_id = bench.start("flow")
    old = bench.claim("old")
    assert old is not None

    async def body(context: JobContext) -> str:
        bench.lose()
        newer = bench.claim("new")
        assert newer is not None and newer.epoch > old.epoch
        await flow.steps["step-a"].trigger({})
        return "not reached"

    flow.body = body  # type: ignore[method-assign]
    assert isinstance(bench.execute(old), LeaseLost)
    assert flow.calls == []
    execution = bench.get(execution_id)
    assert execution.status is ExecutionStatus.RUNNING
    assert [job.status for job in execution.jobs] == [JobStatus.CANCELED]


def test_a_failure_is_retried_after_its_delay_and_then_given_up(tmp_path: Path) -> None:
    attempts: list[int] = []

    @create_workflow_job(name="always-fails")
    def fails(context: JobContext) -> None:
        attempts.append(context.attempt)
        raise ValueError("no")

    policy = RetryPolicy(2, "1ms", "2ms", 2)
    flow = create_workflow(name="flow", main_job=fails, retry_policy=policy)
    bench = Bench(tmp_path, make_project(tmp_path, [flow], [fails]))
    execution_id = bench.start("flow")
    states = []
    while (status := bench.get(execution_id).status) is not FAILED:
        states.append(status)
        bench.work()
    execution = bench.get(execution_id)
    assert attempts == [1, 2, 3]
    assert execution.retry_count == 2
    history = bench.reads.attempts(execution_id)
    assert [a.status for a in history.attempts] == [FAILED, FAILED, FAILED]
    bench.resume(execution_id)
    assert bench.get(execution_id).retry_count == 0
    bench.close()


def test_a_planned_retry_tells_when_and_is_not_taken_before(tmp_path: Path) -> None:
    @create_workflow_job(name="always-fails")
    def fails() -> None:
        raise ValueError("no")

    policy = RetryPolicy(3, "30m", "60m", 2)
    flow = create_workflow(name="flow", main_job=fails, retry_policy=policy)
    bench = Bench(tmp_path, make_project(tmp_path, [flow], [fails]))
    execution_id = bench.start("flow")
    bench.work()
    execution = bench.get(execution_id)
    assert execution.status is ExecutionStatus.PENDING_RETRY
    assert execution.retry_after is not None and execution.retry_count == 1
    assert bench.claim() is None
    due = bench.claims.next_due()
    assert due is not None and 1700 < due <= 1800
    bench.close()


def test_a_job_that_is_not_the_projects_is_refused_where_it_is_triggered(flow: Flow) -> None:
    @create_workflow_job(name="hidden")
    async def hidden() -> None:
        flow.calls.append("hidden")

    async def body(context: JobContext) -> None:
        await hidden.trigger()

    flow.body = body  # type: ignore[method-assign]
    execution_id = flow.run()
    error = flow.bench.reads.attempts(execution_id).attempts[0].error
    assert error is not None and error.type == "DefinitionError"
    assert "'hidden'" in error.message and "test_replay.py:" in error.message
    assert flow.calls == []


def test_a_workflow_that_is_gone_fails_the_execution_and_says_so(flow: Flow) -> None:
    execution_id = flow.bench.start("flow")
    flow.bench.runner.project = make_project(flow.bench.logs.folder, [], [])
    flow.bench.work()
    assert flow.bench.get(execution_id).status is FAILED
    error = flow.bench.reads.attempts(execution_id).attempts[0].error
    assert error is not None and error.type == "UnknownWorkflow" and error.kind == "platform"
