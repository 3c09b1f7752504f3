"""Finds out why executions failed or wait: those on screen first, each once, within a budget."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from console.backend.errors import (
    BackendError,
    NotFound,
    RateLimited,
    Unauthenticated,
    Unsupported,
)
from console.backend.protocol import Backend
from console.clock import Clock
from console.model.capabilities import Capabilities
from console.model.cause import failed_job
from console.model.execution import Execution
from console.model.ids import ExecutionId, FunctionExecutionId
from console.model.states import ExecutionStatus
from console.sync.budget import Allowance, Budget
from console.sync.bug import BugReporter
from console.sync.causes import (
    AttemptMark,
    Cause,
    attempt_mark,
    cause_in_history,
    cause_of_wait,
    last_line,
)
from console.sync.deadline import within
from console.sync.waker import Waker

REMOTE = Allowance(30)
LOCAL = Allowance(300)
"""A request to this machine costs a millisecond."""
LOG_END = 8 * 1024
"""Bytes of a failed log that are read for its last line."""
KEPT = 2_000
"""Causes remembered; the oldest goes first."""
WANTED = 500
"""Rows looked at together at most: more than a screen has, and less than is kept."""
TRIES = 3
RETRY = 20.0
"""Seconds before a failed look is repeated, longer with each."""
SLOW_DOWN = 60.0
"""Seconds of rest when the server asks for fewer requests and does not say how long."""


@dataclass(slots=True)
class _Look:
    mark: AttemptMark
    execution: Execution
    """The reading `mark` was made of: making it again costs a walk over all jobs."""
    tries: int = 0
    not_before: float = 0.0
    is_over: bool = False


class CauseFinder:
    """Fetches causes for a list."""

    def __init__(
        self,
        backend: Backend,
        clock: Clock,
        *,
        look_up: Callable[[ExecutionId], Execution | None],
        on_found: Callable[[ExecutionId], None],
        bugs: BugReporter,
        kept: int = KEPT,
    ) -> None:
        self.causes: dict[ExecutionId, Cause] = {}
        self._backend = backend
        self._clock = clock
        self._look_up = look_up
        self._on_found = on_found
        self._bugs = bugs
        self._kept = kept
        self._budget = Budget(clock, REMOTE)
        self._capabilities = Capabilities()
        self._looks: dict[ExecutionId, _Look] = {}
        self._wanted: Sequence[ExecutionId] = ()
        self._waker = Waker(clock)
        self._task: asyncio.Task[None] | None = None
        self._under_way: dict[ExecutionId, asyncio.Task[None]] = {}
        self._is_active = False
        self._rest_until = 0.0

    def start(self) -> None:
        """Begin to look for what is wanted."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """End at once."""
        tasks = list(self._under_way.values())
        if self._task is not None:
            tasks.append(self._task)
        self._task = None
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def want(self, ids: Iterable[ExecutionId]) -> None:
        """Look for the causes of these, the first one first, and of no others any more."""
        self._wanted = tuple(islice(ids, WANTED))
        self._waker.wake()

    def use(self, capabilities: Capabilities) -> None:
        """Learn what the backend can do."""
        if capabilities is not self._capabilities:
            self._capabilities = capabilities
            self._budget.allowance = LOCAL if capabilities.is_local else REMOTE

    def set_active(self, is_active: bool) -> None:
        """Look only while somebody sees it and the backend answers."""
        if is_active is not self._is_active:
            self._is_active = is_active
            self._waker.wake()

    def recheck(self, changed: Collection[ExecutionId]) -> frozenset[ExecutionId]:
        """Forget causes of attempts that are over, and give the executions that lost theirs."""
        gone: set[ExecutionId] = set()
        for identifier in changed:
            look = self._looks.get(identifier)
            execution = self._look_up(identifier)
            if look is None or (execution and attempt_mark(execution) == look.mark):
                continue
            if execution is not None:
                del self._looks[identifier]
                if self.causes.pop(identifier, None) is not None:
                    gone.add(identifier)
        if changed:
            self._waker.wake()
        return frozenset(gone)

    def try_again(self) -> None:
        """Look again for what could not be read: a person asks for it."""
        for look in self._looks.values():
            if look.tries:
                look.tries, look.not_before, look.is_over = 0, 0.0, False
        self._waker.wake()

    # Looking

    async def _run(self) -> None:
        while True:
            try:
                rest = self._begin()
            except Exception as problem:
                self._bugs.tell(problem)
                rest = RETRY
            await self._waker.wait(rest)

    def _begin(self) -> float | None:
        """Begin what may be begun; give the seconds until more may be, None for a wake-up."""
        while self._is_active and len(self._under_way) < self._budget.allowance.in_flight:
            identifier, rest = self._next()
            if identifier is None:
                return rest
            wait = max(self._budget.wait, self._rest_until - self._clock.monotonic())
            if wait > 0:
                return wait
            look = self._looks[identifier]
            self._budget.spend()
            task = asyncio.get_running_loop().create_task(self._find(identifier, look))
            self._under_way[identifier] = task
        return None

    def _next(self) -> tuple[ExecutionId | None, float | None]:
        """Give the most wanted one that can be looked for, else the seconds until one can."""
        now = self._clock.monotonic()
        rest: float | None = None
        for identifier in self._wanted:
            look = None if identifier in self._under_way else self._look_for(identifier)
            if look is None or look.is_over:
                continue
            if look.not_before <= now:
                return identifier, None
            rest = min(look.not_before - now, rest if rest is not None else RETRY * TRIES)
        return None, rest

    def unread(self, identifier: ExecutionId) -> bool:
        """Tell whether it is still to be found out why this one failed or waits."""
        look = self._look_for(identifier)
        return look is not None and not look.is_over

    def _look_for(self, identifier: ExecutionId) -> _Look | None:
        execution = self._look_up(identifier)
        if execution is None:
            return None
        look = self._looks.get(identifier)
        if look is not None and look.execution is execution:
            return look
        mark = attempt_mark(execution)
        if mark is None:  # it goes on: what it waited for may not be what it waits for next
            self._looks.pop(identifier, None)
            self.causes.pop(identifier, None)
            return None
        if look is None or look.mark != mark:
            look = self._looks[identifier] = _Look(mark, execution)
            self._forget_oldest()
        look.execution = execution
        return look

    def _forget_oldest(self) -> None:
        if len(self._looks) > self._kept:
            oldest = next(iter(self._looks))
            del self._looks[oldest]
            self.causes.pop(oldest, None)

    async def _find(self, identifier: ExecutionId, look: _Look) -> None:
        try:
            execution = self._look_up(identifier)
            cause = await self._cause_of(execution) if execution is not None else None
        except BackendError as error:
            self._put_off(look, error)
        except Exception as problem:
            look.is_over = True
            self._bugs.tell(problem)
        else:
            look.is_over, look.tries = True, 0
            if cause is not None and self._looks.get(identifier) is look:
                self._keep(identifier, cause)
        finally:
            del self._under_way[identifier]
            self._waker.wake()

    def _put_off(self, look: _Look, error: BackendError) -> None:
        now = self._clock.monotonic()
        if isinstance(error, RateLimited):
            self._rest_until = now + (error.retry_after or SLOW_DOWN)
        elif isinstance(error, Unauthenticated):
            self._is_active = False
        else:
            look.tries += 1
            look.is_over = look.tries >= TRIES or isinstance(error, Unsupported)
            look.not_before = now + RETRY * look.tries

    def _keep(self, identifier: ExecutionId, cause: Cause) -> None:
        self.causes[identifier] = cause
        try:
            self._on_found(identifier)
        except Exception as problem:
            self._bugs.tell(problem)

    async def _cause_of(self, execution: Execution) -> Cause | None:
        if execution.status is ExecutionStatus.WAITING:
            if not self._capabilities.wait_points:
                return None
            points = await within(self._clock, self._backend.wait_points(execution.id))
            return cause_of_wait(points)
        cause = history = None
        if self._capabilities.attempts:
            request = self._backend.list_attempts(execution.id)
            history = await within(self._clock, request)
            cause = cause_in_history(execution, history)
        job = failed_job(execution, history)
        if cause is not None and not cause.job_stacked_name:
            return cause  # the log of the job that had failed before says nothing of it
        if cause is not None and job is not None and job.function_execution_id is not None:
            return replace(cause, last_log_line=await self._last_line(job.function_execution_id))
        if cause is not None or job is None:
            return cause
        if job.function_execution_id is None:
            return Cause(job.stacked_name, None, "")
        if self._capabilities.attempts:
            self._budget.spend()  # a second request in one look
        request_one = self._backend.get_function_execution(job.function_execution_id)
        try:
            function = await within(self._clock, request_one)
        except NotFound:
            return Cause(job.stacked_name, None, "")
        return Cause(job.stacked_name, function.error, last_line(function.logs))

    async def _last_line(self, identifier: FunctionExecutionId) -> str:
        """Read the end of a failed job's log, where that costs next to nothing."""
        if not (self._capabilities.is_local and self._capabilities.log_offsets):
            return ""
        try:
            request = self._backend.read_log(identifier, limit=LOG_END)
            chunk = await within(self._clock, request)
            if not chunk.is_complete:
                offset = max(chunk.next_offset, chunk.size - LOG_END)
                end = self._backend.read_log(identifier, offset=offset, limit=LOG_END)
                chunk = await within(self._clock, end)
        except BackendError:
            return ""  # the error is known, which is what was asked for
        return last_line(chunk.data.decode("utf-8", "replace")) if chunk.has_times else ""
