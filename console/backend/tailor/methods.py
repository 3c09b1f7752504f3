"""The calls the adapter makes: path, what is sent, what comes back, what an error code means."""

from __future__ import annotations

from console.backend.connect import Method
from console.backend.errors import Conflict, NotResumable
from console.backend.tailor import console_wire as console
from console.backend.tailor import wire

_OPERATOR = "/tailor.v1.OperatorService/"
_CONSOLE = "/wfc.v1.ConsoleService/"
_RESUME_REFUSALS = {"failed_precondition": NotResumable}
_STATE_REFUSALS = {"failed_precondition": Conflict}

# ── tailor.v1: reads ─────────────────────────────────────────────────────────────────────────────

LIST_WORKSPACES = Method(
    _OPERATOR + "ListWorkspaces", wire.PageRequest, wire.ListWorkspacesResponse, idempotent=True
)
GET_APPLICATION = Method(
    _OPERATOR + "GetApplication",
    wire.GetApplicationRequest,
    wire.GetApplicationResponse,
    idempotent=True,
)
LIST_APPLICATIONS = Method(
    _OPERATOR + "ListApplications", wire.PageRequest, wire.ListApplicationsResponse, idempotent=True
)
LIST_MACHINE_USERS = Method(
    _OPERATOR + "ListAuthMachineUsers",
    wire.MachineUsersRequest,
    wire.ListAuthMachineUsersResponse,
    idempotent=True,
)
LIST_WORKFLOWS = Method(
    _OPERATOR + "ListWorkflows", wire.PageRequest, wire.ListWorkflowsResponse, idempotent=True
)
GET_WORKFLOW = Method(
    _OPERATOR + "GetWorkflowByName",
    wire.GetWorkflowByNameRequest,
    wire.GetWorkflowResponse,
    idempotent=True,
)
LIST_EXECUTIONS = Method(
    _OPERATOR + "ListWorkflowExecutions",
    wire.ListExecutionsRequest,
    wire.ListExecutionsResponse,
    idempotent=True,
)
COUNT_EXECUTIONS = Method(
    _OPERATOR + "ListWorkflowExecutions",
    wire.ListExecutionsRequest,
    wire.CountExecutionsResponse,
    idempotent=True,
)
GET_EXECUTION = Method(
    _OPERATOR + "GetWorkflowExecution",
    wire.ExecutionRequest,
    wire.GetExecutionResponse,
    idempotent=True,
)
GET_FUNCTION_EXECUTION = Method(
    _OPERATOR + "GetFunctionExecution",
    wire.ExecutionRequest,
    wire.GetFunctionExecutionResponse,
    idempotent=True,
)
LIST_FUNCTION_EXECUTIONS = Method(
    _OPERATOR + "ListFunctionExecutions",
    wire.ListFunctionExecutionsRequest,
    wire.ListFunctionExecutionsResponse,
    idempotent=True,
)

# ── tailor.v1: changes, each in the newer and in the older name ──────────────────────────────────

START_WORKFLOW = Method(
    _OPERATOR + "StartWorkflow", wire.StartWorkflowRequest, wire.ExecutionIdResponse
)
TEST_START_WORKFLOW = Method(
    _OPERATOR + "TestStartWorkflow", wire.StartWorkflowRequest, wire.ExecutionIdResponse
)
RESUME_EXECUTION = Method(
    _OPERATOR + "ResumeWorkflowExecution",
    wire.ExecutionRequest,
    wire.ExecutionIdResponse,
    refusals=_RESUME_REFUSALS,
)
TEST_RESUME = Method(
    _OPERATOR + "TestResumeWorkflow",
    wire.ExecutionRequest,
    wire.ExecutionIdResponse,
    refusals=_RESUME_REFUSALS,
)

# ── wfc.v1 ───────────────────────────────────────────────────────────────────────────────────────

GET_CAPABILITIES = Method(
    _CONSOLE + "GetCapabilities",
    console.WorkspaceRequest,
    console.CapabilitiesResponse,
    idempotent=True,
)
GET_COUNTS = Method(
    _CONSOLE + "GetCounts", console.CountsRequest, console.CountsResponse, idempotent=True
)
CHANGES = Method(
    _CONSOLE + "Changes", console.ChangesRequest, console.ChangesResponse, idempotent=True
)
LIST_ATTEMPTS = Method(
    _CONSOLE + "ListAttempts",
    console.ActionRequest,
    console.ListAttemptsResponse,
    idempotent=True,
)
READ_LOG = Method(
    _CONSOLE + "ReadLog", console.ReadLogRequest, console.ReadLogResponse, idempotent=True
)
LIST_WAIT_POINTS = Method(
    _CONSOLE + "ListWaitPoints",
    console.ActionRequest,
    console.ListWaitPointsResponse,
    idempotent=True,
)
START = Method(_CONSOLE + "Start", console.StartRequest, wire.ExecutionIdResponse)
RESUME = Method(
    _CONSOLE + "Resume",
    console.ActionRequest,
    wire.ExecutionIdResponse,
    refusals=_RESUME_REFUSALS,
)
CANCEL = Method(_CONSOLE + "Cancel", console.ActionRequest, console.Done, refusals=_STATE_REFUSALS)
RESOLVE = Method(
    _CONSOLE + "Resolve", console.ResolveRequest, console.Done, refusals=_STATE_REFUSALS
)
