"""Why executions failed: found for what is on screen, once for each attempt, within a budget."""

from __future__ import annotations

from dataclasses import replace

import pytest

from console.backend.errors import NotFound, RateLimited, ServerFault
from console.model.execution import JobError, WaitPoint
from console.model.ids import ExecutionId
from console.model.states import ExecutionStatus
from console.sync.causes import Cause, attempt_mark, cause_in_history, cause_of_wait, last_line
from tests.fakes.backend import BARE, EVERYTHING
from tests.fakes.loop import in_loop
from tests.present.samples import REFUSED, archive, failed_order, two_attempts
from tests.sync.rigs import ListRig

MAIL = "process-order/send-notification"
ERROR = JobError("SMTPServerError", "421 too many connections")
REMOTE = replace(EVERYTHING, is_local=False)


def cause_requests(rig: ListRig) -> int:
    calls = rig.calls()
    return calls.get("list_attempts", 0) + calls.get("get_function_execution", 0)


# Finding it in what was read


def test_the_cause_is_the_error_of_the_deepest_failed_job_in_its_last_attempt() -> None:
    order = failed_order()
    history = two_attempts(order)
    newest = JobError("TimeoutError", "second")
    jobs = (*history.jobs[:-2], *(replace(one, error=newest) for one in history.jobs[-2:]))
    assert cause_in_history(order, replace(history, jobs=jobs)) == Cause(MAIL, newest, "")


def test_a_failure_outside_of_every_job_is_the_attempts() -> None:
    order = replace(failed_order(), jobs=())
    history = replace(two_attempts(order := failed_order()), jobs=())
    assert cause_in_history(replace(order, jobs=()), history) == Cause("", REFUSED, "")
    assert cause_in_history(order, history) == Cause(MAIL, REFUSED, "")
    assert cause_in_history(order, replace(history, attempts=())) is None


def test_an_attempt_that_ended_before_any_job_failed_has_its_own_cause() -> None:
    order = failed_order()
    history = two_attempts(order)
    own = JobError("ReplayMismatch", "argument hash mismatch at process-order", "", "platform")
    last = replace(history.attempts[-1], number=3, error=own)
    third = replace(history, attempts=(*history.attempts, last))
    assert cause_in_history(order, third) == Cause("", own, "")
    waits = replace(third.attempts[-1], error=None)
    again = replace(history, attempts=(*history.attempts, waits))
    assert cause_in_history(order, again) == cause_in_history(order, history)


def test_an_attempt_is_named_by_when_and_where_it_ended() -> None:
    order = failed_order()
    mark = attempt_mark(order)
    assert mark is not None
    assert attempt_mark(replace(order, workflow_name="x")) == mark
    assert attempt_mark(replace(order, retry_count=1)) != mark
    assert attempt_mark(replace(order, finished_at=None)) != mark
    assert attempt_mark(replace(order, status=ExecutionStatus.PENDING_RETRY)) is not None
    assert attempt_mark(archive()) is None


@pytest.mark.parametrize(
    ("log", "line"),
    [("", ""), ("one\n", "one"), ("one\n421 refused\n\n  \n", "421 refused"), ("a\nb", "b")],
)
def test_the_last_line_that_says_something(log: str, line: str) -> None:
    assert last_line(log) == line


def test_the_wait_that_is_still_open_is_what_it_waits_for() -> None:
    one = WaitPoint(ExecutionId("x"), "first", 0, "main", resolved_at=failed_order().finished_at)
    two = replace(one, key="second", turn=1, resolved_at=None)
    assert cause_of_wait([one, two]) == Cause("main", None, "", "second")
    assert cause_of_wait([one]) is None and cause_of_wait([]) is None


# Asking for it


@in_loop
async def test_what_a_row_waits_for_is_asked_once_and_again_when_it_has_gone_on() -> None:
    rig = ListRig()
    backend = rig.backend
    one = backend.add(status=ExecutionStatus.WAITING)
    backend.waits[one] = [WaitPoint(one, "approval", 0, "main")]
    await rig.start()
    rig.feed.want_causes([one])
    await rig.clock.advance(60)
    assert rig.feed.causes[one].waits_for == "approval"
    assert rig.calls()["wait_points"] == 1
    backend.set_status(one, ExecutionStatus.RUNNING)
    await rig.clock.advance(5)
    rig.feed.want_causes([one])
    assert one not in rig.feed.causes
    backend.waits[one] = [WaitPoint(one, "second", 1, "main")]
    backend.set_status(one, ExecutionStatus.WAITING)
    await rig.clock.advance(60)
    rig.feed.want_causes([one])
    await rig.clock.settle()
    assert rig.feed.causes[one].waits_for == "second"
    await rig.feed.stop()


@in_loop
async def test_only_what_is_on_screen_is_looked_for_and_only_once() -> None:
    rig = ListRig()
    ids = [rig.backend.failed() for _ in range(5)]
    running = rig.backend.add(status=ExecutionStatus.RUNNING)
    await rig.start()
    await rig.clock.advance(5)
    assert cause_requests(rig) == 0
    rig.feed.want_causes([running, ids[3], ids[1]])
    await rig.clock.settle()
    assert dict(rig.feed.causes) == {one: Cause(MAIL, ERROR, "") for one in (ids[3], ids[1])}
    assert cause_requests(rig) == 2
    rig.feed.want_causes([ids[3], ids[1]])
    await rig.clock.advance(600)
    assert cause_requests(rig) == 0
    told = [one for delta in rig.deltas for one in delta.causes_changed]
    assert sorted(told) == sorted([ids[3], ids[1]])
    await rig.stop()


@in_loop
async def test_a_backend_without_attempts_is_asked_for_the_failed_run() -> None:
    rig = ListRig(capabilities=BARE)
    one = rig.backend.failed(log=b"connecting\n421 too many connections\n")
    two = rig.backend.failed()
    for identifier, error in ((one, None), (two, ERROR)):
        run = rig.backend.executions[identifier].jobs[-1].function_execution_id
        assert run is not None
        rig.backend.functions[run] = replace(rig.backend.functions[run], error=error)
    await rig.start()
    rig.feed.want_causes([one, two])
    await rig.clock.settle()
    assert rig.feed.causes[one] == Cause(MAIL, None, "421 too many connections")
    assert rig.feed.causes[two] == Cause(MAIL, ERROR, "")
    assert rig.calls()["get_function_execution"] == 2
    await rig.stop()


@in_loop
async def test_a_run_that_is_gone_still_names_its_job() -> None:
    rig = ListRig(capabilities=BARE)
    one = rig.backend.failed()
    await rig.start()
    rig.backend.fail(NotFound(), method="get_function_execution")
    rig.feed.want_causes([one])
    await rig.clock.settle()
    assert rig.feed.causes[one] == Cause(MAIL, None, "")
    await rig.stop()


@in_loop
async def test_a_resumed_execution_loses_its_cause_and_gets_the_next_one() -> None:
    rig = ListRig()
    one = rig.backend.failed()
    await rig.start()
    rig.feed.want_causes([one])
    await rig.clock.advance(1)
    assert one in rig.feed.causes
    rig.backend.set_status(one, ExecutionStatus.PENDING_RESUME)
    rig.deltas.clear()
    await rig.clock.advance(1)
    assert one not in rig.feed.causes
    assert any(one in delta.causes_changed for delta in rig.deltas)
    job = rig.backend.start_job(one, MAIL)
    again = JobError("TimeoutError", "no answer")
    rig.backend.end_job(job, error=again)
    rig.backend.end_job(rig.backend.executions[one].jobs[0].id, error=again)
    rig.backend.set_status(one, ExecutionStatus.FAILED)
    await rig.clock.advance(1)
    assert rig.feed.causes[one].error == again
    await rig.stop()


@in_loop
async def test_at_most_two_are_under_way_and_the_most_wanted_go_first() -> None:
    rig = ListRig()
    ids = [rig.backend.failed() for _ in range(6)]
    await rig.start()
    rig.backend.hold("list_attempts")
    rig.feed.want_causes(ids)
    await rig.clock.settle()
    assert rig.backend.in_flight == 2
    rig.feed.want_causes([ids[5], ids[4]])
    rig.backend.release()
    await rig.clock.settle()
    assert set(rig.feed.causes) == {ids[0], ids[1], ids[4], ids[5]}
    await rig.stop()


@in_loop
async def test_a_remote_backend_is_asked_thirty_times_a_minute_at_most() -> None:
    rig = ListRig(capabilities=REMOTE)
    ids = [rig.backend.failed() for _ in range(100)]
    await rig.start()
    rig.feed.want_causes(ids)
    await rig.clock.settle()
    assert list(rig.feed.causes) == ids[:30]
    await rig.clock.advance(10)
    assert list(rig.feed.causes) == ids[:35]
    await rig.clock.advance(130)
    assert len(rig.feed.causes) == 100
    await rig.stop()


@in_loop
async def test_a_look_that_fails_is_repeated_a_few_times_and_then_given_up() -> None:
    rig = ListRig()
    one, two = rig.backend.failed(), rig.backend.failed()
    await rig.start()
    rig.backend.fail(ServerFault("500"), method="list_attempts")
    rig.feed.want_causes([one])
    await rig.clock.advance(3600)
    assert cause_requests(rig) == 3
    rig.backend.fail(None, method="list_attempts")
    rig.feed.want_causes([one, two])
    await rig.clock.settle()
    assert set(rig.feed.causes) == {two}
    assert rig.feed.freshness.state == "live"
    rig.feed.poke()
    await rig.clock.settle()
    assert set(rig.feed.causes) == {one, two}, "a person asked"
    await rig.stop()


@in_loop
async def test_slow_down_is_heard_by_the_looks_too() -> None:
    rig = ListRig()
    ids = [rig.backend.failed() for _ in range(4)]
    await rig.start()
    rig.backend.fail_next(*[RateLimited(retry_after=90)] * 2, method="list_attempts")
    rig.feed.want_causes(ids)
    await rig.clock.advance(89)
    assert cause_requests(rig) == 2
    await rig.clock.advance(2)
    assert set(rig.feed.causes) == set(ids)
    await rig.stop()


@in_loop
async def test_a_look_that_hangs_is_given_up_and_one_that_has_a_bug_ends_alone() -> None:
    rig = ListRig()
    one, two = rig.backend.failed(), rig.backend.failed()
    await rig.start()
    rig.backend.fail_next(KeyError("x"), method="list_attempts")
    rig.feed.want_causes([one])
    await rig.clock.settle()
    assert [type(bug) for bug in rig.bugs] == [KeyError]
    rig.bugs.clear()
    rig.backend.hold("list_attempts")
    rig.feed.want_causes([two])
    await rig.clock.advance(31)
    assert rig.backend.in_flight == 0
    rig.backend.release()
    await rig.clock.advance(20)
    assert set(rig.feed.causes) == {two}
    await rig.stop()


@in_loop
async def test_nothing_is_looked_for_while_nobody_looks() -> None:
    rig = ListRig()
    one = rig.backend.failed()
    await rig.start()
    rig.feed.set_visible(False)
    rig.feed.want_causes([one])
    await rig.clock.advance(60)
    assert cause_requests(rig) == 0
    rig.feed.set_visible(True)
    await rig.clock.settle()
    assert one in rig.feed.causes
    await rig.stop()


@in_loop
async def test_only_so_many_causes_are_kept() -> None:
    rig = ListRig()
    rig.feed._finder._kept = 10
    ids = [rig.backend.failed() for _ in range(15)]
    await rig.start()
    for start in (0, 5, 10):
        rig.feed.want_causes(ids[start : start + 5])
        await rig.clock.settle()
    assert list(rig.feed.causes) == ids[5:]
    assert cause_requests(rig) == 15
    await rig.stop()


# The end of its log


@in_loop
async def test_on_this_machine_a_cause_comes_with_the_end_of_its_log() -> None:
    rig = ListRig()
    long = rig.backend.failed(log=b"2026-11-24T03:10:21.003Z step\n" * 20_000 + b"the last\n")
    short = rig.backend.failed(log=b"the only\n\n")
    lost = rig.backend.failed()
    await rig.start()
    rig.feed.want_causes([long, short, lost])
    await rig.clock.settle()
    last = {one: cause.last_log_line for one, cause in rig.feed.causes.items()}
    assert last == {long: "the last", short: "the only", lost: ""}
    assert rig.calls()["read_log"] == 4, "of a long log its beginning and its end"
    await rig.feed.stop()


@in_loop
async def test_a_distant_server_is_not_asked_for_the_end_of_a_log() -> None:
    rig = ListRig(capabilities=REMOTE)
    one = rig.backend.failed(log=b"the last\n")
    await rig.start()
    rig.feed.want_causes([one])
    await rig.clock.settle()
    assert rig.feed.causes[one] == Cause(MAIL, ERROR, "")
    assert "read_log" not in rig.calls()
    await rig.feed.stop()
