"""Everything that goes wrong with a call: its code, its HTTP status, its JSON body."""

from __future__ import annotations

import gzip
import json
import socket

import httpx
import pytest

from console.engine import interface
from console.engine.interface import EngineError
from console.server import body as body_module
from console.server.codec import decode
from console.server.codes import HTTP_STATUS, Code, ConnectError
from console.server.connect import BODY_LIMIT
from console.server.proto.tailor.v1 import workflow_pb2 as pb
from tests.fakes.engine import WORKSPACE
from tests.server.serving import CONSOLE, OPERATOR, Served

JSON = {"content-type": "application/json"}
PROTO = {"content-type": "application/proto"}
VERSIONS = pytest.mark.parametrize("http2", [False, True], ids=["http1", "http2"])


def error_of(answer: httpx.Response) -> tuple[int, str]:
    """Give status and code; the body must be what every error has."""
    assert answer.headers["content-type"] == "application/json"
    fields = answer.json()
    assert set(fields) == {"code", "message"}
    assert fields["message"]
    return answer.status_code, fields["code"]


def test_each_code_has_the_status_of_the_connect_protocol() -> None:
    assert {str(code): status for code, status in HTTP_STATUS.items()} == {
        "canceled": 499,
        "unknown": 500,
        "invalid_argument": 400,
        "deadline_exceeded": 504,
        "not_found": 404,
        "already_exists": 409,
        "permission_denied": 403,
        "resource_exhausted": 429,
        "failed_precondition": 400,
        "aborted": 409,
        "out_of_range": 400,
        "unimplemented": 501,
        "internal": 500,
        "unavailable": 503,
        "data_loss": 500,
        "unauthenticated": 401,
    }


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (interface.UnknownWorkflow("w"), (404, "not_found")),
        (interface.UnknownExecution("w"), (404, "not_found")),
        (interface.UnknownFunctionExecution("w"), (404, "not_found")),
        (interface.UnknownMachineUser("w"), (404, "not_found")),
        (interface.UnknownWaitPoint("w"), (404, "not_found")),
        (interface.NotInState("w"), (400, "failed_precondition")),
        (interface.InvalidArgument("w"), (400, "invalid_argument")),
        (interface.InvalidPageToken("w"), (400, "invalid_argument")),
        (interface.EngineUnavailable("w"), (503, "unavailable")),
        (EngineError("w"), (400, "failed_precondition")),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_an_engine_refusal_keeps_its_words(
    server: Served, raised: Exception, expected: tuple[int, str]
) -> None:
    server.engine.fails_with = raised
    answer = server.call("ListWorkflows")

    assert error_of(answer) == expected
    assert answer.json()["message"] == "w"


@pytest.mark.parametrize(
    "raised", [RuntimeError("/home/ada/secret"), TimeoutError("secret"), KeyError("secret")]
)
def test_what_an_exception_says_never_leaves_the_server(server: Served, raised: Exception) -> None:
    server.engine.fails_with = raised
    answer = server.call("ListWorkflows")

    assert error_of(answer) == (500, "internal")
    assert "secret" not in answer.text
    log = (server.record.project / ".wfc" / "server.log").read_text()
    assert "secret" in log and "ListWorkflows failed" in log


@VERSIONS
@pytest.mark.parametrize(
    "path", [OPERATOR + "DropWorkspace", "/", "/tailor.v1.Other/Ping", OPERATOR, "/a/../b%00\u00e9"]
)
def test_an_unknown_method_is_404_unimplemented(server: Served, http2: bool, path: str) -> None:
    for answer in (
        server.client(http2=http2).post(path, json={}),
        server.client(http2=http2).get(path),
    ):
        assert error_of(answer) == (404, "unimplemented")


@VERSIONS
@pytest.mark.parametrize("verb", ["GET", "PUT", "OPTIONS", "DELETE"])
def test_only_post_calls_a_method(server: Served, http2: bool, verb: str) -> None:
    answer = server.client(http2=http2).request(verb, OPERATOR + "Ping")

    assert error_of(answer) == (405, "unimplemented")
    assert answer.headers["allow"] == "POST"


@VERSIONS
@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "application/proto; charset=utf-8",
        "application/json; charset=latin-1",
        "application/connect+json",
        "application/grpc",
        "application/x-www-form-urlencoded",
    ],
)
def test_another_content_type_is_415_and_told_which_ones_there_are(
    server: Served, http2: bool, content_type: str | None
) -> None:
    headers = {} if content_type is None else {"content-type": content_type}
    answer = server.client(http2=http2).post(OPERATOR + "Ping", content=b"{}", headers=headers)

    assert error_of(answer) == (415, "invalid_argument")
    assert answer.headers["accept-post"] == "application/json, application/proto"


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "Application/JSON; Charset=UTF-8", 'application/json;charset="utf-8"'],
)
def test_json_may_say_its_charset(server: Served, content_type: str) -> None:
    headers = {"content-type": content_type}
    answer = server.client().post(OPERATOR + "Ping", content=b"{}", headers=headers)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("header", "value", "expected"),
    [
        ("connect-protocol-version", "2", (400, "invalid_argument")),
        ("content-encoding", "br", (501, "unimplemented")),
        ("connect-timeout-ms", "soon", (400, "invalid_argument")),
        ("connect-timeout-ms", "12345678901", (400, "invalid_argument")),
    ],
)
def test_a_header_that_is_not_understood_is_refused(
    server: Served, header: str, value: str, expected: tuple[int, str]
) -> None:
    assert error_of(server.call("ListWorkflows", headers={header: value})) == expected


def test_a_read_is_given_up_at_its_deadline(server: Served) -> None:
    server.engine.stalls = True
    answer = server.call("ListWorkflows", headers={"connect-timeout-ms": "10"})

    assert error_of(answer) == (504, "deadline_exceeded")


def test_a_change_is_not_given_up_at_a_deadline(server: Served) -> None:
    server.engine.latency = 0.05
    fields = {"workflowName": "order-processing"}
    answer = server.call(CONSOLE + "Start", fields, headers={"connect-timeout-ms": "10"})

    assert answer.status_code == 200


@VERSIONS
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"7",
        b'"x"',
        b"{}{}",
        b"\xff\xfe{}",
        b'{"workspaceId": 7}',
        b'{"workspaceId": ["x"]}',
        b'{"workspaceId": "\\ud800"}',
        b'{"pageSize": -1}',
        b'{"pageSize": 1.5}',
        b'{"pageSize": 99999999999}',
        b'{"pageSize": NaN}',
        b'{"pageDirection": "SIDEWAYS", "pageDirection": {}}',
        b'{"filter": []}',
        b'{"filter": {"and": {"condition": {}}}}',
        b'{"filter":' * 5000 + b"1" + b"}" * 5000,
        b'{"filter":{"and":[' * 200 + b"]}" * 200 + b"}",
        b"[" * 100_000,
    ],
)
def test_malformed_json_is_an_invalid_argument(server: Served, http2: bool, body: bytes) -> None:
    answer = server.client(http2=http2).post(
        OPERATOR + "ListWorkflowExecutions", content=body, headers=JSON
    )

    assert error_of(answer) == (400, "invalid_argument")


@VERSIONS
@pytest.mark.parametrize("body", [b"\x0a\x24short", b"\xff", b"\x0a\x02\xff\xfe", b"{}"])
def test_malformed_binary_is_an_invalid_argument(server: Served, http2: bool, body: bytes) -> None:
    answer = server.client(http2=http2).post(OPERATOR + "GetWorkflow", content=body, headers=PROTO)

    assert error_of(answer) == (400, "invalid_argument")
    assert "GetWorkflowRequest" in answer.text


@VERSIONS
def test_a_huge_request_is_refused_and_the_connection_goes_on(server: Served, http2: bool) -> None:
    client = server.client(http2=http2)
    answer = client.post(OPERATOR + "Ping", content=b"{" + b" " * BODY_LIMIT + b"}", headers=JSON)

    assert error_of(answer) == (429, "resource_exhausted")
    assert client.post(OPERATOR + "Ping", json={}).status_code == 200


@VERSIONS
def test_a_refused_request_is_read_to_its_end_before_the_answer(
    server: Served, http2: bool
) -> None:
    client = server.client(http2=http2)
    for path in (OPERATOR + "Unknown", OPERATOR + "Ping"):
        answer = client.post(path, content=b"x" * (1 << 20), headers={"content-type": "text/plain"})
        assert answer.status_code in (404, 415)
    assert client.post(OPERATOR + "Ping", json={}).status_code == 200


def test_a_request_without_an_end_is_cut_off(
    server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body_module, "MOST_READ", BODY_LIMIT + (1 << 20))
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    with socket.socket(socket.AF_UNIX) as channel:
        channel.settimeout(10)
        channel.connect(str(server.record.socket))
        channel.sendall(_head("Transfer-Encoding: chunked"))
        try:
            for _ in range(4096):
                channel.sendall(chunk)
        except (BrokenPipeError, ConnectionResetError):
            pass
        else:
            pytest.fail("256 MiB were taken")
    assert server.call("Ping").status_code == 200


def test_a_request_that_does_not_arrive_is_given_up(
    server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.server.connect.READ_SECONDS", 0.2)
    with socket.socket(socket.AF_UNIX) as channel:
        channel.settimeout(10)
        channel.connect(str(server.record.socket))
        channel.sendall(_head("Content-Length: 10") + b"{")
        answer = b""
        while piece := channel.recv(65536):
            answer += piece

    assert answer.startswith(b"HTTP/1.1 408")
    assert b'"deadline_exceeded"' in answer


def _head(length: str) -> bytes:
    lines = [f"POST {OPERATOR}Ping HTTP/1.1", "Host: wfc", "Content-Type: application/json", length]
    return "\r\n".join([*lines, "", ""]).encode()


@pytest.mark.parametrize(
    ("packed", "expected"),
    [
        (b"not gzip", (400, "invalid_argument")),
        # the same bytes in every process of the suite, so no time in them
        (gzip.compress(b"{}", mtime=0)[:-4], (400, "invalid_argument")),
        (gzip.compress(b"{}", mtime=0) + b"more", (400, "invalid_argument")),
        (gzip.compress(b" " * (BODY_LIMIT + 1), mtime=0), (429, "resource_exhausted")),
    ],
)
def test_a_compressed_request_is_one_stream_of_a_bounded_size(
    server: Served, packed: bytes, expected: tuple[int, str]
) -> None:
    headers = JSON | {"content-encoding": "gzip"}
    answer = server.client().post(OPERATOR + "Ping", content=packed, headers=headers)

    assert error_of(answer) == expected


def test_a_websocket_is_refused(server: Served) -> None:
    headers = {"connection": "Upgrade", "upgrade": "websocket", "sec-websocket-version": "13"}
    headers |= {"sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ=="}

    assert server.client().get(OPERATOR + "Ping", headers=headers).status_code == 403
    assert server.call("Ping").status_code == 200


@pytest.mark.parametrize("body", [b"[]", b"null", b"7", b'"x"', b"", b"[" * 100_000])
def test_json_that_is_no_object_is_told_so(body: bytes) -> None:
    with pytest.raises(ConnectError, match="not a JSON object"):
        decode("application/json", body, pb.PingRequest)


def test_an_error_is_ascii_whatever_it_quotes() -> None:
    body = ConnectError(Code.NOT_FOUND, "é \ud800").body()

    assert json.loads(body) == {"code": "not_found", "message": "é \ud800"}


def test_the_workspace_of_a_request_must_be_this_one(server: Served) -> None:
    other = WORKSPACE[:-1] + "b"

    assert error_of(server.call("ListWorkflows", {"workspaceId": other})) == (404, "not_found")
    answer = server.call("ListWorkflows", {"workspaceId": "mine"})
    assert answer.json()["message"].startswith("workspace_id: ")
    assert server.call("ListWorkflows", {"workspaceId": WORKSPACE.upper()}).status_code == 200
