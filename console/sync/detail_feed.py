"""One execution in full, kept fresh until it is finished.

    feed = DetailFeed(backend, clock, identifier, on_change=…, on_freshness=…, known=row)
    feed.start()
    feed.execution, feed.history, feed.wait_points, feed.errors, feed.missing
    await feed.function(run_id)          one attempt of a job, with its log, result and error

One request a round: the execution, then, where it changed, its history, its wait points, and
without a history the errors of its failed jobs. After two equal readings of a finished execution
nothing is asked any more, until a poke. A history that cannot be read makes nothing stale:
`missing` says why.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any

from console.backend.errors import BackendError, Unsupported
from console.backend.protocol import Backend
from console.clock import Clock
from console.model.capabilities import Capabilities
from console.model.cause import failed_job
from console.model.execution import (
    AttemptHistory,
    Execution,
    FunctionExecution,
    JobError,
    JobExecution,
    WaitPoint,
)
from console.model.ids import ExecutionId, FunctionExecutionId, JobExecutionId
from console.model.states import ExecutionStatus, JobStatus
from console.sync.cadence import DETAIL_LOCAL, DETAIL_REMOTE, Outcome
from console.sync.connection_errors import CONNECTION_ERRORS
from console.sync.deadline import give_up, within
from console.sync.feed import Feed
from console.sync.freshness import Freshness
from console.sync.poller import Poller

TRIES = 3
"""Readings of a history that fails by itself, before it is given up until something changes."""
ERRORS = 10
"""Failed jobs whose errors are fetched one by one: the cause, and the latest others."""
FUNCTIONS = 20
"""Finished attempts of jobs that are kept; their logs may be long."""

Taken = Callable[[], None]
Step = Callable[[], Coroutine[Any, Any, Taken]]


class DetailFeed(Feed):
    """Polls one execution."""

    def __init__(
        self,
        backend: Backend,
        clock: Clock,
        execution_id: ExecutionId,
        *,
        on_change: Callable[[], None],
        on_freshness: Callable[[Freshness], None],
        known: Execution | None = None,
        on_bug: Callable[[Exception], None] | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.execution_id = execution_id
        self.execution: Execution | None = known
        self.history: AttemptHistory | None = None
        self.wait_points: tuple[WaitPoint, ...] = ()
        self.errors: Mapping[JobExecutionId, JobError] = {}
        """Of failed jobs, where there is no history."""
        self.missing = ""
        """Why there is no history, or no newer one; empty when it is there or still to come."""
        self._backend = backend
        self._clock = clock
        self._on_change = on_change
        self._capabilities: Capabilities | None = None
        self._is_read = False
        self._is_poll_due = True
        self._is_settled = False
        self._has_moved = False
        self._is_history_due = False
        self._history_tries = 0
        self._is_history_tried = False
        self._are_waits_due = False
        self._runs_seen: set[FunctionExecutionId] = set()
        self._functions: dict[FunctionExecutionId, FunctionExecution] = {}
        self._asked: dict[FunctionExecutionId, asyncio.Task[FunctionExecution]] = {}
        self._poller = Poller(
            clock,
            self._fetch,
            self._take,
            pace=DETAIL_REMOTE,
            on_freshness=on_freshness,
            on_bug=on_bug,
            jitter=jitter,
        )

    async def stop(self) -> None:
        """End at once, also while a request hangs."""
        for task in self._asked.values():
            give_up(task)
        await super().stop()

    def poke(self) -> None:
        """Ask now, also after it was done; a history that was missing is tried again."""
        self._history_tries = 0
        if self.missing and self._capabilities is not None:
            self._is_history_due = self._capabilities.attempts
        super().poke()

    def put(self, execution: Execution) -> None:
        """Hear from the list how it reads there: when it differs here, ask now."""
        known = self.execution
        if execution.id != self.execution_id or execution == known:
            return
        is_news = (
            known is None
            or execution.status is not known.status
            or execution.finished_at != known.finished_at
            or execution.retry_count != known.retry_count
        )
        if is_news:
            super().poke()

    async def function(self, identifier: FunctionExecutionId) -> FunctionExecution:
        """Read one attempt of a job; kept when it has finished. Raises `BackendError`."""
        kept = self._functions.get(identifier)
        if kept is not None:
            return kept
        task = self._asked.get(identifier)
        if task is None:
            request = within(self._clock, self._backend.get_function_execution(identifier))
            task = self._asked[identifier] = asyncio.get_running_loop().create_task(request)
            task.add_done_callback(partial(self._keep, identifier))
        return await asyncio.shield(task)

    def _keep(self, identifier: FunctionExecutionId, task: asyncio.Task[FunctionExecution]) -> None:
        del self._asked[identifier]
        if task.cancelled() or task.exception() is not None:
            return
        if task.result().status.is_finished:
            self._functions[identifier] = task.result()
            if len(self._functions) > FUNCTIONS:
                del self._functions[next(iter(self._functions))]

    # Rounds

    async def _fetch(self) -> Taken:
        try:
            if self._capabilities is None:
                capabilities = self._capabilities = await self._backend.capabilities()
                self._poller.pace = DETAIL_LOCAL if capabilities.is_local else DETAIL_REMOTE
                self.missing = "" if capabilities.attempts else Unsupported.title
            step = None if self._is_poll_due else self._follow_up(self._capabilities)
            return await (step or self._fetch_execution)()
        except BaseException:
            self._is_poll_due = True
            raise

    def _take(self, taken: Taken) -> Outcome:
        taken()
        assert self._capabilities is not None
        if self._is_poll_due or self._follow_up(self._capabilities) is not None:
            return Outcome.AGAIN
        self._is_poll_due = True
        has_moved, self._has_moved = self._has_moved, False
        if self._is_settled and not self._is_history_due:
            return Outcome.DONE
        return Outcome.MOVED if has_moved else Outcome.IDLE

    def _follow_up(self, capabilities: Capabilities) -> Step | None:
        """Choose what is to be asked beside the execution itself; None when nothing is due."""
        if self._is_history_due and not self._is_history_tried:
            return self._fetch_history
        if self._are_waits_due and capabilities.wait_points:
            return self._fetch_waits
        if self.history is None and not self._is_history_due:
            job = self._unexplained()
            if job is not None:
                return partial(self._fetch_error, job)
        return None

    async def _fetch_execution(self) -> Taken:
        execution = await self._backend.get_execution(self.execution_id)
        return partial(self._take_execution, execution)

    def _take_execution(self, execution: Execution) -> None:
        assert self._capabilities is not None
        before, is_first = self.execution, not self._is_read
        self._is_settled = execution == before and execution.status.is_finished
        self._is_poll_due = self._is_history_tried = False
        if execution == before and not is_first:
            return
        self._is_read = True
        self._is_history_due = self._capabilities.attempts
        self._history_tries = 0
        is_waiting = execution.status is ExecutionStatus.WAITING
        self._are_waits_due = is_first or is_waiting or bool(self.wait_points)
        self.execution = execution
        self._forget_errors(execution)
        self._change()

    async def _fetch_history(self) -> Taken:
        self._is_history_tried = True
        try:
            history = await self._backend.list_attempts(self.execution_id)
        except CONNECTION_ERRORS as error:
            self.missing = str(error)
            raise
        except BackendError as error:
            return partial(self._miss_history, error)
        return partial(self._take_history, history)

    def _take_history(self, history: AttemptHistory) -> None:
        self._is_history_due = False
        if history != self.history or self.missing:
            self.history, self.missing = history, ""
            self._change()

    def _miss_history(self, error: BackendError) -> None:
        self._history_tries += 1
        is_final = isinstance(error, Unsupported) or self._history_tries >= TRIES
        self._is_history_due = not is_final
        if self.missing != str(error):
            self.missing = str(error)
            self._change()

    async def _fetch_waits(self) -> Taken:
        self._are_waits_due = False
        try:
            points = await self._backend.wait_points(self.execution_id)
        except CONNECTION_ERRORS:
            self._are_waits_due = True
            raise
        except BackendError:
            return lambda: None

        def take() -> None:
            if points != self.wait_points:
                self.wait_points = points
                self._change()

        return take

    # Errors, where there is no history

    def _unexplained(self) -> JobExecution | None:
        """Give a failed job whose error was not asked for yet: the cause, then the latest."""
        if self.execution is None:
            return None
        failed = [job for job in self.execution.jobs if job.status is JobStatus.FAILED]
        cause = failed_job(self.execution)
        wanted = [*([cause] if cause is not None else []), *reversed(failed)]
        for job in wanted[: ERRORS + 1]:
            run = job.function_execution_id
            if run is not None and run not in self._runs_seen:
                return job
        return None

    async def _fetch_error(self, job: JobExecution) -> Taken:
        run = job.function_execution_id
        assert run is not None
        self._runs_seen.add(run)
        try:
            function = await self.function(run)
        except CONNECTION_ERRORS:
            self._runs_seen.discard(run)
            raise
        except BackendError:
            return lambda: None

        def take() -> None:
            if function.error is not None:
                self.errors = {**self.errors, job.id: function.error}
                self._change()

        return take

    def _forget_errors(self, execution: Execution) -> None:
        explained = {
            job.id
            for job in execution.jobs
            if job.status is JobStatus.FAILED and job.function_execution_id in self._runs_seen
        }
        if not explained.issuperset(self.errors):
            self.errors = {one: error for one, error in self.errors.items() if one in explained}

    def _change(self) -> None:
        self._has_moved = True
        self._on_change()
