# mypy: disable-error-code="type-arg,no-untyped-def"
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from console.server.proto.tailor.v1 import workflow_pb2 as _workflow_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class GetCapabilitiesRequest(_message.Message):
    __slots__ = ("workspace_id",)
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    def __init__(self, workspace_id: _Optional[str] = ...) -> None: ...

class GetCapabilitiesResponse(_message.Message):
    __slots__ = ("server", "project", "features", "is_local", "role")
    SERVER_FIELD_NUMBER: _ClassVar[int]
    PROJECT_FIELD_NUMBER: _ClassVar[int]
    FEATURES_FIELD_NUMBER: _ClassVar[int]
    IS_LOCAL_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    server: str
    project: str
    features: _containers.RepeatedScalarFieldContainer[str]
    is_local: bool
    role: str
    def __init__(self, server: _Optional[str] = ..., project: _Optional[str] = ..., features: _Optional[_Iterable[str]] = ..., is_local: bool = ..., role: _Optional[str] = ...) -> None: ...

class GetCountsRequest(_message.Message):
    __slots__ = ("workspace_id", "since")
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    since: _timestamp_pb2.Timestamp
    def __init__(self, workspace_id: _Optional[str] = ..., since: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class GetCountsResponse(_message.Message):
    __slots__ = ("by_status",)
    class ByStatusEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    BY_STATUS_FIELD_NUMBER: _ClassVar[int]
    by_status: _containers.ScalarMap[str, int]
    def __init__(self, by_status: _Optional[_Mapping[str, int]] = ...) -> None: ...

class ChangesRequest(_message.Message):
    __slots__ = ("workspace_id", "cursor", "limit")
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    cursor: str
    limit: int
    def __init__(self, workspace_id: _Optional[str] = ..., cursor: _Optional[str] = ..., limit: _Optional[int] = ...) -> None: ...

class ChangesResponse(_message.Message):
    __slots__ = ("changed", "gone", "cursor", "reset")
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    GONE_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    RESET_FIELD_NUMBER: _ClassVar[int]
    changed: _containers.RepeatedCompositeFieldContainer[_workflow_pb2.WorkflowExecution]
    gone: _containers.RepeatedScalarFieldContainer[str]
    cursor: str
    reset: bool
    def __init__(self, changed: _Optional[_Iterable[_Union[_workflow_pb2.WorkflowExecution, _Mapping]]] = ..., gone: _Optional[_Iterable[str]] = ..., cursor: _Optional[str] = ..., reset: bool = ...) -> None: ...

class Error(_message.Message):
    __slots__ = ("type", "message", "traceback", "kind")
    TYPE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    TRACEBACK_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    type: str
    message: str
    traceback: str
    kind: str
    def __init__(self, type: _Optional[str] = ..., message: _Optional[str] = ..., traceback: _Optional[str] = ..., kind: _Optional[str] = ...) -> None: ...

class ExecutionAttempt(_message.Message):
    __slots__ = ("number", "status", "started_at", "finished_at", "error", "actor", "reason")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    STARTED_AT_FIELD_NUMBER: _ClassVar[int]
    FINISHED_AT_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    number: int
    status: str
    started_at: _timestamp_pb2.Timestamp
    finished_at: _timestamp_pb2.Timestamp
    error: Error
    actor: str
    reason: str
    def __init__(self, number: _Optional[int] = ..., status: _Optional[str] = ..., started_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., finished_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., error: _Optional[_Union[Error, _Mapping]] = ..., actor: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class JobAttempt(_message.Message):
    __slots__ = ("job_execution_id", "function_execution_id", "stacked_job_name", "turn", "attempt", "status", "started_at", "finished_at", "error", "input")
    JOB_EXECUTION_ID_FIELD_NUMBER: _ClassVar[int]
    FUNCTION_EXECUTION_ID_FIELD_NUMBER: _ClassVar[int]
    STACKED_JOB_NAME_FIELD_NUMBER: _ClassVar[int]
    TURN_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    STARTED_AT_FIELD_NUMBER: _ClassVar[int]
    FINISHED_AT_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    INPUT_FIELD_NUMBER: _ClassVar[int]
    job_execution_id: str
    function_execution_id: str
    stacked_job_name: str
    turn: int
    attempt: int
    status: str
    started_at: _timestamp_pb2.Timestamp
    finished_at: _timestamp_pb2.Timestamp
    error: Error
    input: str
    def __init__(self, job_execution_id: _Optional[str] = ..., function_execution_id: _Optional[str] = ..., stacked_job_name: _Optional[str] = ..., turn: _Optional[int] = ..., attempt: _Optional[int] = ..., status: _Optional[str] = ..., started_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., finished_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., error: _Optional[_Union[Error, _Mapping]] = ..., input: _Optional[str] = ...) -> None: ...

class ListAttemptsRequest(_message.Message):
    __slots__ = ("workspace_id", "execution_id")
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    EXECUTION_ID_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    execution_id: str
    def __init__(self, workspace_id: _Optional[str] = ..., execution_id: _Optional[str] = ...) -> None: ...

class ListAttemptsResponse(_message.Message):
    __slots__ = ("attempts", "jobs", "input", "invoker")
    ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    JOBS_FIELD_NUMBER: _ClassVar[int]
    INPUT_FIELD_NUMBER: _ClassVar[int]
    INVOKER_FIELD_NUMBER: _ClassVar[int]
    attempts: _containers.RepeatedCompositeFieldContainer[ExecutionAttempt]
    jobs: _containers.RepeatedCompositeFieldContainer[JobAttempt]
    input: str
    invoker: str
    def __init__(self, attempts: _Optional[_Iterable[_Union[ExecutionAttempt, _Mapping]]] = ..., jobs: _Optional[_Iterable[_Union[JobAttempt, _Mapping]]] = ..., input: _Optional[str] = ..., invoker: _Optional[str] = ...) -> None: ...

class GetInputsRequest(_message.Message):
    __slots__ = ("workspace_id", "execution_id")
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    EXECUTION_ID_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    execution_id: str
    def __init__(self, workspace_id: _Optional[str] = ..., execution_id: _Optional[str] = ...) -> None: ...

class GetInputsResponse(_message.Message):
    __slots__ = ("input", "jobs")
    class JobsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    INPUT_FIELD_NUMBER: _ClassVar[int]
    JOBS_FIELD_NUMBER: _ClassVar[int]
    input: str
    jobs: _containers.ScalarMap[str, str]
    def __init__(self, input: _Optional[str] = ..., jobs: _Optional[_Mapping[str, str]] = ...) -> None: ...

class ReadLogRequest(_message.Message):
    __slots__ = ("workspace_id", "function_execution_id", "offset", "limit")
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    FUNCTION_EXECUTION_ID_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    function_execution_id: str
    offset: int
    limit: int
    def __init__(self, workspace_id: _Optional[str] = ..., function_execution_id: _Optional[str] = ..., offset: _Optional[int] = ..., limit: _Optional[int] = ...) -> None: ...

class ReadLogResponse(_message.Message):
    __slots__ = ("data", "next_offset", "size", "eof")
    DATA_FIELD_NUMBER: _ClassVar[int]
    NEXT_OFFSET_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    EOF_FIELD_NUMBER: _ClassVar[int]
    data: bytes
    next_offset: int
    size: int
    eof: bool
    def __init__(self, data: _Optional[bytes] = ..., next_offset: _Optional[int] = ..., size: _Optional[int] = ..., eof: bool = ...) -> None: ...

class StartRequest(_message.Message):
    __slots__ = ("workspace_id", "workflow_name", "machine_user_name", "arg", "execution_id", "reason")
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    WORKFLOW_NAME_FIELD_NUMBER: _ClassVar[int]
    MACHINE_USER_NAME_FIELD_NUMBER: _ClassVar[int]
    ARG_FIELD_NUMBER: _ClassVar[int]
    EXECUTION_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    workflow_name: str
    machine_user_name: str
    arg: str
    execution_id: str
    reason: str
    def __init__(self, workspace_id: _Optional[str] = ..., workflow_name: _Optional[str] = ..., machine_user_name: _Optional[str] = ..., arg: _Optional[str] = ..., execution_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class StartResponse(_message.Message):
    __slots__ = ("execution_id",)
    EXECUTION_ID_FIELD_NUMBER: _ClassVar[int]
    execution_id: str
    def __init__(self, execution_id: _Optional[str] = ...) -> None: ...

class ResumeRequest(_message.Message):
    __slots__ = ("workspace_id", "execution_id", "reason")
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    EXECUTION_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    execution_id: str
    reason: str
    def __init__(self, workspace_id: _Optional[str] = ..., execution_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class ResumeResponse(_message.Message):
    __slots__ = ("execution_id",)
    EXECUTION_ID_FIELD_NUMBER: _ClassVar[int]
    execution_id: str
    def __init__(self, execution_id: _Optional[str] = ...) -> None: ...

class CancelRequest(_message.Message):
    __slots__ = ("workspace_id", "execution_id", "reason")
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    EXECUTION_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    execution_id: str
    reason: str
    def __init__(self, workspace_id: _Optional[str] = ..., execution_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class CancelResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class WaitPoint(_message.Message):
    __slots__ = ("key", "turn", "stacked_job_name", "payload", "created_at", "resolved_at", "result", "actor", "reason")
    KEY_FIELD_NUMBER: _ClassVar[int]
    TURN_FIELD_NUMBER: _ClassVar[int]
    STACKED_JOB_NAME_FIELD_NUMBER: _ClassVar[int]
    PAYLOAD_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    RESOLVED_AT_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    key: str
    turn: int
    stacked_job_name: str
    payload: str
    created_at: _timestamp_pb2.Timestamp
    resolved_at: _timestamp_pb2.Timestamp
    result: str
    actor: str
    reason: str
    def __init__(self, key: _Optional[str] = ..., turn: _Optional[int] = ..., stacked_job_name: _Optional[str] = ..., payload: _Optional[str] = ..., created_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., resolved_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., result: _Optional[str] = ..., actor: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class ListWaitPointsRequest(_message.Message):
    __slots__ = ("workspace_id", "execution_id")
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    EXECUTION_ID_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    execution_id: str
    def __init__(self, workspace_id: _Optional[str] = ..., execution_id: _Optional[str] = ...) -> None: ...

class ListWaitPointsResponse(_message.Message):
    __slots__ = ("wait_points",)
    WAIT_POINTS_FIELD_NUMBER: _ClassVar[int]
    wait_points: _containers.RepeatedCompositeFieldContainer[WaitPoint]
    def __init__(self, wait_points: _Optional[_Iterable[_Union[WaitPoint, _Mapping]]] = ...) -> None: ...

class GetSchemaRequest(_message.Message):
    __slots__ = ("workspace_id", "workflow_name", "wait_point_key")
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    WORKFLOW_NAME_FIELD_NUMBER: _ClassVar[int]
    WAIT_POINT_KEY_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    workflow_name: str
    wait_point_key: str
    def __init__(self, workspace_id: _Optional[str] = ..., workflow_name: _Optional[str] = ..., wait_point_key: _Optional[str] = ...) -> None: ...

class GetSchemaResponse(_message.Message):
    __slots__ = ("json_schema",)
    JSON_SCHEMA_FIELD_NUMBER: _ClassVar[int]
    json_schema: str
    def __init__(self, json_schema: _Optional[str] = ...) -> None: ...

class ResolveRequest(_message.Message):
    __slots__ = ("workspace_id", "execution_id", "key", "result", "turn", "reason")
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    EXECUTION_ID_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    TURN_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    execution_id: str
    key: str
    result: str
    turn: int
    reason: str
    def __init__(self, workspace_id: _Optional[str] = ..., execution_id: _Optional[str] = ..., key: _Optional[str] = ..., result: _Optional[str] = ..., turn: _Optional[int] = ..., reason: _Optional[str] = ...) -> None: ...

class ResolveResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class Worker(_message.Message):
    __slots__ = ("process_id", "started_at", "execution_id")
    PROCESS_ID_FIELD_NUMBER: _ClassVar[int]
    STARTED_AT_FIELD_NUMBER: _ClassVar[int]
    EXECUTION_ID_FIELD_NUMBER: _ClassVar[int]
    process_id: int
    started_at: _timestamp_pb2.Timestamp
    execution_id: str
    def __init__(self, process_id: _Optional[int] = ..., started_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., execution_id: _Optional[str] = ...) -> None: ...

class ListWorkersRequest(_message.Message):
    __slots__ = ("workspace_id",)
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    def __init__(self, workspace_id: _Optional[str] = ...) -> None: ...

class ListWorkersResponse(_message.Message):
    __slots__ = ("workers", "backlog")
    WORKERS_FIELD_NUMBER: _ClassVar[int]
    BACKLOG_FIELD_NUMBER: _ClassVar[int]
    workers: _containers.RepeatedCompositeFieldContainer[Worker]
    backlog: int
    def __init__(self, workers: _Optional[_Iterable[_Union[Worker, _Mapping]]] = ..., backlog: _Optional[int] = ...) -> None: ...

class ReloadRequest(_message.Message):
    __slots__ = ("workspace_id",)
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    def __init__(self, workspace_id: _Optional[str] = ...) -> None: ...

class ReloadResponse(_message.Message):
    __slots__ = ("problems", "workflows", "notes")
    PROBLEMS_FIELD_NUMBER: _ClassVar[int]
    WORKFLOWS_FIELD_NUMBER: _ClassVar[int]
    NOTES_FIELD_NUMBER: _ClassVar[int]
    problems: _containers.RepeatedScalarFieldContainer[str]
    workflows: int
    notes: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, problems: _Optional[_Iterable[str]] = ..., workflows: _Optional[int] = ..., notes: _Optional[_Iterable[str]] = ...) -> None: ...

class PruneRequest(_message.Message):
    __slots__ = ("workspace_id", "before", "dry_run")
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    BEFORE_FIELD_NUMBER: _ClassVar[int]
    DRY_RUN_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    before: _timestamp_pb2.Timestamp
    dry_run: bool
    def __init__(self, workspace_id: _Optional[str] = ..., before: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., dry_run: bool = ...) -> None: ...

class PruneResponse(_message.Message):
    __slots__ = ("executions", "before")
    EXECUTIONS_FIELD_NUMBER: _ClassVar[int]
    BEFORE_FIELD_NUMBER: _ClassVar[int]
    executions: int
    before: _timestamp_pb2.Timestamp
    def __init__(self, executions: _Optional[int] = ..., before: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
