"""The feeds on every kind of server the adapter speaks to, ours in a real process included."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from console.backend.errors import Unsupported
from console.clock import SystemClock
from console.model.execution import Execution
from console.model.ids import ExecutionId
from console.model.states import ExecutionStatus, JobStatus
from console.sync.detail_feed import DetailFeed
from console.sync.list_feed import ListFeed, ListQuery
from console.sync.log_feed import LogFeed
from tests.backend.stages import CHILD, LOG, OpenStage, fake_stage, real_server, real_stage
from tests.fakes.loop import in_loop

PATIENCE = 20.0
PROBLEMS = ListQuery(statuses=frozenset(one for one in ExecutionStatus if one.is_problem))
FAKES = {
    "platform": fake_stage(console=False, old=False),
    "ours": fake_stage(console=True, old=False),
}


@pytest.fixture(scope="module")
def socket() -> Iterator[Path]:
    """A server of ours."""
    with real_server() as path:
        yield path


@pytest.fixture(params=[*FAKES, "real"])
def stage(request: pytest.FixtureRequest) -> OpenStage:
    """A way to open each server."""
    if request.param == "real":
        return real_stage(request.getfixturevalue("socket"))
    return FAKES[request.param]


class Watch:
    """Waits for what feeds tell."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self.bugs: list[Exception] = []

    def tell(self, _: object = None) -> None:
        self._event.set()

    async def until(self, is_so: Callable[[], bool], poke: Callable[[], None]) -> None:
        """Wait until something told makes this true."""
        async with asyncio.timeout(PATIENCE):
            while not is_so():
                self._event.clear()
                poke()
                await self._event.wait()


def test_a_list_shows_what_the_server_lists_and_why_it_failed(stage: OpenStage) -> None:
    @in_loop
    async def body() -> None:
        async with stage() as opened:
            first = await opened.failed()
            watch = Watch()
            feed = ListFeed(
                opened.backend,
                SystemClock(),
                on_change=watch.tell,
                on_freshness=watch.tell,
                query=PROBLEMS,
                on_bug=watch.bugs.append,
            )
            feed.start()
            await watch.until(lambda: first in feed.executions, lambda: None)
            second, waiting = await opened.failed(), await opened.waiting()
            succeeded = await opened.succeeded()

            def is_shown(identifier: ExecutionId, status: ExecutionStatus) -> bool:
                row = feed.executions.get(identifier)
                return row is not None and row.status is status

            await watch.until(
                lambda: (
                    is_shown(second, ExecutionStatus.FAILED)
                    and is_shown(waiting, ExecutionStatus.WAITING)
                    and succeeded not in feed.executions
                ),
                feed.poke,
            )
            page = await opened.backend.list_executions(feed.query.page(200))
            rows: list[Execution] = [feed.executions[identifier] for identifier in feed.order]
            assert {row.id: row for row in rows} == {row.id: row for row in page.items}
            # Those made within one millisecond may stand the other way round.
            made = [row.created_at for row in rows]
            assert made == [row.created_at for row in page.items]
            assert feed.total == len(rows)
            feed.want_causes(feed.order)
            await watch.until(lambda: {first, second} <= set(feed.causes), lambda: None)
            cause = feed.causes[second]
            assert cause.job_stacked_name == CHILD
            assert cause.error is not None or cause.last_log_line
            # They are read at a tenth of the list's pace, so the first may be older than the rows.
            await watch.until(
                lambda: feed.counts is not None and feed.counts.failed >= 2, feed.poke
            )
            assert feed.counts is not None
            await feed.stop()
            assert watch.bugs == []

    body()


def test_a_finished_execution_and_its_log_are_read_to_their_ends(stage: OpenStage) -> None:
    @in_loop
    async def body() -> None:
        async with stage() as opened:
            identifier = await opened.failed()
            watch = Watch()
            detail = DetailFeed(
                opened.backend,
                SystemClock(),
                identifier,
                on_change=watch.tell,
                on_freshness=watch.tell,
                on_bug=watch.bugs.append,
            )
            detail.start()
            await watch.until(lambda: detail.freshness.state == "done", lambda: None)
            assert detail.execution == await opened.backend.get_execution(identifier)
            assert detail.execution is not None
            assert (detail.history is None) is (detail.missing == Unsupported.title)
            job = next(one for one in detail.execution.jobs if one.stacked_name == CHILD)
            assert job.function_execution_id is not None
            function = await detail.function(job.function_execution_id)
            assert function.status is JobStatus.FAILED
            log = LogFeed(
                opened.backend,
                SystemClock(),
                job.function_execution_id,
                on_grow=watch.tell,
                on_freshness=watch.tell,
                on_bug=watch.bugs.append,
            )
            log.start()
            await watch.until(lambda: log.freshness.state == "done", lambda: None)
            lines = [line.decode() for line in log.spool.lines(0, log.spool.line_count)]
            if log.has_times:
                lines = [line.partition(" ")[2] for line in lines]
            assert lines == LOG.splitlines()
            await log.stop()
            await detail.stop()
            assert watch.bugs == []

    body()
