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
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

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
    Health,
    InvalidArgument,
    NotInState,
    ProjectInfo,
    Pruned,
    Reloaded,
    WorkerInfo,
)
from console.engine.journal_threads import JournalThreads
from console.engine.log_reads import LogReads
from console.engine.logs import LogFolder
from console.engine.project import Project, ProjectInvalid, load_project
from console.engine.project_text import keep_text
from console.engine.prune import Pruning
from console.engine.reads import Reads
from console.engine.requests import Requests
from console.engine.resolver_pool import ResolverPool
from console.engine.retention import Retention
from console.engine.state import StateFolder
from console.engine.supervisor import Supervisor
from console.engine.upgrade import open_journal
from console.engine.writing import Answer, NewExecution
from console.model.execution import AttemptHistory, Execution, FunctionExecution, WaitPoint
from console.model.ids import ExecutionId, FunctionExecutionId, new_id
from console.model.log import LogChunk
from console.model.query import ChangeSet, Counts, ExecutionQuery, Page
from console.model.states import ExecutionStatus
from console.model.workflow import Workflow


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
        database = open_journal(state.journal)
        self._requests = Requests(database, clock)
        pool = ReaderPool(state.journal)
        self._reads = Reads(pool)
        self._threads = JournalThreads(database, pool)
        self._write, self._read = self._threads.write, self._threads.read
        logs = LogFolder(state.logs)
        self._log_reads = LogReads(self._reads, logs)
        pruning = Pruning(database, logs, clock)
        self._retention = Retention(
            pruning, self._write, clock, lambda: self._project.retention_days
        )
        claims = Claims(database, clock, lease_seconds)
        self._supervisor = Supervisor(project.root, state, workers, claims, self._write, clock)
        self.resolvers = ResolverPool(project, self, state.worker_log, max(workers, 1))
        """The project's resolvers; their processes are started when one is called."""
        self._is_closed = False
        try:
            self._requests.deploy(summary(project))
            keep_text(state.definitions, project.root, project.whole_text)
            self._identity = self._reads.identity()
        except BaseException:
            self._threads.close()
            raise

    async def open(self) -> None:
        """Start the workers."""
        self._supervisor.start()
        self._retention.start()

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
        self._threads.refuse()
        await self._retention.close()
        await self.resolvers.close()
        await self._supervisor.close(grace, hurry or asyncio.Event())
        await asyncio.to_thread(self._threads.close)

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
        if with_logs:
            return await self._read(lambda: self._log_reads.whole(identifier))
        return await self._read(lambda: self._reads.function_execution(identifier).record)

    async def read_log(self, identifier: FunctionExecutionId, offset: int, limit: int) -> LogChunk:
        """Read log bytes, with times, from an offset, while the job runs or after it."""
        return await self._read(lambda: self._log_reads.part(identifier, offset, limit))

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
        return await self._retention.prune(before, dry_run=dry_run)


def _checked_id(identifier: ExecutionId) -> ExecutionId:
    """Accept a UUID in its usual form only: it names a folder too. Raises InvalidArgument."""
    try:
        is_usual = str(uuid.UUID(identifier)) == identifier
    except ValueError:
        is_usual = False
    if not is_usual:
        raise InvalidArgument(f"the execution id {identifier!r} is not a UUID in lower case")
    return identifier
