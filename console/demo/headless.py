"""The demo's story without a screen: each step is a line, or the end if it is not true."""

from __future__ import annotations

from collections.abc import Callable

from console.backend.errors import BackendError
from console.clock import SystemClock
from console.demo.children import DemoFailed
from console.demo.crash import FindWorker, crash, see_heir
from console.demo.guide import charged, times
from console.demo.parts import Tasks, open_parts
from console.demo.shop import Charges, Shop
from console.demo.story import CHARGE, Story
from console.demo.traffic import Traffic
from console.model.execution import AttemptHistory
from console.model.ids import ExecutionId
from console.model.states import ExecutionStatus, JobStatus

PATIENCE = 30.0
"""Seconds a step may take."""
REUSED = ("fetch-customer", "reserve-stock", CHARGE)


async def play(shop: Shop, say: Callable[[str], None]) -> None:
    """Open the demo, play its story and close it. Raises `DemoFailed`."""
    clock, tasks = SystemClock(), Tasks()
    begin = clock.monotonic()

    def say_when(line: str) -> None:
        say(f"{clock.monotonic() - begin:5.1f} s  {line}")

    try:
        parts = await open_parts(shop, clock)
        say_when("the shop's server answers")
        tasks.keep(parts.story.watch())
        try:
            await tell_story(parts.story, parts.traffic, parts.workers.find, say_when)
        finally:
            await tasks.end()
            await parts.aclose()
    except BackendError as error:
        raise DemoFailed(str(error)) from None


async def tell_story(
    story: Story, traffic: Traffic, find_worker: FindWorker, say: Callable[[str], None]
) -> None:
    """Play the whole story. Raises `DemoFailed` with the first thing that is not as told."""
    order = await traffic.open_day()
    say(f"the mail server refuses; {story.orders[order]} is placed")
    say(await _failure(story, order))
    await story.shop.switch_mail(True)
    say("the mail server takes mail again")
    await story.backend.resume(order, reason="the mail server is back")
    await _wait_for(story, order, ExecutionStatus.SUCCESS)
    say(_resumed(await story.backend.list_attempts(order)))
    say(await _charges(story, order, Charges(charged=1, attempts=1)))
    caught = await crash(story, traffic, find_worker)
    story.crash = caught
    say(f"worker {caught.process_id} is killed in the middle of {caught.order}'s {CHARGE}")
    seen = await see_heir(story, caught, find_worker)
    await _wait_for(story, seen.execution_id, ExecutionStatus.SUCCESS)
    say(f"worker {seen.heir or '?'} took {seen.order} over and brought it to its end")
    say(await _charges(story, seen.execution_id, Charges(charged=1, attempts=2)))


async def _failure(story: Story, order: ExecutionId) -> str:
    """Tell why the order failed; it must be the mail server's own words."""
    await _wait_for(story, order, ExecutionStatus.FAILED)
    history = await story.backend.list_attempts(order)
    failed = [job for job in history.jobs if job.status is JobStatus.FAILED]
    if not failed:
        raise DemoFailed(f"{story.orders[order]} failed, and none of its jobs")
    cause = max(failed, key=lambda job: job.stacked_name.count("/"))
    words = cause.error.message if cause.error else "no reason"
    if "421" not in words:
        raise DemoFailed(f"{story.orders[order]} failed for another reason: {words}")
    return f"{story.orders[order]} failed in {cause.stacked_name.rpartition('/')[2]}: {words}"


def _resumed(history: AttemptHistory) -> str:
    """Tell what the resume ran again; it must have left the finished jobs alone."""
    again = [j.stacked_name.rpartition("/")[2] for j in history.jobs if j.attempt == 2]
    if set(again) & set(REUSED) or "send-notification" not in again:
        raise DemoFailed(f"the resume ran {', '.join(again)}")
    return f"resumed: {', '.join(REUSED)} reused from attempt 1, send-notification run again"


async def _charges(story: Story, execution_id: ExecutionId, wanted: Charges) -> str:
    """Tell what the payments table says; it must be what is wanted."""
    order = story.orders[execution_id]
    found = await story.shop.charges(order)
    words = f"{order}: {CHARGE} began {times(found.attempts)}, {charged(found)}"
    if found != wanted:
        raise DemoFailed(words)
    return words


async def _wait_for(story: Story, execution_id: ExecutionId, status: ExecutionStatus) -> None:
    """Wait for a state. Raises `DemoFailed` when it does not come."""
    if not await story.until(lambda: story.status(execution_id) is status, PATIENCE):
        known = story.status(execution_id)
        raise DemoFailed(f"{story.orders[execution_id]} is {known}, and not {status}")
