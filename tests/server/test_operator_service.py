"""The platform's service: listings with filters and pages, definitions, actions."""

from __future__ import annotations

from typing import Any

import pytest

from console.model import ids
from console.model.execution import JobError
from console.model.ids import ExecutionId
from console.model.states import ExecutionStatus, JobStatus
from console.server import convert
from console.server.proto.tailor.v1 import workflow_pb2 as pb
from tests.fakes.engine import ORDER_WORKFLOW, Action
from tests.server.serving import Served

S = ExecutionStatus
STRANGER = "0193a000-0000-7000-8000-00000000dead"


def condition(field: str, value: Any, operator: str = "OPERATOR_EQ") -> dict[str, Any]:
    return {"condition": {"field": field, "operator": operator, "value": value}}


def code_of(answer: Any) -> str:
    return str(answer.json().get("code"))


# Listings of executions


def test_executions_come_newest_first_unless_told_otherwise(server: Served) -> None:
    first = server.engine.add(identifier=ExecutionId("0193a000-0000-7000-8000-000000000001"))
    second = server.engine.add(identifier=ExecutionId("0193a000-0000-7000-8000-000000000002"))
    asked = {"": [second, first], "PAGE_DIRECTION_ASC": [first, second]}
    asked["PAGE_DIRECTION_DESC"] = [second, first]

    for direction, expected in asked.items():
        answer = server.call(
            "ListWorkflowExecutions", {"pageDirection": direction} if direction else {}
        )
        listed = [one["id"] for one in answer.json()["executions"]]
        assert listed == [one.id for one in expected], direction


def test_pages_follow_each_other_and_the_last_has_no_token(server: Served) -> None:
    added = {server.engine.add().id for _ in range(5)}
    token, seen, pages = "", [], 0
    while pages == 0 or token:
        fields = {"pageSize": 2, "pageToken": token}
        answer = server.call("ListWorkflowExecutions", fields).json()
        assert answer["totalCount"] == "5"
        seen += [one["id"] for one in answer["executions"]]
        token, pages = answer.get("nextPageToken", ""), pages + 1

    assert pages == 3
    assert len(seen) == 5 and set(seen) == added


def test_a_page_has_fifty_by_default_and_a_thousand_at_most(server: Served) -> None:
    for size in (0, 7, 100_000):
        server.call("ListWorkflowExecutions", {"pageSize": size})

    assert [query.limit for query in server.engine.queries] == [50, 7, 1000]


RUNNING, FAILED = condition("status", 3), condition("status", 5)
ORDERS = condition("workflow_name", "order-processing")


@pytest.mark.parametrize(
    ("fields", "workflow", "statuses"),
    [
        ({}, None, set()),
        ({"filter": {}}, None, set()),
        ({"workflowName": ""}, None, set()),
        ({"workflowName": "order-processing"}, "order-processing", set()),
        ({"filter": ORDERS}, "order-processing", set()),
        ({"filter": {"and": [ORDERS, RUNNING]}}, "order-processing", {S.RUNNING}),
        ({"filter": RUNNING, "workflowName": "order-processing"}, "order-processing", {S.RUNNING}),
        ({"filter": {"or": [RUNNING, FAILED]}}, None, {S.RUNNING, S.FAILED}),
        ({"filter": {"and": [{"or": [RUNNING, FAILED]}, FAILED]}}, None, {S.FAILED}),
        ({"filter": ORDERS | {"and": [RUNNING]}}, "order-processing", {S.RUNNING}),
        ({"filter": condition("status", "STATUS_WAITING")}, None, {S.WAITING}),
        ({"filter": condition("status", "CANCELED")}, None, {S.CANCELED}),
        ({"filter": condition("status", 8)}, None, {S.CANCELED}),
        ({"filter": condition("status", 6)}, None, {S.PENDING_RETRY}),
    ],
)
def test_a_filter_selects_by_name_and_state(
    server: Served, fields: dict[str, Any], workflow: str | None, statuses: set[S]
) -> None:
    answer = server.call("ListWorkflowExecutions", fields)

    assert answer.status_code == 200, answer.text
    assert server.engine.queries[-1].workflow == workflow
    assert server.engine.queries[-1].statuses == statuses


@pytest.mark.parametrize(
    "fields",
    [
        {"filter": {"and": [RUNNING, FAILED]}},
        {"filter": ORDERS, "workflowName": "nightly-report"},
        {"filter": condition("status", 0)},
    ],
)
def test_a_filter_that_nothing_can_meet_lists_nothing(
    server: Served, fields: dict[str, Any]
) -> None:
    server.engine.add()
    assert server.call("ListWorkflowExecutions", fields).json() == {}
    assert server.engine.queries == []


@pytest.mark.parametrize(
    ("wrong", "about"),
    [
        (condition("colour", "red"), "'colour'"),
        (condition("status", 99), "status"),
        (condition("status", 3.5), "status"),
        (condition("status", "SIDEWAYS"), "status"),
        (condition("status", "UNKNOWN"), "status"),
        (condition("status", None), "status"),
        (condition("status", 3, "OPERATOR_GT"), "OPERATOR_EQ"),
        (condition("status", 3, "OPERATOR_UNSPECIFIED"), "OPERATOR_EQ"),
        (condition("workflow_name", 3), "workflow_name"),
        (condition("workflow_name", "order", "OPERATOR_CONTAINS"), "OPERATOR_EQ"),
        (condition("created_at", "yesterday", "OPERATOR_GE"), "created_at"),
        (condition("created_at", 7, "OPERATOR_GE"), "created_at"),
        ({"or": [RUNNING, ORDERS]}, "same field"),
        ({"or": [ORDERS, condition("workflow_name", "nightly-report")]}, "one workflow"),
        ({"condition": {}}, "field"),
    ],
)
def test_a_filter_that_is_not_understood_is_refused_by_name(
    server: Served, wrong: dict[str, Any], about: str
) -> None:
    answer = server.call("ListWorkflowExecutions", {"filter": wrong})

    assert (answer.status_code, code_of(answer)) == (400, "invalid_argument")
    assert answer.json()["message"].startswith("filter") and about in answer.json()["message"]


def test_a_filter_may_say_since_when(server: Served) -> None:
    since = condition("created_at", "2026-11-24T03:10:20Z", "OPERATOR_GE")
    server.call("ListWorkflowExecutions", {"filter": since})

    asked = server.engine.queries[-1].since
    assert asked is not None and asked.isoformat() == "2026-11-24T03:10:20+00:00"


def test_a_foreign_page_token_is_refused(server: Served) -> None:
    for method in ("ListWorkflowExecutions", "ListWorkflows", "ListApplications"):
        answer = server.call(method, {"pageToken": "b64"})
        assert code_of(answer) == "invalid_argument", method


# Definitions, and the one workspace with its one application


def test_workflows_are_paged_by_name_in_both_directions(server: Served) -> None:
    first = server.call("ListWorkflows", {"pageSize": 1}).json()
    token = first["nextPageToken"]
    second = server.call("ListWorkflows", {"pageSize": 1, "pageToken": token}).json()
    backwards = server.call("ListWorkflows", {"pageDirection": 2}).json()
    mixed = server.call("ListWorkflows", {"pageDirection": 2, "pageToken": token})

    assert [one["name"] for one in first["workflows"]] == ["nightly-report"]
    assert [one["name"] for one in second["workflows"]] == ["order-processing"]
    assert "nextPageToken" not in second
    assert first["totalCount"] == second["totalCount"] == "2"
    assert [one["name"] for one in backwards["workflows"]] == ["order-processing", "nightly-report"]
    assert code_of(mixed) == "invalid_argument"


def test_a_workflow_is_found_by_id_and_by_name_with_its_policies(server: Served) -> None:
    by_id = server.call("GetWorkflow", {"workflowId": ORDER_WORKFLOW.upper()}).json()
    by_name = server.call("GetWorkflowByName", {"workflowName": "order-processing"}).json()

    assert by_id == by_name
    assert by_id["workflow"] == {
        "id": ORDER_WORKFLOW,
        "name": "order-processing",
        "mainJobFunctionName": "process-order",
        "jobFunctions": {"process-order": "2", "fetch-customer": "1"},
        "createdAt": "2026-11-24T03:10:20Z",
        "updatedAt": "2026-11-24T04:10:20Z",
        "retryPolicy": {
            "maxRetries": 3,
            "initialBackoff": "1.500s",
            "maxBackoff": "60s",
            "backoffMultiplier": 2.0,
        },
        "concurrencyPolicy": {"maxConcurrentExecutions": 5},
    }


@pytest.mark.parametrize(
    ("method", "fields", "code", "about"),
    [
        ("GetWorkflow", {"workflowId": STRANGER}, "not_found", STRANGER),
        ("GetWorkflow", {"workflowId": "x"}, "invalid_argument", "workflow_id"),
        ("GetWorkflowByName", {"workflowName": "no-such"}, "not_found", "no-such"),
        ("GetWorkflowByName", {"workflowName": "No Such"}, "invalid_argument", "workflow_name"),
        ("GetWorkflowByName", {}, "invalid_argument", "workflow_name"),
        ("GetWorkflowExecution", {"executionId": STRANGER}, "not_found", STRANGER),
        ("GetWorkflowExecution", {"executionId": "x"}, "invalid_argument", "execution_id"),
        ("GetFunctionExecution", {"executionId": STRANGER}, "not_found", STRANGER),
        ("GetFunctionExecution", {}, "invalid_argument", "execution_id"),
        ("GetApplication", {"applicationName": "other"}, "not_found", "other"),
        ("GetApplication", {"applicationName": "a" * 31}, "invalid_argument", "application_name"),
        ("ListAuthMachineUsers", {"authNamespace": "other"}, "not_found", "other"),
        ("ListAuthMachineUsers", {}, "invalid_argument", "auth_namespace"),
        (
            "GetAuthMachineUser",
            {"authNamespace": "my-app", "name": "root"},
            "not_found",
            "root",
        ),
        ("ListWorkflowExecutions", {"workflowName": "NO"}, "invalid_argument", "workflow_name"),
        ("ListFunctionExecutions", {}, "invalid_argument", "filter"),
        ("ListFunctionExecutions", {"filter": condition("id", 7)}, "invalid_argument", "filter"),
        ("ListFunctionExecutions", {"filter": RUNNING}, "invalid_argument", "filter"),
        ("StartWorkflow", {"workflowId": STRANGER}, "not_found", STRANGER),
        ("ResumeWorkflowExecution", {"executionId": STRANGER}, "not_found", STRANGER),
        ("TestResumeWorkflow", {"executionId": ""}, "invalid_argument", "execution_id"),
    ],
)
def test_a_wrong_or_unknown_name_is_told_by_its_field(
    server: Served, method: str, fields: dict[str, Any], code: str, about: str
) -> None:
    answer = server.call(method, fields)

    assert code_of(answer) == code
    assert about in answer.json()["message"]


def test_the_project_is_the_application_with_its_machine_users(server: Served) -> None:
    application = server.call("GetApplication", {"applicationName": "my-app"}).json()
    namespace = {"authNamespace": application["application"]["authNamespace"]}
    users = server.call("ListAuthMachineUsers", namespace).json()
    one = server.call("GetAuthMachineUser", namespace | {"name": "admin"}).json()

    assert server.call("ListApplications").json()["applications"] == [application["application"]]
    assert [user["name"] for user in users["machineUsers"]] == ["admin", "manager-machine-user"]
    assert users["totalCount"] == "2"
    assert one["machineUser"] == users["machineUsers"][0]
    assert "clientSecret" not in one["machineUser"]


# One execution and its jobs' attempts


def test_an_execution_has_its_jobs_and_the_newer_fields(server: Served) -> None:
    execution = server.engine.add(status=S.PENDING_RETRY)
    answer = server.call("GetWorkflowExecution", {"executionId": execution.id}).json()

    assert answer["execution"]["status"] == "STATUS_PENDING_RETRY"
    assert answer["execution"]["jobExecutions"][0]["stackedJobName"] == "process-order"
    assert "finishedAt" not in answer["execution"]


@pytest.mark.parametrize("status", list(S))
def test_every_state_of_an_execution_has_its_number(status: S) -> None:
    name = f"STATUS_{status}" if status is not S.UNKNOWN else "STATUS_UNSPECIFIED"
    numbers = {"WAITING": 7, "CANCELED": 8, "PENDING_RETRY": 6, "UNKNOWN": 0, "FAILED": 5}
    value = pb.WorkflowExecution.Status.Value(name)

    assert value == numbers.get(status, value)


@pytest.mark.parametrize("status", list(JobStatus))
def test_every_state_of_a_job_can_be_sent(server: Served, status: JobStatus) -> None:
    execution = server.engine.add()
    (job,) = execution.jobs
    sent = convert.job_execution(type(job)(job.id, "main", status))

    expected = "STATUS_UNSPECIFIED" if status is JobStatus.UNKNOWN else f"STATUS_{status}"
    assert pb.WorkflowJobExecution.Status.Name(sent.status) == expected


def test_a_function_execution_is_found_by_filter_as_the_command_does(server: Served) -> None:
    error = JobError("Lookup" * 40, "no customer\udcff " * 40, "Traceback", "your code")
    (job,) = server.engine.add(error=error).jobs
    asked = {"pageSize": 1, "filter": condition("id", job.function_execution_id)}
    listed = server.call("ListFunctionExecutions", asked).json()
    gotten = server.call("GetFunctionExecution", {"executionId": job.function_execution_id}).json()

    assert listed["totalCount"] == "1"
    assert listed["executions"] == [gotten["execution"]]
    assert gotten["execution"]["logs"] == "fetching\nno such customer\n"
    assert gotten["execution"]["type"] == "TYPE_JOB"
    assert gotten["execution"]["errorKind"] == "FUNCTION_ERROR_KIND_USER_RUNTIME"
    assert len(gotten["execution"]["error"]["name"]) == 128
    assert len(gotten["execution"]["error"]["message"]) == 256
    assert gotten["execution"]["error"]["message"].startswith("no customer? ")


def test_an_unknown_function_execution_lists_none(server: Served) -> None:
    answer = server.call("ListFunctionExecutions", {"filter": condition("id", STRANGER)})

    assert answer.status_code == 200
    assert answer.json() == {}


# Actions


@pytest.mark.parametrize("method", ["StartWorkflow", "TestStartWorkflow"])
def test_a_start_passes_argument_invoker_and_actor_on(server: Served, method: str) -> None:
    fields = {
        "workflowId": ORDER_WORKFLOW,
        "authInvoker": {"namespace": "my-app", "machineUserName": "admin"},
        "arg": '{"orderId":"o1"}',
    }
    answer = server.call(method, fields, headers={"wfc-actor": "ada"})

    identifier = answer.json()["executionId"]
    assert ids.created_at(identifier) is not None
    assert server.engine.actions == [
        Action("start", identifier, "ada", "", "admin", '{"orderId":"o1"}')
    ]
    assert server.engine.executions[identifier].workflow_name == "order-processing"


def test_a_start_without_argument_and_invoker_has_none(server: Served) -> None:
    server.call("StartWorkflow", {"workflowId": ORDER_WORKFLOW})

    assert server.engine.actions[0].argument is None
    assert server.engine.actions[0].invoker is None


@pytest.mark.parametrize(
    ("invoker", "code", "about"),
    [
        ({"namespace": "other", "machineUserName": "admin"}, "not_found", "other"),
        ({"machineUserName": "stranger"}, "not_found", "stranger"),
        ({"machineUserName": "No Name"}, "invalid_argument", "auth_invoker.machine_user_name"),
    ],
)
def test_a_start_as_a_stranger_starts_nothing(
    server: Served, invoker: dict[str, str], code: str, about: str
) -> None:
    fields = {"workflowId": ORDER_WORKFLOW, "authInvoker": invoker}
    answer = server.call("StartWorkflow", fields)

    assert code_of(answer) == code and about in answer.json()["message"]
    assert server.engine.actions == []


def test_an_argument_that_is_not_json_starts_nothing(server: Served) -> None:
    answer = server.call("StartWorkflow", {"workflowId": ORDER_WORKFLOW, "arg": "not json"})

    assert code_of(answer) == "invalid_argument"
    assert server.engine.actions == []


@pytest.mark.parametrize("method", ["ResumeWorkflowExecution", "TestResumeWorkflow"])
def test_a_failed_execution_is_resumed_once(server: Served, method: str) -> None:
    execution = server.engine.add()
    first = server.call(method, {"executionId": execution.id})
    second = server.call(method, {"executionId": execution.id})

    assert first.json() == {"executionId": execution.id}
    assert (second.status_code, code_of(second)) == (400, "failed_precondition")
    assert "PENDING_RESUME" in second.json()["message"]
    assert [action.verb for action in server.engine.actions] == ["resume"]
