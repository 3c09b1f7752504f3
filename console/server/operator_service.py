"""The operator service of the platform's protocol, answered by an engine."""

from __future__ import annotations

import uuid

from console.engine.interface import Engine, UnknownFunctionExecution, UnknownWorkflow
from console.model.ids import ExecutionId, FunctionExecutionId
from console.model.query import ExecutionQuery
from console.model.workflow import Workflow
from console.server import checks, convert, filters
from console.server.access import Caller
from console.server.codes import Code, ConnectError, invalid
from console.server.paging import page_of, page_size
from console.server.proto.tailor.v1 import workflow_pb2 as pb
from console.server.workspace import Workspace

StartRequest = pb.StartWorkflowRequest | pb.TestStartWorkflowRequest
ResumeRequest = pb.ResumeWorkflowExecutionRequest | pb.TestResumeWorkflowRequest


class OperatorService:
    """`tailor.v1.OperatorService`: one method each, by its name in snake case."""

    CHANGES = frozenset(
        {"StartWorkflow", "TestStartWorkflow", "ResumeWorkflowExecution", "TestResumeWorkflow"}
    )
    """The methods that change something."""

    def __init__(self, engine: Engine, workspace: Workspace) -> None:
        self._engine = engine
        self._workspace = workspace

    async def ping(self, request: pb.PingRequest, caller: Caller) -> pb.PingResponse:
        """Answer."""
        return pb.PingResponse()

    # Workspaces and what is in them: one workspace, with one application, the project.

    async def list_workspaces(
        self, request: pb.ListWorkspacesRequest, caller: Caller
    ) -> pb.ListWorkspacesResponse:
        """List the only workspace."""
        items, token = page_of(
            [self._own_workspace()],
            request,
            request.page_direction,
            kind="workspaces",
            key=lambda one: one.name,
        )
        return pb.ListWorkspacesResponse(workspaces=items, next_page_token=token, total_count=1)

    async def get_workspace(
        self, request: pb.GetWorkspaceRequest, caller: Caller
    ) -> pb.GetWorkspaceResponse:
        """Give the only workspace."""
        self._workspace.check(request.workspace_id)
        return pb.GetWorkspaceResponse(workspace=self._own_workspace())

    async def list_applications(
        self, request: pb.ListApplicationsRequest, caller: Caller
    ) -> pb.ListApplicationsResponse:
        """List the only application: the project."""
        self._workspace.check(request.workspace_id)
        items, token = page_of(
            [self._own_application()],
            request,
            request.page_direction,
            kind="applications",
            key=lambda one: one.name,
        )
        return pb.ListApplicationsResponse(applications=items, next_page_token=token, total_count=1)

    async def get_application(
        self, request: pb.GetApplicationRequest, caller: Caller
    ) -> pb.GetApplicationResponse:
        """Give the project by its name."""
        self._workspace.check(request.workspace_id)
        name = checks.application_name("application_name", request.application_name)
        if name != self._engine.project.name:
            own = self._engine.project.name
            raise ConnectError(Code.NOT_FOUND, f"there is no application {name!r}, only {own!r}")
        return pb.GetApplicationResponse(application=self._own_application())

    async def list_auth_machine_users(
        self, request: pb.ListAuthMachineUsersRequest, caller: Caller
    ) -> pb.ListAuthMachineUsersResponse:
        """List the project's machine users."""
        self._workspace.check(request.workspace_id)
        self._check_namespace("auth_namespace", request.auth_namespace)
        users = [self._machine_user(name) for name in self._engine.project.machine_users]
        items, token = page_of(
            users,
            request,
            request.page_direction,
            kind="machine-users",
            key=lambda one: one.name,
        )
        return pb.ListAuthMachineUsersResponse(
            machine_users=items, next_page_token=token, total_count=len(users)
        )

    async def get_auth_machine_user(
        self, request: pb.GetAuthMachineUserRequest, caller: Caller
    ) -> pb.GetAuthMachineUserResponse:
        """Give a machine user by its name."""
        self._workspace.check(request.workspace_id)
        self._check_namespace("auth_namespace", request.auth_namespace)
        name = checks.name("name", request.name)
        if name not in self._engine.project.machine_users:
            raise ConnectError(Code.NOT_FOUND, f"there is no machine user {name!r}")
        return pb.GetAuthMachineUserResponse(machine_user=self._machine_user(name))

    # Workflows

    async def list_workflows(
        self, request: pb.ListWorkflowsRequest, caller: Caller
    ) -> pb.ListWorkflowsResponse:
        """List the workflows by name."""
        self._workspace.check(request.workspace_id)
        workflows = await self._engine.workflows()
        items, token = page_of(
            workflows,
            request,
            request.page_direction,
            kind="workflows",
            key=lambda one: one.name,
        )
        return pb.ListWorkflowsResponse(
            workflows=[convert.workflow(item) for item in items],
            next_page_token=token,
            total_count=len(workflows),
        )

    async def get_workflow(
        self, request: pb.GetWorkflowRequest, caller: Caller
    ) -> pb.GetWorkflowResponse:
        """Give a workflow by its id."""
        self._workspace.check(request.workspace_id)
        workflow = await self._workflow_by_id(request.workflow_id)
        return pb.GetWorkflowResponse(workflow=convert.workflow(workflow))

    async def get_workflow_by_name(
        self, request: pb.GetWorkflowByNameRequest, caller: Caller
    ) -> pb.GetWorkflowByNameResponse:
        """Give a workflow by its name."""
        self._workspace.check(request.workspace_id)
        name = checks.name("workflow_name", request.workflow_name)
        for workflow in await self._engine.workflows():
            if workflow.name == name:
                return pb.GetWorkflowByNameResponse(workflow=convert.workflow(workflow))
        raise UnknownWorkflow(f"there is no workflow {name!r}")

    # Executions

    async def list_workflow_executions(
        self, request: pb.ListWorkflowExecutionsRequest, caller: Caller
    ) -> pb.ListWorkflowExecutionsResponse:
        """List executions, the newest first unless told otherwise."""
        self._workspace.check(request.workspace_id)
        selection = filters.select(request.filter)
        if request.workflow_name:
            name = checks.name("workflow_name", request.workflow_name)
            selection = selection.both(filters.Selection(workflows=frozenset({name})))
        if selection.is_empty:
            return pb.ListWorkflowExecutionsResponse()
        if selection.workflows is not None and len(selection.workflows) > 1:
            raise invalid("filter", "executions are listed for one workflow, or for all")
        page = await self._engine.list(
            ExecutionQuery(
                workflow=next(iter(selection.workflows)) if selection.workflows else None,
                statuses=selection.statuses or frozenset(),
                limit=page_size(request),
                token=request.page_token,
                newest_first=request.page_direction != pb.PAGE_DIRECTION_ASC,
                since=selection.since,
            )
        )
        return pb.ListWorkflowExecutionsResponse(
            executions=[convert.execution(item) for item in page.items],
            next_page_token=page.next_token,
            total_count=page.total or 0,
        )

    async def get_workflow_execution(
        self, request: pb.GetWorkflowExecutionRequest, caller: Caller
    ) -> pb.GetWorkflowExecutionResponse:
        """Give an execution with its jobs."""
        self._workspace.check(request.workspace_id)
        identifier = ExecutionId(checks.uuid("execution_id", request.execution_id))
        execution = await self._engine.get(identifier)
        return pb.GetWorkflowExecutionResponse(execution=convert.execution(execution))

    async def list_function_executions(
        self, request: pb.ListFunctionExecutionsRequest, caller: Caller
    ) -> pb.ListFunctionExecutionsResponse:
        """List the one function execution of an id; an unknown id lists none."""
        self._workspace.check(request.workspace_id)
        if request.page_token:
            raise invalid("page_token", "there is never a second page here")
        wanted = checks.uuid("filter.id", filters.function_execution_id(request.filter))
        try:
            found = await self._function_execution(wanted)
        except UnknownFunctionExecution:
            return pb.ListFunctionExecutionsResponse()
        return pb.ListFunctionExecutionsResponse(executions=[found], total_count=1)

    async def get_function_execution(
        self, request: pb.GetFunctionExecutionRequest, caller: Caller
    ) -> pb.GetFunctionExecutionResponse:
        """Give one attempt of a job, with its log."""
        self._workspace.check(request.workspace_id)
        identifier = checks.uuid("execution_id", request.execution_id)
        found = await self._function_execution(identifier)
        return pb.GetFunctionExecutionResponse(execution=found)

    # Actions

    async def start_workflow(
        self, request: pb.StartWorkflowRequest, caller: Caller
    ) -> pb.StartWorkflowResponse:
        """Start a workflow."""
        return pb.StartWorkflowResponse(execution_id=await self._start(request, caller))

    async def test_start_workflow(
        self, request: pb.TestStartWorkflowRequest, caller: Caller
    ) -> pb.TestStartWorkflowResponse:
        """Start a workflow, by the older name of it."""
        return pb.TestStartWorkflowResponse(execution_id=await self._start(request, caller))

    async def resume_workflow_execution(
        self, request: pb.ResumeWorkflowExecutionRequest, caller: Caller
    ) -> pb.ResumeWorkflowExecutionResponse:
        """Resume a failed execution."""
        return pb.ResumeWorkflowExecutionResponse(execution_id=await self._resume(request, caller))

    async def test_resume_workflow(
        self, request: pb.TestResumeWorkflowRequest, caller: Caller
    ) -> pb.TestResumeWorkflowResponse:
        """Resume a failed execution, by the older name of it."""
        return pb.TestResumeWorkflowResponse(execution_id=await self._resume(request, caller))

    async def _start(self, request: StartRequest, caller: Caller) -> str:
        self._workspace.check(request.workspace_id)
        workflow = await self._workflow_by_id(request.workflow_id)
        invoker = request.auth_invoker
        if invoker.namespace:
            self._check_namespace("auth_invoker.namespace", invoker.namespace)
        user = invoker.machine_user_name
        return await self._engine.start(
            workflow.name,
            request.arg if request.HasField("arg") else None,
            invoker=checks.name("auth_invoker.machine_user_name", user) if user else None,
            actor=caller.actor,
        )

    async def _resume(self, request: ResumeRequest, caller: Caller) -> str:
        self._workspace.check(request.workspace_id)
        identifier = ExecutionId(checks.uuid("execution_id", request.execution_id))
        await self._engine.resume(identifier, actor=caller.actor)
        return identifier

    async def _workflow_by_id(self, identifier: str) -> Workflow:
        identifier = checks.uuid("workflow_id", identifier)
        for workflow in await self._engine.workflows():
            if workflow.id == identifier:
                return workflow
        raise UnknownWorkflow(f"there is no workflow with the id {identifier}")

    async def _function_execution(self, identifier: str) -> pb.FunctionExecution:
        record = await self._engine.function_execution(FunctionExecutionId(identifier))
        return convert.function_execution(record, self._engine.workspace_id)

    def _check_namespace(self, field: str, namespace: str) -> None:
        """Refuse a namespace of machine users that is not the project's."""
        if checks.name(field, namespace) != self._engine.project.name:
            own = self._engine.project.name
            message = f"there is no auth namespace {namespace!r}, only {own!r}"
            raise ConnectError(Code.NOT_FOUND, message)

    def _own_workspace(self) -> pb.Workspace:
        project = self._engine.project
        created = convert.timestamp(project.created_at)
        return pb.Workspace(
            id=self._engine.workspace_id, name=project.name, create_time=created, region="local"
        )

    def _own_application(self) -> pb.Application:
        project = self._engine.project
        created = convert.timestamp(project.created_at)
        return pb.Application(name=project.name, auth_namespace=project.name, create_time=created)

    def _machine_user(self, name: str) -> pb.MachineUser:
        # No record of it is kept: the same name in the same workspace has the same id.
        identifier = uuid.uuid5(uuid.UUID(self._engine.workspace_id), name)
        created = convert.timestamp(self._engine.project.created_at)
        return pb.MachineUser(id=str(identifier), name=name, created_at=created)
