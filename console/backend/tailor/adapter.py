"""The backend for every server of the operator protocol: the hosted platform, and our own.

    backend = open_backend(target, SystemClock(), actor="ada")
    page = await backend.list_executions(ExecutionQuery())

What only our own server has, its second service `wfc.v1`, is used where it is there. Reads are not
repeated here: the pollers do that. Changes are in `actions`.
"""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import datetime, timedelta
from typing import TypeVar

from console.backend.connect import Connect, FixedToken, TokenSource
from console.backend.errors import NotFound, Unsupported
from console.backend.http import httpx
from console.backend.tailor import console_wire, convert, methods, wire
from console.backend.tailor.actions import Actions
from console.backend.tailor.executions import LARGEST_PAGE, Executions
from console.backend.tailor.lenient import present
from console.backend.tailor.listing import readable, total_of
from console.backend.tailor.logs import cut_log, unpack
from console.backend.tailor.place import Place
from console.backend.transport import Timeouts
from console.clock import Clock
from console.model.capabilities import Capabilities
from console.model.execution import AttemptHistory, Execution, FunctionExecution, WaitPoint
from console.model.ids import ExecutionId, FunctionExecutionId
from console.model.log import LogChunk
from console.model.query import ChangeSet, Counts, ExecutionQuery, Page
from console.model.target import Target
from console.model.workflow import Invoker, Workflow

_MOST_CHANGES = 200

T = TypeVar("T")


class TailorBackend:
    """A server of the operator protocol, as `console.backend.protocol.Backend`."""

    def __init__(self, calls: Connect, place: Place, clock: Clock) -> None:
        self._calls = calls
        self._place = place
        self._clock = clock
        self._executions = Executions(calls, place)
        self._actions = Actions(
            calls,
            place,
            clock,
            get_workflow=self.get_workflow,
            get_execution=self.get_execution,
            wait_points=self.wait_points,
        )

    async def capabilities(self) -> Capabilities:
        """Tell what this backend can do; the answer is kept after the first success."""
        return await self._place.capabilities()

    async def list_workflows(self, *, token: str = "", limit: int = 100) -> Page[Workflow]:
        """List workflow definitions, a page at a time."""
        request = wire.PageRequest(
            workspace_id=await self._place.workspace_id(),
            page_token=token,
            page_size=min(limit, LARGEST_PAGE),
        )
        answer = await self._reading(self._calls.call(methods.LIST_WORKFLOWS, request))
        rows = readable(answer.workflows)
        total = total_of(answer, len(rows))
        return Page(tuple(map(convert.workflow, rows)), answer.next_page_token, total)

    async def get_workflow(self, name: str) -> Workflow:
        """Look a workflow up by its name."""
        request = wire.GetWorkflowByNameRequest(
            workspace_id=await self._place.workspace_id(), workflow_name=name
        )
        answer = await self._reading(self._calls.call(methods.GET_WORKFLOW, request))
        if answer.workflow is None:
            raise NotFound(f"workflow {name}")
        return convert.workflow(answer.workflow)

    async def list_executions(self, query: ExecutionQuery) -> Page[Execution]:
        """List executions, a page at a time."""
        return await self._reading(self._executions.page(query))

    async def get_execution(self, execution_id: ExecutionId) -> Execution:
        """Read one execution with its jobs."""
        request = wire.ExecutionRequest(
            workspace_id=await self._place.workspace_id(), execution_id=execution_id
        )
        answer = await self._reading(self._calls.call(methods.GET_EXECUTION, request))
        if answer.execution is None:
            raise NotFound(f"execution {execution_id}")
        return convert.execution(answer.execution)

    async def counts(self, since: datetime | None = None) -> Counts:
        """Count executions by state; without our server, by the totals of a listing each."""
        workspace = await self._place.workspace_id()
        if await self._place.has("counts"):
            request = console_wire.CountsRequest(workspace_id=workspace, since=since)
            answer = await self._reading(self._calls.call(methods.GET_COUNTS, request))
            window = "" if since is None else _window(self._clock.now() - since)
            return convert.counts(answer.by_status or {}, window)
        return await self._reading(self._executions.counts())

    async def changes(self, cursor: str) -> ChangeSet:
        """Read what changed since a cursor; an empty cursor resets. Raises `Unsupported`."""
        await self._place.demand("changes", "list of changes")
        request = console_wire.ChangesRequest(
            workspace_id=await self._place.workspace_id(), cursor=cursor, limit=_MOST_CHANGES
        )
        answer = await self._reading(self._calls.call(methods.CHANGES, request))
        return convert.changes(answer)

    async def get_function_execution(self, identifier: FunctionExecutionId) -> FunctionExecution:
        """Read one attempt of a job: its log, result and error."""
        workspace = await self._place.workspace_id()
        request = wire.ExecutionRequest(workspace_id=workspace, execution_id=identifier)
        try:
            answer = await self._reading(self._calls.call(methods.GET_FUNCTION_EXECUTION, request))
            found = answer.execution
        except Unsupported:
            found = await self._reading(self._find_function_execution(workspace, identifier))
        if found is None:
            raise NotFound(
                f"function execution {identifier}", hint="its log and result may have expired"
            )
        return convert.function_execution(found)

    async def _find_function_execution(
        self, workspace: str, identifier: str
    ) -> wire.FunctionExecution | None:
        condition = wire.Condition(field="id", operator="OPERATOR_EQ", value=identifier)
        request = wire.ListFunctionExecutionsRequest(
            workspace_id=workspace, page_size=1, filter=wire.Filter(condition=condition)
        )
        answer = await self._calls.call(methods.LIST_FUNCTION_EXECUTIONS, request)
        return next(iter(readable(answer.executions)), None)

    async def list_attempts(self, execution_id: ExecutionId) -> AttemptHistory:
        """Read everything that was tried for one execution. Raises `Unsupported` where unknown."""
        await self._place.demand("attempts", "history of attempts")
        request = console_wire.ActionRequest(
            workspace_id=await self._place.workspace_id(), execution_id=execution_id
        )
        answer = await self._reading(self._calls.call(methods.LIST_ATTEMPTS, request))
        return convert.attempts(answer)

    async def read_log(
        self, identifier: FunctionExecutionId, *, offset: int = 0, limit: int = 256 * 1024
    ) -> LogChunk:
        """Read a job's log from a byte offset; where only the whole log comes, it is cut here."""
        if not await self._place.has("log_offsets"):
            return cut_log(await self.get_function_execution(identifier), offset, limit)
        request = console_wire.ReadLogRequest(
            workspace_id=await self._place.workspace_id(),
            function_execution_id=identifier,
            offset=offset,
            limit=limit,
        )
        answer = await self._reading(self._calls.call(methods.READ_LOG, request))
        data = unpack(answer.data)
        beyond = offset + len(data)
        # An offset that does not move on would be asked for again and again.
        following = answer.next_offset if answer.next_offset > offset else beyond
        return LogChunk(data, following, max(answer.size, following), answer.eof, has_times=True)

    async def machine_users(self) -> tuple[str, ...]:
        """List the machine users an execution can run as."""
        workspace = await self._place.workspace_id()
        namespace = await self._place.auth_namespace()
        users = await self._reading(
            self._place.pages(
                methods.LIST_MACHINE_USERS,
                lambda token: wire.MachineUsersRequest(
                    workspace_id=workspace,
                    auth_namespace=namespace,
                    page_token=token,
                    page_size=100,
                ),
                lambda answer: answer.machine_users,
            )
        )
        return tuple(user.name for user in users)

    async def wait_points(self, execution_id: ExecutionId) -> tuple[WaitPoint, ...]:
        """List where an execution waits or waited, oldest first. Raises `Unsupported`."""
        await self._place.demand("wait_points", "wait points")
        request = console_wire.ActionRequest(
            workspace_id=await self._place.workspace_id(), execution_id=execution_id
        )
        answer = await self._reading(self._calls.call(methods.LIST_WAIT_POINTS, request))
        points = present(answer.wait_points)
        return tuple(convert.wait_point(point, execution_id) for point in points)

    async def schema(self, *, workflow: str = "", key: str = "") -> str:
        """Give the JSON schema of an argument or of an answer. Raises `Unsupported`, `NotFound`."""
        await self._place.demand("schemas", "schemas of arguments")
        request = console_wire.SchemaRequest(
            workspace_id=await self._place.workspace_id(),
            workflow_name=workflow,
            wait_point_key=key,
        )
        answer = await self._reading(self._calls.call(methods.GET_SCHEMA, request))
        return answer.json_schema

    async def start(
        self, workflow_name: str, *, invoker: Invoker | None, argument: str | None, reason: str = ""
    ) -> ExecutionId:
        """Start a workflow; `argument` is JSON text. Raises `OutcomeUnknown`."""
        return await self._actions.start(workflow_name, invoker, argument, reason)

    async def resume(self, execution_id: ExecutionId, *, reason: str = "") -> ExecutionId:
        """Resume a failed execution. Raises `NotResumable`, `OutcomeUnknown`."""
        return await self._actions.resume(execution_id, reason)

    async def cancel(self, execution_id: ExecutionId, *, reason: str = "") -> None:
        """Cancel an execution that has not finished. Raises `Conflict`, `OutcomeUnknown`."""
        await self._actions.cancel(execution_id, reason)

    async def resolve(
        self,
        execution_id: ExecutionId,
        key: str,
        result: str,
        *,
        turn: int | None = None,
        reason: str = "",
    ) -> None:
        """Answer a wait point. Raises `Conflict`, `NotFound`, `OutcomeUnknown`."""
        await self._actions.resolve(execution_id, key, result, turn, reason)

    async def aclose(self) -> None:
        """Close connections."""
        await self._calls.aclose()

    async def _reading(self, call: Awaitable[T]) -> T:
        """Await a read; what is not there may mean that the workspace is another one now."""
        try:
            return await call
        except NotFound:
            self._place.forget_workspace()
            raise


def _window(length: timedelta) -> str:
    minutes = max(1, round(length.total_seconds() / 60))
    return f"last {minutes} min" if minutes < 120 else f"last {round(minutes / 60)} h"


def open_backend(
    target: Target,
    clock: Clock,
    *,
    actor: str = "",
    transport: httpx.AsyncBaseTransport | None = None,
    token: TokenSource | None = None,
    timeouts: Timeouts | None = None,
) -> TailorBackend:
    """Make a backend for a target; nothing is connected, and nothing fails, before the first call.

    For the kind `tailor`, what the target leaves open is taken from the platform's own environment
    variables and sign-in file.
    """
    if target.kind == "tailor":
        from console.backend.tailor.auth import with_platform  # 14 ms that only this kind needs

        target, signed_in = with_platform(target, clock, transport)
        token = token or signed_in
    calls = Connect(
        target,
        clock,
        token=token or FixedToken(target.token),
        actor="" if target.kind == "tailor" else actor,
        transport=transport,
        timeouts=timeouts,
    )
    return TailorBackend(calls, Place(calls, target), clock)
