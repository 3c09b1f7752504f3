"""The calls the adapter makes: path, what is sent, what comes back, what an error code means."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeVar

from pydantic import BaseModel

from console.backend.connect import Method
from console.backend.errors import BackendError, Conflict, NotResumable
from console.backend.tailor import console_wire as console
from console.backend.tailor import wire
from console.backend.tailor.request import Request

Q = TypeVar("Q", bound=Request)
A = TypeVar("A", bound=BaseModel)

_OPERATOR = "/tailor.v1.OperatorService/"
_CONSOLE = "/wfc.v1.ConsoleService/"


def _read(path: str, request: type[Q], response: type[A]) -> Method[Q, A]:
    return Method(path, request, response, idempotent=True)


def _change(
    path: str,
    request: type[Q],
    response: type[A],
    *,
    in_wrong_state: type[BackendError] = Conflict,
) -> Method[Q, A]:
    codes: Mapping[str, type[BackendError]] = {"failed_precondition": in_wrong_state}
    return Method(path, request, response, refusals=MappingProxyType(codes))


# ── tailor.v1: reads ─────────────────────────────────────────────────────────────────────────────

LIST_WORKSPACES = _read(_OPERATOR + "ListWorkspaces", wire.PageRequest, wire.ListWorkspacesResponse)
GET_APPLICATION = _read(
    _OPERATOR + "GetApplication", wire.GetApplicationRequest, wire.GetApplicationResponse
)
LIST_APPLICATIONS = _read(
    _OPERATOR + "ListApplications", wire.PageRequest, wire.ListApplicationsResponse
)
LIST_MACHINE_USERS = _read(
    _OPERATOR + "ListAuthMachineUsers", wire.MachineUsersRequest, wire.ListAuthMachineUsersResponse
)
LIST_WORKFLOWS = _read(_OPERATOR + "ListWorkflows", wire.PageRequest, wire.ListWorkflowsResponse)
GET_WORKFLOW = _read(
    _OPERATOR + "GetWorkflowByName", wire.GetWorkflowByNameRequest, wire.GetWorkflowResponse
)
LIST_EXECUTIONS = _read(
    _OPERATOR + "ListWorkflowExecutions", wire.ListExecutionsRequest, wire.ListExecutionsResponse
)
COUNT_EXECUTIONS = _read(
    _OPERATOR + "ListWorkflowExecutions", wire.ListExecutionsRequest, wire.CountExecutionsResponse
)
GET_EXECUTION = _read(
    _OPERATOR + "GetWorkflowExecution", wire.ExecutionRequest, wire.GetExecutionResponse
)
GET_FUNCTION_EXECUTION = _read(
    _OPERATOR + "GetFunctionExecution", wire.ExecutionRequest, wire.GetFunctionExecutionResponse
)
LIST_FUNCTION_EXECUTIONS = _read(
    _OPERATOR + "ListFunctionExecutions",
    wire.ListFunctionExecutionsRequest,
    wire.ListFunctionExecutionsResponse,
)

# ── tailor.v1: changes, each in the newer and in the older name ──────────────────────────────────

START_WORKFLOW = _change(
    _OPERATOR + "StartWorkflow", wire.StartWorkflowRequest, wire.ExecutionIdResponse
)
TEST_START_WORKFLOW = _change(
    _OPERATOR + "TestStartWorkflow", wire.StartWorkflowRequest, wire.ExecutionIdResponse
)
RESUME_EXECUTION = _change(
    _OPERATOR + "ResumeWorkflowExecution",
    wire.ExecutionRequest,
    wire.ExecutionIdResponse,
    in_wrong_state=NotResumable,
)
TEST_RESUME = _change(
    _OPERATOR + "TestResumeWorkflow",
    wire.ExecutionRequest,
    wire.ExecutionIdResponse,
    in_wrong_state=NotResumable,
)

# ── wfc.v1 ───────────────────────────────────────────────────────────────────────────────────────

GET_CAPABILITIES = _read(
    _CONSOLE + "GetCapabilities", console.WorkspaceRequest, console.CapabilitiesResponse
)
GET_COUNTS = _read(_CONSOLE + "GetCounts", console.CountsRequest, console.CountsResponse)
CHANGES = _read(_CONSOLE + "Changes", console.ChangesRequest, console.ChangesResponse)
LIST_ATTEMPTS = _read(
    _CONSOLE + "ListAttempts", console.ActionRequest, console.ListAttemptsResponse
)
READ_LOG = _read(_CONSOLE + "ReadLog", console.ReadLogRequest, console.ReadLogResponse)
LIST_WAIT_POINTS = _read(
    _CONSOLE + "ListWaitPoints", console.ActionRequest, console.ListWaitPointsResponse
)
GET_SCHEMA = _read(_CONSOLE + "GetSchema", console.SchemaRequest, console.SchemaResponse)
START = _change(_CONSOLE + "Start", console.StartRequest, wire.ExecutionIdResponse)
RESUME = _change(
    _CONSOLE + "Resume",
    console.ActionRequest,
    wire.ExecutionIdResponse,
    in_wrong_state=NotResumable,
)
CANCEL = _change(_CONSOLE + "Cancel", console.ActionRequest, console.Done)
RESOLVE = _change(_CONSOLE + "Resolve", console.ResolveRequest, console.Done)
