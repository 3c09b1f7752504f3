"""Runs the example project's day and records it: good orders, refused mail, a resume.

The shop is the demo's: a copy of the example in a temporary folder with its server, its workers and
its mail sink. Two moments are kept: `refused`, when orders stand failed, and `resumed`, when the
mail server takes mail again and one of them is through.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from pathlib import Path

from console.backend.protocol import Backend
from console.clock import SystemClock
from console.demo.guide import DemoGuide
from console.demo.parts import Parts, Tasks, open_parts
from console.demo.place import demo_folder
from console.demo.shop import Shop, open_shop
from console.demo.story import Story, charging
from console.demo.traffic import AUDITOR, MANAGER
from console.model.execution import AttemptHistory, Execution, FunctionExecution, JobError
from console.model.ids import ExecutionId, FunctionExecutionId
from console.model.query import ExecutionQuery
from console.model.states import ExecutionStatus
from screenshots.recording import Moment, Recording

GOOD_ORDERS = 6
REFUSED_ORDERS = 3
PATIENCE = 60.0
ACTOR = "ops"
"""Whoever records it: a picture shows no name of a person or a machine."""
PAUSE = 4.0
"""Seconds between two steps of the day, so that their ages differ."""


def record() -> Recording:
    """Run the day; takes about a minute."""
    with demo_folder() as folder, open_shop(folder) as shop:
        return asyncio.run(_record(shop))


async def _record(shop: Shop) -> Recording:
    tasks = Tasks()
    parts = await open_parts(shop, SystemClock())
    try:
        tasks.keep(parts.story.watch())
        return await _live_the_day(parts, shop)
    finally:
        await tasks.end()
        await parts.aclose()


async def _live_the_day(parts: Parts, shop: Shop) -> Recording:
    story, backend, clock = parts.story, parts.backend, parts.story.clock
    for number in range(GOOD_ORDERS):
        if number == 1:
            await backend.start("generate-report", invoker=AUDITOR, argument=None)
        await _through(story, await parts.traffic.place_order(), ExecutionStatus.SUCCESS)
        await clock.sleep(PAUSE / 2)
    archive = await backend.start("nightly-archive", invoker=MANAGER, argument=None)
    await _through(story, archive, ExecutionStatus.SUCCESS)
    # An auditor may read and change nothing: this one fails for a reason of its own.
    order = (await shop.open_orders())[-1]
    wrong = await backend.start("order-processing", invoker=AUDITOR, argument=order.argument)
    await _through(story, wrong, ExecutionStatus.FAILED)
    await shop.switch_mail(False)
    refused = []
    for _ in range(REFUSED_ORDERS):
        refused.append(await parts.traffic.place_order())
        await _through(story, refused[-1], ExecutionStatus.FAILED)
        await clock.sleep(PAUSE)
    await _busy(parts)
    first = await _moment(backend, shop, story)
    archive = next(
        one.id
        for one in first.executions
        if one.workflow_name == "nightly-archive" and not one.status.is_finished
    )
    await backend.cancel(archive, reason="it can wait for the night")
    await story.until(lambda: not _is_anything_under_way(story), PATIENCE)
    await shop.switch_mail(True)
    for order in sorted(story.failed):
        await backend.resume(order, reason="the mail server is back")
        await _through(story, order, ExecutionStatus.SUCCESS)
    await story.until(lambda: story.settled is not None, PATIENCE)
    await _busy(parts)
    second = await _moment(backend, shop, story)
    workflows = (await backend.list_workflows()).items
    return Recording(
        await backend.capabilities(),
        workflows,
        await backend.machine_users(),
        {"refused": first, "resumed": second.beyond(first)},
    )


async def _through(story: Story, identifier: ExecutionId, status: ExecutionStatus) -> None:
    """Wait for an execution's end."""
    if not await story.until(lambda: story.status(identifier) is status, PATIENCE):
        raise TimeoutError(f"{identifier} is {story.status(identifier)}, and not {status}")


def _is_anything_under_way(story: Story) -> bool:
    return any(not one.status.is_finished for one in story.executions.values())


async def _busy(parts: Parts) -> None:
    """Keep both workers busy, an archive and an order whose card is being charged, one waiting."""
    backend, story = parts.backend, parts.story
    await backend.start("nightly-archive", invoker=MANAGER, argument=None)
    order = await parts.traffic.place_order()
    await backend.start("generate-report", invoker=AUDITOR, argument=None)
    while charging(await backend.get_execution(order)) is None:
        await story.clock.sleep(0.05)
    await story.clock.sleep(0.3)


async def _moment(backend: Backend, shop: Shop, story: Story) -> Moment:
    """Read everything there is; what runs is read again until nothing moved while it was read."""
    now = story.clock.now()
    listed = (await backend.list_executions(ExecutionQuery(limit=100))).items
    moment = Moment(now, listed)
    for execution in sorted(listed, key=lambda one: one.status.is_finished):
        if execution.status.is_finished and execution.workflow_name != "order-processing":
            continue  # no picture opens these: their dozens of jobs are listed, and that is all
        await _read(backend, shop, execution, moment)
    again = (await backend.list_executions(ExecutionQuery(limit=100))).items
    running = [one for one in again if not one.status.is_finished]
    guide = DemoGuide()
    guide.story = story
    print(f"{len(listed)} executions, {len(running)} under way")
    return replace(moment, hint=guide.hint(again, None))


async def _read(backend: Backend, shop: Shop, execution: Execution, moment: Moment) -> None:
    history = await backend.list_attempts(execution.id)
    moment.histories[execution.id] = _history(history, shop.project)
    identifiers = [job.function_execution_id for job in execution.jobs]
    identifiers += [job.function_execution_id for job in history.jobs]
    for identifier in identifiers:
        if identifier is None or identifier in moment.functions:
            continue
        function = await backend.get_function_execution(identifier)
        moment.functions[identifier] = _function(function, shop.project)
        log = await _whole_log(backend, identifier)
        if log:
            moment.logs[identifier] = _plain(log, shop.project)


async def _whole_log(backend: Backend, identifier: FunctionExecutionId) -> str:
    data, offset = b"", 0
    while True:
        chunk = await backend.read_log(identifier, offset=offset)
        data, offset = data + chunk.data, chunk.next_offset
        if not chunk.data or offset >= chunk.size:
            return data.decode()


def _function(function: FunctionExecution, project: Path) -> FunctionExecution:
    return replace(function, logs="", error=_error(function.error, project))


def _history(history: AttemptHistory, project: Path) -> AttemptHistory:
    attempts = tuple(
        replace(one, error=_error(one.error, project), actor=one.actor and ACTOR)
        for one in history.attempts
    )
    jobs = tuple(replace(one, error=_error(one.error, project)) for one in history.jobs)
    return replace(history, attempts=attempts, jobs=jobs)


def _error(error: JobError | None, project: Path) -> JobError | None:
    return error and replace(error, traceback=_plain(error.traceback, project))


def _plain(text: str, project: Path) -> str:
    """Write the project's files as the project names them, and others by their own name."""
    text = text.replace(f"{project.resolve()}/", "").replace(f"{project}/", "")
    return re.sub(r'File "/[^"]*/([^/"]+)"', r'File "\1"', text)
