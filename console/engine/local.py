"""The engine of one machine: one project, one SQLite journal, worker processes of its own.

    async with open_engine(project_root, workers=2) as engine:     # or: await engine.open()
        identifier = await engine.start("order-processing", '{"orderId": "o-1"}')
    # leaving the block (or `await engine.close()`) ends the workers and closes the journal

`open_engine` reads the definitions and opens `.wfc/journal.db`; no process is started before the
`async with` (or `open()`). It raises `console.engine.project.ProjectInvalid` for wrong definitions
and `EngineUnavailable` for a journal that cannot be used. That only one server uses a project is
the caller's lock, taken before.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from console.clock import Clock, SystemClock
from console.engine.claims import LEASE_SECONDS, Claims
from console.engine.database import ReaderPool
from console.engine.deployment import (
    check_answer,
    check_start,
    later_settings,
    schema_of,
    summary,
    workflow_record,
)
from console.engine.interface import (
    EngineUnavailable,
    Health,
    InvalidArgument,
    NotInState,
    ProjectInfo,
    Pruned,
    Reloaded,
    WorkerInfo,
)
from console.engine.logs import LogFolder
from console.engine.project import Project, ProjectInvalid, load_project
from console.engine.project_text import keep_text
from console.engine.prune import Pruning
from console.engine.reads import Reads
from console.engine.requests import Requests
from console.engine.resolver_pool import ResolverPool
from console.engine.state import StateFolder
from console.engine.supervisor import Supervisor
from console.engine.upgrade import open_journal
from console.engine.writing import Answer, NewExecution, milliseconds_of
from console.model.execution import AttemptHistory, Execution, FunctionExecution, WaitPoint
from console.model.ids import ExecutionId, FunctionExecutionId, new_id
from console.model.log import LogChunk
from console.model.query import ChangeSet, Counts, ExecutionQuery, Page
from console.model.states import ExecutionStatus
from console.model.workflow import Workflow

T = TypeVar("T")

LONGEST_LOG = 4 * 1024 * 1024
"""Bytes of a log that are given as one text."""
PRUNE_SECONDS = 6 * 3600.0


def open_engine(
    project_root: Path,
    *,
    workers: int | None = None,
    lease_seconds: float = LEASE_SECONDS,
    clock: Clock | None = None,
) -> LocalEngine:
    """Read a project and open its journal; `workers` None takes the project's number.

    Raises ProjectInvalid and EngineUnavailable.
    """
    project = load_project(project_root)
    count = project.workers if workers is None else workers
    return LocalEngine(project, count, lease_seconds, clock or SystemClock())


class LocalEngine:
    """Runs the executions of one project on this machine."""

    def __init__(self, project: Project, workers: int, lease_seconds: float, clock: Clock):
        state = StateFolder(project.root / ".wfc")
        state.prepare()
        self._project = project
        self._state = state
        self._clock = clock
        self._database = open_journal(state.journal)
        self._requests = Requests(self._database, clock)
        self._logs = LogFolder(state.logs)
        self._pruning = Pruning(self._database, self._logs, clock)
        self._pool = ReaderPool(state.journal)
        self._reads = Reads(self._pool)
        # One thread writes, so that writes of this process never wait for one another's lock.
        self._writer = ThreadPoolExecutor(1, "journal-write")
        self._readers = ThreadPoolExecutor(4, "journal-read")
        claims = Claims(self._database, clock, lease_seconds)
        self._supervisor = Supervisor(project.root, state, workers, claims, self._write, clock)
        self.resolvers = ResolverPool(project, self, state.worker_log, max(workers, 1))
        """The project's resolvers; their processes are started when one is called."""
        self._retention: asyncio.Task[None] | None = None
        self._is_closed = False
        try:
            self._requests.deploy(summary(project))
            keep_text(state.definitions, project.root, project.whole_text)
            self._identity = self._reads.identity()
        except BaseException:
            self._close_journal()
            raise

    async def open(self) -> None:
        """Start the workers."""
        self._supervisor.start()
        self._retention = asyncio.create_task(self._keep_pruning(), name="retention")

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self, *, grace: float = 0.0, hurry: asyncio.Event | None = None) -> None:
        """End the workers and close the journal.

        Jobs that run may come to their end for `grace` seconds, or until `hurry`; what is left is
        for the next engine.
        """
        if self._is_closed:
            return
        self._is_closed = True
        if self._retention is not None:
            self._retention.cancel()
            await asyncio.gather(self._retention, return_exceptions=True)
        await self.resolvers.close()
        await self._supervisor.close(grace, hurry or asyncio.Event())
        await asyncio.to_thread(self._close_journal)

    def _close_journal(self) -> None:
        self._writer.shutdown()
        self._readers.shutdown()
        self._pool.close()
        self._database.close()

    async def _write(self, work: Callable[[], T]) -> T:
        return await self._in(self._writer, work)

    async def _read(self, work: Callable[[], T]) -> T:
        return await self._in(self._readers, work)

    async def _in(self, executor: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(executor, work)
        except RuntimeError:
            if self._is_closed:
                raise EngineUnavailable("the engine is closed") from None
            raise

    @property
    def workspace_id(self) -> str:
        """The UUID kept in the journal."""
        return self._identity.workspace_id

    @property
    def grace_seconds(self) -> float:
        """How long the project lets running jobs go on when its server ends."""
        return self._project.grace_seconds

    @property
    def project(self) -> ProjectInfo:
        """The project the engine runs."""
        return ProjectInfo(
            name=self._project.name,
            machine_users=sorted(self._project.machine_users),
            env=self._project.env,
            created_at=self._identity.created_at,
        )

    async def reload(self) -> Reloaded:
        """Read the definitions anew; workers take them when they are idle next.

        A project with mistakes changes nothing.
        """
        before = self._project
        try:
            project = load_project(before.root)
        except ProjectInvalid as error:
            return Reloaded(len(before.workflows), tuple(map(str, error.problems)))
        await self._write(lambda: self._requests.deploy(summary(project)))
        keep_text(self._state.definitions, project.root, project.whole_text)
        self._project = project
        self._supervisor.recycle()
        self.resolvers.renew(project)
        return Reloaded(len(project.workflows), notes=later_settings(before, project))

    async def workflows(self) -> Sequence[Workflow]:
        """List the definitions in name order."""
        project = self._project
        deployed, versions = await self._read(self._reads.deployed)
        return [
            workflow_record(project, name, deployed[name], versions)
            for name in sorted(project.workflows)
        ]

    async def schema(self, *, workflow: str = "", key: str = "") -> str:
        """Give the JSON schema of a workflow's argument, or of a wait point's answer."""
        return schema_of(self._project, workflow=workflow, key=key)

    async def start(
        self,
        workflow: str,
        argument: str | None,
        *,
        execution_id: ExecutionId | None = None,
        invoker: str | None = None,
        actor: str = "",
        reason: str = "",
    ) -> ExecutionId:
        """Record a new execution as PENDING; the same `execution_id` twice is one execution."""
        identifier = _checked_id(execution_id) if execution_id else ExecutionId(new_id())
        text = check_start(self._project, workflow, argument, invoker or None)
        new = NewExecution(identifier, workflow, text, invoker or "", actor, reason)
        await self._write(lambda: self._requests.start(new))
        self._supervisor.wake()
        return identifier

    async def resume(self, execution_id: ExecutionId, *, actor: str = "", reason: str = "") -> None:
        """Move a FAILED execution to PENDING_RESUME."""
        await self._write(lambda: self._requests.resume(execution_id, actor, reason))
        self._supervisor.wake()

    async def get(self, execution_id: ExecutionId) -> Execution:
        """Read one execution with its jobs in start order."""
        return await self._read(lambda: self._reads.get(execution_id))

    async def list(self, query: ExecutionQuery) -> Page[Execution]:
        """List executions by creation time; with jobs, and `total` filled."""
        return await self._read(lambda: self._reads.list(query))

    async def counts(self, since: datetime | None = None) -> Counts:
        """Count executions by state, of those created at or after `since`."""
        return await self._read(lambda: self._reads.counts(since))

    async def changes(self, cursor: str, limit: int = 200) -> ChangeSet:
        """Read what changed since a cursor; the empty one answers `reset` and a fresh cursor."""
        return await self._read(lambda: self._reads.changes(cursor, limit))

    async def attempts(self, execution_id: ExecutionId) -> AttemptHistory:
        """Read everything that was tried for one execution."""
        return await self._read(lambda: self._reads.attempts(execution_id))

    async def function_execution(
        self, identifier: FunctionExecutionId, *, with_logs: bool = True
    ) -> FunctionExecution:
        """Read one attempt of a job; `logs` without times, cut at 4 MiB from the end."""

        def read() -> FunctionExecution:
            found = self._reads.function_execution(identifier)
            if not with_logs:
                return found.record
            logs = self._logs.text(found.execution_id, identifier, LONGEST_LOG)
            return replace(found.record, logs=logs)

        return await self._read(read)

    async def read_log(self, identifier: FunctionExecutionId, offset: int, limit: int) -> LogChunk:
        """Read log bytes, with times, from an offset, while the job runs or after it."""

        def read() -> LogChunk:
            # The state first: a log that is whole then is whole when it is read.
            found = self._reads.function_execution(identifier)
            start = max(0, offset)
            data, size = self._logs.read(found.execution_id, identifier, start, limit)
            end = min(start, size) + len(data)
            is_complete = found.record.status.is_finished and end == size
            return LogChunk(data, end, size, is_complete, has_times=True)

        return await self._read(read)

    async def cancel(self, execution_id: ExecutionId, *, actor: str = "", reason: str = "") -> None:
        """Cancel an execution that has not finished; its running job's process is stopped."""
        status = await self._write(lambda: self._requests.cancel(execution_id, actor, reason))
        if status is not ExecutionStatus.RUNNING:
            return
        await self._supervisor.stop(execution_id)
        status = (await self.get(execution_id)).status
        if status.is_finished and status is not ExecutionStatus.CANCELED:
            raise NotInState(f"execution {execution_id} ended {status} before it could be stopped")

    async def wait_points(self, execution_id: ExecutionId) -> Sequence[WaitPoint]:
        """List where an execution waits or waited, oldest first."""
        return await self._read(lambda: self._reads.wait_points(execution_id))

    async def resolve(
        self,
        execution_id: ExecutionId,
        key: str,
        result: str,
        *,
        turn: int | None = None,
        actor: str = "",
        reason: str = "",
    ) -> None:
        """Answer a wait point, once; `result` is JSON text."""
        text = check_answer(self._project, key, result)
        answer = Answer(execution_id, key, text, turn, actor, reason)
        await self._write(lambda: self._requests.resolve(answer))
        self._supervisor.wake()

    async def workers(self) -> Sequence[WorkerInfo]:
        """List the live worker processes and what each runs."""
        return await self._supervisor.workers()

    async def health(self) -> Health:
        """Tell how many workers live and how much waits."""
        running, backlog = await self._read(self._reads.load)
        return Health(self._supervisor.alive, running, backlog)

    async def prune(self, before: datetime | None = None, *, dry_run: bool = False) -> Pruned:
        """Remove executions that ended before a time, with their logs.

        None takes what the project says of retention.
        """
        if before is None:
            before = self._clock.now() - timedelta(days=self._project.retention_days)
        limit = milliseconds_of(before)
        if dry_run:
            return Pruned(await self._write(lambda: self._pruning.count(limit)), before)
        total = 0
        while removed := await self._write(lambda: self._pruning.prune_some(limit)):
            total += removed
        return Pruned(total, before)

    async def _keep_pruning(self) -> None:
        """Let go of what is older than the project keeps, now and every six hours."""
        while True:
            try:
                await self._write(self._pruning.remove_logs)
                await self._write(self._pruning.forget)
                await self.prune()
            except EngineUnavailable:
                pass  # it is not urgent; requests tell what is wrong
            await self._clock.sleep(PRUNE_SECONDS)


def _checked_id(identifier: ExecutionId) -> ExecutionId:
    """Accept a UUID in its usual form only: it names a folder too. Raises InvalidArgument."""
    try:
        is_usual = str(uuid.UUID(identifier)) == identifier
    except ValueError:
        is_usual = False
    if not is_usual:
        raise InvalidArgument(f"the execution id {identifier!r} is not a UUID in lower case")
    return identifier
