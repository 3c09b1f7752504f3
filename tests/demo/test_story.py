"""The demo's line says what has happened and what comes next, and nothing else."""

from __future__ import annotations

import asyncio
import json

import pytest

from console.backend.errors import OutcomeUnknown, RateLimited, Unreachable
from console.commands.extras import CommandRefused
from console.demo.commands import DemoCommands
from console.demo.guide import DemoGuide
from console.demo.shop import Charges
from console.demo.story import Crash
from console.model.execution import Execution
from console.model.ids import ExecutionId
from tests.demo.fake_shop import Bench


def hint(bench: Bench) -> str:
    guide = DemoGuide()
    guide.story = bench.story
    return guide.hint((), None)


def looked_at(bench: Bench) -> ExecutionId | None:
    guide = DemoGuide()
    guide.story = bench.story
    return guide.look_at()


def test_the_line_leads_from_the_failure_to_the_crash() -> None:
    async def body() -> None:
        async with Bench() as bench:
            assert hint(bench) == ""
            await bench.shop.switch_mail(False)
            order = await bench.order()
            await bench.finish(order, fails=True)
            assert hint(bench) == "The mail server refuses. :mail on, then R"
            await bench.shop.switch_mail(True)
            assert "R resumes" in hint(bench)
            await bench.backend.resume(order)
            await bench.clock.advance(1)
            assert hint(bench) == ""
            bench.shop.books["o-1001"] = Charges(charged=1, attempts=1)
            await bench.finish(order)
            assert hint(bench) == (
                "o-1001 is through, its card was charged once. :crash kills a worker in a job"
            )
            bench.story.crash = Crash(order, "o-1001", 4242)
            assert "Worker 4242 is dead" in hint(bench)
            assert looked_at(bench) == order
            bench.story.crash = Crash(order, "o-1001", 4242, 4250, Charges(1, 2))
            assert looked_at(bench) is None
            assert hint(bench) == (
                "Worker 4250 took over from 4242: charge-card began twice, charged once"
            )

    asyncio.run(body())


def test_the_line_repeats_the_books_and_not_the_wish() -> None:
    async def body() -> None:
        async with Bench() as bench:
            order = await bench.order()
            await bench.finish(order, fails=True)
            await bench.backend.resume(order)
            bench.shop.books["o-1001"] = Charges(charged=2, attempts=3)
            await bench.finish(order)
            assert "its card was charged twice" in hint(bench)

    asyncio.run(body())


def test_every_line_fits_beside_nothing_on_eighty_columns() -> None:
    async def body() -> None:
        async with Bench() as bench:
            bench.story.orders[ExecutionId("e")] = "o-1001"
            for crash in (
                Crash(ExecutionId("e"), "o-1001", 4194304),
                Crash(ExecutionId("e"), "o-1001", 4194304, 4194303, Charges(1, 2)),
            ):
                bench.story.crash = crash
                assert len(hint(bench)) <= 78, hint(bench)

    asyncio.run(body())


def test_an_order_that_never_failed_is_not_called_resumed() -> None:
    async def body() -> None:
        async with Bench() as bench:
            await bench.finish(await bench.order())
            assert bench.story.settled is None
            assert hint(bench) == ""

    asyncio.run(body())


def test_the_day_begins_with_a_history_and_then_the_mail_server_refuses() -> None:
    async def body() -> None:
        async with Bench() as bench:
            bench.tasks.append(asyncio.create_task(bench.traffic.run()))
            await bench.clock.settle()
            started = [e.workflow_name for e in bench.backend.executions.values()]
            assert sorted(started) == [
                "generate-report",
                "nightly-archive",
                "order-processing",
            ]
            assert bench.shop.is_mail_on
            for order in bench.open_orders:
                await bench.finish(order)
            assert not bench.shop.is_mail_on
            assert list(bench.story.orders.values()) == ["o-1001", "o-1002"]

    asyncio.run(body())


def test_a_slow_machine_does_not_hold_the_failure_back() -> None:
    async def body() -> None:
        async with Bench() as bench:
            bench.tasks.append(asyncio.create_task(bench.traffic.run()))
            await bench.clock.advance(3.5)
            assert not bench.shop.is_mail_on
            assert len(bench.story.orders) == 2

    asyncio.run(body())


def test_an_order_comes_every_five_seconds_and_none_while_three_stand_failed() -> None:
    async def body() -> None:
        async with Bench() as bench:
            bench.tasks.append(asyncio.create_task(bench.traffic.run()))
            await bench.clock.advance(4)
            before = len(bench.story.orders)
            await bench.clock.advance(10)
            assert len(bench.story.orders) == before + 2
            for order in bench.open_orders[:3]:
                await bench.finish(order, fails=True)
            before = len(bench.story.orders)
            await bench.clock.advance(20)
            assert len(bench.story.orders) == before
            await bench.backend.resume(next(iter(bench.story.failed)))
            await bench.clock.advance(6)
            assert len(bench.story.orders) > before

    asyncio.run(body())


def test_an_order_that_was_refused_is_placed_again_and_one_that_may_be_placed_is_not() -> None:
    async def body() -> None:
        async with Bench() as bench:
            bench.backend.fail_next(RateLimited("slow down"), method="start")
            with pytest.raises(RateLimited):
                await bench.traffic.place_order()
            first = await bench.traffic.place_order()
            bench.backend.fail_next(OutcomeUnknown("no answer"), method="start")
            with pytest.raises(OutcomeUnknown):
                await bench.traffic.place_order()
            second = await bench.traffic.place_order()
            assert [bench.story.orders[one] for one in (first, second)] == ["o-1001", "o-1003"]

    asyncio.run(body())


def test_a_lost_server_stops_neither_the_watch_nor_the_orders() -> None:
    async def body() -> None:
        async with Bench() as bench:
            bench.tasks.append(asyncio.create_task(bench.traffic.run()))
            await bench.clock.advance(4)
            bench.backend.fail(Unreachable("gone"))
            await bench.clock.advance(20)
            bench.backend.fail(None)
            before = len(bench.story.orders)
            await bench.clock.advance(10)
            assert len(bench.story.orders) == before + 2
            await bench.finish(bench.open_orders[0])
            assert all(not task.done() for task in bench.tasks)

    asyncio.run(body())


def test_the_commands_are_refused_in_one_line_until_they_can_be_done() -> None:
    async def no_worker(execution_id: ExecutionId) -> int | None:
        return None

    async def body() -> None:
        commands = DemoCommands()
        with pytest.raises(CommandRefused, match="does not answer yet"):
            await commands.mail(["on"])
        async with Bench() as bench:
            commands.begin(bench.story, bench.traffic, no_worker)
            for words in ([], ["maybe"], ["on", "off"]):
                with pytest.raises(CommandRefused, match="on or off"):
                    await commands.mail(words)
            assert await commands.mail(["off"]) == "the mail server refuses"
            assert not bench.shop.is_mail_on
            assert await commands.mail(["on"]) == "the mail server takes mail again"
            with pytest.raises(CommandRefused, match="no word"):
                await commands.crash(["now"])
            bench.backend.fail(Unreachable("gone"))
            with pytest.raises(CommandRefused, match="gone"):
                await commands.crash([])

    asyncio.run(body())


def test_the_argument_of_an_order_is_sent_as_the_books_have_it() -> None:
    async def body() -> None:
        async with Bench() as bench:
            order = await bench.order()
            sent: Execution = bench.backend.executions[order]
            assert sent.workflow_name == "order-processing"
            (action,) = [a for a in bench.backend.actions if a[0] == "start"]
            assert json.loads(next(w for w in action if "{" in w))["orderId"] == "o-1001"

    asyncio.run(body())
