"""What the server asks of an engine. Nothing above this page knows SQLite.

A second engine that runs the same user code fits behind the same page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from console.model.execution import AttemptHistory, Execution, FunctionExecution, WaitPoint
from console.model.ids import ExecutionId, FunctionExecutionId
from console.model.log import LogChunk
from console.model.query import ChangeSet, Counts, ExecutionQuery, Page
from console.model.workflow import Workflow

Mistake = tuple[tuple[int | str, ...], str]
"""A place in an input, by keys and indexes from the top, and what is wrong there."""


class EngineError(Exception):
    """The engine refuses a request; the message is written for the person who asked."""


class UnknownWorkflow(EngineError):
    """No workflow of that name is defined."""


class UnknownExecution(EngineError):
    """No execution has that id."""


class UnknownFunctionExecution(EngineError):
    """No function execution has that id."""


class UnknownMachineUser(EngineError):
    """No machine user of that name is in the project."""


class NotInState(EngineError):
    """The execution is in a state that does not allow what was asked."""


class UnknownWaitPoint(EngineError):
    """The execution has no open wait point of that key."""


class InvalidArgument(EngineError):
    """The argument is not what the workflow accepts; the message has the JSON path."""


class InvalidPageToken(EngineError):
    """The page token is not one of ours, or was made for another filter."""


class ResolverRefused(EngineError):
    """A resolver refuses its request; all but `inside` is for the caller."""

    def __init__(
        self, message: str, *, code: str = "", mistakes: Sequence[Mistake] = (), inside: str = ""
    ) -> None:
        super().__init__(message)
        self.code = code
        """A word for programs; empty where there is none."""
        self.mistakes = tuple(mistakes)
        """Where the input is wrong; empty where it is not the input."""
        self.inside = inside
        """For the server's log only: the traceback of what the body did not catch."""


class ResolverFailed(EngineError):
    """A resolver broke; the message, with its traceback, is for the server's log only."""


class EngineUnavailable(EngineError):
    """The journal cannot be used now: locked, full, read-only, gone."""


@dataclass(frozen=True, slots=True)
class Health:
    """How the engine is."""

    workers: int
    """Worker processes alive."""
    running: int
    """Executions a worker holds."""
    backlog: int
    """Executions that wait for a worker."""


@dataclass(frozen=True, slots=True)
class WorkerInfo:
    """One live worker process."""

    process_id: int
    started_at: datetime
    execution_id: ExecutionId | None = None
    """What it runs now; None while it is idle."""


@dataclass(frozen=True, slots=True)
class ProjectInfo:
    """What the project file says, as far as the server shows it."""

    name: str
    machine_users: Sequence[str] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    created_at: datetime | None = None


class Engine(Protocol):
    """Runs the executions of one project. Every method raises `EngineError` and nothing else."""

    @property
    def workspace_id(self) -> str:
        """The UUID kept in the journal."""
        ...

    @property
    def project(self) -> ProjectInfo:
        """The project the engine runs."""
        ...

    async def workflows(self) -> Sequence[Workflow]:
        """List the definitions in name order."""
        ...

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
        """Record a new execution as PENDING; the same `execution_id` twice is one execution.

        `argument` is JSON text. Raises UnknownWorkflow, UnknownMachineUser, InvalidArgument.
        """
        ...

    async def resume(self, execution_id: ExecutionId, *, actor: str = "", reason: str = "") -> None:
        """Move a FAILED execution to PENDING_RESUME. Raises UnknownExecution, NotInState."""
        ...

    async def get(self, execution_id: ExecutionId) -> Execution:
        """Read one execution with its jobs in start order."""
        ...

    async def list(self, query: ExecutionQuery) -> Page[Execution]:
        """List executions by creation time; with jobs, and `total` filled."""
        ...

    async def counts(self, since: datetime | None = None) -> Counts:
        """Count executions by state, of those created at or after `since`."""
        ...

    async def changes(self, cursor: str, limit: int = 200) -> ChangeSet:
        """Read what changed since a cursor; the empty one answers `reset` and a fresh cursor."""
        ...

    async def attempts(self, execution_id: ExecutionId) -> AttemptHistory:
        """Read everything that was tried for one execution."""
        ...

    async def function_execution(
        self, identifier: FunctionExecutionId, *, with_logs: bool = True
    ) -> FunctionExecution:
        """Read one attempt of a job; `logs` without times, cut at 4 MiB from the end."""
        ...

    async def read_log(self, identifier: FunctionExecutionId, offset: int, limit: int) -> LogChunk:
        """Read log bytes, with times, from an offset, while the job runs or after it."""
        ...

    async def cancel(self, execution_id: ExecutionId, *, actor: str = "", reason: str = "") -> None:
        """Cancel an execution that has not finished; its running job's process is stopped.

        Raises UnknownExecution, NotInState.
        """
        ...

    async def wait_points(self, execution_id: ExecutionId) -> Sequence[WaitPoint]:
        """List where an execution waits or waited, oldest first."""
        ...

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
        """Answer a wait point, once; `result` is JSON text.

        Raises UnknownExecution, UnknownWaitPoint, NotInState when it was answered already,
        InvalidArgument.
        """
        ...

    async def workers(self) -> Sequence[WorkerInfo]:
        """List the live worker processes and what each runs."""
        ...

    async def health(self) -> Health:
        """Tell how many workers live and how much waits."""
        ...

    async def close(self) -> None:
        """End the workers and close the journal."""
        ...


class Resolvers(Protocol):
    """Runs the project's resolvers, in processes of their own."""

    @property
    def schema(self) -> str:
        """The GraphQL schema as text; empty where the project has no resolver."""
        ...

    async def call(self, name: str, argument: str, *, user: str | None, actor: str) -> str:
        """Run a resolver on JSON text; gives JSON text. `user` is the request's machine user.

        Raises ResolverRefused and ResolverFailed.
        """
        ...


@dataclass(frozen=True, slots=True)
class Reloaded:
    """What came of reading the definitions anew."""

    workflows: int
    """How many there are now."""
    problems: Sequence[str] = ()
    """Every mistake of the project, with its place; where there is one nothing has changed."""
    notes: Sequence[str] = ()
    """Settings that are taken at the next start only."""


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was removed, or would be."""

    executions: int
    before: datetime
    """Those that ended before it."""


@runtime_checkable
class HasUpkeep(Protocol):
    """An engine whose definitions can be read anew, and whose old executions can be removed."""

    async def reload(self) -> Reloaded:
        """Read the definitions anew; workers take them when they are idle next."""
        ...

    async def prune(self, before: datetime | None = None, *, dry_run: bool = False) -> Pruned:
        """Remove what ended before a time; None takes what the project says of retention."""
        ...


@runtime_checkable
class HasSchemas(Protocol):
    """An engine that knows what its definitions take."""

    async def schema(self, *, workflow: str = "", key: str = "") -> str:
        """Give the JSON schema of a workflow's argument, or of a wait point's answer, as JSON text.

        `{}` where it is not known. Raises UnknownWorkflow.
        """
        ...


@runtime_checkable
class HasResolvers(Protocol):
    """An engine that runs resolvers besides executions."""

    @property
    def resolvers(self) -> Resolvers:
        """Those of its project."""
        ...
