"""Messages of `tailor.v1`, the platform's operator service, as far as the console needs them.

Field names are the protocol's; on the wire they are lowerCamelCase.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any

from console.backend.tailor.lenient import (
    Answer,
    Identifier,
    Number,
    OnError,
    Optionally,
    Rows,
    Text,
    Time,
    Whole,
)
from console.backend.tailor.request import Request

DESCENDING = "PAGE_DIRECTION_DESC"
ASCENDING = "PAGE_DIRECTION_ASC"


# ── what a filter is made of ─────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition(Request):
    """One comparison; statuses are compared by their number."""

    field: str
    operator: str
    value: str | float


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter(Request):
    """A tree: a node has a condition, or lists that all or any of must hold."""

    condition: Condition | None = None
    all_of: tuple[Filter, ...] = field(default=(), metadata={"name": "and"})
    any_of: tuple[Filter, ...] = field(default=(), metadata={"name": "or"})


# ── workspaces, applications, machine users ──────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest(Request):
    """A page of something in a workspace; for workspaces themselves without one."""

    workspace_id: str = ""
    page_token: str = ""
    page_size: int = 0
    page_direction: str = ""


class Listing(Answer):
    """A page of something."""

    next_page_token: Text = ""
    total_count: Whole = 0


class Workspace(Answer):
    """A workspace of the platform, or the one of our server."""

    id: Identifier
    name: Text = ""


class ListWorkspacesResponse(Listing):
    """The workspaces the token may see."""

    workspaces: Rows[Workspace] = None


class Application(Answer):
    """An application: what machine users belong to, by its auth namespace."""

    name: Identifier
    auth_namespace: Text = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GetApplicationRequest(Request):
    """Asks for an application by name."""

    workspace_id: str
    application_name: str


class GetApplicationResponse(Answer):
    """One application."""

    application: Application | None = None


class ListApplicationsResponse(Listing):
    """The applications of a workspace."""

    applications: Rows[Application] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineUsersRequest(PageRequest):
    """Asks for the machine users of an auth namespace."""

    auth_namespace: str


class MachineUser(Answer):
    """A machine user; its secret is on the wire and is not read."""

    name: Identifier


class ListAuthMachineUsersResponse(Listing):
    """Machine users of an auth namespace."""

    machine_users: Rows[MachineUser] = None


# ── workflows ────────────────────────────────────────────────────────────────────────────────────


class RetryPolicy(Answer):
    """How a failed execution is tried again; durations as proto3 JSON has them: `1.5s`."""

    max_retries: Whole = 0
    initial_backoff: Text = ""
    max_backoff: Text = ""
    backoff_multiplier: Number = 0.0


class ConcurrencyPolicy(Answer):
    """How many executions may run at once."""

    max_concurrent_executions: Whole = 0


class Workflow(Answer):
    """A workflow definition."""

    id: Text = ""
    name: Identifier
    main_job_function_name: Text = ""
    job_functions: Annotated[dict[str, Whole] | None, OnError(None)] = None
    created_at: Time = None
    updated_at: Time = None
    retry_policy: Optionally[RetryPolicy] = None
    concurrency_policy: Optionally[ConcurrencyPolicy] = None


class ListWorkflowsResponse(Listing):
    """A page of workflows."""

    workflows: Rows[Workflow] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GetWorkflowByNameRequest(Request):
    """Asks for a workflow by name."""

    workspace_id: str
    workflow_name: str


class GetWorkflowResponse(Answer):
    """One workflow."""

    workflow: Workflow | None = None


# ── executions ───────────────────────────────────────────────────────────────────────────────────


class JobExecution(Answer):
    """One job at one place of an execution."""

    id: Text = ""
    stacked_job_name: Text = ""
    status: Text = ""
    execution_id: Text = ""
    started_at: Time = None
    finished_at: Time = None


class Execution(Answer):
    """One run of a workflow."""

    id: Identifier
    workflow_name: Text = ""
    status: Text = ""
    job_executions: Annotated[Rows[JobExecution], OnError(None)] = None
    started_at: Time = None
    finished_at: Time = None
    retry_count: Whole = 0
    retry_after: Time = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListExecutionsRequest(PageRequest):
    """Asks for executions; `workflow_name` is the newer form of a filter by workflow."""

    filter: Filter | None = None
    workflow_name: str = ""


class ListExecutionsResponse(Listing):
    """A page of executions."""

    executions: Rows[Execution] = None


class CountExecutionsResponse(Answer):
    """The same page, of which only the total is wanted."""

    executions: list[Any] | None = None
    total_count: Whole = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionRequest(Request):
    """Names an execution, to read or to resume it; or a function execution, to read it."""

    workspace_id: str
    execution_id: str


class GetExecutionResponse(Answer):
    """One execution."""

    execution: Execution | None = None


# ── function executions ──────────────────────────────────────────────────────────────────────────


class FunctionError(Answer):
    """What a function raised, in the newer protocol."""

    name: Text = ""
    message: Text = ""


class FunctionExecution(Answer):
    """One attempt of a job."""

    id: Identifier
    status: Text = ""
    logs: Text = ""
    result: Text = ""
    error: Optionally[FunctionError] = None
    error_kind: Text = ""
    started_at: Time = None
    finished_at: Time = None


class GetFunctionExecutionResponse(Answer):
    """One function execution."""

    execution: FunctionExecution | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFunctionExecutionsRequest(PageRequest):
    """Asks for function executions by a filter."""

    filter: Filter | None = None


class ListFunctionExecutionsResponse(Answer):
    """A page of function executions."""

    executions: Rows[FunctionExecution] = None


# ── start and resume ─────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthInvoker(Request):
    """The machine user an execution is to run as."""

    namespace: str = ""
    machine_user_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartWorkflowRequest(Request):
    """Starts a workflow; `arg` is JSON text."""

    workspace_id: str
    workflow_id: str
    auth_invoker: AuthInvoker | None = None
    arg: str | None = None


class ExecutionIdResponse(Answer):
    """Names the execution that was started or resumed."""

    execution_id: Text = ""
