"""`wfc.v1`, where the server has it: what the platform's protocol has no word for."""

from __future__ import annotations

import json
import uuid

import pytest

from tests.conformance.service import STRANGER, Service, Startable


@pytest.fixture
def startable(console: Service) -> Startable:
    """A workflow that may be started."""
    if not console.startable:
        pytest.skip("nothing may be started there; name --server-start")
    return console.startable[0]


@pytest.mark.parametrize("encoding", ["json", "proto"])
def test_the_capabilities_say_what_there_is(console: Service, encoding: str) -> None:
    told = console.call("GetCapabilities", encoding)
    assert told.server and told.role in ("operator", "read-only")
    known = {"attempts", "log_offsets", "reasons", "counts", "changes", "cancel", "wait_points"}
    known.add("schemas")
    assert known & set(told.features)
    assert console.call("GetCapabilities", workspaceId="").server == told.server


def test_counts_are_those_of_the_list(console: Service, executions: list[str]) -> None:
    by_status = dict(console.call("GetCounts").by_status)
    total = console.call("ListWorkflowExecutions").total_count
    assert sum(by_status.values()) == total >= len(executions)
    assert all(not status.startswith("STATUS_") for status in by_status)
    assert sum(console.call("GetCounts", since="2199-01-01T00:00:00Z").by_status.values()) == 0


def test_a_log_is_the_same_in_pieces_and_as_a_whole(
    console: Service, executions: list[str]
) -> None:
    for job in console.execution(executions[-1]).job_executions:
        identifier = job.execution_id
        whole = console.call("ReadLog", functionExecutionId=identifier, limit=4 << 20)
        assert whole.eof and whole.size == whole.next_offset == len(whole.data)
        pieces, offset = b"", 0
        while True:
            piece = console.call("ReadLog", functionExecutionId=identifier, offset=offset, limit=50)
            assert len(piece.data) <= 50 and piece.next_offset == offset + len(piece.data)
            pieces, offset = pieces + piece.data, piece.next_offset
            if piece.eof:
                break
        assert pieces == whole.data
        text = console.call("GetFunctionExecution", executionId=identifier).execution.logs
        assert text == "".join(
            line.partition("Z ")[2] for line in pieces.decode().splitlines(keepends=True)
        )
    assert console.refusal("ReadLog", functionExecutionId=STRANGER) == "not_found"


def test_attempts_and_inputs_are_told(console: Service, executions: list[str]) -> None:
    for identifier in executions:
        execution = console.execution(identifier)
        history = console.call("ListAttempts", executionId=identifier)
        assert [attempt.number for attempt in history.attempts] == list(
            range(1, len(history.attempts) + 1)
        )
        runs = {job.function_execution_id for job in history.jobs}
        assert {job.execution_id for job in execution.job_executions} <= runs
        inputs = console.call("GetInputs", executionId=identifier)
        assert set(inputs.jobs) == {job.id for job in execution.job_executions}
        for text in (inputs.input, *inputs.jobs.values()):
            json.loads(text)
    for method in ("ListAttempts", "GetInputs", "ListWaitPoints"):
        assert console.refusal(method, executionId=STRANGER) == "not_found"


def test_what_a_workflow_takes_is_told_as_a_json_schema(
    console: Service, startable: Startable
) -> None:
    if "schemas" not in console.call("GetCapabilities").features:
        pytest.skip("this server tells no schemas")
    schema = json.loads(console.call("GetSchema", workflowName=startable.workflow).json_schema)
    assert isinstance(schema, dict)
    assert console.refusal("GetSchema", workflowName="no-such-workflow") == "not_found"
    assert console.refusal("GetSchema") == "invalid_argument"


def test_whoever_follows_the_changes_sees_an_execution_come_and_end(
    console: Service, startable: Startable
) -> None:
    first = console.call("Changes")
    assert first.reset and first.cursor and not first.changed
    assert console.call("Changes", cursor="nonsense").reset
    identifier = console.start(startable)
    console.ended(identifier)
    cursor, last = first.cursor, None
    for _ in range(1000):
        answer = console.call("Changes", cursor=cursor, limit=1)
        assert not answer.reset
        for one in answer.changed:
            last = one if one.id == identifier else last
        if answer.cursor == cursor:
            break
        cursor = answer.cursor
    assert last == console.execution(identifier)


def test_the_same_id_twice_is_one_execution(console: Service, startable: Startable) -> None:
    identifier = str(uuid.uuid4())
    fields = {
        "workflowName": startable.workflow,
        "machineUserName": startable.user,
        "executionId": identifier,
        "reason": "a conformance test",
    }
    if startable.argument is not None:
        fields["arg"] = startable.argument
    before = console.call("ListWorkflowExecutions").total_count
    for _ in range(2):
        assert console.call("Start", **fields).execution_id == identifier
    assert console.call("ListWorkflowExecutions").total_count == before + 1
    console.ended(identifier)
    (attempt,) = console.call("ListAttempts", executionId=identifier).attempts[:1]
    assert attempt.reason == "a conformance test"
    assert console.refusal("Cancel", executionId=identifier) == "failed_precondition"
    answer = {"executionId": identifier, "key": "no-such-key", "result": "{}"}
    assert console.refusal("Resolve", **answer) == "not_found"


def test_what_is_canceled_ends_canceled_or_had_ended(
    console: Service, startable: Startable
) -> None:
    identifier = console.start(startable)
    try:
        console.call("Cancel", executionId=identifier, reason="a conformance test")
    except Exception as error:
        assert "failed_precondition" in str(error)
        console.ended(identifier)
        return
    execution = console.ended(identifier)
    assert execution.status == 8
    assert console.refusal("Resume", executionId=identifier) == "failed_precondition"


def test_the_workers_are_told(console: Service) -> None:
    answer = console.call("ListWorkers")
    assert answer.backlog >= 0
    assert all(worker.process_id > 0 for worker in answer.workers)
