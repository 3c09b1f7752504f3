"""Workspaces, definitions, executions and the runs of jobs: listed, paged, filtered, looked up."""

from __future__ import annotations

import json
from typing import Any

import pytest

from console.server.proto.tailor.v1 import workflow_pb2 as pb
from tests.conformance.service import OPERATOR, STRANGER, Service

READS = ("ListWorkflows", "ListWorkflowExecutions", "ListApplications")


@pytest.mark.parametrize("encoding", ["json", "proto"])
def test_a_workspace_is_listed_and_looked_up(service: Service, encoding: str) -> None:
    listed = service.call("ListWorkspaces", encoding).workspaces
    (mine,) = [one for one in listed if one.id == service.workspace]
    assert service.call("GetWorkspace", encoding).workspace.name == mine.name


@pytest.mark.parametrize("method", READS)
def test_another_workspace_is_refused_unless_the_server_is_open(
    service: Service, method: str
) -> None:
    for encoding in ("json", "proto"):
        if service.is_open:
            service.call(method, encoding, workspaceId=STRANGER)
        else:
            code = service.refusal(method, encoding, workspaceId=STRANGER)
            assert code in ("not_found", "permission_denied")
        for wrong in ("", "mine"):
            assert service.refusal(method, encoding, workspaceId=wrong) == "invalid_argument"


def test_pages_of_workflows_are_the_whole_list(service: Service) -> None:
    whole = service.call("ListWorkflows")
    names = [workflow.name for workflow in whole.workflows]
    assert len(set(names)) == len(names) and whole.total_count >= len(names)
    if whole.next_page_token:
        pytest.skip("it has more workflows than one page")
    pages = service.pages("ListWorkflows", "workflows", pageSize=1)
    assert [[workflow.name] for workflow in whole.workflows] == [
        [workflow.name for workflow in page] for page in pages
    ]


@pytest.mark.parametrize("encoding", ["json", "proto"])
def test_a_workflow_is_found_by_its_name_and_by_its_id(service: Service, encoding: str) -> None:
    for workflow in service.call("ListWorkflows", encoding).workflows:
        by_name = service.call("GetWorkflowByName", encoding, workflowName=workflow.name).workflow
        by_id = service.call("GetWorkflow", encoding, workflowId=workflow.id).workflow
        assert by_name == by_id == workflow
        assert workflow.main_job_function_name in workflow.job_functions
        assert all(version >= 1 for version in workflow.job_functions.values())


def test_a_workflow_that_is_not_there_is_not_found(service: Service) -> None:
    assert service.refusal("GetWorkflowByName", workflowName="no-such-workflow") == "not_found"
    assert service.refusal("GetWorkflow", workflowId=STRANGER) == "not_found"
    assert service.refusal("GetWorkflow", workflowId="mine") == "invalid_argument"


def _ids(answer: Any) -> list[str]:
    return [one.id for one in answer.executions]


def test_pages_of_executions_are_the_whole_list_newest_first(
    service: Service, executions: list[str]
) -> None:
    newest = service.pages("ListWorkflowExecutions", "executions", pageSize=3)
    ids = [one.id for page in newest for one in page]
    assert len(set(ids)) == len(ids) and set(executions) <= set(ids)
    assert all(len(page) == 3 for page in newest[:-1])
    oldest = service.pages(
        "ListWorkflowExecutions", "executions", pageSize=1000, pageDirection="PAGE_DIRECTION_ASC"
    )
    ascending = [one.id for page in oldest for one in page]
    assert [one for one in ascending if one in set(ids)] == ids[::-1]
    down = service.call("ListWorkflowExecutions", pageDirection="PAGE_DIRECTION_DESC", pageSize=3)
    assert _ids(down) == [one.id for one in newest[0]]
    assert down.total_count >= len(ids)


def _is(field: str, value: Any) -> dict[str, Any]:
    return {"condition": {"field": field, "operator": "OPERATOR_EQ", "value": value}}


def test_executions_are_filtered_as_the_platforms_command_does(
    service: Service, executions: list[str]
) -> None:
    one = service.execution(executions[0])
    name, number = one.workflow_name, one.status
    ways: list[dict[str, Any]] = [
        {"filter": {"and": [_is("workflow_name", name), _is("status", number)]}},
        {"filter": {"and": [_is("status", number)]}, "workflowName": name},
    ]
    for encoding in ("json", "proto"):
        for fields in ways:
            found = service.call("ListWorkflowExecutions", encoding, pageSize=1000, **fields)
            assert one.id in _ids(found), fields
            assert {e.workflow_name for e in found.executions} == {name}
            assert {e.status for e in found.executions} == {number}
    empty = service.call("ListWorkflowExecutions", filter={})
    assert _ids(empty) == _ids(service.call("ListWorkflowExecutions"))
    nothing = {"and": [_is("workflow_name", "no-such-workflow")]}
    assert _ids(service.call("ListWorkflowExecutions", filter=nothing)) == []


def test_a_page_token_is_not_taken_for_another_filter_nor_made_up(
    service: Service, executions: list[str]
) -> None:
    token = service.call("ListWorkflowExecutions", pageSize=1).next_page_token
    assert token, "there are several executions"
    other = {"and": [_is("status", 5)]}
    assert (
        service.refusal("ListWorkflowExecutions", pageToken=token, filter=other)
        == "invalid_argument"
    )
    assert service.refusal("ListWorkflowExecutions", pageToken="nonsense") == "invalid_argument"


@pytest.mark.parametrize("encoding", ["json", "proto"])
def test_an_execution_has_its_jobs_in_order_and_each_its_caller(
    service: Service, executions: list[str], encoding: str
) -> None:
    for identifier in executions:
        execution = service.call("GetWorkflowExecution", encoding, executionId=identifier).execution
        assert execution.id == identifier
        workflow = service.call("GetWorkflowByName", workflowName=execution.workflow_name).workflow
        names = [job.stacked_job_name for job in execution.job_executions]
        assert names[0] == workflow.main_job_function_name
        for number, name in enumerate(names[1:], 1):
            assert name.rpartition("/")[0] in names[:number], "a caller comes before its callees"
        assert len({job.id for job in execution.job_executions}) == len(names)
        _times(execution)
        for job in execution.job_executions:
            _times(job)
            state = pb.WorkflowJobExecution.Status.Name(job.status)
            assert state in ("STATUS_SUCCESS", "STATUS_FAILED", "STATUS_CANCELED")


def _times(one: Any) -> None:
    assert one.HasField("started_at") and one.HasField("finished_at")
    began, ended = one.started_at.ToDatetime(), one.finished_at.ToDatetime()
    assert began <= ended


def test_a_listed_execution_is_the_one_that_is_looked_up(
    service: Service, executions: list[str]
) -> None:
    listed = {one.id: one for one in service.call("ListWorkflowExecutions").executions}
    for identifier in set(executions) & set(listed):
        assert service.execution(identifier) == listed[identifier]


@pytest.mark.parametrize("encoding", ["json", "proto"])
def test_each_run_of_a_job_is_found_by_its_id(
    service: Service, executions: list[str], encoding: str
) -> None:
    for identifier in executions[:2]:
        for job in service.execution(identifier).job_executions:
            answer = service.call(
                "ListFunctionExecutions",
                encoding,
                pageSize=1,
                filter=_is("id", job.execution_id),
            )
            (found,) = answer.executions
            assert found.id == job.execution_id and answer.total_count == 1
            assert found.type == pb.FunctionExecution.TYPE_JOB
            same = service.call("GetFunctionExecution", encoding, executionId=found.id).execution
            assert same == found
            if found.status == pb.FunctionExecution.STATUS_SUCCESS:
                json.loads(found.result)
            elif found.HasField("error"):
                assert found.error.name and len(found.error.message) <= 256


def test_runs_and_executions_that_are_not_there(service: Service) -> None:
    answer = service.call("ListFunctionExecutions", filter=_is("id", STRANGER))
    assert list(answer.executions) == []
    assert service.refusal("GetFunctionExecution", executionId=STRANGER) == "not_found"
    for encoding in ("json", "proto"):
        assert (
            service.refusal("GetWorkflowExecution", encoding, executionId=STRANGER) == "not_found"
        )
        assert service.refusal("GetWorkflowExecution", encoding, executionId="x") == (
            "invalid_argument"
        )


def test_both_encodings_say_the_same(service: Service, executions: list[str]) -> None:
    asked: list[tuple[str, dict[str, Any]]] = [
        ("ListWorkspaces", {}),
        ("ListApplications", {}),
        ("ListWorkflows", {}),
        ("ListWorkflowExecutions", {"pageSize": 5}),
        ("GetWorkflowExecution", {"executionId": executions[0]}),
    ]
    for method, fields in asked:
        as_json = service.call(method, "json", **fields)
        assert as_json == service.call(method, "proto", **fields), method


def test_the_application_names_the_namespace_of_its_machine_users(service: Service) -> None:
    applications = service.call("ListApplications").applications
    for application in applications:
        same = service.call("GetApplication", applicationName=application.name).application
        assert same == application
        if application.auth_namespace:
            users = service.call("ListAuthMachineUsers", authNamespace=application.auth_namespace)
            assert users.total_count >= len(users.machine_users)
    if applications:
        wrong = service.refusal("GetApplication", applicationName="no-such-app")
        assert wrong == "not_found"


def test_an_empty_body_lists_the_workspaces(service: Service) -> None:
    answer = service.post(OPERATOR + "ListWorkspaces", b"", "application/proto")
    assert answer.status_code == 200
    assert pb.ListWorkspacesResponse.FromString(answer.content).workspaces
