"""An engine without workers or a disk: what the server asks of one, kept in dictionaries."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta

from console.engine import interface
from console.engine.interface import Health, ProjectInfo, WorkerInfo
from console.model import ids
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
from console.model.workflow import RetryPolicy, Workflow

WORKSPACE = "0b5a7a30-6f0a-4b60-9d5a-4f3e2d1c0b0a"
ORDER_WORKFLOW = "5f0e5a52-9d3b-4c53-8f6d-2b1a0c9d8e7f"
EPOCH = datetime(2026, 11, 24, 3, 10, 20, tzinfo=UTC)
PROJECT = ProjectInfo("my-app", ("admin", "manager-machine-user"), {"REGION": "eu"}, EPOCH)


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that was asked of the engine."""

    verb: str
    subject: str
    actor: str
    reason: str
    invoker: str | None = None
    argument: str | None = None


@dataclass(slots=True)
class FakeEngine:
    """An `Engine` whose executions stand still unless a test moves them."""

    workspace_id: str = WORKSPACE
    project: ProjectInfo = PROJECT
    definitions: list[Workflow] = field(default_factory=list)
    executions: dict[ExecutionId, Execution] = field(default_factory=dict)
    functions: dict[FunctionExecutionId, FunctionExecution] = field(default_factory=dict)
    waiting: dict[ExecutionId, list[WaitPoint]] = field(default_factory=dict)
    actions: list[Action] = field(default_factory=list)
    mistakes: tuple[str, ...] = ()
    """What is wrong with the project, when it is read anew."""
    fails_with: BaseException | None = None
    """Raised by every method from now on."""
    stalls: bool = False
    """No method answers from now on."""
    latency: float = 0.0
    """Seconds each method takes."""
    was_asked: threading.Event = field(default_factory=threading.Event)
    """Set by a method that does not answer."""
    queries: list[ExecutionQuery] = field(default_factory=list)
    is_closed: bool = False
    schemas: dict[str, str] = field(default_factory=dict)
    """JSON schemas by the workflow's name or the wait point's key."""

    def __post_init__(self) -> None:
        if not self.definitions:
            policy = RetryPolicy(3, timedelta(seconds=1.5), timedelta(minutes=1), 2.0)
            self.definitions = [
                Workflow(ids.new_id(), "nightly-report", "report", {"report": 1}, EPOCH, EPOCH),
                Workflow(
                    ORDER_WORKFLOW,
                    "order-processing",
                    "process-order",
                    {"process-order": 2, "fetch-customer": 1},
                    EPOCH,
                    EPOCH + timedelta(hours=1),
                    retry=policy,
                    max_concurrent=5,
                ),
            ]

    def forget(self) -> None:
        """Be as it was made."""
        fresh = FakeEngine(self.workspace_id, self.project)
        for one in fields(self):
            setattr(self, one.name, getattr(fresh, one.name))

    async def workflows(self) -> Sequence[Workflow]:
        await self._check()
        return self.definitions

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
        await self._check()
        if workflow not in {definition.name for definition in self.definitions}:
            raise interface.UnknownWorkflow(f"there is no workflow {workflow!r}")
        if invoker is not None and invoker not in self.project.machine_users:
            raise interface.UnknownMachineUser(f"there is no machine user {invoker!r}")
        try:
            json.loads(argument or "{}")
        except ValueError:
            raise interface.InvalidArgument("the argument is not JSON") from None
        identifier = execution_id or ExecutionId(ids.new_id())
        if identifier not in self.executions:
            self.actions.append(Action("start", identifier, actor, reason, invoker, argument))
            self.add(workflow, ExecutionStatus.PENDING, identifier)
        return identifier

    async def resume(self, execution_id: ExecutionId, *, actor: str = "", reason: str = "") -> None:
        execution = await self.get(execution_id)
        if not execution.status.can_resume:
            raise interface.NotInState(f"it is {execution.status}, only FAILED can be resumed")
        self.actions.append(Action("resume", execution_id, actor, reason))
        self._move(execution, ExecutionStatus.PENDING_RESUME)

    async def get(self, execution_id: ExecutionId) -> Execution:
        await self._check()
        if execution_id not in self.executions:
            raise interface.UnknownExecution(f"there is no execution {execution_id}")
        return self.executions[execution_id]

    async def list(self, query: ExecutionQuery) -> Page[Execution]:
        await self._check()
        self.queries.append(query)
        found = [
            execution
            for _, execution in sorted(self.executions.items(), reverse=query.newest_first)
            if query.workflow in (None, execution.workflow_name)
            and (not query.statuses or execution.status in query.statuses)
        ]
        begin = 0
        if query.token:
            place = [execution.id for execution in found]
            if query.token not in place:
                raise interface.InvalidPageToken("this token was made for another listing")
            begin = place.index(ExecutionId(query.token)) + 1
        page = tuple(found[begin : begin + query.limit])
        is_last = begin + query.limit >= len(found)
        return Page(page, "" if is_last or not page else page[-1].id, len(found))

    async def counts(self, since: datetime | None = None) -> Counts:
        await self._check()
        counted: dict[ExecutionStatus, int] = {}
        for execution in self.executions.values():
            if since is None or (execution.created_at or EPOCH) >= since:
                counted[execution.status] = counted.get(execution.status, 0) + 1
        return Counts(counted)

    async def changes(self, cursor: str, limit: int = 200) -> ChangeSet:
        await self._check()
        if cursor != "c1":
            return ChangeSet("c1", reset=True)
        return ChangeSet("c1", tuple(self.executions.values())[:limit], (ExecutionId("gone"),))

    async def attempts(self, execution_id: ExecutionId) -> AttemptHistory:
        execution = await self.get(execution_id)
        error = JobError("LookupError", "no customer c-9", "Traceback …", "your code")
        return AttemptHistory(
            (ExecutionAttempt(1, execution.status, EPOCH, EPOCH, error, "ada", "it is late"),),
            tuple(
                JobAttempt(
                    job.id,
                    job.function_execution_id or FunctionExecutionId(""),
                    job.stacked_name,
                    number,
                    1,
                    job.status,
                    EPOCH,
                    None,
                    error if job.status is JobStatus.FAILED else None,
                    f'{{"turn":{number}}}',
                )
                for number, job in enumerate(execution.jobs)
            ),
            '{"orderId":"o1"}',
            "admin",
        )

    async def function_execution(
        self, identifier: FunctionExecutionId, *, with_logs: bool = True
    ) -> FunctionExecution:
        await self._check()
        if identifier not in self.functions:
            raise interface.UnknownFunctionExecution(f"there is no function execution {identifier}")
        found = self.functions[identifier]
        return found if with_logs else replace(found, logs="")

    async def read_log(self, identifier: FunctionExecutionId, offset: int, limit: int) -> LogChunk:
        data = (await self.function_execution(identifier)).logs.encode("utf-8", "replace")
        piece = data[offset : offset + limit]
        end = min(offset, len(data)) + len(piece)
        return LogChunk(piece, end, len(data), end == len(data), True)

    async def cancel(self, execution_id: ExecutionId, *, actor: str = "", reason: str = "") -> None:
        execution = await self.get(execution_id)
        if execution.status.is_finished:
            raise interface.NotInState(f"it is {execution.status} already")
        self.actions.append(Action("cancel", execution_id, actor, reason))
        self._move(execution, ExecutionStatus.CANCELED)

    async def schema(self, *, workflow: str = "", key: str = "") -> str:
        return self.schemas.get(workflow or key, "{}")

    async def wait_points(self, execution_id: ExecutionId) -> Sequence[WaitPoint]:
        await self.get(execution_id)
        return self.waiting.get(execution_id, [])

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
        points = await self.wait_points(execution_id)
        for number, point in enumerate(points):
            if point.key == key and turn in (None, point.turn):
                if point.resolved_at is not None:
                    raise interface.NotInState(f"{key} was answered already")
                answered = replace(
                    point, resolved_at=EPOCH, result=result, actor=actor, reason=reason
                )
                self.waiting[execution_id][number] = answered
                self.actions.append(Action("resolve", execution_id, actor, reason, None, result))
                return
        raise interface.UnknownWaitPoint(f"it does not wait at {key!r}")

    async def workers(self) -> Sequence[WorkerInfo]:
        await self._check()
        return [WorkerInfo(4711, EPOCH, next(iter(self.executions), None))]

    async def health(self) -> Health:
        await self._check()
        return Health(1, 1, 3)

    async def reload(self) -> interface.Reloaded:
        await self._check()
        self.actions.append(Action("reload", "", "", ""))
        return interface.Reloaded(len(self.definitions), self.mistakes)

    async def prune(
        self, before: datetime | None = None, *, dry_run: bool = False
    ) -> interface.Pruned:
        """Remove what ended before a time; a project of this engine keeps nothing for a day."""
        await self._check()
        limit = before or EPOCH
        old = [
            identifier
            for identifier, execution in self.executions.items()
            if execution.finished_at is not None and execution.finished_at < limit
        ]
        if not dry_run:
            for identifier in old:
                del self.executions[identifier]
        return interface.Pruned(len(old), limit)

    async def close(self) -> None:
        self.is_closed = True

    def add(
        self,
        workflow: str = "order-processing",
        status: ExecutionStatus = ExecutionStatus.FAILED,
        identifier: ExecutionId | None = None,
        *,
        logs: str = "fetching\nno such customer\n",
        error: JobError | None = None,
    ) -> Execution:
        """Put an execution there, with one job that has one function execution."""
        identifier = identifier or ExecutionId(ids.new_id())
        job = JobStatus.FAILED if status is ExecutionStatus.FAILED else JobStatus.RUNNING
        function = FunctionExecution(
            FunctionExecutionId(ids.new_id()),
            job,
            logs,
            "",
            error or (JobError("LookupError", "no customer c-9") if job.is_finished else None),
            EPOCH,
            EPOCH if job.is_finished else None,
        )
        jobs = (
            JobExecution(
                JobExecutionId(ids.new_id()), "process-order", job, function.id, EPOCH, None
            ),
        )
        execution = Execution(
            identifier, workflow, status, jobs, EPOCH, EPOCH if status.is_finished else None
        )
        self.functions[function.id] = function
        self.executions[identifier] = execution
        return execution

    def _move(self, execution: Execution, status: ExecutionStatus) -> None:
        self.executions[execution.id] = replace(execution, status=status)

    async def _check(self) -> None:
        await asyncio.sleep(self.latency)
        if self.stalls:
            self.was_asked.set()
            await asyncio.Event().wait()
        if self.fails_with is not None:
            raise self.fails_with
