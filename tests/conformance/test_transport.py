"""What the Connect protocol asks of every answer, whatever the method."""

from __future__ import annotations

import json

import pytest

from tests.conformance.service import OPERATOR, TYPES, Service


@pytest.mark.parametrize("http2", [False, True], ids=["http1", "http2"])
@pytest.mark.parametrize("encoding", ["json", "proto"])
def test_an_answer_has_the_requests_own_encoding(
    service: Service, encoding: str, http2: bool
) -> None:
    body = b"{}" if encoding == "json" else b""
    answer = service.post(OPERATOR + "Ping", body, TYPES[encoding], http2=http2)
    assert answer.status_code == 200
    assert answer.http_version == ("HTTP/2" if http2 else "HTTP/1.1")
    assert answer.headers["content-type"] == TYPES[encoding]
    assert answer.content == body


def test_many_requests_share_one_http2_connection(service: Service) -> None:
    for _ in range(120):
        assert service.post(OPERATOR + "Ping", b"{}", http2=True).status_code == 200


@pytest.mark.parametrize("encoding", ["json", "proto"])
def test_an_error_is_json_in_both_encodings(service: Service, encoding: str) -> None:
    body = b'{"workspaceId": "no uuid"}' if encoding == "json" else b"\x0a\x07no uuid"
    answer = service.post(OPERATOR + "ListWorkflows", body, TYPES[encoding])
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("application/json")
    error = answer.json()
    assert error["code"] == "invalid_argument" and isinstance(error["message"], str)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b"{"),
        ("application/json", b"[]"),
        ("application/json", b'{"pageSize": "many"}'),
        ("application/json", b"\xff\xfe"),
        ("application/proto", b"\x0a\xff"),
        ("application/proto", b"\x07"),
    ],
)
def test_a_body_that_is_no_message_is_refused(service: Service, kind: str, body: bytes) -> None:
    answer = service.post(OPERATOR + "ListWorkspaces", body, kind)
    assert answer.status_code == 400
    assert answer.json()["code"] in ("invalid_argument", "internal")


def test_another_content_type_is_415(service: Service) -> None:
    for kind in ("text/plain", "application/grpc", "application/xml"):
        assert service.post(OPERATOR + "Ping", b"{}", kind).status_code == 415


def test_an_unknown_method_is_answered_in_json(service: Service) -> None:
    answer = service.post(OPERATOR + "NoSuchMethod", b"{}")
    assert answer.status_code in (404, 501)
    assert isinstance(answer.json(), dict)
    if "code" in answer.json():
        assert answer.json()["code"] == "unimplemented"


def test_a_method_is_called_with_post_only(service: Service) -> None:
    for method in ("GET", "PUT", "DELETE"):
        assert service.client().request(method, OPERATOR + "Ping").status_code in (404, 405, 415)


def test_what_newer_and_older_clients_send_is_understood(service: Service) -> None:
    with_unknown = {"workspaceId": service.workspace, "pageSize": 1, "fieldOfTomorrow": [1]}
    in_snake = {"workspace_id": service.workspace, "page_size": 1}
    by_name = {"workspaceId": service.workspace, "pageDirection": "PAGE_DIRECTION_ASC"}
    by_number = {"workspaceId": service.workspace, "pageDirection": 1}
    for fields in (with_unknown, in_snake, by_name, by_number):
        body = json.dumps(fields).encode()
        assert service.post(OPERATOR + "ListWorkflows", body).status_code == 200, fields
    body = json.dumps({"workspaceId": service.workspace}).encode()
    for headers in ({"connect-protocol-version": "1"}, {"accept-encoding": "gzip, br"}, {}):
        answer = service.post(OPERATOR + "ListWorkflows", body, headers=headers)
        assert answer.status_code == 200, headers


def test_json_has_the_names_and_numbers_of_proto3(service: Service) -> None:
    body = json.dumps({"workspaceId": service.workspace}).encode()
    answer = service.post(OPERATOR + "ListWorkflows", body).json()
    assert isinstance(answer.get("totalCount", "0"), str), "int64 is a string in JSON"
    for workflow in answer.get("workflows", []):
        assert {"id", "name", "mainJobFunctionName"} <= set(workflow)
        assert all(isinstance(version, str) for version in workflow["jobFunctions"].values())
        assert "T" in workflow["createdAt"] and workflow["createdAt"].endswith("Z")


def test_without_its_token_a_server_that_asks_for_one_says_unauthenticated(
    service: Service,
) -> None:
    if not service.token:
        pytest.skip("this server was named without a token")
    answer = service.post(
        OPERATOR + "ListWorkspaces", b"{}", headers={"authorization": "Bearer wrong"}
    )
    assert answer.status_code == 401
    assert answer.json()["code"] == "unauthenticated"
