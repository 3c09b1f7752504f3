"""What changes something: start, resume, cancel, resolve. None is ever sent twice.

After a lost answer the server is asked what became of it:

start    over `wfc.v1` by the id made here; over the platform's protocol nobody can tell
resume   it has moved on from FAILED: done; it is still FAILED: nobody can tell
cancel   it is CANCELED: done; it ended otherwise: too late; else nobody can tell
resolve  the wait point has this answer: done; another: too late; else nobody can tell

Where nobody can tell, `OutcomeUnknown` is raised.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

from console.backend.connect import Connect, Lost
from console.backend.errors import (
    BackendError,
    Conflict,
    NotFound,
    OutcomeUnknown,
    ServerFault,
    Unsupported,
)
from console.backend.tailor import console_wire, methods, wire
from console.backend.tailor.place import Place
from console.clock import Clock
from console.model.execution import Execution, WaitPoint
from console.model.ids import ExecutionId, new_id
from console.model.states import ExecutionStatus
from console.model.workflow import Invoker, Workflow

_SECOND_LOOK = 0.5
"""Seconds until a started execution that is not there is looked for once more."""


class Actions:
    """Carries out what changes something, and finds out what became of it."""

    def __init__(
        self,
        calls: Connect,
        place: Place,
        clock: Clock,
        *,
        get_workflow: Callable[[str], Awaitable[Workflow]],
        get_execution: Callable[[ExecutionId], Awaitable[Execution]],
        wait_points: Callable[[ExecutionId], Awaitable[tuple[WaitPoint, ...]]],
    ) -> None:
        self._calls = calls
        self._place = place
        self._clock = clock
        self._get_workflow = get_workflow
        self._get_execution = get_execution
        self._wait_points = wait_points

    async def start(
        self, workflow: str, invoker: Invoker | None, argument: str | None, reason: str
    ) -> ExecutionId:
        """Start a workflow, in the best way the server knows."""
        self._calls.demand_changes()
        workspace = await self._place.workspace_id()
        if await self._place.console() is not None:
            identifier = ExecutionId(new_id())
            request = console_wire.StartRequest(
                workspace_id=workspace,
                workflow_name=workflow,
                machine_user_name=invoker.machine_user if invoker else "",
                arg=argument,
                execution_id=identifier,
                reason=reason,
            )
            try:
                answer = await self._calls.call(methods.START, request)
            except Lost as lost:
                return await self._look_for(identifier, lost)
            except Unsupported:
                pass
            else:
                return ExecutionId(answer.execution_id or identifier)
        return await self._start_anonymously(workspace, workflow, invoker, argument)

    async def _start_anonymously(
        self, workspace: str, name: str, invoker: Invoker | None, argument: str | None
    ) -> ExecutionId:
        workflow = await self._get_workflow(name)
        as_user = None
        if invoker is not None:
            namespace = invoker.namespace or await self._place.auth_namespace()
            as_user = wire.AuthInvoker(namespace=namespace, machine_user_name=invoker.machine_user)
        request = wire.StartWorkflowRequest(
            workspace_id=workspace, workflow_id=workflow.id, auth_invoker=as_user, arg=argument
        )
        try:
            answer = await self._calls.call(methods.START_WORKFLOW, request)
        except Unsupported:
            answer = await self._calls.call(methods.TEST_START_WORKFLOW, request)
        if not answer.execution_id:
            raise OutcomeUnknown("the server took it and named no execution")
        return ExecutionId(answer.execution_id)

    async def _look_for(self, identifier: ExecutionId, lost: Lost) -> ExecutionId:
        """Find out whether an execution with an id of ours was started."""
        try:
            for pause in (0.0, _SECOND_LOOK):
                if pause:
                    await self._clock.sleep(pause)
                try:
                    return (await self._get_execution(identifier)).id
                except NotFound:
                    continue
        except BackendError:
            raise _unknown(f"execution {identifier} may have been started", lost) from lost
        if lost.is_from_server and isinstance(lost.reason, ServerFault):
            raise lost.reason from lost
        raise _unknown(f"execution {identifier} is not there yet", lost) from lost

    async def resume(self, execution_id: ExecutionId, reason: str) -> ExecutionId:
        """Resume a failed execution, in the best way the server knows."""
        self._calls.demand_changes()
        workspace = await self._place.workspace_id()
        request = wire.ExecutionRequest(workspace_id=workspace, execution_id=execution_id)
        ways: list[Callable[[], Awaitable[wire.ExecutionIdResponse]]] = [
            lambda: self._calls.call(methods.RESUME_EXECUTION, request),
            lambda: self._calls.call(methods.TEST_RESUME, request),
        ]
        if await self._place.console() is not None:
            reasoned = console_wire.ActionRequest(
                workspace_id=workspace, execution_id=execution_id, reason=reason
            )
            ways.insert(0, lambda: self._calls.call(methods.RESUME, reasoned))
        try:
            answer = await _first_supported(ways)
        except Lost as lost:
            now = await self._state_after(execution_id, lost)
            if now is ExecutionStatus.FAILED:
                raise _unknown("it is still FAILED", lost) from lost
            return execution_id
        return ExecutionId(answer.execution_id or execution_id)

    async def cancel(self, execution_id: ExecutionId, reason: str) -> None:
        """Cancel an execution that has not finished."""
        self._calls.demand_changes()
        await self._place.demand("cancel", "way to cancel")
        request = console_wire.ActionRequest(
            workspace_id=await self._place.workspace_id(),
            execution_id=execution_id,
            reason=reason,
        )
        try:
            await self._calls.call(methods.CANCEL, request)
        except Lost as lost:
            now = await self._state_after(execution_id, lost)
            if now is ExecutionStatus.CANCELED:
                return
            if now.is_finished:
                raise Conflict(f"it has ended: {now}") from lost
            raise _unknown(f"it is {now}", lost) from lost

    async def resolve(
        self, execution_id: ExecutionId, key: str, result: str, turn: int | None, reason: str
    ) -> None:
        """Answer a wait point."""
        self._calls.demand_changes()
        await self._place.demand("wait_points", "wait points")
        request = console_wire.ResolveRequest(
            workspace_id=await self._place.workspace_id(),
            execution_id=execution_id,
            key=key,
            result=result,
            turn=turn,
            reason=reason,
        )
        try:
            await self._calls.call(methods.RESOLVE, request)
        except Lost as lost:
            await self._settle_resolve(execution_id, key, result, turn, lost)

    async def _settle_resolve(
        self, execution_id: ExecutionId, key: str, result: str, turn: int | None, lost: Lost
    ) -> None:
        try:
            points = await self._wait_points(execution_id)
        except BackendError:
            raise lost from None
        meant = [point for point in points if point.key == key and turn in (None, point.turn)]
        if not meant or any(point.resolved_at is None for point in meant):
            raise _unknown(f"{key} is still open", lost) from lost
        if not _same_json(meant[-1].result, result):
            raise Conflict(f"{key} has another answer") from lost

    async def _state_after(self, execution_id: ExecutionId, lost: Lost) -> ExecutionStatus:
        try:
            return (await self._get_execution(execution_id)).status
        except BackendError:
            raise lost from None


async def _first_supported(
    ways: list[Callable[[], Awaitable[wire.ExecutionIdResponse]]],
) -> wire.ExecutionIdResponse:
    """Take the first way the server knows; one it does not know has changed nothing."""
    for way in ways[:-1]:
        try:
            return await way()
        except Unsupported:
            continue
    return await ways[-1]()


def _unknown(state: str, lost: Lost) -> OutcomeUnknown:
    return OutcomeUnknown(f"{state}; {lost.detail}", retry_after=lost.retry_after)


def _same_json(one: str, other: str) -> bool:
    try:
        return bool(json.loads(one) == json.loads(other))
    except ValueError:
        return one == other
