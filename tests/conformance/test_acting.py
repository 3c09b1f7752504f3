"""Starting and resuming, by the newer names of the methods and by the older ones."""

from __future__ import annotations

import pytest

from tests.conformance.service import STRANGER, Service, Startable, status_of


@pytest.fixture
def startable(service: Service) -> Startable:
    """A workflow that may be started."""
    if not service.startable:
        pytest.skip("nothing may be started there; name --server-start")
    return service.startable[0]


@pytest.mark.parametrize("method", ["StartWorkflow", "TestStartWorkflow"])
def test_a_started_execution_is_there_at_once_and_comes_to_its_end(
    service: Service, startable: Startable, method: str
) -> None:
    identifier = service.start(startable, method)
    begun = service.execution(identifier)
    assert begun.workflow_name == startable.workflow
    newest = service.call("ListWorkflowExecutions", pageSize=5).executions
    assert identifier in [one.id for one in newest]
    execution = service.ended(identifier)
    if startable.ends:
        assert status_of(execution) == startable.ends
    assert execution.job_executions and execution.job_executions[0].execution_id


def test_what_cannot_be_started_is_refused_and_starts_nothing(
    service: Service, startable: Startable
) -> None:
    workflow = service.call("GetWorkflowByName", workflowName=startable.workflow).workflow
    namespace = service.call("ListApplications").applications[0].auth_namespace
    before = service.call("ListWorkflowExecutions").total_count
    for method in ("StartWorkflow", "TestStartWorkflow"):
        assert service.refusal(method, workflowId=STRANGER) == "not_found"
        assert service.refusal(method, workflowId="mine") == "invalid_argument"
        for argument in ("{", "nonsense", '{"a": NaN}'):
            code = service.refusal(method, workflowId=workflow.id, arg=argument)
            assert code == "invalid_argument", argument
        stranger = {"namespace": namespace, "machineUserName": "no-such-user"}
        code = service.refusal(method, workflowId=workflow.id, authInvoker=stranger)
        assert code in ("not_found", "invalid_argument", "permission_denied")
    assert service.call("ListWorkflowExecutions").total_count == before


@pytest.mark.parametrize("method", ["ResumeWorkflowExecution", "TestResumeWorkflow"])
def test_a_failed_execution_is_resumed_under_its_id_and_others_are_not(
    service: Service, method: str
) -> None:
    failing = [what for what in service.startable if what.ends == "FAILED"]
    succeeding = [what for what in service.startable if what.ends == "SUCCESS"]
    if not (failing and succeeding):
        pytest.skip("it is not known which workflow fails there")
    identifier = service.start(failing[0])
    before = service.ended(identifier)
    assert status_of(before) == "FAILED"
    assert service.call(method, executionId=identifier).execution_id == identifier
    after = service.ended(identifier)
    assert status_of(after) == "FAILED"
    done = {job.id: job for job in before.job_executions if job.status == 3}
    again = {job.id: job for job in after.job_executions}
    assert done and all(again[one] == job for one, job in done.items()), "nothing done runs again"
    last = before.job_executions[-1]
    assert again[last.id].execution_id != last.execution_id, "what failed has run again"
    other = service.start(succeeding[0])
    assert status_of(service.ended(other)) == "SUCCESS"
    assert service.refusal(method, executionId=other) == "failed_precondition"
    assert service.refusal(method, executionId=STRANGER) == "not_found"
