"""`wfc.v1`: what the platform's protocol has no word for."""

from __future__ import annotations

import base64
from typing import Any

import pytest

import console
from console.model import ids
from console.model.execution import WaitPoint
from console.model.states import ExecutionStatus
from console.server.convert import clean
from console.server.proto.wfc.v1 import console_pb2 as wfc
from tests.fakes.engine import EPOCH, WORKSPACE, Action
from tests.server.serving import CONSOLE, Served

STRANGER = "0193a000-0000-7000-8000-00000000dead"


def call(server: Served, method: str, **fields: Any) -> dict[str, Any]:
    """Call a method of the service; it must succeed."""
    answer = server.call(CONSOLE + method, fields)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def refused(server: Served, method: str, **fields: Any) -> tuple[str, str]:
    """Call a method of the service; gives the code and message it is refused with."""
    answer = server.call(CONSOLE + method, fields)
    return answer.json()["code"], answer.json()["message"]


def test_the_capabilities_name_program_project_features_and_role(server: Served) -> None:
    assert call(server, "GetCapabilities") == {
        "server": f"wfc {console.__version__}",
        "project": "my-app",
        "features": [
            *("attempts", "log_offsets", "reasons", "counts", "changes", "cancel", "wait_points"),
            "schemas",
        ],
        "isLocal": True,
        "role": "operator",
    }


def test_an_empty_workspace_means_the_only_one_and_another_is_not_found(server: Served) -> None:
    assert call(server, "GetCapabilities", workspaceId="")["project"] == "my-app"
    other = WORKSPACE[:-1] + "b"
    assert refused(server, "GetCapabilities", workspaceId=other)[0] == "not_found"
    assert refused(server, "GetCounts", workspaceId="x")[0] == "invalid_argument"


def test_executions_are_counted_by_state(server: Served) -> None:
    server.engine.add()
    server.engine.add()
    server.engine.add(status=ExecutionStatus.CANCELED)

    assert call(server, "GetCounts")["byStatus"] == {"FAILED": "2", "CANCELED": "1"}
    assert call(server, "GetCounts", since="2199-01-01T00:00:00Z") == {}


def test_a_time_no_calendar_has_is_refused(server: Served) -> None:
    request = wfc.GetCountsRequest()
    request.since.seconds = 1 << 50
    headers = {"content-type": "application/proto"}
    answer = server.client().post(
        CONSOLE + "GetCounts", content=request.SerializeToString(), headers=headers
    )

    assert answer.json()["code"] == "invalid_argument"
    assert answer.json()["message"].startswith("since")


def test_changes_begin_with_a_reset_and_go_on_from_a_cursor(server: Served) -> None:
    execution = server.engine.add()
    first = call(server, "Changes")
    second = call(server, "Changes", cursor=first["cursor"])

    assert first == {"cursor": "c1", "reset": True}
    assert [one["id"] for one in second["changed"]] == [execution.id]
    assert second["changed"][0]["status"] == "STATUS_FAILED"
    assert second["gone"] == ["gone"]


def test_attempts_tell_error_actor_and_reason(server: Served) -> None:
    execution = server.engine.add()
    answer = call(server, "ListAttempts", executionId=execution.id)

    (attempt,) = answer["attempts"]
    error = {"type": "LookupError", "message": "no customer c-9"}
    error |= {"traceback": "Traceback …", "kind": "your code"}
    assert attempt["error"] == error
    assert (attempt["number"], attempt["status"]) == (1, "FAILED")
    assert (attempt["actor"], attempt["reason"]) == ("ada", "it is late")
    assert answer["jobs"][0]["jobExecutionId"] == execution.jobs[0].id
    assert answer["jobs"][0]["error"] == error
    assert (answer["input"], answer["invoker"]) == ('{"orderId":"o1"}', "admin")


def test_a_schema_is_told_for_a_workflow_or_a_wait_point_and_not_for_both(server: Served) -> None:
    server.engine.schemas = {"order-processing": '{"type": "object"}', "approval": '{"enum": [1]}'}

    found = call(server, "GetSchema", workflowName="order-processing")
    assert found == {"jsonSchema": '{"type": "object"}'}
    assert call(server, "GetSchema", waitPointKey="approval") == {"jsonSchema": '{"enum": [1]}'}
    for fields in ({}, {"workflowName": "a-b-c", "waitPointKey": "approval"}):
        assert refused(server, "GetSchema", **fields)[0] == "invalid_argument"
    assert refused(server, "GetSchema", workflowName="no name!")[0] == "invalid_argument"


def test_inputs_are_by_job_execution(server: Served) -> None:
    execution = server.engine.add()

    assert call(server, "GetInputs", executionId=execution.id) == {
        "input": '{"orderId":"o1"}',
        "jobs": {execution.jobs[0].id: '{"turn":0}'},
    }


def test_a_log_is_read_in_pieces_and_no_byte_twice(server: Served) -> None:
    (job,) = server.engine.add(logs="one\ntwö\nthree\n").jobs
    data, offset, rounds = b"", 0, 0
    while True:
        asked = {"functionExecutionId": job.function_execution_id, "offset": offset, "limit": 4}
        answer = call(server, "ReadLog", **asked)
        data += base64.b64decode(answer.get("data", ""))
        offset, rounds = int(answer["nextOffset"]), rounds + 1
        if answer.get("eof"):
            break

    assert data.decode() == "one\ntwö\nthree\n"
    assert offset == int(answer["size"]) == len(data)
    assert rounds == 4


@pytest.mark.parametrize("wrong", [{"offset": -1}, {"limit": -1}, {"functionExecutionId": "x"}])
def test_a_log_is_not_read_from_nowhere(server: Served, wrong: dict[str, Any]) -> None:
    fields = {"functionExecutionId": STRANGER} | wrong

    assert refused(server, "ReadLog", **fields)[0] == "invalid_argument"
    assert refused(server, "ReadLog", functionExecutionId=STRANGER)[0] == "not_found"


def test_a_start_asked_twice_under_one_id_is_one_execution(server: Served) -> None:
    identifier = ids.new_id()
    fields = {
        "workflowName": "order-processing",
        "machineUserName": "admin",
        "arg": "{}",
        "executionId": identifier.upper(),
        "reason": "ticket 12",
    }

    assert call(server, "Start", **fields) == {"executionId": identifier}
    assert call(server, "Start", **fields) == {"executionId": identifier}
    (action,) = server.engine.actions
    assert (action.subject, action.reason, action.invoker) == (identifier, "ticket 12", "admin")


@pytest.mark.parametrize(
    ("wrong", "code", "about"),
    [
        ({"workflowName": "no-such"}, "not_found", "no-such"),
        ({"workflowName": ""}, "invalid_argument", "workflow_name"),
        ({"executionId": "7"}, "invalid_argument", "execution_id"),
        ({"machineUserName": "NO"}, "invalid_argument", "machine_user_name"),
        ({"reason": "x" * 2001}, "invalid_argument", "reason"),
        ({"arg": "{"}, "invalid_argument", "JSON"),
    ],
)
def test_a_wrong_start_starts_nothing(
    server: Served, wrong: dict[str, str], code: str, about: str
) -> None:
    found, message = refused(server, "Start", **({"workflowName": "order-processing"} | wrong))

    assert found == code and about in message
    assert server.engine.actions == []


def test_resume_and_cancel_keep_actor_and_reason_and_refuse_the_wrong_state(
    server: Served,
) -> None:
    execution = server.engine.add()
    fields = {"executionId": execution.id, "reason": "mail server is back"}
    headers = {"wfc-actor": "ada\tlovelace"}
    server.call(CONSOLE + "Resume", fields, headers=headers)
    server.call(CONSOLE + "Cancel", fields, headers=headers)

    assert server.engine.actions == [
        Action("resume", execution.id, "adalovelace", "mail server is back"),
        Action("cancel", execution.id, "adalovelace", "mail server is back"),
    ]
    assert refused(server, "Cancel", **fields)[0] == "failed_precondition"
    assert refused(server, "Resume", **fields)[0] == "failed_precondition"
    assert refused(server, "Cancel", executionId=STRANGER)[0] == "not_found"


def test_a_wait_point_is_listed_and_answered_once(server: Served) -> None:
    execution = server.engine.add(status=ExecutionStatus.WAITING)
    point = WaitPoint(execution.id, "approval", 1, "main", '{"amount":1}', EPOCH)
    server.engine.waiting[execution.id] = [point]
    answer = {"executionId": execution.id, "key": "approval", "result": "true", "reason": "paid"}

    assert refused(server, "Resolve", **(answer | {"key": "aproval"}))[0] == "not_found"
    assert refused(server, "Resolve", **(answer | {"turn": 0}))[0] == "not_found"
    assert refused(server, "Resolve", **(answer | {"turn": -1}))[0] == "invalid_argument"
    assert call(server, "Resolve", **answer) == {}
    assert refused(server, "Resolve", **answer)[0] == "failed_precondition"
    (listed,) = call(server, "ListWaitPoints", executionId=execution.id)["waitPoints"]
    assert (listed["key"], listed["payload"], listed["result"], listed["reason"]) == (
        "approval",
        '{"amount":1}',
        "true",
        "paid",
    )
    assert listed["actor"]
    assert listed["resolvedAt"] == "2026-11-24T03:10:20Z"


def test_the_workers_are_listed(server: Served) -> None:
    execution = server.engine.add()

    assert call(server, "ListWorkers") == {
        "workers": [
            {
                "processId": "4711",
                "startedAt": "2026-11-24T03:10:20Z",
                "executionId": execution.id,
            }
        ],
        "backlog": 3,
    }


def test_the_mistakes_of_a_project_are_listed_by_a_reload(server: Served) -> None:
    server.engine.mistakes = ("wfc.toml:3: no such key", "a\udcff.py:1: SyntaxError")
    count = {"workflows": len(server.engine.definitions)}
    problems = ["wfc.toml:3: no such key", "a?.py:1: SyntaxError"]
    assert call(server, "Reload") == count | {"problems": problems}
    server.engine.mistakes = ()
    assert call(server, "Reload") == count


def test_what_ended_before_a_time_is_counted_and_removed(server: Served) -> None:
    server.engine.add()
    limit = "2199-01-01T00:00:00Z"

    assert call(server, "Prune") == {"before": "2026-11-24T03:10:20Z"}
    expected = {"executions": "1", "before": limit}
    assert call(server, "Prune", before=limit, dryRun=True) == expected
    assert call(server, "Prune", before=limit) == expected
    assert call(server, "Prune", before=limit) == {"before": limit}


def test_text_of_odd_file_names_can_be_sent() -> None:
    assert clean("a\udcffb") == "a?b"
