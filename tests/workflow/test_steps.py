"""The steps of a body: one at a time, each awaited, each of the body's own kind."""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from console.workflow import (
    EngineStop,
    Job,
    JobContext,
    JobFailed,
    WorkflowMisuse,
    create_workflow,
    create_workflow_job,
    define_wait_point,
    get_db,
    get_db_sync,
)
from console.workflow.in_place import InPlaceRuntime
from console.workflow.runtime import current_runtime
from console.workflow.testing import run_in_place

events: list[str] = []


@pytest.fixture(autouse=True)
def no_events() -> None:
    events.clear()


def run(job: Job[Any, Any], argument: object = None) -> Any:
    """Run a job as a test of the project would."""
    return asyncio.run(job.trigger(argument))


def line_of(text: str) -> int:
    """Find the one line of this file that ends so."""
    text_lines = Path(__file__).read_text(encoding="utf-8").splitlines()
    lines = [number for number, line in enumerate(text_lines, 1) if line.endswith(text)]
    assert len(lines) == 1, text
    return lines[0]


@create_workflow_job(name="slow-step")
async def slow_step(input: str) -> str:
    events.append(f"{input} begins")
    for _ in range(5):
        await asyncio.sleep(0)
    if input.startswith("bad"):
        events.append(f"{input} fails")
        raise ValueError(input)
    events.append(f"{input} ends")
    return input.upper()


@create_workflow_job(name="blocking-step")
def blocking_step(input: str) -> str:
    events.append(f"{input} begins")
    threading.Event().wait(0.01)
    events.append(f"{input} ends")
    return input.upper()


IN_A_ROW = ["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]


def test_gathered_triggers_run_one_after_the_other_in_the_order_they_were_made() -> None:
    @create_workflow_job(name="gathers-all")
    async def gathers() -> list[str]:
        return list(await asyncio.gather(*(slow_step.trigger(x) for x in "abc")))

    assert run(gathers) == ["A", "B", "C"]
    assert events == IN_A_ROW


def test_tasks_and_task_groups_run_jobs_one_after_the_other_too() -> None:
    @create_workflow_job(name="groups-all")
    async def groups() -> str:
        first = asyncio.create_task(slow_step.trigger("a"))
        async with asyncio.TaskGroup() as group:
            rest = [group.create_task(job.trigger(x)) for job, x in JOBS]
        return await first + "".join(task.result() for task in rest)

    assert run(groups) == "ABC"
    assert events == IN_A_ROW


JOBS = [(blocking_step, "b"), (slow_step, "c")]


def test_threads_of_a_def_body_cannot_run_jobs_beside_each_other() -> None:
    @create_workflow_job(name="threads-all")
    def threads() -> list[str]:
        import contextvars

        results: dict[str, str] = {}

        def work(text: str) -> None:
            results[text] = slow_step.trigger_sync(text)

        workers = [
            threading.Thread(target=contextvars.copy_context().run, args=(work, x)) for x in "abc"
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        return [results[x] for x in "abc"]

    assert run(threads) == ["A", "B", "C"]
    for begin, end in zip(events[::2], events[1::2], strict=True):
        assert begin.split()[0] == end.split()[0], events


def test_after_a_gathered_failure_no_other_job_begins() -> None:
    @create_workflow_job(name="gathers-bad")
    async def gathers() -> None:
        await asyncio.gather(*(slow_step.trigger(x) for x in ("a", "bad", "b", "c")))

    with pytest.raises(JobFailed, match="ValueError: bad"):
        run(gathers)
    assert events == ["a begins", "a ends", "bad begins", "bad fails"]


def test_after_a_failure_in_a_nested_group_no_other_job_begins() -> None:
    @create_workflow_job(name="groups-bad")
    async def groups() -> None:
        async def pair(*texts: str) -> None:
            async with asyncio.TaskGroup() as inner:
                for text in texts:
                    inner.create_task(slow_step.trigger(text))

        await asyncio.gather(pair("bad", "a"), pair("b", "c"))

    with pytest.raises(JobFailed):
        run(groups)
    assert events == ["bad begins", "bad fails"]


def test_the_others_go_on_when_a_gather_keeps_the_failure() -> None:
    @create_workflow_job(name="keeps-failure")
    async def keeps() -> list[str]:
        results = await asyncio.gather(
            *(slow_step.trigger(x) for x in ("bad", "a")), return_exceptions=True
        )
        return [type(result).__name__ for result in results]

    assert run(keeps) == ["JobFailed", "str"]
    assert events == ["bad begins", "bad fails", "a begins", "a ends"]


def test_a_trigger_that_is_never_awaited_fails_its_caller_with_file_and_line() -> None:
    @create_workflow_job(name="forgets-one")
    async def forgets() -> str:
        await slow_step.trigger("a")
        slow_step.trigger("b")  # type: ignore[unused-coroutine]  # forgotten
        return "done"

    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            run(forgets)
        except JobFailed as error:
            kind, message = error.type, error.message
        gc.collect()
    # The collector may also find what another test left behind, and Python's words for that.
    own_words = [str(w.message) for w in warned if "awaited" in str(w.message)]
    assert own_words == [], "Python's own words for it would stand in the log beside ours"
    assert kind == "WorkflowMisuse"
    line = line_of("# forgotten")
    assert f"{__file__}:{line}: slow_step.trigger() was never awaited" in message
    assert events == ["a begins", "a ends"]


def test_a_caller_can_catch_a_callee_that_forgot_an_await() -> None:
    @create_workflow_job(name="forgets-deep")
    async def forgets() -> None:
        slow_step.trigger("b")  # type: ignore[unused-coroutine]

    @create_workflow_job(name="catches-it")
    async def catches() -> str:
        try:
            await forgets.trigger()
        except JobFailed as error:
            return error.place
        return ""

    assert run(catches) == "catches-it/forgets-deep"


def test_a_task_that_is_never_awaited_fails_its_caller_and_begins_no_job() -> None:
    tasks: list[asyncio.Task[str]] = []

    @create_workflow_job(name="leaves-task")
    async def leaves() -> str:
        tasks.extend(asyncio.create_task(slow_step.trigger(x)) for x in "ab")
        return "done"

    async def main() -> None:
        with pytest.raises(JobFailed, match="never awaited"):
            await leaves.trigger()
        assert [task.cancelled() for task in tasks] == [True, True]

    asyncio.run(main())
    assert events == []


def test_a_job_that_has_begun_is_over_before_its_caller_is() -> None:
    @create_workflow_job(name="leaves-running")
    async def leaves() -> str:
        leaves.task = asyncio.create_task(slow_step.trigger("a"))  # type: ignore[attr-defined]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        events.append("caller ends")
        return "done"

    with pytest.raises(JobFailed, match="never awaited"):
        run(leaves)
    assert events == ["a begins", "caller ends", "a ends"]


def test_the_bodys_own_failure_is_told_and_not_the_await_it_forgot() -> None:
    @create_workflow_job(name="fails-anyway")
    async def fails() -> None:
        slow_step.trigger("b")  # type: ignore[unused-coroutine]
        raise KeyError("own")

    with pytest.raises(JobFailed, match="KeyError"):
        run(fails)


def test_a_trigger_made_after_the_body_is_over_is_refused() -> None:
    late: list[BaseException] = []

    @create_workflow_job(name="ends-early")
    async def ends() -> None:
        async def later() -> None:
            for _ in range(20):
                await asyncio.sleep(0)
            try:
                await slow_step.trigger("a")
            except WorkflowMisuse as error:
                late.append(error)

        ends.task = asyncio.create_task(later())  # type: ignore[attr-defined]

    async def main() -> None:
        await ends.trigger()
        await ends.task  # type: ignore[attr-defined]

    asyncio.run(main())
    assert "ends-early is over" in str(late[0])
    assert events == []


other = create_workflow(name="other-workflow", main_job=slow_step)
approval = define_wait_point("approval")


@pytest.mark.parametrize("kind", ["trigger", "start", "wait", "resolve", "get_db"])
def test_the_asynchronous_call_in_a_def_body_is_refused_with_file_and_line(kind: str) -> None:
    @create_workflow_job(name="wrong-kind")
    def wrong() -> None:
        match kind:
            case "trigger":
                slow_step.trigger("a")  # wrong kind: trigger
            case "start":
                other.trigger({})  # wrong kind: start
            case "wait":
                approval.wait()  # wrong kind: wait
            case "resolve":
                approval.resolve("id", 1)  # wrong kind: resolve
            case _:
                get_db("tailordb")  # wrong kind: get_db

    with pytest.raises(JobFailed) as failed:
        run(wrong)
    line = line_of(f"# wrong kind: {kind}")
    assert failed.value.message.startswith(f"{__file__}:{line}: ")
    assert "in a `def` body write" in failed.value.message
    assert "_sync()" in failed.value.message


@pytest.mark.parametrize("kind", ["trigger", "start", "wait", "resolve", "get_db"])
def test_the_blocking_call_in_an_async_body_is_refused_with_file_and_line(kind: str) -> None:
    @create_workflow_job(name="wrong-kind")
    async def wrong() -> None:
        match kind:
            case "trigger":
                slow_step.trigger_sync("a")  # blocks: trigger
            case "start":
                other.trigger_sync({})  # blocks: start
            case "wait":
                approval.wait_sync()  # blocks: wait
            case "resolve":
                approval.resolve_sync("id", 1)  # blocks: resolve
            case _:
                get_db_sync("tailordb")  # blocks: get_db

    with pytest.raises(JobFailed) as failed:
        run(wrong)
    line = line_of(f"# blocks: {kind}")
    assert failed.value.message.startswith(f"{__file__}:{line}: ")
    assert "in an `async def` body write" in failed.value.message


def test_an_async_body_may_trigger_from_a_thread_it_awaits() -> None:
    @create_workflow_job(name="uses-thread")
    async def uses() -> str:
        return await asyncio.to_thread(lambda: slow_step.trigger_sync("a"))

    assert run(uses) == "A"


def test_a_thread_of_a_worker_that_has_lost_its_execution_runs_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    @create_workflow_job(name="loses-context")
    async def loses() -> str:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(None, lambda: slow_step.trigger_sync("a"))

    @create_workflow_job(name="keeps-context")
    async def keeps() -> str:
        return await asyncio.to_thread(lambda: slow_step.trigger_sync("b"))

    worker = ModuleType("__main__")
    worker.__spec__ = ModuleSpec("console.engine.worker", None)
    monkeypatch.setitem(sys.modules, "__main__", worker)
    with run_in_place():
        assert run(keeps) == "B"
        with pytest.raises(JobFailed, match=r"start it with asyncio\.to_thread"):
            run(loses)
    assert events == ["b begins", "b ends"]


class Parked(EngineStop):
    """What an engine raises."""


class ParkingRuntime(InPlaceRuntime):
    """An engine that parks at every wait."""

    async def wait(self, key: str, payload: str) -> str:
        """Park."""
        events.append(f"wait {key}")
        raise Parked


@contextmanager
def parking() -> Iterator[None]:
    """Run with an engine that parks."""
    token = current_runtime.set(ParkingRuntime())
    try:
        yield
    finally:
        current_runtime.reset(token)


async def swallow_exception() -> None:
    try:
        await approval.wait()
    except Exception:
        events.append("swallowed")


async def swallow_everything() -> None:
    try:
        await approval.wait()
    except BaseException:
        events.append("swallowed")
    events.append("goes on")


async def swallow_and_trigger() -> None:
    try:
        await approval.wait()
    except BaseException:
        pass
    try:
        await slow_step.trigger("a")
    except BaseException:
        events.append("stopped again")


async def swallow_in_gather() -> None:
    results = await asyncio.gather(approval.wait(), slow_step.trigger("a"), return_exceptions=True)
    events.append("/".join(type(result).__name__ for result in results))


async def stop_in_group() -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(approval.wait())
        group.create_task(slow_step.trigger("a"))


async def turn_into_another() -> None:
    try:
        await approval.wait()
    except BaseException as error:
        raise ValueError("mine") from error


def stop_in_thread() -> None:
    approval.wait_sync()


def swallow_in_thread() -> None:
    try:
        approval.wait_sync()
    except BaseException:
        events.append("swallowed")


@pytest.mark.parametrize(
    ("body", "seen"),
    [
        (swallow_exception, []),
        (swallow_everything, ["swallowed", "goes on"]),
        (swallow_and_trigger, ["stopped again"]),
        (swallow_in_gather, ["Parked/Parked"]),
        (stop_in_group, []),
        (turn_into_another, []),
        (stop_in_thread, []),
        (swallow_in_thread, ["swallowed"]),
    ],
)
def test_what_the_engine_raises_ends_the_body_whatever_it_does_about_it(
    body: Any, seen: list[str]
) -> None:
    job: Job[Any, Any] = Job("gets-parked", body)
    with parking(), pytest.raises(Parked):
        asyncio.run(job.run_json("{}", JobContext(job_name="gets-parked")))
    assert events == ["wait approval", *seen]


def test_what_the_engine_raises_goes_through_every_caller() -> None:
    inner: Job[Any, Any] = Job("inner-job", swallow_everything)

    async def outer_body() -> None:
        try:
            await inner.trigger()
        except Exception:
            events.append("outer caught")

    outer: Job[Any, Any] = Job("outer-job", outer_body)
    with parking(), pytest.raises(Parked):
        asyncio.run(outer.run_json("{}", JobContext(job_name="outer-job")))
    assert "outer caught" not in events


def test_a_job_that_is_cancelled_from_outside_is_cancelled_and_not_failed() -> None:
    begun = asyncio.Event()

    @create_workflow_job(name="sleeps-long")
    async def sleeps() -> None:
        begun.set()
        await asyncio.Event().wait()

    async def main() -> None:
        task = asyncio.create_task(sleeps.run_json("{}", JobContext()))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())


def test_a_job_sees_the_run_it_is_part_of_and_callees_their_own_place() -> None:
    seen: list[JobContext] = []

    @create_workflow_job(name="callee-job")
    def callee(context: JobContext) -> None:
        seen.append(context)

    @create_workflow_job(name="caller-job")
    async def caller(context: JobContext) -> None:
        seen.append(context)
        await callee.trigger()

    with run_in_place(env={"REGION": "eu"}, invoker="manager", execution_id="e-1"):
        run(caller)
    assert [(c.stacked_name, c.job_name) for c in seen] == [
        ("caller-job", "caller-job"),
        ("caller-job/callee-job", "callee-job"),
    ]
    assert {(c.env["REGION"], c.invoker, c.execution_id) for c in seen} == {
        ("eu", "manager", "e-1")
    }
