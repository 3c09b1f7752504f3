"""Messages of `wfc.v1`, our server's second service, as far as the console needs them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from console.backend.tailor.lenient import (
    Answer,
    Flag,
    Identifier,
    OnError,
    Optionally,
    Rows,
    Text,
    Time,
    Whole,
)
from console.backend.tailor.request import Request
from console.backend.tailor.wire import Execution


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceRequest(Request):
    """Asks about a workspace; empty takes the server's only one."""

    workspace_id: str = ""


class CapabilitiesResponse(Answer):
    """What the server says of itself."""

    server: Text = ""
    project: Text = ""
    features: Annotated[tuple[Text, ...], OnError(())] = ()
    is_local: Flag = False
    role: Text = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountsRequest(WorkspaceRequest):
    """Asks how many executions there are in each state."""

    since: datetime | None = None


class CountsResponse(Answer):
    """Counts by the state's name without prefix."""

    by_status: dict[str, Whole] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesRequest(WorkspaceRequest):
    """Asks what changed since a cursor."""

    cursor: str = ""
    limit: int = 0


class ChangesResponse(Answer):
    """What changed."""

    changed: Rows[Execution] = None
    gone: Annotated[tuple[Text, ...], OnError(())] = ()
    cursor: Identifier
    """From where to go on; without it the same would be asked again and again."""
    reset: Flag = False


class Error(Answer):
    """Why an attempt failed."""

    type: Text = ""
    message: Text = ""
    traceback: Text = ""
    kind: Text = ""


class ExecutionAttempt(Answer):
    """The first run of an execution, or one after it."""

    number: Whole = 0
    status: Text = ""
    started_at: Time = None
    finished_at: Time = None
    error: Optionally[Error] = None
    actor: Text = ""
    reason: Text = ""


class JobAttempt(Answer):
    """One attempt of a job execution."""

    job_execution_id: Text = ""
    function_execution_id: Text = ""
    stacked_job_name: Text = ""
    turn: Whole = 0
    attempt: Whole = 0
    status: Text = ""
    started_at: Time = None
    finished_at: Time = None
    error: Optionally[Error] = None
    input: Text = ""


class ListAttemptsResponse(Answer):
    """Everything that was tried for an execution."""

    attempts: Rows[ExecutionAttempt] = None
    jobs: Rows[JobAttempt] = None
    input: Text = ""
    invoker: Text = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaRequest(WorkspaceRequest):
    """Asks what a workflow's argument, or the answer to a wait point, has to be."""

    workflow_name: str = ""
    wait_point_key: str = ""


class SchemaResponse(Answer):
    """A JSON schema as JSON text."""

    json_schema: Text = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLogRequest(WorkspaceRequest):
    """Asks for bytes of a log."""

    function_execution_id: str
    offset: int = 0
    limit: int = 0


class ReadLogResponse(Answer):
    """Bytes of a log, in base64."""

    data: str = ""
    next_offset: Whole = 0
    size: Whole = 0
    eof: Flag = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StartRequest(WorkspaceRequest):
    """Starts a workflow under an id made by the caller."""

    workflow_name: str
    machine_user_name: str = ""
    arg: str | None = None
    execution_id: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRequest(WorkspaceRequest):
    """Resumes or cancels an execution, or reads what belongs to it."""

    execution_id: str
    reason: str = ""


class Done(Answer):
    """The action was taken."""


class WaitPoint(Answer):
    """A place where an execution is parked, or was."""

    key: Identifier
    turn: Whole = 0
    stacked_job_name: Text = ""
    payload: Text = ""
    created_at: Time = None
    resolved_at: Time = None
    result: Text = ""
    actor: Text = ""
    reason: Text = ""


class ListWaitPointsResponse(Answer):
    """The wait points of an execution."""

    wait_points: Rows[WaitPoint] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveRequest(ActionRequest):
    """Answers a wait point."""

    key: str
    result: str
    turn: int | None = None
