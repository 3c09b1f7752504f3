"""Which process runs an execution: only the demo asks that, for it kills the process."""

from __future__ import annotations

from console.backend.connect import Connect, FixedToken, Method
from console.backend.tailor.console_wire import WorkspaceRequest
from console.backend.tailor.lenient import Answer, Rows, Text, Whole
from console.clock import Clock
from console.model.ids import ExecutionId
from console.model.target import Target


class Worker(Answer):
    """One live worker process."""

    process_id: Whole = 0
    execution_id: Text = ""


class ListWorkersResponse(Answer):
    """All of them."""

    workers: Rows[Worker] = None


LIST_WORKERS = Method(
    "/wfc.v1.ConsoleService/ListWorkers", WorkspaceRequest, ListWorkersResponse, idempotent=True
)


class Workers:
    """Asks the demo's server for its workers."""

    def __init__(self, target: Target, clock: Clock) -> None:
        self._calls = Connect(target, clock, token=FixedToken())

    async def find(self, execution_id: ExecutionId) -> int | None:
        """Give the process that runs an execution now; None while none does."""
        answer = await self._calls.call(LIST_WORKERS, WorkspaceRequest())
        for worker in answer.workers or ():
            if worker is not None and worker.execution_id == execution_id:
                return worker.process_id or None
        return None

    async def aclose(self) -> None:
        """Close the connection."""
        await self._calls.aclose()
