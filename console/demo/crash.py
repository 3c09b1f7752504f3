"""Kill a worker in the middle of a job, and see another take over."""

from __future__ import annotations

import os
import signal
from collections.abc import Awaitable, Callable
from dataclasses import replace

from console.backend.errors import NotFound
from console.demo.children import DemoFailed
from console.demo.story import CHARGE, Crash, Story, charging
from console.demo.traffic import Traffic
from console.model.execution import Execution
from console.model.ids import ExecutionId
from console.model.states import JobStatus

FindWorker = Callable[[ExecutionId], Awaitable[int | None]]
"""Gives the process that runs an execution now; None while none does."""

SIGNING = b"signing"
"""What charge-card says while it does its work."""
LOOK_EVERY = 0.02
"""Seconds between two looks at a job that is to be caught while it runs."""
CATCH_SECONDS = 20.0
HEIR_SECONDS = 60.0
TRIES = 3


async def crash(story: Story, traffic: Traffic, find_worker: FindWorker) -> Crash:
    """Send SIGKILL to the worker that runs an order's charge-card. Raises `DemoFailed`."""
    for _ in range(TRIES):
        execution_id = await _charging_now(story)
        if execution_id is None:
            execution_id = await traffic.place_order()
        process_id = await _catch(story, execution_id, find_worker)
        if process_id is None:
            continue
        try:
            os.kill(process_id, signal.SIGKILL)
        except ProcessLookupError:
            continue
        # That worker writes nothing any more: a success would have been there before.
        if not _charged(await story.backend.get_execution(execution_id)):
            return Crash(execution_id, story.orders[execution_id], process_id)
    raise DemoFailed(f"{CHARGE} was always quicker than the kill")


async def see_heir(story: Story, caught: Crash, find_worker: FindWorker) -> Crash:
    """Wait until another worker has charged the card; gives it with the numbers of the books."""
    clock, heir = story.clock, None
    deadline = clock.monotonic() + HEIR_SECONDS
    while clock.monotonic() < deadline:
        holder = await find_worker(caught.execution_id)
        if holder is not None and holder != caught.process_id:
            heir = holder
        if _charged(await story.backend.get_execution(caught.execution_id)):
            charges = await story.shop.charges(caught.order)
            return replace(caught, heir=heir, charges=charges)
        await clock.sleep(LOOK_EVERY)
    raise DemoFailed(f"nobody took {caught.order} over in {HEIR_SECONDS:.0f} s")


async def _charging_now(story: Story) -> ExecutionId | None:
    """Find an order whose card is being charged at this moment."""
    for known in list(story.executions.values()):
        if known.id not in story.orders or charging(known) is None:
            continue
        if charging(await story.backend.get_execution(known.id)) is not None:
            return known.id
    return None


async def _catch(story: Story, execution_id: ExecutionId, find_worker: FindWorker) -> int | None:
    """Wait for the execution's charge-card and give its worker; None when it got away."""
    deadline = story.clock.monotonic() + CATCH_SECONDS
    while story.clock.monotonic() < deadline:
        try:
            execution = await story.backend.get_execution(execution_id)
        except NotFound:
            return None
        if execution.status.is_finished or _charged(execution):
            return None
        if await _is_in_the_middle(story, execution):
            return await find_worker(execution_id)
        await story.clock.sleep(LOOK_EVERY)
    return None


async def _is_in_the_middle(story: Story, execution: Execution) -> bool:
    """Tell whether charge-card signs: its attempt is counted, and nothing is charged yet."""
    job = charging(execution)
    if job is None or job.function_execution_id is None:
        return False
    log = await story.backend.read_log(job.function_execution_id)
    return SIGNING in log.data


def _charged(execution: Execution) -> bool:
    """Tell whether charge-card has succeeded."""
    return any(j.name == CHARGE and j.status is JobStatus.SUCCESS for j in execution.jobs)
