"""The console's own service beside the platform's: what that protocol has no word for."""

from __future__ import annotations

import logging

import console
from console.engine.interface import Engine, HasSchemas, HasUpkeep
from console.model.ids import ExecutionId, FunctionExecutionId
from console.server import checks, convert
from console.server.access import Caller
from console.server.codes import invalid
from console.server.proto.wfc.v1 import console_pb2 as wfc
from console.server.workspace import Workspace

FEATURES = ("attempts", "log_offsets", "reasons", "counts", "changes", "cancel", "wait_points")
"""What every engine has."""

LOG_LIMIT = 256 * 1024
LARGEST_LOG_LIMIT = 4 << 20
CHANGES_LIMIT = 200
LARGEST_CHANGES_LIMIT = 1000
LARGEST_OFFSET = 1 << 62


log = logging.getLogger("wfc.server")


class ConsoleService:
    """`wfc.v1.ConsoleService`: one method each, by its name in snake case."""

    CHANGES = frozenset({"Start", "Resume", "Cancel", "Resolve", "Reload", "Prune"})
    """The methods that change something."""

    def __init__(self, engine: Engine, workspace: Workspace) -> None:
        self._engine = engine
        self._workspace = workspace

    async def get_capabilities(
        self, request: wfc.GetCapabilitiesRequest, caller: Caller
    ) -> wfc.GetCapabilitiesResponse:
        """Tell what this server can do, and what the caller may."""
        self._workspace.check_optional(request.workspace_id)
        return wfc.GetCapabilitiesResponse(
            server=f"wfc {console.__version__}",
            project=self._engine.project.name,
            features=[*FEATURES, *(["schemas"] if isinstance(self._engine, HasSchemas) else [])],
            is_local=caller.is_local,
            role=caller.role,
        )

    async def get_counts(
        self, request: wfc.GetCountsRequest, caller: Caller
    ) -> wfc.GetCountsResponse:
        """Count executions by state."""
        self._workspace.check_optional(request.workspace_id)
        since = convert.time_of("since", request.since) if request.HasField("since") else None
        counts = await self._engine.counts(since)
        return wfc.GetCountsResponse(
            by_status={str(status): number for status, number in counts.by_status.items()}
        )

    async def changes(self, request: wfc.ChangesRequest, caller: Caller) -> wfc.ChangesResponse:
        """Tell what changed since a cursor."""
        self._workspace.check_optional(request.workspace_id)
        limit = min(request.limit or CHANGES_LIMIT, LARGEST_CHANGES_LIMIT)
        found = await self._engine.changes(request.cursor, limit)
        return wfc.ChangesResponse(
            changed=[convert.execution(item) for item in found.changed],
            gone=found.gone,
            cursor=found.cursor,
            reset=found.reset,
        )

    async def list_attempts(
        self, request: wfc.ListAttemptsRequest, caller: Caller
    ) -> wfc.ListAttemptsResponse:
        """Give everything that was tried for an execution."""
        return convert.attempts(await self._engine.attempts(self._execution_id(request)))

    async def get_inputs(
        self, request: wfc.GetInputsRequest, caller: Caller
    ) -> wfc.GetInputsResponse:
        """Give the inputs of an execution and of its jobs, in their latest attempt."""
        history = await self._engine.attempts(self._execution_id(request))
        return wfc.GetInputsResponse(
            input=convert.clean(history.input),
            jobs={job.job_execution_id: convert.clean(job.input) for job in history.jobs},
        )

    async def read_log(self, request: wfc.ReadLogRequest, caller: Caller) -> wfc.ReadLogResponse:
        """Give log bytes from an offset."""
        self._workspace.check_optional(request.workspace_id)
        identifier = checks.uuid("function_execution_id", request.function_execution_id)
        if not 0 <= request.offset <= LARGEST_OFFSET:
            raise invalid("offset", "a number of bytes from the start is needed")
        if request.limit < 0:
            raise invalid("limit", "a number of bytes is needed")
        limit = min(request.limit or LOG_LIMIT, LARGEST_LOG_LIMIT)
        chunk = await self._engine.read_log(FunctionExecutionId(identifier), request.offset, limit)
        return wfc.ReadLogResponse(
            data=chunk.data, next_offset=chunk.next_offset, size=chunk.size, eof=chunk.is_complete
        )

    async def start(self, request: wfc.StartRequest, caller: Caller) -> wfc.StartResponse:
        """Start a workflow, under an id of the caller's where there is one."""
        self._workspace.check_optional(request.workspace_id)
        user, wanted = request.machine_user_name, request.execution_id
        identifier = await self._engine.start(
            checks.name("workflow_name", request.workflow_name),
            request.arg if request.HasField("arg") else None,
            execution_id=ExecutionId(checks.uuid("execution_id", wanted)) if wanted else None,
            invoker=checks.name("machine_user_name", user) if user else None,
            actor=caller.actor,
            reason=checks.text("reason", request.reason),
        )
        return wfc.StartResponse(execution_id=identifier)

    async def resume(self, request: wfc.ResumeRequest, caller: Caller) -> wfc.ResumeResponse:
        """Resume a failed execution."""
        identifier = self._execution_id(request)
        reason = checks.text("reason", request.reason)
        await self._engine.resume(identifier, actor=caller.actor, reason=reason)
        return wfc.ResumeResponse(execution_id=identifier)

    async def cancel(self, request: wfc.CancelRequest, caller: Caller) -> wfc.CancelResponse:
        """Cancel an execution that has not finished."""
        identifier = self._execution_id(request)
        reason = checks.text("reason", request.reason)
        await self._engine.cancel(identifier, actor=caller.actor, reason=reason)
        return wfc.CancelResponse()

    async def list_wait_points(
        self, request: wfc.ListWaitPointsRequest, caller: Caller
    ) -> wfc.ListWaitPointsResponse:
        """Give where an execution waits or waited."""
        return convert.wait_points(await self._engine.wait_points(self._execution_id(request)))

    async def get_schema(
        self, request: wfc.GetSchemaRequest, caller: Caller
    ) -> wfc.GetSchemaResponse:
        """Give the JSON schema of an argument or of an answer."""
        self._workspace.check_optional(request.workspace_id)
        if not isinstance(self._engine, HasSchemas):
            raise NotImplementedError
        if bool(request.workflow_name) == bool(request.wait_point_key):
            raise invalid("workflow_name", "a workflow or a wait point is needed, and not both")
        workflow, key = request.workflow_name, request.wait_point_key
        text = await self._engine.schema(
            workflow=checks.name("workflow_name", workflow) if workflow else "",
            key=checks.name("wait_point_key", key) if key else "",
        )
        return wfc.GetSchemaResponse(json_schema=convert.clean(text))

    async def resolve(self, request: wfc.ResolveRequest, caller: Caller) -> wfc.ResolveResponse:
        """Answer a wait point."""
        identifier = self._execution_id(request)
        await self._engine.resolve(
            identifier,
            checks.name("key", request.key),
            request.result,
            turn=_turn(request),
            actor=caller.actor,
            reason=checks.text("reason", request.reason),
        )
        return wfc.ResolveResponse()

    async def list_workers(
        self, request: wfc.ListWorkersRequest, caller: Caller
    ) -> wfc.ListWorkersResponse:
        """Give the worker processes."""
        self._workspace.check_optional(request.workspace_id)
        workers = await self._engine.workers()
        health = await self._engine.health()
        return wfc.ListWorkersResponse(
            workers=[
                wfc.Worker(
                    process_id=worker.process_id,
                    started_at=convert.timestamp(worker.started_at),
                    execution_id=worker.execution_id or "",
                )
                for worker in workers
            ],
            backlog=health.backlog,
        )

    async def reload(self, request: wfc.ReloadRequest, caller: Caller) -> wfc.ReloadResponse:
        """Read the project's definitions anew."""
        self._workspace.check_optional(request.workspace_id)
        done = await self._upkeep().reload()
        if done.problems:
            log.warning("the project cannot be read, and stays as it was: %s", done.problems[0])
        else:
            log.info("the definitions were read anew: %d workflows", done.workflows)
        return wfc.ReloadResponse(
            problems=map(convert.clean, done.problems), workflows=done.workflows, notes=done.notes
        )

    async def prune(self, request: wfc.PruneRequest, caller: Caller) -> wfc.PruneResponse:
        """Remove what ended long ago."""
        self._workspace.check_optional(request.workspace_id)
        before = convert.time_of("before", request.before) if request.HasField("before") else None
        done = await self._upkeep().prune(before, dry_run=request.dry_run)
        return wfc.PruneResponse(executions=done.executions, before=convert.timestamp(done.before))

    def _upkeep(self) -> HasUpkeep:
        if not isinstance(self._engine, HasUpkeep):
            raise NotImplementedError
        return self._engine

    def _execution_id(
        self,
        request: wfc.ListAttemptsRequest
        | wfc.GetInputsRequest
        | wfc.ResumeRequest
        | wfc.CancelRequest
        | wfc.ListWaitPointsRequest
        | wfc.ResolveRequest,
    ) -> ExecutionId:
        """Check the workspace and the execution's id."""
        self._workspace.check_optional(request.workspace_id)
        return ExecutionId(checks.uuid("execution_id", request.execution_id))


def _turn(request: wfc.ResolveRequest) -> int | None:
    if not request.HasField("turn"):
        return None
    if request.turn < 0:
        raise invalid("turn", "a number from 0 is needed")
    return request.turn
