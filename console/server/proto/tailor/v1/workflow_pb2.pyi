# mypy: disable-error-code="type-arg,no-untyped-def"
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PageDirection(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PAGE_DIRECTION_UNSPECIFIED: _ClassVar[PageDirection]
    PAGE_DIRECTION_ASC: _ClassVar[PageDirection]
    PAGE_DIRECTION_DESC: _ClassVar[PageDirection]

class FunctionErrorKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FUNCTION_ERROR_KIND_UNSPECIFIED: _ClassVar[FunctionErrorKind]
    FUNCTION_ERROR_KIND_NONE: _ClassVar[FunctionErrorKind]
    FUNCTION_ERROR_KIND_USER_RUNTIME: _ClassVar[FunctionErrorKind]
    FUNCTION_ERROR_KIND_USER_NON_RUNTIME: _ClassVar[FunctionErrorKind]
    FUNCTION_ERROR_KIND_PLATFORM: _ClassVar[FunctionErrorKind]
PAGE_DIRECTION_UNSPECIFIED: PageDirection
PAGE_DIRECTION_ASC: PageDirection
PAGE_DIRECTION_DESC: PageDirection
FUNCTION_ERROR_KIND_UNSPECIFIED: FunctionErrorKind
FUNCTION_ERROR_KIND_NONE: FunctionErrorKind
FUNCTION_ERROR_KIND_USER_RUNTIME: FunctionErrorKind
FUNCTION_ERROR_KIND_USER_NON_RUNTIME: FunctionErrorKind
FUNCTION_ERROR_KIND_PLATFORM: FunctionErrorKind

class Filter(_message.Message):
    __slots__ = ("condition",)
    CONDITION_FIELD_NUMBER: _ClassVar[int]
    AND_FIELD_NUMBER: _ClassVar[int]
    OR_FIELD_NUMBER: _ClassVar[int]
    condition: Condition
    def __init__(self, condition: _Optional[_Union[Condition, _Mapping]] = ..., **kwargs) -> None: ...

class Condition(_message.Message):
    __slots__ = ("field", "operator", "value")
    class Operator(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        OPERATOR_UNSPECIFIED: _ClassVar[Condition.Operator]
        OPERATOR_EQ: _ClassVar[Condition.Operator]
        OPERATOR_CONTAINS: _ClassVar[Condition.Operator]
        OPERATOR_GT: _ClassVar[Condition.Operator]
        OPERATOR_GE: _ClassVar[Condition.Operator]
        OPERATOR_LT: _ClassVar[Condition.Operator]
        OPERATOR_LE: _ClassVar[Condition.Operator]
        OPERATOR_NOT_CONTAINS: _ClassVar[Condition.Operator]
    OPERATOR_UNSPECIFIED: Condition.Operator
    OPERATOR_EQ: Condition.Operator
    OPERATOR_CONTAINS: Condition.Operator
    OPERATOR_GT: Condition.Operator
    OPERATOR_GE: Condition.Operator
    OPERATOR_LT: Condition.Operator
    OPERATOR_LE: Condition.Operator
    OPERATOR_NOT_CONTAINS: Condition.Operator
    FIELD_FIELD_NUMBER: _ClassVar[int]
    OPERATOR_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    field: str
    operator: Condition.Operator
    value: _struct_pb2.Value
    def __init__(self, field: _Optional[str] = ..., operator: _Optional[_Union[Condition.Operator, str]] = ..., value: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ...) -> None: ...

class PingRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class PingResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class Workspace(_message.Message):
    __slots__ = ("id", "name", "create_time", "update_time", "region")
    ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    REGION_FIELD_NUMBER: _ClassVar[int]
    id: str
    name: str
    create_time: _timestamp_pb2.Timestamp
    update_time: _timestamp_pb2.Timestamp
    region: str
    def __init__(self, id: _Optional[str] = ..., name: _Optional[str] = ..., create_time: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., update_time: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., region: _Optional[str] = ...) -> None: ...

class ListWorkspacesRequest(_message.Message):
    __slots__ = ("page_token", "page_size", "page_direction", "view")
    class View(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        VIEW_UNSPECIFIED: _ClassVar[ListWorkspacesRequest.View]
        VIEW_ALL: _ClassVar[ListWorkspacesRequest.View]
        VIEW_PERSONAL: _ClassVar[ListWorkspacesRequest.View]
    VIEW_UNSPECIFIED: ListWorkspacesRequest.View
    VIEW_ALL: ListWorkspacesRequest.View
    VIEW_PERSONAL: ListWorkspacesRequest.View
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_DIRECTION_FIELD_NUMBER: _ClassVar[int]
    VIEW_FIELD_NUMBER: _ClassVar[int]
    page_token: str
    page_size: int
    page_direction: PageDirection
    view: ListWorkspacesRequest.View
    def __init__(self, page_token: _Optional[str] = ..., page_size: _Optional[int] = ..., page_direction: _Optional[_Union[PageDirection, str]] = ..., view: _Optional[_Union[ListWorkspacesRequest.View, str]] = ...) -> None: ...

class ListWorkspacesResponse(_message.Message):
    __slots__ = ("workspaces", "next_page_token", "total_count")
    WORKSPACES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    TOTAL_COUNT_FIELD_NUMBER: _ClassVar[int]
    workspaces: _containers.RepeatedCompositeFieldContainer[Workspace]
    next_page_token: str
    total_count: int
    def __init__(self, workspaces: _Optional[_Iterable[_Union[Workspace, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., total_count: _Optional[int] = ...) -> None: ...

class GetWorkspaceRequest(_message.Message):
    __slots__ = ("workspace_id",)
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    def __init__(self, workspace_id: _Optional[str] = ...) -> None: ...

class GetWorkspaceResponse(_message.Message):
    __slots__ = ("workspace",)
    WORKSPACE_FIELD_NUMBER: _ClassVar[int]
    workspace: Workspace
    def __init__(self, workspace: _Optional[_Union[Workspace, _Mapping]] = ...) -> None: ...

class Application(_message.Message):
    __slots__ = ("name", "domain", "auth_namespace", "create_time", "update_time", "url")
    NAME_FIELD_NUMBER: _ClassVar[int]
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    AUTH_NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    URL_FIELD_NUMBER: _ClassVar[int]
    name: str
    domain: str
    auth_namespace: str
    create_time: _timestamp_pb2.Timestamp
    update_time: _timestamp_pb2.Timestamp
    url: str
    def __init__(self, name: _Optional[str] = ..., domain: _Optional[str] = ..., auth_namespace: _Optional[str] = ..., create_time: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., update_time: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., url: _Optional[str] = ...) -> None: ...

class ListApplicationsRequest(_message.Message):
    __slots__ = ("workspace_id", "page_token", "page_size", "page_direction")
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_DIRECTION_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    page_token: str
    page_size: int
    page_direction: PageDirection
    def __init__(self, workspace_id: _Optional[str] = ..., page_token: _Optional[str] = ..., page_size: _Optional[int] = ..., page_direction: _Optional[_Union[PageDirection, str]] = ...) -> None: ...

class ListApplicationsResponse(_message.Message):
    __slots__ = ("applications", "next_page_token", "total_count")
    APPLICATIONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    TOTAL_COUNT_FIELD_NUMBER: _ClassVar[int]
    applications: _containers.RepeatedCompositeFieldContainer[Application]
    next_page_token: str
    total_count: int
    def __init__(self, applications: _Optional[_Iterable[_Union[Application, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., total_count: _Optional[int] = ...) -> None: ...

class GetApplicationRequest(_message.Message):
    __slots__ = ("workspace_id", "application_name")
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    APPLICATION_NAME_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    application_name: str
    def __init__(self, workspace_id: _Optional[str] = ..., application_name: _Optional[str] = ...) -> None: ...

class GetApplicationResponse(_message.Message):
    __slots__ = ("application",)
    APPLICATION_FIELD_NUMBER: _ClassVar[int]
    application: Application
    def __init__(self, application: _Optional[_Union[Application, _Mapping]] = ...) -> None: ...

class MachineUser(_message.Message):
    __slots__ = ("id", "name", "created_at", "updated_at")
    ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_FIELD_NUMBER: _ClassVar[int]
    id: str
    name: str
    created_at: _timestamp_pb2.Timestamp
    updated_at: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., name: _Optional[str] = ..., created_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., updated_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ListAuthMachineUsersRequest(_message.Message):
    __slots__ = ("workspace_id", "auth_namespace", "page_token", "page_size", "page_direction")
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    AUTH_NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_DIRECTION_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    auth_namespace: str
    page_token: str
    page_size: int
    page_direction: PageDirection
    def __init__(self, workspace_id: _Optional[str] = ..., auth_namespace: _Optional[str] = ..., page_token: _Optional[str] = ..., page_size: _Optional[int] = ..., page_direction: _Optional[_Union[PageDirection, str]] = ...) -> None: ...

class ListAuthMachineUsersResponse(_message.Message):
    __slots__ = ("machine_users", "next_page_token", "total_count")
    MACHINE_USERS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    TOTAL_COUNT_FIELD_NUMBER: _ClassVar[int]
    machine_users: _containers.RepeatedCompositeFieldContainer[MachineUser]
    next_page_token: str
    total_count: int
    def __init__(self, machine_users: _Optional[_Iterable[_Union[MachineUser, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., total_count: _Optional[int] = ...) -> None: ...

class GetAuthMachineUserRequest(_message.Message):
    __slots__ = ("workspace_id", "auth_namespace", "name")
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    AUTH_NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    auth_namespace: str
    name: str
    def __init__(self, workspace_id: _Optional[str] = ..., auth_namespace: _Optional[str] = ..., name: _Optional[str] = ...) -> None: ...

class GetAuthMachineUserResponse(_message.Message):
    __slots__ = ("machine_user",)
    MACHINE_USER_FIELD_NUMBER: _ClassVar[int]
    machine_user: MachineUser
    def __init__(self, machine_user: _Optional[_Union[MachineUser, _Mapping]] = ...) -> None: ...

class AuthInvoker(_message.Message):
    __slots__ = ("namespace", "machine_user_name")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    MACHINE_USER_NAME_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    machine_user_name: str
    def __init__(self, namespace: _Optional[str] = ..., machine_user_name: _Optional[str] = ...) -> None: ...

class ConcurrencyPolicy(_message.Message):
    __slots__ = ("max_concurrent_executions",)
    MAX_CONCURRENT_EXECUTIONS_FIELD_NUMBER: _ClassVar[int]
    max_concurrent_executions: int
    def __init__(self, max_concurrent_executions: _Optional[int] = ...) -> None: ...

class RetryPolicy(_message.Message):
    __slots__ = ("max_retries", "initial_backoff", "max_backoff", "backoff_multiplier")
    MAX_RETRIES_FIELD_NUMBER: _ClassVar[int]
    INITIAL_BACKOFF_FIELD_NUMBER: _ClassVar[int]
    MAX_BACKOFF_FIELD_NUMBER: _ClassVar[int]
    BACKOFF_MULTIPLIER_FIELD_NUMBER: _ClassVar[int]
    max_retries: int
    initial_backoff: _duration_pb2.Duration
    max_backoff: _duration_pb2.Duration
    backoff_multiplier: float
    def __init__(self, max_retries: _Optional[int] = ..., initial_backoff: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., max_backoff: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., backoff_multiplier: _Optional[float] = ...) -> None: ...

class Workflow(_message.Message):
    __slots__ = ("id", "name", "main_job_function_name", "job_functions", "created_at", "updated_at", "retry_policy", "concurrency_policy")
    class JobFunctionsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    MAIN_JOB_FUNCTION_NAME_FIELD_NUMBER: _ClassVar[int]
    JOB_FUNCTIONS_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_FIELD_NUMBER: _ClassVar[int]
    RETRY_POLICY_FIELD_NUMBER: _ClassVar[int]
    CONCURRENCY_POLICY_FIELD_NUMBER: _ClassVar[int]
    id: str
    name: str
    main_job_function_name: str
    job_functions: _containers.ScalarMap[str, int]
    created_at: _timestamp_pb2.Timestamp
    updated_at: _timestamp_pb2.Timestamp
    retry_policy: RetryPolicy
    concurrency_policy: ConcurrencyPolicy
    def __init__(self, id: _Optional[str] = ..., name: _Optional[str] = ..., main_job_function_name: _Optional[str] = ..., job_functions: _Optional[_Mapping[str, int]] = ..., created_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., updated_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., retry_policy: _Optional[_Union[RetryPolicy, _Mapping]] = ..., concurrency_policy: _Optional[_Union[ConcurrencyPolicy, _Mapping]] = ...) -> None: ...

class ListWorkflowsRequest(_message.Message):
    __slots__ = ("workspace_id", "page_token", "page_size", "page_direction")
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_DIRECTION_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    page_token: str
    page_size: int
    page_direction: PageDirection
    def __init__(self, workspace_id: _Optional[str] = ..., page_token: _Optional[str] = ..., page_size: _Optional[int] = ..., page_direction: _Optional[_Union[PageDirection, str]] = ...) -> None: ...

class ListWorkflowsResponse(_message.Message):
    __slots__ = ("workflows", "next_page_token", "total_count")
    WORKFLOWS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    TOTAL_COUNT_FIELD_NUMBER: _ClassVar[int]
    workflows: _containers.RepeatedCompositeFieldContainer[Workflow]
    next_page_token: str
    total_count: int
    def __init__(self, workflows: _Optional[_Iterable[_Union[Workflow, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., total_count: _Optional[int] = ...) -> None: ...

class GetWorkflowRequest(_message.Message):
    __slots__ = ("workspace_id", "workflow_id")
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    WORKFLOW_ID_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    workflow_id: str
    def __init__(self, workspace_id: _Optional[str] = ..., workflow_id: _Optional[str] = ...) -> None: ...

class GetWorkflowResponse(_message.Message):
    __slots__ = ("workflow",)
    WORKFLOW_FIELD_NUMBER: _ClassVar[int]
    workflow: Workflow
    def __init__(self, workflow: _Optional[_Union[Workflow, _Mapping]] = ...) -> None: ...

class GetWorkflowByNameRequest(_message.Message):
    __slots__ = ("workspace_id", "workflow_name")
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    WORKFLOW_NAME_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    workflow_name: str
    def __init__(self, workspace_id: _Optional[str] = ..., workflow_name: _Optional[str] = ...) -> None: ...

class GetWorkflowByNameResponse(_message.Message):
    __slots__ = ("workflow",)
    WORKFLOW_FIELD_NUMBER: _ClassVar[int]
    workflow: Workflow
    def __init__(self, workflow: _Optional[_Union[Workflow, _Mapping]] = ...) -> None: ...

class WorkflowExecution(_message.Message):
    __slots__ = ("id", "workflow_name", "status", "job_executions", "started_at", "finished_at", "retry_count", "retry_after")
    class Status(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        STATUS_UNSPECIFIED: _ClassVar[WorkflowExecution.Status]
        STATUS_PENDING: _ClassVar[WorkflowExecution.Status]
        STATUS_PENDING_RESUME: _ClassVar[WorkflowExecution.Status]
        STATUS_RUNNING: _ClassVar[WorkflowExecution.Status]
        STATUS_SUCCESS: _ClassVar[WorkflowExecution.Status]
        STATUS_FAILED: _ClassVar[WorkflowExecution.Status]
        STATUS_PENDING_RETRY: _ClassVar[WorkflowExecution.Status]
        STATUS_WAITING: _ClassVar[WorkflowExecution.Status]
        STATUS_CANCELED: _ClassVar[WorkflowExecution.Status]
    STATUS_UNSPECIFIED: WorkflowExecution.Status
    STATUS_PENDING: WorkflowExecution.Status
    STATUS_PENDING_RESUME: WorkflowExecution.Status
    STATUS_RUNNING: WorkflowExecution.Status
    STATUS_SUCCESS: WorkflowExecution.Status
    STATUS_FAILED: WorkflowExecution.Status
    STATUS_PENDING_RETRY: WorkflowExecution.Status
    STATUS_WAITING: WorkflowExecution.Status
    STATUS_CANCELED: WorkflowExecution.Status
    ID_FIELD_NUMBER: _ClassVar[int]
    WORKFLOW_NAME_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    JOB_EXECUTIONS_FIELD_NUMBER: _ClassVar[int]
    STARTED_AT_FIELD_NUMBER: _ClassVar[int]
    FINISHED_AT_FIELD_NUMBER: _ClassVar[int]
    RETRY_COUNT_FIELD_NUMBER: _ClassVar[int]
    RETRY_AFTER_FIELD_NUMBER: _ClassVar[int]
    id: str
    workflow_name: str
    status: WorkflowExecution.Status
    job_executions: _containers.RepeatedCompositeFieldContainer[WorkflowJobExecution]
    started_at: _timestamp_pb2.Timestamp
    finished_at: _timestamp_pb2.Timestamp
    retry_count: int
    retry_after: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., workflow_name: _Optional[str] = ..., status: _Optional[_Union[WorkflowExecution.Status, str]] = ..., job_executions: _Optional[_Iterable[_Union[WorkflowJobExecution, _Mapping]]] = ..., started_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., finished_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., retry_count: _Optional[int] = ..., retry_after: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class WorkflowJobExecution(_message.Message):
    __slots__ = ("id", "stacked_job_name", "status", "execution_id", "started_at", "finished_at")
    class Status(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        STATUS_UNSPECIFIED: _ClassVar[WorkflowJobExecution.Status]
        STATUS_RUNNING: _ClassVar[WorkflowJobExecution.Status]
        STATUS_SUSPEND: _ClassVar[WorkflowJobExecution.Status]
        STATUS_SUCCESS: _ClassVar[WorkflowJobExecution.Status]
        STATUS_FAILED: _ClassVar[WorkflowJobExecution.Status]
        STATUS_WAITING: _ClassVar[WorkflowJobExecution.Status]
        STATUS_CANCELED: _ClassVar[WorkflowJobExecution.Status]
    STATUS_UNSPECIFIED: WorkflowJobExecution.Status
    STATUS_RUNNING: WorkflowJobExecution.Status
    STATUS_SUSPEND: WorkflowJobExecution.Status
    STATUS_SUCCESS: WorkflowJobExecution.Status
    STATUS_FAILED: WorkflowJobExecution.Status
    STATUS_WAITING: WorkflowJobExecution.Status
    STATUS_CANCELED: WorkflowJobExecution.Status
    ID_FIELD_NUMBER: _ClassVar[int]
    STACKED_JOB_NAME_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    EXECUTION_ID_FIELD_NUMBER: _ClassVar[int]
    STARTED_AT_FIELD_NUMBER: _ClassVar[int]
    FINISHED_AT_FIELD_NUMBER: _ClassVar[int]
    id: str
    stacked_job_name: str
    status: WorkflowJobExecution.Status
    execution_id: str
    started_at: _timestamp_pb2.Timestamp
    finished_at: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., stacked_job_name: _Optional[str] = ..., status: _Optional[_Union[WorkflowJobExecution.Status, str]] = ..., execution_id: _Optional[str] = ..., started_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., finished_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ListWorkflowExecutionsRequest(_message.Message):
    __slots__ = ("workspace_id", "page_token", "page_size", "page_direction", "filter", "workflow_name")
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_DIRECTION_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    WORKFLOW_NAME_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    page_token: str
    page_size: int
    page_direction: PageDirection
    filter: Filter
    workflow_name: str
    def __init__(self, workspace_id: _Optional[str] = ..., page_token: _Optional[str] = ..., page_size: _Optional[int] = ..., page_direction: _Optional[_Union[PageDirection, str]] = ..., filter: _Optional[_Union[Filter, _Mapping]] = ..., workflow_name: _Optional[str] = ...) -> None: ...

class ListWorkflowExecutionsResponse(_message.Message):
    __slots__ = ("executions", "next_page_token", "total_count")
    EXECUTIONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    TOTAL_COUNT_FIELD_NUMBER: _ClassVar[int]
    executions: _containers.RepeatedCompositeFieldContainer[WorkflowExecution]
    next_page_token: str
    total_count: int
    def __init__(self, executions: _Optional[_Iterable[_Union[WorkflowExecution, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., total_count: _Optional[int] = ...) -> None: ...

class GetWorkflowExecutionRequest(_message.Message):
    __slots__ = ("workspace_id", "execution_id")
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    EXECUTION_ID_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    execution_id: str
    def __init__(self, workspace_id: _Optional[str] = ..., execution_id: _Optional[str] = ...) -> None: ...

class GetWorkflowExecutionResponse(_message.Message):
    __slots__ = ("execution",)
    EXECUTION_FIELD_NUMBER: _ClassVar[int]
    execution: WorkflowExecution
    def __init__(self, execution: _Optional[_Union[WorkflowExecution, _Mapping]] = ...) -> None: ...

class FunctionErrorInfo(_message.Message):
    __slots__ = ("name", "message")
    NAME_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    name: str
    message: str
    def __init__(self, name: _Optional[str] = ..., message: _Optional[str] = ...) -> None: ...

class FunctionExecution(_message.Message):
    __slots__ = ("id", "workspace_id", "script_name", "status", "logs", "started_at", "finished_at", "type", "result", "error", "error_kind")
    class Status(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        STATUS_UNSPECIFIED: _ClassVar[FunctionExecution.Status]
        STATUS_SUCCESS: _ClassVar[FunctionExecution.Status]
        STATUS_FAILED: _ClassVar[FunctionExecution.Status]
        STATUS_RUNNING: _ClassVar[FunctionExecution.Status]
    STATUS_UNSPECIFIED: FunctionExecution.Status
    STATUS_SUCCESS: FunctionExecution.Status
    STATUS_FAILED: FunctionExecution.Status
    STATUS_RUNNING: FunctionExecution.Status
    class Type(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        TYPE_UNSPECIFIED: _ClassVar[FunctionExecution.Type]
        TYPE_STANDARD: _ClassVar[FunctionExecution.Type]
        TYPE_JOB: _ClassVar[FunctionExecution.Type]
    TYPE_UNSPECIFIED: FunctionExecution.Type
    TYPE_STANDARD: FunctionExecution.Type
    TYPE_JOB: FunctionExecution.Type
    ID_FIELD_NUMBER: _ClassVar[int]
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    SCRIPT_NAME_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    LOGS_FIELD_NUMBER: _ClassVar[int]
    STARTED_AT_FIELD_NUMBER: _ClassVar[int]
    FINISHED_AT_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    ERROR_KIND_FIELD_NUMBER: _ClassVar[int]
    id: str
    workspace_id: str
    script_name: str
    status: FunctionExecution.Status
    logs: str
    started_at: _timestamp_pb2.Timestamp
    finished_at: _timestamp_pb2.Timestamp
    type: FunctionExecution.Type
    result: str
    error: FunctionErrorInfo
    error_kind: FunctionErrorKind
    def __init__(self, id: _Optional[str] = ..., workspace_id: _Optional[str] = ..., script_name: _Optional[str] = ..., status: _Optional[_Union[FunctionExecution.Status, str]] = ..., logs: _Optional[str] = ..., started_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., finished_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., type: _Optional[_Union[FunctionExecution.Type, str]] = ..., result: _Optional[str] = ..., error: _Optional[_Union[FunctionErrorInfo, _Mapping]] = ..., error_kind: _Optional[_Union[FunctionErrorKind, str]] = ...) -> None: ...

class ListFunctionExecutionsRequest(_message.Message):
    __slots__ = ("workspace_id", "page_token", "page_size", "page_direction", "filter", "sort_by")
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_DIRECTION_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    SORT_BY_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    page_token: str
    page_size: int
    page_direction: PageDirection
    filter: Filter
    sort_by: str
    def __init__(self, workspace_id: _Optional[str] = ..., page_token: _Optional[str] = ..., page_size: _Optional[int] = ..., page_direction: _Optional[_Union[PageDirection, str]] = ..., filter: _Optional[_Union[Filter, _Mapping]] = ..., sort_by: _Optional[str] = ...) -> None: ...

class ListFunctionExecutionsResponse(_message.Message):
    __slots__ = ("executions", "next_page_token", "total_count")
    EXECUTIONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    TOTAL_COUNT_FIELD_NUMBER: _ClassVar[int]
    executions: _containers.RepeatedCompositeFieldContainer[FunctionExecution]
    next_page_token: str
    total_count: int
    def __init__(self, executions: _Optional[_Iterable[_Union[FunctionExecution, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., total_count: _Optional[int] = ...) -> None: ...

class GetFunctionExecutionRequest(_message.Message):
    __slots__ = ("workspace_id", "execution_id")
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    EXECUTION_ID_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    execution_id: str
    def __init__(self, workspace_id: _Optional[str] = ..., execution_id: _Optional[str] = ...) -> None: ...

class GetFunctionExecutionResponse(_message.Message):
    __slots__ = ("execution",)
    EXECUTION_FIELD_NUMBER: _ClassVar[int]
    execution: FunctionExecution
    def __init__(self, execution: _Optional[_Union[FunctionExecution, _Mapping]] = ...) -> None: ...

class StartWorkflowRequest(_message.Message):
    __slots__ = ("workspace_id", "workflow_id", "auth_invoker", "arg")
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    WORKFLOW_ID_FIELD_NUMBER: _ClassVar[int]
    AUTH_INVOKER_FIELD_NUMBER: _ClassVar[int]
    ARG_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    workflow_id: str
    auth_invoker: AuthInvoker
    arg: str
    def __init__(self, workspace_id: _Optional[str] = ..., workflow_id: _Optional[str] = ..., auth_invoker: _Optional[_Union[AuthInvoker, _Mapping]] = ..., arg: _Optional[str] = ...) -> None: ...

class StartWorkflowResponse(_message.Message):
    __slots__ = ("execution_id",)
    EXECUTION_ID_FIELD_NUMBER: _ClassVar[int]
    execution_id: str
    def __init__(self, execution_id: _Optional[str] = ...) -> None: ...

class TestStartWorkflowRequest(_message.Message):
    __slots__ = ("workspace_id", "workflow_id", "auth_invoker", "arg")
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    WORKFLOW_ID_FIELD_NUMBER: _ClassVar[int]
    AUTH_INVOKER_FIELD_NUMBER: _ClassVar[int]
    ARG_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    workflow_id: str
    auth_invoker: AuthInvoker
    arg: str
    def __init__(self, workspace_id: _Optional[str] = ..., workflow_id: _Optional[str] = ..., auth_invoker: _Optional[_Union[AuthInvoker, _Mapping]] = ..., arg: _Optional[str] = ...) -> None: ...

class TestStartWorkflowResponse(_message.Message):
    __slots__ = ("execution_id",)
    EXECUTION_ID_FIELD_NUMBER: _ClassVar[int]
    execution_id: str
    def __init__(self, execution_id: _Optional[str] = ...) -> None: ...

class ResumeWorkflowExecutionRequest(_message.Message):
    __slots__ = ("workspace_id", "execution_id")
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    EXECUTION_ID_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    execution_id: str
    def __init__(self, workspace_id: _Optional[str] = ..., execution_id: _Optional[str] = ...) -> None: ...

class ResumeWorkflowExecutionResponse(_message.Message):
    __slots__ = ("execution_id",)
    EXECUTION_ID_FIELD_NUMBER: _ClassVar[int]
    execution_id: str
    def __init__(self, execution_id: _Optional[str] = ...) -> None: ...

class TestResumeWorkflowRequest(_message.Message):
    __slots__ = ("workspace_id", "execution_id")
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    EXECUTION_ID_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    execution_id: str
    def __init__(self, workspace_id: _Optional[str] = ..., execution_id: _Optional[str] = ...) -> None: ...

class TestResumeWorkflowResponse(_message.Message):
    __slots__ = ("execution_id",)
    EXECUTION_ID_FIELD_NUMBER: _ClassVar[int]
    execution_id: str
    def __init__(self, execution_id: _Optional[str] = ...) -> None: ...
