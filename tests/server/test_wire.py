"""Both encodings over both versions of HTTP on both kinds of socket."""

from __future__ import annotations

import gzip
import json
import re
import socket
from pathlib import Path

import h2.config
import h2.connection
import h2.events
import pytest
from google.protobuf.descriptor import FileDescriptor

from console.engine.interface import ProjectInfo
from console.model.states import ExecutionStatus
from console.server.proto.tailor.v1 import workflow_pb2 as pb
from console.server.proto.wfc.v1 import console_pb2 as wfc
from console.server.routes import routes
from tests.fakes.engine import EPOCH, WORKSPACE, FakeEngine
from tests.server.serving import OPERATOR, Served

PROTO = {"content-type": "application/proto"}
BOTH = pytest.mark.parametrize("tcp", [False, True], ids=["unix", "tcp"])
VERSIONS = pytest.mark.parametrize("http2", [False, True], ids=["http1", "http2"])


@BOTH
@VERSIONS
def test_a_call_in_json_is_answered_in_json(server: Served, http2: bool, tcp: bool) -> None:
    client = server.client(http2=http2, tcp=tcp)

    answer = client.post(OPERATOR + "GetWorkspace", json={"workspaceId": WORKSPACE})

    assert answer.http_version == ("HTTP/2" if http2 else "HTTP/1.1")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    workspace = {"id": WORKSPACE, "name": "my-app", "region": "local"}
    assert answer.json() == {"workspace": workspace | {"createTime": "2026-11-24T03:10:20Z"}}


@BOTH
@VERSIONS
def test_a_binary_call_is_answered_in_binary(server: Served, http2: bool, tcp: bool) -> None:
    client = server.client(http2=http2, tcp=tcp)
    request = pb.GetWorkspaceRequest(workspace_id=WORKSPACE)

    answer = client.post(
        OPERATOR + "GetWorkspace", content=request.SerializeToString(), headers=PROTO
    )

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/proto"
    assert pb.GetWorkspaceResponse.FromString(answer.content).workspace.name == "my-app"


@VERSIONS
def test_a_failed_binary_call_is_answered_in_json(server: Served, http2: bool) -> None:
    answer = server.client(http2=http2).post(OPERATOR + "GetWorkspace", headers=PROTO)

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {
        "code": "invalid_argument",
        "message": "workspace_id: a UUID is needed",
    }


def test_json_takes_both_spellings_numbers_for_states_and_ignores_what_it_does_not_know(
    server: Served,
) -> None:
    server.engine.add(status=ExecutionStatus.RUNNING)
    answer = server.call(
        "ListWorkflowExecutions",
        {"workspace_id": WORKSPACE, "pageDirection": 1, "sort": {"by": "x"}, "pageSize": "7"},
    )

    assert answer.status_code == 200
    assert answer.json()["totalCount"] == "1"
    assert answer.json()["executions"][0]["status"] == "STATUS_RUNNING"
    assert server.engine.queries[-1].newest_first is False
    assert server.engine.queries[-1].limit == 7


def test_an_empty_answer_has_no_bytes_in_binary_and_braces_in_json(server: Served) -> None:
    assert server.client().post(OPERATOR + "Ping", headers=PROTO).content == b""
    assert server.call("Ping").text == "{}"


def test_a_compressed_request_is_read(server: Served) -> None:
    body = gzip.compress(json.dumps({"workspaceId": WORKSPACE}).encode())
    headers = {"content-type": "application/json", "content-encoding": "gzip"}

    answer = server.client().post(OPERATOR + "GetWorkspace", content=body, headers=headers)

    assert answer.status_code == 200


def test_data_frames_with_an_empty_last_one_are_a_whole_request(server: Served) -> None:
    """The platform's command sends no content length, and ends its stream with an empty frame."""
    connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True))
    connection.initiate_connection()
    head = [(":method", "POST"), (":path", OPERATOR + "GetWorkspace"), (":scheme", "http")]
    head += [(":authority", "wfc"), ("content-type", "application/proto")]
    connection.send_headers(1, head)
    body = pb.GetWorkspaceRequest(workspace_id=WORKSPACE).SerializeToString()
    connection.send_data(1, body[:5])
    connection.send_data(1, body[5:])
    connection.send_data(1, b"", end_stream=True)
    with socket.socket(socket.AF_UNIX) as channel:
        channel.settimeout(10)
        channel.connect(str(server.record.socket))
        channel.sendall(connection.data_to_send())
        received, status = b"", b""
        while True:
            events = connection.receive_data(channel.recv(65536))
            received += b"".join(e.data for e in events if isinstance(e, h2.events.DataReceived))
            for event in events:
                if isinstance(event, h2.events.ResponseReceived):
                    status = dict(event.headers)[b":status"]
            if any(isinstance(e, h2.events.StreamEnded) for e in events):
                break

    assert status == b"200"
    assert pb.GetWorkspaceResponse.FromString(received).workspace.id == WORKSPACE


@VERSIONS
def test_a_large_log_comes_whole(server: Served, http2: bool) -> None:
    """Larger than HTTP/2's window of one stream, and than a socket's buffer."""
    logs = "line of a long log\n" * 200_000
    (job,) = server.engine.add(logs=logs).jobs
    request = pb.GetFunctionExecutionRequest(
        workspace_id=WORKSPACE, execution_id=job.function_execution_id
    )
    answer = server.client(http2=http2).post(
        OPERATOR + "GetFunctionExecution", content=request.SerializeToString(), headers=PROTO
    )

    assert pb.GetFunctionExecutionResponse.FromString(answer.content).execution.logs == logs


def test_many_requests_go_through_one_http2_connection(server: Served) -> None:
    """hypercorn's own limit would drop the one after the thousandth."""
    client = server.client(http2=True)
    for _ in range(1010):
        assert client.post(OPERATOR + "Ping", headers=PROTO).status_code == 200


@pytest.mark.parametrize("descriptor", [pb.DESCRIPTOR, wfc.DESCRIPTOR], ids=["tailor", "wfc"])
def test_the_generated_code_is_of_the_proto_beside_it(descriptor: FileDescriptor) -> None:
    text = (Path(__file__).parents[2] / descriptor.name).read_text(encoding="utf-8")
    text = re.sub(r"//[^\n]*", "", text)
    field = re.compile(r"^\s+(?:optional |repeated )?[\w.]+(?:<.*>)? (\w+) = (\d+);", re.MULTILINE)
    written = sorted((name, int(number)) for name, number in field.findall(text))
    generated = sorted(
        (part.name, part.number)
        for message in descriptor.message_types_by_name.values()
        for part in message.fields
    )
    methods = re.findall(r"rpc (\w+)\((\w+)\)\s+returns \((\w+)\);", text)
    (service,) = descriptor.services_by_name.values()

    assert written == generated
    assert methods == [(m.name, m.input_type.name, m.output_type.name) for m in service.methods]


def test_every_method_of_both_services_is_answered_by_something() -> None:
    found = routes(FakeEngine(project=ProjectInfo("my-app", created_at=EPOCH)))

    assert len(found) == 18 + 15
    assert {path.rpartition("/")[2] for path, method in found.items() if method.changes} == {
        *("StartWorkflow", "TestStartWorkflow", "ResumeWorkflowExecution", "TestResumeWorkflow"),
        *("Start", "Resume", "Cancel", "Resolve", "Reload", "Prune"),
    }
