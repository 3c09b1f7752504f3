"""The list: what is asked, what is shown, and that it ends equal to the server."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from console.backend.errors import (
    InvalidRequest,
    RateLimited,
    ServerFault,
    Unauthenticated,
    Unreachable,
    Unsupported,
)
from console.model.capabilities import Capabilities
from console.model.ids import ExecutionId
from console.model.states import ExecutionStatus
from console.sync.list_feed import ListQuery
from tests.fakes.backend import BARE, EVERYTHING
from tests.fakes.loop import in_loop
from tests.sync.rigs import ListRig

FAILED, RUNNING, SUCCESS = ExecutionStatus.FAILED, ExecutionStatus.RUNNING, ExecutionStatus.SUCCESS
PROBLEMS = ListQuery(statuses=frozenset(one for one in ExecutionStatus if one.is_problem))
POLLING = replace(EVERYTHING, changes=False)
BOTH = pytest.mark.parametrize("capabilities", [EVERYTHING, POLLING], ids=["changes", "polling"])


async def filled(rig: ListRig, number: int) -> list[ExecutionId]:
    """Add running executions a second apart; the newest is last."""
    made = []
    for _ in range(number):
        await rig.clock.advance(1)
        made.append(rig.backend.add(status=RUNNING))
    return made


# The first answer, and a quiet time


@in_loop
async def test_the_first_screen_costs_three_requests_and_a_cursor() -> None:
    rig = ListRig()
    await filled(rig, 3)
    await rig.start()
    assert rig.rows == rig.server_rows
    assert (rig.feed.total, rig.feed.has_more, rig.feed.is_listed) == (3, False, True)
    assert rig.feed.counts is not None
    assert (rig.feed.counts.running, rig.feed.counts.window) == (3, "last 24 h")
    assert rig.calls() == {"changes": 1, "list_executions": 1, "counts": 1}
    await rig.stop()


@in_loop
async def test_an_empty_list_is_told_too() -> None:
    rig = ListRig()
    await rig.start()
    assert rig.deltas
    assert rig.feed.is_listed
    assert rig.feed.order == []
    await rig.stop()


@pytest.mark.parametrize(
    ("capabilities", "poll", "pace", "idle"),
    [(EVERYTHING, "changes", 1.0, 5.0), (replace(BARE, counts=True), "list_executions", 2.5, 15.0)],
    ids=["local", "remote"],
)
def test_an_idle_hour_costs_exactly_so_many_requests(
    capabilities: Capabilities, poll: str, pace: float, idle: float
) -> None:
    @in_loop
    async def body() -> None:
        rig = ListRig(capabilities=capabilities)
        rig.backend.add(status=SUCCESS)
        await rig.start()
        await rig.clock.advance(60)
        rig.calls()
        deltas = len(rig.deltas)
        await rig.clock.advance(3600)
        polls = round(3600 / idle)
        calls = rig.calls()
        assert set(calls) == {poll, "counts"}
        assert abs(calls[poll] - polls) <= 1
        assert abs(calls["counts"] - polls / 10) <= 1
        assert len(rig.deltas) == deltas, "nothing moved, nothing is told"
        await rig.stop()

    body()


@in_loop
async def test_an_unseen_list_asks_nothing() -> None:
    rig = ListRig()
    await rig.start()
    rig.feed.set_visible(False)
    rig.calls()
    await rig.clock.advance(3600)
    assert rig.calls() == {}
    rig.backend.add()
    rig.feed.set_visible(True)
    await rig.clock.settle()
    assert rig.rows == rig.server_rows
    await rig.stop()


# Rows that come, change and go


@BOTH
def test_rows_are_put_in_place_enter_on_top_and_leave(capabilities: Capabilities) -> None:
    @in_loop
    async def body() -> None:
        rig = ListRig(capabilities=capabilities, query=PROBLEMS)
        first, second, third = await filled(rig, 3)
        await rig.start()
        rig.deltas.clear()
        rig.backend.set_status(second, FAILED)
        await rig.clock.advance(1.5)
        assert [delta.changed for delta in rig.deltas if delta.changed] == [frozenset({second})]
        assert not any(delta.order_changed for delta in rig.deltas)
        rig.backend.set_status(third, SUCCESS)
        fourth = rig.backend.add(status=RUNNING)
        rig.backend.prune(first)
        await rig.clock.advance(1.5)
        assert list(rig.feed.order) == [fourth, second]
        assert rig.rows == rig.server_rows
        assert rig.feed.total == 2
        assert rig.feed.counts is not None
        assert (rig.feed.counts.running, rig.feed.counts.succeeded) == (1, 1)
        await rig.stop()

    body()


@in_loop
async def test_a_quiet_poll_with_changes_lists_nothing_again() -> None:
    rig = ListRig()
    await filled(rig, 3)
    await rig.start()
    rig.calls()
    await rig.clock.advance(3)
    assert rig.calls() == {"changes": 3}
    await rig.stop()


@in_loop
async def test_what_happens_between_cursor_and_first_page_is_not_missed() -> None:
    rig = ListRig()
    await filled(rig, 2)
    rig.backend.hold("list_executions")
    await rig.start()
    assert rig.backend.calls["changes"] == 1
    new = rig.backend.add()
    rig.backend.release()
    await rig.clock.advance(1)
    assert new in rig.feed.executions
    assert rig.rows == rig.server_rows
    await rig.stop()


@in_loop
async def test_a_burst_of_changes_is_fetched_to_its_end_at_once() -> None:
    rig = ListRig()
    await rig.start()
    rig.backend.changes_limit = 100
    for _ in range(450):
        rig.backend.add()
    rig.calls()
    await rig.clock.advance(1)
    assert rig.calls()["changes"] == 5
    assert rig.rows == rig.server_rows
    await rig.stop()


@in_loop
async def test_a_reset_lists_again_all_that_was_loaded() -> None:
    rig = ListRig(page_size=10)
    await filled(rig, 40)
    await rig.start()
    await rig.feed.load_more()
    await rig.feed.load_more()
    assert len(rig.rows) == 30
    victim = rig.feed.order[25]
    rig.backend.set_status(victim, SUCCESS)
    rig.backend.prune(rig.feed.order[15])
    rig.backend.forget_changes()
    await rig.clock.advance(1)
    assert rig.feed.executions[victim].status is SUCCESS
    assert rig.rows == rig.server_rows[: len(rig.rows)]
    assert len(rig.rows) >= 29
    rig.calls()
    await rig.clock.advance(2)
    assert set(rig.calls()) <= {"changes", "counts"}, "and then changes are enough again"
    await rig.stop()


@in_loop
async def test_a_reset_of_one_page_costs_one_page() -> None:
    rig = ListRig(page_size=10)
    await filled(rig, 40)
    await rig.start()
    rig.calls()
    rig.feed.set_visible(False)
    await filled(rig, 15)
    rig.backend.forget_changes()
    rig.feed.set_visible(True)
    await rig.clock.settle()
    assert rig.rows == rig.server_rows[:10]
    assert rig.calls()["list_executions"] == 1
    await rig.stop()


@in_loop
async def test_older_pages_are_read_again_after_a_long_time_out_of_sight() -> None:
    rig = ListRig(capabilities=POLLING, page_size=10)
    old = rig.backend.failed()
    await filled(rig, 25)
    await rig.start()
    await rig.feed.load_more()
    await rig.feed.load_more()
    rig.feed.set_visible(False)
    await rig.clock.advance(600)
    rig.backend.set_status(old, ExecutionStatus.PENDING_RESUME)
    rig.calls()
    rig.feed.set_visible(True)
    await rig.clock.settle()
    assert rig.rows == rig.server_rows
    assert rig.calls()["list_executions"] == 3
    await rig.stop()


@in_loop
async def test_a_server_without_changes_after_all_is_polled() -> None:
    rig = ListRig()
    rig.backend.fail(Unsupported("changes"), method="changes")
    await filled(rig, 2)
    await rig.start()
    assert rig.rows == rig.server_rows
    assert rig.feed.freshness.state == "live"
    await rig.clock.advance(3)
    assert rig.backend.calls["changes"] == 1
    await rig.stop()


@pytest.mark.parametrize("ahead", [-3600, 3600])
def test_an_id_made_by_a_clock_that_is_off_stands_where_the_server_has_it(ahead: int) -> None:
    @in_loop
    async def body() -> None:
        rig = ListRig(page_size=10)
        await filled(rig, 30)
        await rig.start()
        await rig.feed.load_more()
        rig.backend.is_sorted_by_arrival = True
        now = rig.clock.now()
        skewed = rig.backend.add(created_at=now + timedelta(seconds=ahead))
        await rig.clock.advance(2)
        assert rig.feed.order[0] == skewed
        rig.backend.add()
        await rig.clock.advance(2)
        assert rig.rows == rig.server_rows[: len(rig.rows)]
        assert len(rig.rows) == 22
        await rig.stop()

    body()


@in_loop
async def test_a_server_that_loses_its_changes_is_polled_like_any_other() -> None:
    rig = ListRig(page_size=10)
    made = await filled(rig, 30)
    await rig.start()
    await rig.feed.load_more()
    await rig.clock.advance(1)
    rig.backend.fail(Unsupported("changes"), method="changes")
    rig.backend.set_status(made[12], SUCCESS)
    await rig.clock.advance(10)
    assert rig.rows == rig.server_rows[:20]
    assert rig.calls()["get_execution"] > 0
    await rig.stop()


# Older pages


@BOTH
def test_more_pages_are_appended_and_kept(capabilities: Capabilities) -> None:
    @in_loop
    async def body() -> None:
        rig = ListRig(capabilities=capabilities, page_size=10)
        await filled(rig, 25)
        await rig.start()
        assert (len(rig.rows), rig.feed.has_more, rig.feed.total) == (10, True, 25)
        await asyncio.gather(rig.feed.load_more(), rig.feed.load_more())
        assert len(rig.rows) == 20, "asked for twice together is once"
        await rig.feed.load_more()
        assert (len(rig.rows), rig.feed.has_more) == (25, False)
        await rig.feed.load_more()
        rig.backend.add()
        await rig.clock.advance(2)
        assert rig.rows == rig.server_rows
        assert rig.backend.most_in_flight == 1
        await rig.stop()

    body()


@BOTH
def test_nothing_on_an_older_page_runs_for_ever(capabilities: Capabilities) -> None:
    @in_loop
    async def body() -> None:
        rig = ListRig(capabilities=capabilities, page_size=10)
        made = await filled(rig, 30)
        await rig.start()
        await rig.feed.load_more()
        await rig.feed.load_more()
        for identifier in made[:20]:
            rig.backend.set_status(identifier, SUCCESS)
        rig.backend.prune(made[3])
        rig.calls()
        await rig.clock.advance(20)
        assert rig.rows == rig.server_rows
        assert rig.calls().get("get_execution", 0) <= 3 * 20
        await rig.stop()

    body()


@in_loop
async def test_what_somebody_else_resumed_on_an_older_page_is_seen_in_turn() -> None:
    rig = ListRig(capabilities=POLLING, page_size=10)
    old = rig.backend.failed()
    await filled(rig, 29)
    await rig.start()
    await rig.feed.load_more()
    await rig.feed.load_more()
    rig.backend.set_status(old, ExecutionStatus.PENDING_RESUME)
    await rig.clock.advance(60)
    assert rig.feed.executions[old].status is ExecutionStatus.PENDING_RESUME
    await rig.stop()


@BOTH
@pytest.mark.parametrize("number", [15, 300])
def test_what_came_while_the_backend_was_away_leaves_no_gap(
    capabilities: Capabilities, number: int
) -> None:
    @in_loop
    async def body() -> None:
        rig = ListRig(capabilities=capabilities, page_size=10)
        await filled(rig, 20)
        await rig.start()
        await rig.feed.load_more()
        rig.backend.fail(Unreachable("refused"))
        await filled(rig, number)
        rig.backend.fail(None)
        rig.feed.poke()
        await rig.clock.advance(2)
        assert rig.rows == rig.server_rows[: len(rig.rows)]
        assert rig.feed.has_more is (len(rig.rows) < 20 + number)
        while rig.feed.has_more:
            await rig.feed.load_more()
        assert rig.rows == rig.server_rows
        await rig.stop()

    body()


@BOTH
def test_rows_that_leave_are_replaced_from_below(capabilities: Capabilities) -> None:
    @in_loop
    async def body() -> None:
        rig = ListRig(capabilities=capabilities, query=PROBLEMS, page_size=10)
        made = await filled(rig, 30)
        await rig.start()
        for identifier in made[20:]:
            rig.backend.set_status(identifier, SUCCESS)
        await rig.clock.advance(2)
        assert len(rig.rows) >= 10
        assert rig.rows == rig.server_rows[: len(rig.rows)]
        assert rig.feed.total == 20
        await rig.stop()

    body()


@in_loop
async def test_a_page_that_does_not_come_is_told_and_asked_for_again() -> None:
    rig = ListRig(page_size=10)
    await filled(rig, 25)
    await rig.start()
    rig.backend.fail_next(InvalidRequest("a bad token"), method="list_executions")
    await rig.feed.load_more()
    await rig.clock.settle()
    assert isinstance(rig.feed.more_error, InvalidRequest)
    assert rig.feed.freshness.state == "live"
    assert rig.feed.freshness.error is None
    rig.backend.fail_next(Unreachable("refused"))
    await rig.feed.load_more()
    assert isinstance(rig.feed.more_error, Unreachable)
    await rig.feed.load_more()
    assert rig.feed.more_error is None
    assert len(rig.rows) == 20
    await rig.stop()


@pytest.mark.parametrize("leave", ["another query", "out of sight", "stop"])
def test_nobody_waits_for_a_page_of_a_list_that_is_gone(leave: str) -> None:
    @in_loop
    async def body() -> None:
        rig = ListRig(page_size=10)
        await filled(rig, 25)
        await rig.start()
        rig.backend.hold("list_executions")
        waiting = asyncio.ensure_future(rig.feed.load_more())
        await rig.clock.settle()
        assert not waiting.done()
        if leave == "another query":
            rig.feed.set_query(PROBLEMS)
        elif leave == "out of sight":
            rig.feed.set_visible(False)
        else:
            await rig.feed.stop()
        await rig.clock.settle()
        assert waiting.done()
        await rig.stop()

    body()


# Another query


@BOTH
def test_the_old_rows_stay_until_the_new_ones_are_here(capabilities: Capabilities) -> None:
    @in_loop
    async def body() -> None:
        rig = ListRig(capabilities=capabilities)
        await filled(rig, 3)
        rig.backend.add("refund", SUCCESS)
        await rig.start()
        rig.backend.hold("list_executions")
        rig.feed.set_query(ListQuery("refund"))
        await rig.clock.advance(0.5)
        assert rig.feed.query == ListQuery("refund")
        assert (len(rig.rows), rig.feed.is_listed) == (4, False)
        rig.backend.release()
        await rig.clock.settle()
        assert [row.workflow_name for row in rig.rows] == ["refund"]
        rig.backend.add("refund")
        rig.backend.add("order-processing")
        await rig.clock.advance(1.5)
        assert rig.rows == rig.server_rows
        assert rig.feed.total == 2
        await rig.stop()

    body()


@in_loop
async def test_the_answer_to_the_old_question_is_not_taken_for_the_new_one() -> None:
    rig = ListRig(capabilities=POLLING)
    await filled(rig, 3)
    await rig.start()
    rig.backend.hold("list_executions")
    await rig.clock.advance(1)
    rig.feed.set_query(ListQuery("refund"))
    rig.feed.set_query(ListQuery("nothing"))
    await rig.clock.settle()
    rig.backend.release()
    await rig.clock.settle()
    assert rig.rows == []
    assert rig.feed.freshness.state == "live"
    await rig.stop()


@in_loop
async def test_an_empty_answer_to_another_question_is_told_too() -> None:
    rig = ListRig(query=ListQuery("nothing"))
    await rig.start()
    rig.deltas.clear()
    rig.feed.set_query(ListQuery("nothing else"))
    assert not rig.feed.is_listed
    await rig.clock.settle()
    assert rig.feed.is_listed
    assert len(rig.deltas) == 1
    await rig.stop()


@in_loop
async def test_while_the_new_list_does_not_come_the_old_one_is_kept_and_called_old() -> None:
    rig = ListRig()
    await filled(rig, 3)
    await rig.start()
    rig.backend.fail(Unreachable("refused"))
    rig.feed.set_query(ListQuery("refund"))
    await rig.clock.advance(10)
    assert (len(rig.rows), rig.feed.freshness.state) == (3, "stale")
    await rig.stop()


# Newer readings from elsewhere


@BOTH
def test_an_answer_under_way_does_not_undo_a_newer_reading(capabilities: Capabilities) -> None:
    @in_loop
    async def body() -> None:
        rig = ListRig(capabilities=capabilities, query=PROBLEMS)
        old = rig.backend.failed()
        await rig.start()
        if capabilities.changes:
            rig.backend.put(rig.backend.executions[old])
        poll = "changes" if capabilities.changes else "list_executions"
        rig.backend.hold(poll)
        await rig.clock.advance(1)
        before = rig.backend.executions[old]
        rig.backend.set_status(old, ExecutionStatus.PENDING_RESUME)
        resumed = rig.backend.executions[old]
        rig.backend.executions[old] = before  # what the answer under way was made of
        new = rig.backend.add()
        started = rig.backend.executions.pop(new)
        rig.deltas.clear()
        rig.feed.put(resumed)
        rig.feed.put(started)
        assert list(rig.feed.order) == [new, old]
        rig.backend.release()
        await asyncio.sleep(0)
        rig.backend.executions[old] = resumed
        rig.backend.executions[new] = started
        await rig.clock.settle()
        assert rig.feed.executions[old] == resumed
        assert new in rig.feed.executions
        await rig.clock.advance(2)
        assert rig.rows == rig.server_rows
        assert len([delta for delta in rig.deltas if old in delta.changed]) == 1
        await rig.stop()

    body()


@in_loop
async def test_an_answer_under_way_that_was_newer_after_all_is_not_lost() -> None:
    rig = ListRig()
    one = rig.backend.failed()
    await rig.start()
    rig.backend.set_status(one, ExecutionStatus.PENDING_RESUME)
    resumed = rig.backend.executions[one]
    rig.backend.set_status(one, RUNNING)
    rig.backend.hold("changes")
    await rig.clock.advance(1)
    rig.feed.put(resumed)
    rig.backend.release()
    await rig.clock.advance(0.1)
    assert rig.feed.executions[one].status is RUNNING
    await rig.stop()


@in_loop
async def test_a_newer_reading_makes_the_polls_quick_again() -> None:
    rig = ListRig()
    one = rig.backend.failed()
    await rig.start()
    await rig.clock.advance(120)
    rig.feed.put(replace(rig.backend.executions[one], retry_count=1))
    rig.backend.put(rig.feed.executions[one])
    await rig.clock.advance(5)
    rig.calls()
    await rig.clock.advance(3)
    assert rig.calls()["changes"] == 3
    await rig.stop()


@in_loop
async def test_a_reading_that_does_not_belong_in_the_list_leaves_at_once() -> None:
    rig = ListRig(query=PROBLEMS, page_size=10)
    made = await filled(rig, 25)
    await rig.start()
    rig.backend.set_status(made[-1], SUCCESS)
    rig.feed.put(rig.backend.executions[made[-1]])
    assert made[-1] not in rig.feed.executions
    rig.feed.put(rig.backend.executions[made[0]])
    assert made[0] not in rig.feed.executions, "it is on a page that is not loaded"
    await rig.stop()


# Trouble


@in_loop
async def test_a_lost_backend_keeps_the_last_rows_and_comes_back_by_itself() -> None:
    rig = ListRig()
    await filled(rig, 3)
    await rig.start()
    before, as_of = rig.rows, rig.feed.freshness.as_of
    rig.backend.fail(Unreachable("connection refused"))
    await rig.clock.advance(120)
    assert rig.rows == before
    assert rig.feed.freshness.state == "lost"
    assert rig.feed.freshness.as_of == as_of
    rig.backend.add()
    rig.backend.fail(None)
    await rig.clock.advance(30)
    assert rig.feed.freshness.state == "live"
    assert rig.rows == rig.server_rows
    states = [one.state for one in rig.told]
    assert states == [*sorted(states[:-1], key=["live", "stale", "lost"].index), "live"]
    await rig.stop()


@in_loop
async def test_an_expired_token_pauses_everything_until_a_poke() -> None:
    rig = ListRig()
    failed = rig.backend.failed()
    await rig.start()
    rig.backend.fail(Unauthenticated("token expired"))
    await rig.clock.advance(3)
    rig.feed.want_causes([failed])
    rig.calls()
    await rig.clock.advance(3600)
    assert rig.calls() == {}
    assert isinstance(rig.feed.freshness.error, Unauthenticated)
    rig.backend.fail(None)
    rig.feed.poke()
    await rig.clock.settle()
    assert rig.feed.freshness.state == "live"
    assert failed in rig.feed.causes
    await rig.stop()


@pytest.mark.parametrize("error", [ServerFault("500"), Unreachable("gone")])
def test_counts_that_fail_do_not_make_the_list_stale(error: ServerFault | Unreachable) -> None:
    @in_loop
    async def body() -> None:
        rig = ListRig()
        await filled(rig, 2)
        await rig.start()
        rig.backend.fail(error, method="counts")
        rig.backend.add()
        await rig.clock.advance(1)
        assert rig.feed.counts is not None, "the old ones stand for a while"
        assert rig.feed.freshness.error is None
        await rig.clock.advance(5)
        assert rig.feed.counts is None, "and are then no longer true"
        assert rig.rows == rig.server_rows
        assert rig.feed.freshness.state == "live"
        rig.backend.fail(None, method="counts")
        await rig.clock.advance(60)
        assert rig.feed.counts is not None
        await rig.stop()

    body()


@in_loop
async def test_a_server_that_says_slow_down_at_the_counts_is_obeyed_by_the_list() -> None:
    rig = ListRig()
    await rig.start()
    rig.backend.fail_next(RateLimited(retry_after=60), method="counts")
    rig.backend.add()
    await rig.clock.advance(1)
    rig.calls()
    await rig.feed.load_more()
    await rig.clock.advance(59)
    assert rig.calls() == {}
    await rig.clock.advance(10)
    assert rig.feed.freshness.state == "live"
    await rig.stop()


@in_loop
async def test_one_row_that_cannot_be_read_does_not_make_the_list_stale() -> None:
    rig = ListRig(capabilities=POLLING, page_size=10)
    await filled(rig, 20)
    await rig.start()
    await rig.feed.load_more()
    rig.backend.fail(ServerFault("500"), method="get_execution")
    await rig.clock.advance(30)
    assert [one.state for one in rig.told] == ["live"]
    await rig.stop()


@in_loop
async def test_stopping_is_prompt_while_everything_hangs() -> None:
    rig = ListRig()
    failed = rig.backend.failed()
    await rig.start()
    rig.backend.hold()
    rig.feed.want_causes([failed])
    await rig.clock.advance(1)
    assert rig.backend.in_flight == 2
    await asyncio.wait_for(rig.stop(), 1)
    await rig.clock.settle()
    assert rig.backend.in_flight == 0
    assert rig.clock.sleepers == 0
    await rig.stop()


@pytest.mark.parametrize("ahead", [-3600, 3600])
def test_a_server_whose_clock_is_off_makes_no_age_negative(ahead: int) -> None:
    @in_loop
    async def body() -> None:
        rig = ListRig()
        await rig.start()
        skewed = rig.clock.now() + timedelta(seconds=ahead)
        identifier = rig.backend.add(created_at=skewed)
        row = replace(rig.backend.executions[identifier], status=RUNNING, started_at=skewed)
        rig.backend.put(row)
        await rig.clock.advance(2)
        now = rig.clock.now() + rig.feed.skew
        assert row.started_at is not None
        assert (now - row.started_at).total_seconds() >= 0
        assert (rig.feed.skew > timedelta(0)) is (ahead > 0)
        as_of = rig.feed.freshness.as_of
        assert as_of is not None
        assert as_of <= rig.clock.now()
        rig.clock.set_wall(3600)  # ours was wrong, and somebody sets it right
        assert rig.feed.skew.total_seconds() < 10
        await rig.stop()

    body()


# Whatever happens

MOVES = ("add", "add_many", "move", "prune", "put", "reset")
EVENTS = ("down", "up", "fault", "advance", "sleep", "more", "query")
ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(
            [*MOVES, *EVENTS],
        ),
        st.integers(0, 1000),
    ),
    min_size=6,
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(ACTIONS, st.booleans(), st.integers(1, 12), st.integers(0, 2**32))
@example([("more", 0), ("reset", 0), ("down", 0), ("add_many", 5)], True, 4, 0)
def test_the_rows_end_equal_to_the_servers(
    actions: list[tuple[str, int]], has_changes: bool, page_size: int, seed: int
) -> None:
    queries = [ListQuery(), PROBLEMS, ListQuery("refund"), ListQuery(None, frozenset({FAILED}))]

    @in_loop
    async def body() -> None:
        capabilities = replace(EVERYTHING, changes=has_changes)
        jitter = random.Random(seed).random
        rig = ListRig(capabilities=capabilities, page_size=page_size, jitter=jitter)
        rig.backend.changes_limit = 3
        await filled(rig, 8)
        await rig.start()
        states = list(ExecutionStatus)
        for name, number in actions:
            every = sorted(rig.backend.executions)
            chosen = every[number % len(every)] if every else None
            if name == "add":
                rig.backend.add(["refund", "order-processing"][number % 2])
            elif name == "add_many":
                await filled(rig, number % 30)
            elif name == "move" and chosen is not None:
                rig.backend.set_status(chosen, states[number % len(states)])
            elif name == "prune" and chosen is not None:
                rig.backend.prune(chosen)
            elif name == "down":
                rig.backend.fail(Unreachable("refused"))
            elif name == "up":
                rig.backend.fail(None)
            elif name == "fault":
                rig.backend.fail_next(ServerFault("500"), ValueError("half an answer"))
            elif name == "advance":
                await rig.clock.advance(number % 100)
            elif name == "more":
                waiting = asyncio.ensure_future(rig.feed.load_more())
                await rig.clock.advance(number % 3)
                waiting.cancel()
            elif name == "reset":
                rig.backend.forget_changes()
            elif name == "query":
                rig.feed.set_query(queries[number % len(queries)])
            elif name == "put" and chosen is not None:
                rig.feed.put(rig.backend.executions[chosen])
            elif name == "sleep":
                await rig.clock.suspend(number)
            await rig.clock.advance(0.1)
        rig.backend.fail(None)
        rig.backend._next_errors.clear()
        await rig.clock.advance(1200)
        expected = rig.server_rows
        assert rig.rows == expected[: len(rig.rows)]
        assert rig.feed.has_more or len(rig.rows) == len(expected)
        assert len(rig.rows) >= min(page_size, len(expected))
        assert rig.feed.total == len(expected)
        while rig.feed.has_more:
            await rig.feed.load_more()
        assert rig.rows == expected
        assert rig.feed.freshness.state == "live"
        assert rig.backend.most_in_flight == 1
        rig.bugs.clear()
        await rig.stop()

    body()
