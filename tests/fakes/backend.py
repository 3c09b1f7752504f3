"""A backend in memory that a test scripts: what it holds, how it fails, when it answers.

backend = FakeBackend(clock)
one = backend.add("order-processing")                    a PENDING execution
main = backend.start_job(one, "process-order")           RUNNING; its callers are SUSPENDed
backend.write(main, b"connecting\\n")                     bytes of its log
backend.end_job(main, error=JobError("SMTPError", "421"))   FAILED, without `error` SUCCESS
backend.end(one)                                         FAILED if its main job is, else SUCCESS
backend.put(execution); backend.prune(one)               any record; away with it

backend.fail(Unreachable("refused"))                     every call, until fail(None)
backend.fail_next(TimedOut(), method="counts")           the next one (of that method)
backend.hold("get_execution"); backend.release()         calls hang until they are let go
backend.calls["list_executions"]; backend.total_calls    how often it was asked
backend.capability(changes=False)                        what it says it can do
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from console.backend.errors import (
    BackendError,
    Conflict,
    InvalidRequest,
    NotFound,
    NotResumable,
    Unsupported,
)
from console.clock import Clock
from console.model.capabilities import Capabilities
from console.model.execution import (
    AttemptHistory,
    Execution,
    ExecutionAttempt,
    FunctionExecution,
    JobAttempt,
    JobError,
    JobExecution,
    WaitPoint,
)
from console.model.ids import ExecutionId, FunctionExecutionId, JobExecutionId
from console.model.log import LogChunk
from console.model.query import ChangeSet, Counts, ExecutionQuery, Page
from console.model.states import ExecutionStatus, JobStatus
from console.model.workflow import Invoker, Workflow
from tests.fakes.clock import ManualClock

EVERYTHING = Capabilities(
    label="shop",
    server="fake 1",
    attempts=True,
    log_offsets=True,
    reasons=True,
    counts=True,
    changes=True,
    cancel=True,
    wait_points=True,
    schemas=True,
    is_local=True,
)
BARE = Capabilities(label="shop-prod", server="platform")
"""What a backend without extensions can do."""


class FakeBackend:
    """Meets `Backend`; see the module's text."""

    def __init__(
        self, clock: Clock | None = None, *, capabilities: Capabilities = EVERYTHING
    ) -> None:
        self.clock: Clock = clock if clock is not None else ManualClock()
        self.known: Capabilities = capabilities
        self.executions: dict[ExecutionId, Execution] = {}
        self.functions: dict[FunctionExecutionId, FunctionExecution] = {}
        self.logs: dict[FunctionExecutionId, bytearray] = {}
        self.histories: dict[ExecutionId, AttemptHistory] = {}
        self.waits: dict[ExecutionId, list[WaitPoint]] = {}
        self.workflows: dict[str, Workflow] = {}
        self.schemas: dict[str, str] = {}
        self.users: tuple[str, ...] = ("ops-bot",)
        self.calls: Counter[str] = Counter()
        self.in_flight = 0
        self.most_in_flight = 0
        self.has_log_times = True
        self.is_sorted_by_arrival = False
        """List by when `put` first saw an execution, not by what its id says."""
        self.changes_limit = 200
        self.oldest_cursor = 0
        """Cursors below it are answered with `reset`."""
        self.actions: list[tuple[str, ...]] = []
        """start, resume, cancel and resolve as they were asked for."""
        self.is_closed = False
        self._owner: dict[JobExecutionId, ExecutionId] = {}
        self._lost: BackendError | None = None
        self._lost_methods: dict[str, BackendError] = {}
        self._next_errors: deque[tuple[str | None, BaseException]] = deque()
        self._held: set[str | None] = set()
        self._gate = asyncio.Event()
        self._number = 0
        self._arrival: dict[ExecutionId, int] = {}
        self._feed: list[tuple[ExecutionId, bool]] = []

    # What it holds

    def make_id(self, at: datetime | None = None) -> str:
        """Make a version 7 UUID for that moment; later ones sort after earlier ones."""
        self._number += 1
        moment = at if at is not None else self.clock.now()
        milliseconds = round(moment.timestamp() * 1000)
        value = milliseconds << 80 | 0x7 << 76 | 0x2 << 62 | self._number
        return str(UUID(int=value))

    def add(
        self,
        workflow: str = "order-processing",
        status: ExecutionStatus = ExecutionStatus.PENDING,
        *,
        created_at: datetime | None = None,
        identifier: str | None = None,
    ) -> ExecutionId:
        """Add an execution, as old as told; finished states have an end time."""
        made = created_at if created_at is not None else self.clock.now()
        execution_id = ExecutionId(identifier or self.make_id(made))
        is_started = status is not ExecutionStatus.PENDING
        self.put(
            Execution(
                id=execution_id,
                workflow_name=workflow,
                status=status,
                started_at=made if is_started else None,
                finished_at=made + timedelta(seconds=1) if status.is_finished else None,
            )
        )
        return execution_id

    def put(self, execution: Execution) -> None:
        """Hold this record, new or instead of the one before, and tell it in `changes`."""
        self.executions[execution.id] = execution
        self._arrival.setdefault(execution.id, len(self._arrival))
        for job in execution.jobs:
            self._owner[job.id] = execution.id
            identifier = job.function_execution_id
            if identifier is not None and identifier not in self.functions:
                self.functions[identifier] = FunctionExecution(identifier, job.status)
        self._feed.append((execution.id, False))

    def set_status(self, execution_id: ExecutionId, status: ExecutionStatus) -> None:
        """Move an execution to a state."""
        execution = self.executions[execution_id]
        now = self.clock.now()
        started = execution.started_at
        if status is ExecutionStatus.RUNNING and started is None:
            started = now
        finished = now if status.is_finished else None
        self.put(replace(execution, status=status, started_at=started, finished_at=finished))

    def prune(self, execution_id: ExecutionId) -> None:
        """Forget an execution, as retention does."""
        del self.executions[execution_id]
        self._feed.append((execution_id, True))

    def start_job(self, execution_id: ExecutionId, stacked_name: str) -> JobExecutionId:
        """Start a job; its callers wait for it, and the execution runs."""
        now = self.clock.now()
        execution = self.executions[execution_id]
        job = JobExecution(
            id=JobExecutionId(self.make_id()),
            stacked_name=stacked_name,
            status=JobStatus.RUNNING,
            function_execution_id=FunctionExecutionId(self.make_id()),
            started_at=now,
        )
        jobs = tuple(
            replace(other, status=JobStatus.SUSPEND)
            if other.status is JobStatus.RUNNING
            and stacked_name.startswith(other.stacked_name + "/")
            else other
            for other in execution.jobs
        )
        assert job.function_execution_id is not None
        self.functions[job.function_execution_id] = FunctionExecution(
            job.function_execution_id, JobStatus.RUNNING, started_at=now
        )
        self.logs[job.function_execution_id] = bytearray()
        self.put(
            replace(
                execution,
                jobs=(*jobs, job),
                status=ExecutionStatus.RUNNING,
                started_at=execution.started_at or now,
                finished_at=None,
            )
        )
        return job.id

    def end_job(
        self, job_id: JobExecutionId, *, error: JobError | None = None, result: str = "{}"
    ) -> None:
        """End a job, well or with an error; its caller goes on."""
        execution = self.executions[self._owner[job_id]]
        now = self.clock.now()
        job = self.job(job_id)
        status = JobStatus.FAILED if error is not None else JobStatus.SUCCESS
        caller = job.stacked_name.rpartition("/")[0]

        def after(other: JobExecution) -> JobExecution:
            if other.id == job_id:
                return replace(other, status=status, finished_at=now)
            if other.stacked_name == caller and other.status is JobStatus.SUSPEND:
                return replace(other, status=JobStatus.RUNNING)
            return other

        identifier = job.function_execution_id
        if identifier is not None:
            function = self.functions[identifier]
            self.functions[identifier] = replace(
                function, status=status, error=error, result=result, finished_at=now
            )
        self.put(replace(execution, jobs=tuple(after(other) for other in execution.jobs)))

    def end(self, execution_id: ExecutionId) -> None:
        """End an execution as its main job ended."""
        jobs = self.executions[execution_id].jobs
        has_failed = any(job.depth == 0 and job.status is JobStatus.FAILED for job in jobs)
        self.set_status(
            execution_id, ExecutionStatus.FAILED if has_failed else ExecutionStatus.SUCCESS
        )

    def job(self, job_id: JobExecutionId) -> JobExecution:
        """Give a job execution by its id."""
        jobs = self.executions[self._owner[job_id]].jobs
        return next(job for job in jobs if job.id == job_id)

    def function_of(self, job_id: JobExecutionId) -> FunctionExecutionId:
        """Give the id of a job's latest attempt."""
        identifier = self.job(job_id).function_execution_id
        assert identifier is not None
        return identifier

    def write(self, job: JobExecutionId | FunctionExecutionId, data: bytes) -> None:
        """Append bytes to the log of a job, or of one attempt of it."""
        key = self._function_id(job)
        self.logs.setdefault(key, bytearray()).extend(data)

    def _function_id(self, job: JobExecutionId | FunctionExecutionId) -> FunctionExecutionId:
        if JobExecutionId(job) in self._owner:
            return self.function_of(JobExecutionId(job))
        return FunctionExecutionId(job)

    def failed(
        self,
        workflow: str = "order-processing",
        *,
        path: str = "process-order/send-notification",
        error: JobError | None = None,
        log: bytes = b"",
        created_at: datetime | None = None,
    ) -> ExecutionId:
        """Add an execution that failed in that job, with its callers."""
        problem = error or JobError("SMTPServerError", "421 too many connections")
        execution_id = self.add(workflow, created_at=created_at)
        parts = path.split("/")
        jobs = [
            self.start_job(execution_id, "/".join(parts[: depth + 1]))
            for depth in range(len(parts))
        ]
        self.write(jobs[-1], log)
        for job in reversed(jobs):
            self.end_job(job, error=problem)
        self.end(execution_id)
        return execution_id

    # How it fails

    def capability(self, **changes: Any) -> None:
        """Change what it says it can do."""
        self.known = replace(self.known, **changes)

    def fail(self, error: BackendError | None, *, method: str | None = None) -> None:
        """Fail every call (of that method) like this, until told None."""
        if method is None:
            self._lost = error
        elif error is None:
            self._lost_methods.pop(method, None)
        else:
            self._lost_methods[method] = error

    def fail_next(self, *errors: BaseException, method: str | None = None) -> None:
        """Fail the next calls (of that method), once each; any exception, a bug's too."""
        self._next_errors.extend((method, error) for error in errors)

    def hold(self, method: str | None = None) -> None:
        """Let calls (of that method) hang from now on."""
        self._held.add(method)

    def release(self) -> None:
        """Let all calls go on that hang."""
        self._held.clear()
        self._gate.set()
        self._gate = asyncio.Event()

    def forget_changes(self) -> None:
        """Make every cursor given so far too old."""
        self.oldest_cursor = len(self._feed) + 1

    @property
    def total_calls(self) -> int:
        """How often it was asked anything."""
        return self.calls.total()

    @asynccontextmanager
    async def _call(self, method: str) -> AsyncIterator[None]:
        self.calls[method] += 1
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            await asyncio.sleep(0)
            while method in self._held or None in self._held:
                await self._gate.wait()
            self._raise_for(method)
            yield
            await asyncio.sleep(0)
        finally:
            self.in_flight -= 1

    def _raise_for(self, method: str) -> None:
        for index, (wanted, error) in enumerate(self._next_errors):
            if wanted in (None, method):
                del self._next_errors[index]
                raise error
        if self._lost is not None:
            raise self._lost
        if method in self._lost_methods:
            raise self._lost_methods[method]

    # Backend

    async def capabilities(self) -> Capabilities:
        """Tell what was set."""
        async with self._call("capabilities"):
            return self.known

    async def list_workflows(self, *, token: str = "", limit: int = 100) -> Page[Workflow]:
        """List what was put into `workflows`."""
        async with self._call("list_workflows"):
            return Page(tuple(self.workflows.values()), total=len(self.workflows))

    async def get_workflow(self, name: str) -> Workflow:
        """Look one up."""
        async with self._call("get_workflow"):
            if name not in self.workflows:
                raise NotFound(f"no workflow {name!r}")
            return self.workflows[name]

    def matching(self, query: ExecutionQuery) -> list[Execution]:
        """Give all that match, in the order asked for: what a list must end equal to."""
        found = [
            execution
            for execution in self.executions.values()
            if query.workflow in (None, execution.workflow_name)
            and (not query.statuses or execution.status in query.statuses)
            and self._is_since(execution, query.since)
        ]
        return sorted(found, key=self._key, reverse=query.newest_first)

    @staticmethod
    def _is_since(execution: Execution, since: datetime | None) -> bool:
        created = execution.created_at
        return since is None or (created is not None and created >= since)

    def _key(self, execution: Execution) -> tuple[float, str]:
        if self.is_sorted_by_arrival:
            return (float(self._arrival[execution.id]), execution.id)
        created = execution.created_at
        return (created.timestamp() if created is not None else 0.0, execution.id)

    async def list_executions(self, query: ExecutionQuery) -> Page[Execution]:
        """List a page; its token is the key of its last row, as ours is."""
        async with self._call("list_executions"):
            found = self.matching(query)
            rest = found
            if query.token:
                stamp, _, identifier = query.token.partition(" ")
                last = (float(stamp), identifier)
                rest = [
                    one
                    for one in found
                    if (self._key(one) < last if query.newest_first else self._key(one) > last)
                ]
            items = rest[: query.limit]
            token = ""
            if len(rest) > len(items):
                stamp_of, identifier = self._key(items[-1])
                token = f"{stamp_of!r} {identifier}"
            return Page(tuple(items), token, len(found))

    async def get_execution(self, execution_id: ExecutionId) -> Execution:
        """Read one."""
        async with self._call("get_execution"):
            return self._get(execution_id)

    def _get(self, execution_id: ExecutionId) -> Execution:
        if execution_id not in self.executions:
            raise NotFound(f"no execution {execution_id}")
        return self.executions[execution_id]

    async def counts(self, since: datetime | None = None) -> Counts:
        """Count them."""
        async with self._call("counts"):
            counter = Counter(
                execution.status
                for execution in self.executions.values()
                if self._is_since(execution, since)
            )
            return Counts(dict(counter), "" if since is None else "last 24 h")

    async def changes(self, cursor: str) -> ChangeSet:
        """Read the feed of changes from a position on."""
        async with self._call("changes"):
            if not self.known.changes:
                raise Unsupported("changes")
            position = int(cursor) if cursor else -1
            if not self.oldest_cursor <= position <= len(self._feed):
                self.oldest_cursor = min(self.oldest_cursor, len(self._feed))
                return ChangeSet(str(len(self._feed)), reset=True)
            last: dict[ExecutionId, int] = {}
            end = position
            for end in range(position, len(self._feed)):
                last.pop(self._feed[end][0], None)
                last[self._feed[end][0]] = end
                if len(last) >= self.changes_limit:
                    break
            ids = list(last)
            return ChangeSet(
                str(min(end + 1, len(self._feed))),
                tuple(self.executions[one] for one in ids if one in self.executions),
                tuple(one for one in ids if one not in self.executions),
            )

    async def get_function_execution(self, identifier: FunctionExecutionId) -> FunctionExecution:
        """Read one attempt of a job, with its log."""
        async with self._call("get_function_execution"):
            return self._function(identifier)

    def _function(self, identifier: FunctionExecutionId) -> FunctionExecution:
        if identifier not in self.functions:
            raise NotFound(f"no function execution {identifier}")
        log = bytes(self.logs.get(identifier, b"")).decode("utf-8", "replace")
        return replace(self.functions[identifier], logs=log)

    async def list_attempts(self, execution_id: ExecutionId) -> AttemptHistory:
        """Give what was put into `histories`, else one attempt made from the record."""
        async with self._call("list_attempts"):
            if not self.known.attempts:
                raise Unsupported("attempts")
            execution = self._get(execution_id)
            return self.histories.get(execution_id) or self._one_attempt(execution)

    def _one_attempt(self, execution: Execution) -> AttemptHistory:
        jobs: list[JobAttempt] = []
        for turn, job in enumerate(execution.jobs):
            function_id = job.function_execution_id
            if function_id is None:
                continue
            jobs.append(
                JobAttempt(
                    job_execution_id=job.id,
                    function_execution_id=function_id,
                    stacked_name=job.stacked_name,
                    turn=turn,
                    attempt=1,
                    status=job.status,
                    started_at=job.started_at,
                    finished_at=job.finished_at,
                    error=self.functions[function_id].error,
                )
            )
        errors = [job.error for job in jobs if job.error is not None]
        attempt = ExecutionAttempt(
            1,
            execution.status,
            execution.started_at,
            execution.finished_at,
            errors[0] if errors else None,
        )
        return AttemptHistory((attempt,), tuple(jobs))

    async def read_log(
        self, identifier: FunctionExecutionId, *, offset: int = 0, limit: int = 256 * 1024
    ) -> LogChunk:
        """Read bytes of a log; it is complete when its job has ended."""
        async with self._call("read_log"):
            function = self._function(identifier)
            log = self.logs.get(identifier, bytearray())
            data = bytes(log[offset : offset + limit])
            end = min(offset + len(data), len(log))
            is_complete = function.status.is_finished and end >= len(log)
            return LogChunk(data, end, len(log), is_complete, self.has_log_times)

    async def machine_users(self) -> tuple[str, ...]:
        """Give `users`."""
        async with self._call("machine_users"):
            return self.users

    async def start(
        self, workflow_name: str, *, invoker: Invoker | None, argument: str | None, reason: str = ""
    ) -> ExecutionId:
        """Add a PENDING execution."""
        async with self._call("start"):
            if self.workflows and workflow_name not in self.workflows:
                raise NotFound(f"no workflow {workflow_name!r}")
            user = invoker.machine_user if invoker is not None else ""
            self.actions.append(("start", workflow_name, user, argument or "", reason))
            return self.add(workflow_name)

    async def resume(self, execution_id: ExecutionId, *, reason: str = "") -> ExecutionId:
        """Move a FAILED one to PENDING_RESUME."""
        async with self._call("resume"):
            if not self._get(execution_id).status.can_resume:
                raise NotResumable(f"it is {self._get(execution_id).status}")
            self.actions.append(("resume", execution_id, reason))
            self.set_status(execution_id, ExecutionStatus.PENDING_RESUME)
            return execution_id

    async def cancel(self, execution_id: ExecutionId, *, reason: str = "") -> None:
        """Move an unfinished one to CANCELED."""
        async with self._call("cancel"):
            if self._get(execution_id).status.is_finished:
                raise Conflict(f"it is {self._get(execution_id).status}")
            self.actions.append(("cancel", execution_id, reason))
            self.set_status(execution_id, ExecutionStatus.CANCELED)

    async def wait_points(self, execution_id: ExecutionId) -> tuple[WaitPoint, ...]:
        """Give what was put into `waits`."""
        async with self._call("wait_points"):
            if not self.known.wait_points:
                raise Unsupported("wait points")
            self._get(execution_id)
            return tuple(self.waits.get(execution_id, ()))

    async def schema(self, *, workflow: str = "", key: str = "") -> str:
        """Give what was put into `schemas`, by the workflow's name or the wait point's key."""
        async with self._call("schema"):
            if not self.known.schemas:
                raise Unsupported("schemas")
            return self.schemas.get(workflow or key, "{}")

    async def resolve(
        self,
        execution_id: ExecutionId,
        key: str,
        result: str,
        *,
        turn: int | None = None,
        reason: str = "",
    ) -> None:
        """Answer an open wait point, once; the execution runs on."""
        async with self._call("resolve"):
            points = self.waits.get(execution_id, [])
            named = [
                (index, point)
                for index, point in enumerate(points)
                if point.key == key and turn in (None, point.turn)
            ]
            if not named:
                raise NotFound(f"no wait point {key!r}")
            is_open = [(index, point) for index, point in named if point.resolved_at is None]
            if not is_open:
                raise Conflict("it was answered already")
            if not result:
                raise InvalidRequest("the result is no JSON")
            index, point = is_open[0]
            points[index] = replace(
                point, resolved_at=self.clock.now(), result=result, reason=reason
            )
            self.actions.append(("resolve", execution_id, key, result, reason))
            self.set_status(execution_id, ExecutionStatus.RUNNING)

    async def aclose(self) -> None:
        """Remember that it was closed."""
        self.is_closed = True
