"""Requests nobody would send: no 500, no hang, and the server answers the next one."""

from __future__ import annotations

import json
import random
import socket
from typing import Any

import pytest
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from console.model.ids import ExecutionId
from console.model.states import ExecutionStatus
from console.server.routes import routes
from tests.fakes.engine import ORDER_WORKFLOW, WORKSPACE, FakeEngine
from tests.server.serving import OPERATOR, Served

ROUNDS = 12
"""Requests for each method in each encoding; raise it to look for more."""
GOOGLE = "google.protobuf"
METHODS = routes(FakeEngine())
TEXTS = [WORKSPACE, ORDER_WORKFLOW, "order-processing", "admin", "my-app", "status", "id", "{}"]
TEXTS += [f"0193a000-0000-7000-8000-00000000000{n}" for n in range(len(ExecutionStatus))]
TEXTS += ["", "x", "\0", "\n", "é" * 70, "x" * 5000, "2026-11-24T03:10:20Z", "-1", "c1", "null"]
NUMBERS = [0, 1, 2, 3, 8, -1, 1 << 31, 1 << 63, -(1 << 63), 1.5, 1e308, float("nan"), float("inf")]


@pytest.fixture
def fuzzed(server: Served) -> Served:
    """A server with an execution in every state."""
    for number, status in enumerate(ExecutionStatus):
        identifier = ExecutionId(f"0193a000-0000-7000-8000-00000000000{number}")
        server.engine.add(status=status, identifier=identifier)
    return server


def value(dice: random.Random, depth: int = 0) -> Any:
    """Make any JSON value."""
    kinds = [None, True, dice.choice(TEXTS), dice.choice(NUMBERS)]
    if depth < 4:
        kinds.append([value(dice, depth + 1) for _ in range(dice.randrange(3))])
        kinds.append({dice.choice(TEXTS): value(dice, depth + 1) for _ in range(dice.randrange(3))})
    return dice.choice(kinds)


def fields(dice: random.Random, of: Descriptor, depth: int = 0) -> dict[str, Any]:
    """Make a JSON object that is nearly a message."""
    made: dict[str, Any] = {}
    for field in of.fields:
        if dice.random() < 0.3:
            continue
        is_known = field.message_type is not None and field.message_type.file.package == GOOGLE
        if is_known or dice.random() < 0.1:
            made[field.name] = value(dice)
        elif field.message_type is not None and depth < 5:
            inner = fields(dice, field.message_type, depth + 1)
            made[field.json_name] = [inner] if field.is_repeated else inner
        elif field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
            made[field.json_name] = dice.choice(TEXTS)
        else:
            made[field.json_name] = dice.choice(NUMBERS[:6])
    return made


def fill(dice: random.Random, message: Message, depth: int = 0) -> None:
    """Give a message fields of the right types and any values."""
    for field in message.DESCRIPTOR.fields:
        if dice.random() < 0.3 or (field.message_type is not None and depth > 4):
            continue
        if field.message_type is not None:
            inner = getattr(message, field.name)
            if not field.is_repeated:
                fill(dice, inner, depth + 1)
                inner.SetInParent()
            elif not field.message_type.GetOptions().map_entry:
                for _ in range(dice.randrange(3)):
                    fill(dice, inner.add(), depth + 1)
        elif field.is_repeated:
            continue
        elif field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
            is_workspace = field.name == "workspace_id" and dice.random() < 0.9
            setattr(message, field.name, WORKSPACE if is_workspace else dice.choice(TEXTS))
        else:
            try:
                setattr(message, field.name, dice.choice(NUMBERS))
            except (ValueError, TypeError, OverflowError):
                setattr(message, field.name, 3)


def scarred(dice: random.Random, data: bytes) -> bytes:
    """Damage a few bytes, or none."""
    harmed = bytearray(data)
    for _ in range(dice.choice([0, 0, 1, 3])):
        if harmed:
            place = dice.randrange(len(harmed))
            harmed[place : place + dice.randrange(2)] = dice.randbytes(dice.randrange(3))
    return bytes(harmed)


@pytest.mark.parametrize("http2", [False, True], ids=["http1", "http2"])
@pytest.mark.parametrize("kind", ["json", "proto"])
def test_no_request_in_either_encoding_is_a_fault_of_the_server(
    fuzzed: Served, kind: str, http2: bool
) -> None:
    dice = random.Random(f"{kind}{http2}")
    client = fuzzed.client(http2=http2)
    accepted = 0
    for path, method in METHODS.items():
        for _ in range(ROUNDS):
            if kind == "json":
                made = fields(dice, method.request.DESCRIPTOR)
                if dice.random() < 0.9:
                    made = made | {"workspaceId": WORKSPACE}
                    made.pop("workspace_id", None)
                body = scarred(dice, json.dumps(made).encode())
            else:
                message = method.request()
                fill(dice, message)
                body = scarred(dice, message.SerializeToString())
            answer = client.post(
                path, content=body, headers={"content-type": f"application/{kind}"}
            )
            assert answer.status_code in (200, 400, 404), (path, body, answer.text)
            if answer.status_code != 200:
                assert set(answer.json()) == {"code", "message"}
            accepted += answer.status_code == 200
    assert accepted > len(METHODS), "nothing of it was near enough to a request"


def test_bytes_that_are_no_http_harm_nobody_else(fuzzed: Served) -> None:
    dice = random.Random(7)
    starts = [b"", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"POST / HTTP/1.1\r\nHost: a\r\n", b"GET "]
    starts += [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"]
    for _ in range(60):
        with socket.socket(socket.AF_UNIX) as channel:
            channel.settimeout(5)
            channel.connect(str(fuzzed.record.socket))
            try:
                channel.sendall(dice.choice(starts) + dice.randbytes(dice.randrange(200)))
                channel.shutdown(socket.SHUT_WR)
                while channel.recv(65536):
                    pass
            except (BrokenPipeError, ConnectionResetError):
                pass
    assert fuzzed.client().post(OPERATOR + "Ping", json={}).status_code == 200
