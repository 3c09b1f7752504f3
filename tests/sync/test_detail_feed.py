"""One execution in full: fast while it runs, and not asked for any more when it is finished."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from console.backend.errors import (
    Forbidden,
    NotFound,
    ServerFault,
    TimedOut,
    Unauthenticated,
    Unreachable,
    Unsupported,
)
from console.model.capabilities import Capabilities
from console.model.execution import Execution, JobError, WaitPoint
from console.model.ids import ExecutionId, FunctionExecutionId
from console.model.states import ExecutionStatus
from console.sync.detail_feed import DetailFeed
from console.sync.freshness import Freshness
from tests.fakes.backend import BARE, EVERYTHING, FakeBackend
from tests.fakes.clock import ManualClock
from tests.fakes.loop import in_loop

ERROR = JobError("SMTPServerError", "421 too many connections")
MAIN, MAIL = "process-order", "process-order/send-notification"


class Rig:
    """A detail feed, and what it told."""

    def __init__(self, capabilities: Capabilities = EVERYTHING) -> None:
        self.clock = ManualClock()
        self.backend = FakeBackend(self.clock, capabilities=capabilities)
        self.changes = 0
        self.told: list[Freshness] = []
        self.bugs: list[Exception] = []
        self.feed: DetailFeed

    async def open(self, identifier: ExecutionId, known: Execution | None = None) -> DetailFeed:
        def changed() -> None:
            self.changes += 1

        self.feed = DetailFeed(
            self.backend,
            self.clock,
            identifier,
            on_change=changed,
            on_freshness=self.told.append,
            known=known,
            on_bug=self.bugs.append,
            jitter=lambda: 0.5,
        )
        self.feed.start()
        await self.clock.settle()
        return self.feed

    def calls(self) -> dict[str, int]:
        calls = dict(self.backend.calls)
        calls.pop("capabilities", None)
        self.backend.calls.clear()
        return calls


@pytest.mark.parametrize(("capabilities", "pace"), [(EVERYTHING, 0.4), (BARE, 1.5)])
def test_a_running_execution_is_followed_job_by_job(
    capabilities: Capabilities, pace: float
) -> None:
    @in_loop
    async def body() -> None:
        rig = Rig(capabilities)
        one = rig.backend.add()
        feed = await rig.open(one)
        rig.backend.start_job(one, MAIN)
        await rig.clock.advance(pace)
        job = rig.backend.start_job(one, MAIL)
        await rig.clock.advance(pace)
        assert feed.execution == rig.backend.executions[one]
        assert rig.changes >= 3
        rig.backend.end_job(job)
        await rig.clock.advance(pace)
        assert feed.execution == rig.backend.executions[one]
        assert (feed.history is not None) is capabilities.attempts
        assert feed.missing == ("" if capabilities.attempts else "not available from this backend")
        await feed.stop()

    body()


@in_loop
async def test_a_finished_execution_is_read_once_more_and_then_never_again() -> None:
    rig = Rig()
    one = rig.backend.failed()
    feed = await rig.open(one)
    assert rig.calls() == {"get_execution": 1, "list_attempts": 1, "wait_points": 1}
    await rig.clock.advance(7 * 86_400)
    assert rig.calls() == {"get_execution": 1}
    assert feed.freshness.state == "done"
    assert rig.changes == 2
    await feed.stop()


@in_loop
async def test_a_finished_one_that_is_known_from_the_list_is_read_once() -> None:
    rig = Rig()
    one = rig.backend.failed()
    feed = await rig.open(one, rig.backend.executions[one])
    await rig.clock.advance(3600)
    assert rig.calls() == {"get_execution": 1, "list_attempts": 1, "wait_points": 1}
    assert feed.freshness.state == "done"
    await feed.stop()


@in_loop
async def test_a_run_to_its_end_costs_an_exact_number_of_requests() -> None:
    rig = Rig()
    one = rig.backend.add()
    job = rig.backend.start_job(one, MAIN)
    feed = await rig.open(one)
    await rig.clock.advance(0.7)
    rig.backend.end_job(job)
    rig.backend.end(one)
    await rig.clock.advance(3600)
    # at 0, 0.4, 0.8 (finished) and once more at 1.2
    assert rig.calls() == {"get_execution": 4, "list_attempts": 2, "wait_points": 1}
    assert feed.freshness.state == "done"
    await feed.stop()


@in_loop
async def test_a_resume_somebody_made_is_heard_of_from_the_list() -> None:
    rig = Rig()
    one = rig.backend.failed()
    feed = await rig.open(one)
    await rig.clock.advance(10)
    assert feed.freshness.state == "done"
    rig.calls()
    feed.put(rig.backend.executions[one])
    feed.put(replace(rig.backend.executions[one], jobs=()))
    await rig.clock.advance(10)
    assert rig.calls() == {}, "a list may know less of its jobs"
    rig.backend.set_status(one, ExecutionStatus.PENDING_RESUME)
    feed.put(rig.backend.executions[one])
    await rig.clock.settle()
    assert feed.execution == rig.backend.executions[one]
    assert feed.freshness.state == "live"
    assert rig.calls() == {"get_execution": 1, "list_attempts": 1}
    rig.backend.set_status(one, ExecutionStatus.SUCCESS)
    await rig.clock.advance(5)
    assert (feed.execution, feed.freshness.state) == (rig.backend.executions[one], "done")
    await feed.stop()


@in_loop
async def test_a_poke_asks_again_also_when_done() -> None:
    rig = Rig()
    one = rig.backend.failed()
    feed = await rig.open(one)
    await rig.clock.advance(10)
    rig.calls()
    feed.poke()
    await rig.clock.advance(60)
    assert rig.calls() == {"get_execution": 1}
    await feed.stop()


@in_loop
async def test_wait_points_are_read_where_something_waits_or_waited() -> None:
    rig = Rig()
    one = rig.backend.add(status=ExecutionStatus.RUNNING)
    feed = await rig.open(one)
    rig.calls()
    rig.backend.waits[one] = [WaitPoint(one, "approval", 0, MAIN)]
    rig.backend.set_status(one, ExecutionStatus.WAITING)
    await rig.clock.advance(0.4)
    assert [point.key for point in feed.wait_points] == ["approval"]
    await rig.backend.resolve(one, "approval", "{}")
    await rig.clock.advance(0.4)
    assert feed.wait_points[0].resolved_at is not None
    await feed.stop()


@in_loop
async def test_without_a_history_the_errors_come_from_the_failed_runs_once() -> None:
    rig = Rig(BARE)
    one = rig.backend.failed(error=ERROR)
    feed = await rig.open(one)
    await rig.clock.advance(60)
    jobs = rig.backend.executions[one].jobs
    assert dict(feed.errors) == {job.id: ERROR for job in jobs}
    assert rig.calls() == {"get_execution": 2, "get_function_execution": 2}
    rig.backend.set_status(one, ExecutionStatus.RUNNING)
    again = replace(
        jobs[-1], function_execution_id=FunctionExecutionId("again"), status=jobs[-1].status
    )
    rig.backend.put(replace(rig.backend.executions[one], jobs=(jobs[0], again)))
    rig.backend.hold("get_function_execution")
    feed.poke()
    await rig.clock.settle()
    assert set(feed.errors) == {jobs[0].id}, "the error of the run before is not this one's"
    rig.backend.release()
    await feed.stop()


@in_loop
async def test_an_error_lost_with_the_connection_is_read_when_it_is_back() -> None:
    rig = Rig(BARE)
    one = rig.backend.failed(error=ERROR)
    rig.backend.fail_next(Unreachable("refused"), method="get_function_execution")
    feed = await rig.open(one)
    assert feed.errors == {}
    await rig.clock.advance(10)
    assert len(feed.errors) == 2
    assert feed.freshness.state == "done"
    await feed.stop()


@in_loop
async def test_many_failed_jobs_do_not_cost_many_requests() -> None:
    rig = Rig(BARE)
    one = rig.backend.add()
    rig.backend.start_job(one, MAIN)
    for _ in range(50):
        rig.backend.end_job(rig.backend.start_job(one, f"{MAIN}/batch"), error=ERROR)
    feed = await rig.open(one)
    await rig.clock.advance(60)
    assert 5 < rig.calls()["get_function_execution"] <= 11
    await feed.stop()


# Half an answer


@pytest.mark.parametrize("error", [ServerFault("500"), Forbidden("no")])
def test_a_history_that_cannot_be_read_makes_nothing_stale(error: ServerFault | Forbidden) -> None:
    @in_loop
    async def body() -> None:
        rig = Rig()
        rig.backend.fail(error, method="list_attempts")
        one = rig.backend.failed()
        feed = await rig.open(one)
        assert feed.execution == rig.backend.executions[one]
        assert feed.missing == str(error)
        await rig.clock.advance(3600)
        assert [freshness.state for freshness in rig.told] == ["live", "done"]
        assert rig.calls()["list_attempts"] == 3, "tried again, but not for ever"
        assert feed.errors, "what else tells why is asked"
        rig.backend.fail(None, method="list_attempts")
        feed.poke()
        await rig.clock.settle()
        assert feed.history is not None
        assert feed.missing == ""
        await feed.stop()

    body()


@in_loop
async def test_a_backend_that_promised_a_history_and_has_none_says_so() -> None:
    rig = Rig()
    rig.backend.fail(Unsupported(), method="list_attempts")
    feed = await rig.open(rig.backend.failed())
    await rig.clock.advance(60)
    assert feed.missing == "not available from this backend"
    assert rig.calls()["list_attempts"] == 1
    await feed.stop()


@in_loop
async def test_a_lost_connection_keeps_what_was_read_and_comes_back() -> None:
    rig = Rig()
    one = rig.backend.failed()
    feed = await rig.open(one)
    rig.backend.set_status(one, ExecutionStatus.RUNNING)
    feed.poke()
    await rig.clock.settle()
    before = feed.execution
    rig.backend.fail(Unreachable("refused"))
    await rig.clock.advance(60)
    assert (feed.execution, feed.freshness.state) == (before, "lost")
    assert feed.history is not None
    rig.backend.fail(None)
    rig.backend.set_status(one, ExecutionStatus.SUCCESS)
    await rig.clock.advance(20)
    assert (feed.execution, feed.freshness.state) == (rig.backend.executions[one], "done")
    await feed.stop()


@in_loop
async def test_a_history_lost_with_the_connection_is_read_when_it_is_back() -> None:
    rig = Rig()
    rig.backend.fail_next(TimedOut("no answer"), method="list_attempts")
    feed = await rig.open(rig.backend.failed())
    assert "no answer" in feed.missing
    await rig.clock.advance(5)
    assert feed.history is not None
    assert (feed.missing, feed.freshness.state) == ("", "done")
    await feed.stop()


@in_loop
async def test_one_that_was_pruned_is_said_to_be_not_found_and_seldom_asked_for() -> None:
    rig = Rig()
    feed = await rig.open(ExecutionId("gone"))
    assert isinstance(feed.freshness.error, NotFound)
    await rig.clock.advance(60)
    assert rig.calls()["get_execution"] <= 13
    await feed.stop()


@in_loop
async def test_not_signed_in_pauses_it_until_a_poke() -> None:
    rig = Rig()
    rig.backend.fail(Unauthenticated("expired"))
    one = rig.backend.failed()
    feed = await rig.open(one)
    await rig.clock.advance(3600)
    assert rig.backend.calls["get_execution"] + rig.backend.calls["capabilities"] == 1
    rig.backend.fail(None)
    feed.poke()
    await rig.clock.settle()
    assert feed.execution is not None
    await feed.stop()


@in_loop
async def test_a_bug_while_telling_does_not_end_it() -> None:
    rig = Rig()
    one = rig.backend.add(status=ExecutionStatus.RUNNING)
    feed = await rig.open(one)

    def broken() -> None:
        raise RuntimeError("no widget")

    feed._on_change = broken
    rig.backend.set_status(one, ExecutionStatus.WAITING)
    await rig.clock.advance(10)
    assert [str(bug) for bug in rig.bugs] == ["no widget"]
    feed._on_change = lambda: None
    rig.backend.set_status(one, ExecutionStatus.SUCCESS)
    await rig.clock.advance(20)
    assert feed.freshness.state == "done"
    await feed.stop()


# One attempt of a job


@in_loop
async def test_an_attempt_is_kept_when_it_has_finished() -> None:
    rig = Rig()
    one = rig.backend.add()
    job = rig.backend.start_job(one, MAIN)
    run = rig.backend.function_of(job)
    feed = await rig.open(one)
    rig.calls()
    await feed.function(run)
    await feed.function(run)
    assert rig.calls()["get_function_execution"] == 2
    rig.backend.end_job(job, result='{"ok": true}')
    results = await asyncio.gather(feed.function(run), feed.function(run))
    assert [one.result for one in results] == ['{"ok": true}'] * 2
    await feed.function(run)
    assert rig.calls()["get_function_execution"] == 1
    with pytest.raises(NotFound):
        await feed.function(FunctionExecutionId("gone"))
    await feed.stop()


@in_loop
async def test_stopping_is_prompt_while_everything_hangs() -> None:
    rig = Rig()
    one = rig.backend.failed()
    rig.backend.hold()
    feed = await rig.open(one)
    run = rig.backend.executions[one].jobs[0].function_execution_id
    assert run is not None
    waiting = asyncio.ensure_future(feed.function(run))
    await rig.clock.advance(1)
    await asyncio.wait_for(feed.stop(), 1)
    await rig.clock.settle()
    assert waiting.cancelled()
    assert rig.backend.in_flight == 0
