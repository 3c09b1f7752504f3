"""Odd values in every field of what is read: refused or answered, never a fault of the server."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.json_format import MessageToJson, ParseDict

from console.server.proto.tailor.v1 import workflow_pb2 as pb
from console.server.proto.wfc.v1 import console_pb2 as wfc
from tests.conformance.service import (
    CONSOLE,
    OPERATOR,
    STRANGER,
    TYPES,
    Refused,
    Service,
    message_types,
)

SERVICES = {
    OPERATOR: pb.DESCRIPTOR.services_by_name["OperatorService"],
    CONSOLE: wfc.DESCRIPTOR.services_by_name["ConsoleService"],
}
READS = [
    (prefix, method.name)
    for prefix, service in SERVICES.items()
    for method in service.methods
    if method.name.startswith(("List", "Get", "Read", "Changes", "Ping"))
]
LONG = "9" * 5000
"""More digits than Python reads as one number."""
TEXTS = ["", "x", "\0", "\n", "é" * 70, "x" * 5000, LONG, "-1", "null", "../..", "%00", "\u202e"]
TEXTS += [STRANGER, STRANGER.upper(), "0" * 36, "9999-12-31T23:59:59-14:00"]
WHOLE = [0, 1, -1, 2**31 - 1, -(2**31), 2**32 - 1, 2**63 - 1, -(2**63)]
TIMES = ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z", "1969-12-31T23:59:59Z"]
FIELDS = ["workflow_name", "status", "created_at", "id", "no_such_field", ""]
VALUES: list[Any] = [None, True, 3, 3.5, -1, 1e308, "", "FAILED", TIMES[0], TEXTS[-1], LONG, [], {}]
FILTERS: list[dict[str, Any]] = [
    {"condition": {"field": field, "operator": operator, "value": value}}
    for field in FIELDS
    for operator in (0, 1, 4, 99)
    for value in VALUES
]
FILTERS += [{}, {"and": []}, {"or": [{}]}, {"and": [{"or": [{"and": [{}]}]}]}]
LARGEST = {FieldDescriptor.TYPE_INT32: 2**31 - 1, FieldDescriptor.TYPE_UINT32: 2**32 - 1}


@pytest.fixture(scope="session")
def usual(service: Service, executions: list[str]) -> dict[str, Any]:
    """A value for each field, by its name, that the server can answer something to."""
    execution = service.execution(executions[-1])
    workflow = service.call("ListWorkflows").workflows[0]
    application = service.call("ListApplications").applications[0]
    try:
        cursor = service.call("Changes").cursor
    except Refused:
        cursor = ""
    return {
        "workspace_id": service.workspace,
        "execution_id": execution.id,
        "function_execution_id": execution.job_executions[0].execution_id,
        "workflow_id": workflow.id,
        "workflow_name": workflow.name,
        "application_name": application.name,
        "auth_namespace": application.auth_namespace,
        "cursor": cursor,
    }


def odd_values(field: FieldDescriptor, usual: dict[str, Any]) -> list[Any]:
    """Give values that the field's type can carry."""
    if field.message_type is not None:
        is_time = field.message_type.full_name == "google.protobuf.Timestamp"
        return TIMES if is_time else FILTERS
    if field.type == FieldDescriptor.TYPE_STRING:
        journal = usual["cursor"].partition(".")[0] + "."
        return TEXTS + (
            [journal + end for end in (LONG, "-1", "")] if field.name == "cursor" else []
        )
    if field.type == FieldDescriptor.TYPE_ENUM:
        return [0, 1, 2, 99, -1]
    largest = LARGEST.get(field.type, 2**63 - 1)
    least = 0 if field.type == FieldDescriptor.TYPE_UINT32 else -largest - 1
    return [number for number in WHOLE if least <= number <= largest]


@pytest.mark.parametrize(("prefix", "method"), READS, ids=[method for _, method in READS])
def test_an_odd_value_is_answered_or_refused(
    service: Service, usual: dict[str, Any], prefix: str, method: str
) -> None:
    request, _ = message_types(method)
    fields: Any = request.DESCRIPTOR.fields
    normal = {one.name: usual[one.name] for one in fields if one.name in usual}
    if method == "GetFunctionExecution":
        normal["execution_id"] = usual["function_execution_id"]
    for number, field in enumerate(fields):
        for turn, value in enumerate(odd_values(field, usual)):
            message = ParseDict(normal | {field.name: value}, request())
            is_json = (number + turn) % 2 == 0
            body = MessageToJson(message).encode() if is_json else message.SerializeToString()
            answer = service.post(prefix + method, body, TYPES["json" if is_json else "proto"])
            if answer.status_code == 404 and answer.json()["code"] == "unimplemented":
                pytest.skip("this server does not have it")
            told = f"{field.name} = {value!r:.80}: {answer.status_code} {answer.text:.200}"
            assert answer.status_code in (200, 400, 404), told
            assert answer.status_code == 200 or answer.json()["message"], told
    assert service.post(OPERATOR + "Ping", b"{}").status_code == 200
