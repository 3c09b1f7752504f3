"""What the platform's own command sends, byte for byte, and the shape of what it gets for it.

Recorded from version 1.6.1; only the ids, and the names of the application and of its machine
users' namespace, are those of the server here.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from google.protobuf import json_format
from google.protobuf.message import Message

from console.model.ids import ExecutionId
from console.model.states import ExecutionStatus
from console.server.proto.tailor.v1 import workflow_pb2 as pb
from tests.fakes.engine import ORDER_WORKFLOW, WORKSPACE
from tests.server.serving import OPERATOR, Served

EXECUTION = ExecutionId("0193a000-0000-7000-8000-000000000001")
RUNNING = ExecutionId("0193a000-0000-7000-8000-000000000002")
FUNCTION = "<function execution>"
"""Stands for the id of a function execution of `EXECUTION`."""
HEADERS = {
    "accept-encoding": "gzip,br",
    "authorization": "Bearer tok-123",
    "connect-protocol-version": "1",
    "content-type": "application/proto",
    "user-agent": "tailor-sdk/1.6.1",
}


def told(text: str) -> str:
    """Write a text as hexadecimal digits."""
    return text.encode().hex()


WS = "0a24" + told(WORKSPACE)

WORKFLOW = {
    "id": "ID",
    "name": "order-processing",
    "mainJobFunctionName": "process-order",
    "jobFunctions": {"process-order": "2", "fetch-customer": "1"},
    "createdAt": "TIME",
    "updatedAt": "TIME",
    "retryPolicy": {
        "maxRetries": 3,
        "initialBackoff": "1.500s",
        "maxBackoff": "60s",
        "backoffMultiplier": 2.0,
    },
    "concurrencyPolicy": {"maxConcurrentExecutions": 5},
}
REPORT = {
    "id": "ID",
    "name": "nightly-report",
    "mainJobFunctionName": "report",
    "jobFunctions": {"report": "1"},
    "createdAt": "TIME",
    "updatedAt": "TIME",
}
JOB = {"id": "ID", "stackedJobName": "process-order", "executionId": "ID", "startedAt": "TIME"}
FAILED = {
    "id": "ID",
    "workflowName": "order-processing",
    "status": "STATUS_FAILED",
    "jobExecutions": [JOB | {"status": "STATUS_FAILED"}],
    "startedAt": "TIME",
    "finishedAt": "TIME",
}
RUNS = {
    "id": "ID",
    "workflowName": "order-processing",
    "status": "STATUS_RUNNING",
    "jobExecutions": [JOB | {"status": "STATUS_RUNNING"}],
    "startedAt": "TIME",
}
JOB_LOG = {
    "id": "ID",
    "workspaceId": "ID",
    "status": "STATUS_FAILED",
    "logs": "fetching\nno such customer\n",
    "startedAt": "TIME",
    "finishedAt": "TIME",
    "type": "TYPE_JOB",
    "error": {"name": "LookupError", "message": "no customer c-9"},
}


@dataclass(frozen=True)
class Recorded:
    """One request, in hexadecimal digits, and its answer as JSON with ids and times left out."""

    method: str
    body: str
    answer: dict[str, Any]
    json_view: dict[str, Any] = field(default_factory=dict)
    """The request as the recording reads it, without the workspace."""


REQUESTS = {
    "the first page of workflows": Recorded(
        "ListWorkflows", WS, {"workflows": [REPORT, WORKFLOW], "totalCount": "2"}
    ),
    "a workflow by name": Recorded(
        "GetWorkflowByName",
        WS + "1210" + told("order-processing"),
        {"workflow": WORKFLOW},
        {"workflowName": "order-processing"},
    ),
    "executions": Recorded(
        "ListWorkflowExecutions",
        WS + "2002",
        {"executions": [RUNS, FAILED], "totalCount": "2"},
        {"pageDirection": "PAGE_DIRECTION_DESC"},
    ),
    "running executions of one workflow": Recorded(
        "ListWorkflowExecutions",
        WS
        + "20022a42"
        + ("1227" + "0a250a0d776f726b666c6f775f6e616d6510011a121a10" + told("order-processing"))
        + ("1217" + "0a150a0673746174757310011a09110000000000000840"),  # status EQ 3.0
        {"executions": [RUNS], "totalCount": "1"},
        {
            "filter": {
                "and": [
                    {
                        "condition": {
                            "field": "workflow_name",
                            "operator": "OPERATOR_EQ",
                            "value": "order-processing",
                        }
                    },
                    {"condition": {"field": "status", "operator": "OPERATOR_EQ", "value": 3}},
                ]
            },
            "pageDirection": "PAGE_DIRECTION_DESC",
        },
    ),
    "one execution": Recorded(
        "GetWorkflowExecution",
        WS + "1224" + told(EXECUTION),
        {"execution": FAILED},
        {"executionId": EXECUTION},
    ),
    "the log of a job": Recorded(
        "ListFunctionExecutions",
        WS + "18012a300a2e" + "0a02" + told("id") + "10011a261a24" + FUNCTION,
        {"executions": [JOB_LOG], "totalCount": "1"},
        {
            "pageSize": 1,
            "filter": {"condition": {"field": "id", "operator": "OPERATOR_EQ", "value": FUNCTION}},
        },
    ),
    "an application": Recorded(
        "GetApplication",
        WS + "1206" + told("my-app"),
        {"application": {"name": "my-app", "authNamespace": "my-app", "createTime": "TIME"}},
        {"applicationName": "my-app"},
    ),
    "a start": Recorded(
        "TestStartWorkflow",
        WS
        + ("1224" + told(ORDER_WORKFLOW))
        + ("1a0f" + "0a06" + told("my-app") + "1205" + told("admin"))
        + ("2210" + told('{"orderId":"o1"}')),
        {"executionId": "ID"},
    ),
    "a start without an argument": Recorded(
        "TestStartWorkflow",
        WS
        + ("1224" + told(ORDER_WORKFLOW))
        + ("1a0f" + "0a06" + told("my-app") + "1205" + told("admin")),
        {"executionId": "ID"},
    ),
    "a resume": Recorded(
        "TestResumeWorkflow", WS + "1224" + told(EXECUTION), {"executionId": "ID"}
    ),
    "workspaces, with a body of no bytes": Recorded(
        "ListWorkspaces",
        "",
        {
            "workspaces": [{"id": "ID", "name": "my-app", "createTime": "TIME", "region": "local"}],
            "totalCount": "1",
        },
    ),
}
CHANGES = ("a start", "a start without an argument", "a resume")
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def shape(value: Any) -> Any:
    """Give JSON with ids and times left out."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value]
    if isinstance(value, str):
        return "ID" if ID.fullmatch(value) else "TIME" if TIME.fullmatch(value) else value
    return value


@pytest.fixture
def function(server: Served) -> str:
    """The id of the function execution of the failed execution; another one runs."""
    failed = server.engine.add(identifier=EXECUTION)
    server.engine.add(status=ExecutionStatus.RUNNING, identifier=RUNNING)
    return str(failed.jobs[0].function_execution_id)


def post(server: Served, method: str, body: str) -> Any:
    """Send a recorded body as it was sent, over HTTP/2 with prior knowledge."""
    client = server.client(http2=True, tcp=True)
    return client.post(OPERATOR + method, content=bytes.fromhex(body), headers=HEADERS)


def read(method: str, content: bytes) -> Any:
    """Read a binary answer as JSON."""
    response: type[Message] = getattr(pb, method + "Response")
    message = response.FromString(content)
    assert message.SerializeToString(deterministic=True), "an empty answer"
    return json_format.MessageToDict(message)


@pytest.mark.parametrize("name", REQUESTS)
def test_a_recorded_request_is_answered_in_its_shape(
    server: Served, function: str, name: str
) -> None:
    one = REQUESTS[name]

    answer = post(server, one.method, one.body.replace(FUNCTION, told(function)))

    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/proto"
    assert shape(read(one.method, answer.content)) == one.answer


@pytest.mark.parametrize("name", [name for name in REQUESTS if name not in CHANGES])
def test_the_same_in_json_is_the_same_answer(server: Served, function: str, name: str) -> None:
    one = REQUESTS[name]
    fields = json.loads(json.dumps(one.json_view).replace(FUNCTION, function))

    assert shape(server.call(one.method, fields).json()) == one.answer


def test_a_second_page_begins_where_the_token_of_the_first_says(server: Served) -> None:
    """`1204746f6b32` is `tok2` for a page token: here the token is the one that was given."""
    first = server.call("ListWorkflows", {"pageSize": 1}).json()
    token = first["nextPageToken"]

    answer = post(server, "ListWorkflows", WS + f"12{len(token):02x}" + told(token))

    second = read("ListWorkflows", answer.content)
    assert [one["name"] for one in first["workflows"]] == ["nightly-report"]
    assert shape(second) == {"workflows": [WORKFLOW], "totalCount": "2"}
    assert post(server, "ListWorkflows", WS + "1204746f6b32").json()["code"] == "invalid_argument"


def test_a_start_passes_what_was_recorded_on(server: Served, function: str) -> None:
    for name in ("a start", "a start without an argument"):
        post(server, "TestStartWorkflow", REQUESTS[name].body)

    with_argument, without = server.engine.actions[-2:]
    assert (with_argument.argument, without.argument) == ('{"orderId":"o1"}', None)
    assert (with_argument.invoker, without.invoker) == ("admin", "admin")


def test_an_argument_that_is_no_json_is_sent_unchecked_and_refused(server: Served) -> None:
    body = REQUESTS["a start without an argument"].body + "2208" + told("not json")

    answer = post(server, "TestStartWorkflow", body)

    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/json")
    assert answer.json()["code"] == "invalid_argument"
    assert server.engine.actions == []


def test_the_recorded_json_request_is_answered(server: Served) -> None:
    """`api ListWorkflows`: HTTP/1.1 without the protocol's version header."""
    headers = {
        "connection": "keep-alive",
        "content-type": "application/json",
        "authorization": "Bearer tok-123",
        "user-agent": "tailor-sdk/1.6.1",
        "accept": "*/*",
        "accept-language": "*",
        "sec-fetch-mode": "cors",
        "accept-encoding": "gzip, deflate",
    }
    body = json.dumps({"workspaceId": WORKSPACE})

    answer = server.client(tcp=True).post(OPERATOR + "ListWorkflows", content=body, headers=headers)

    assert answer.http_version == "HTTP/1.1"
    assert shape(answer.json()) == {"workflows": [REPORT, WORKFLOW], "totalCount": "2"}
