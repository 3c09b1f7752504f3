"""What every backend adapter offers; the rest of the program knows nothing else of a backend."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from console.model.capabilities import Capabilities
from console.model.execution import AttemptHistory, Execution, FunctionExecution, WaitPoint
from console.model.ids import ExecutionId, FunctionExecutionId
from console.model.log import LogChunk
from console.model.query import ChangeSet, Counts, ExecutionQuery, Page
from console.model.workflow import Invoker, Workflow


class Backend(Protocol):
    """A workflow service. Every method raises `BackendError` and nothing else."""

    async def capabilities(self) -> Capabilities:
        """Tell what this backend can do; the answer is kept after the first success."""
        ...

    async def list_workflows(self, *, token: str = "", limit: int = 100) -> Page[Workflow]:
        """List workflow definitions, a page at a time."""
        ...

    async def get_workflow(self, name: str) -> Workflow:
        """Look a workflow up by its name."""
        ...

    async def list_executions(self, query: ExecutionQuery) -> Page[Execution]:
        """List executions, a page at a time."""
        ...

    async def get_execution(self, execution_id: ExecutionId) -> Execution:
        """Read one execution with its jobs."""
        ...

    async def counts(self, since: datetime | None = None) -> Counts:
        """Count executions by state; `since` is honoured where `capabilities().counts` says so."""
        ...

    async def changes(self, cursor: str) -> ChangeSet:
        """Read what changed since a cursor; an empty cursor resets. Raises `Unsupported`."""
        ...

    async def get_function_execution(self, identifier: FunctionExecutionId) -> FunctionExecution:
        """Read one attempt of a job: its log, result and error."""
        ...

    async def list_attempts(self, execution_id: ExecutionId) -> AttemptHistory:
        """Read everything that was tried for one execution. Raises `Unsupported` where unknown."""
        ...

    async def read_log(
        self, identifier: FunctionExecutionId, *, offset: int = 0, limit: int = 256 * 1024
    ) -> LogChunk:
        """Read a job's log from a byte offset.

        A backend that only has the log as one string is read whole and cut here.
        """
        ...

    async def machine_users(self) -> tuple[str, ...]:
        """List the machine users an execution can run as."""
        ...

    async def start(
        self, workflow_name: str, *, invoker: Invoker | None, argument: str | None, reason: str = ""
    ) -> ExecutionId:
        """Start a workflow; `argument` is JSON text. Never repeated after it may have been sent.

        Raises `OutcomeUnknown` when it was sent and no answer came.
        """
        ...

    async def resume(self, execution_id: ExecutionId, *, reason: str = "") -> ExecutionId:
        """Resume a failed execution. Raises `NotResumable`; `OutcomeUnknown` as for `start`."""
        ...

    async def cancel(self, execution_id: ExecutionId, *, reason: str = "") -> None:
        """Cancel an execution that has not finished. Raises `Conflict`; `OutcomeUnknown`."""
        ...

    async def wait_points(self, execution_id: ExecutionId) -> tuple[WaitPoint, ...]:
        """List where an execution waits or waited, oldest first. Raises `Unsupported`."""
        ...

    async def schema(self, *, workflow: str = "", key: str = "") -> str:
        """Give the JSON schema of a workflow's argument, or of the answer to a wait point.

        It is JSON text, `{}` where it is not known. Raises `Unsupported`, `NotFound`.
        """
        ...

    async def resolve(
        self,
        execution_id: ExecutionId,
        key: str,
        result: str,
        *,
        turn: int | None = None,
        reason: str = "",
    ) -> None:
        """Answer a wait point, once; `result` is JSON text. `turn` None takes the open one.

        Raises `Conflict` when it was answered already, `NotFound` for a wrong key,
        `OutcomeUnknown` as for `start`.
        """
        ...

    async def aclose(self) -> None:
        """Close connections."""
        ...
