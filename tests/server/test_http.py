"""What hypercorn is told about connections."""

from __future__ import annotations

import socket

import pytest

from tests.fakes.engine import WORKSPACE
from tests.server.serving import OPERATOR, Served

BODY = f'{{"workspaceId": "{WORKSPACE}"}}'
REQUEST = (
    f"POST {OPERATOR}GetWorkspace HTTP/1.1\r\nhost: wfc\r\ncontent-type: application/json\r\n"
    f"content-length: {len(BODY)}\r\n\r\n{BODY}"
).encode()
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"
STARTS = {"silent": b"", "a request": REQUEST, "half of one": REQUEST[:30], "HTTP/2": PREFACE}


@pytest.mark.parametrize("first", STARTS.values(), ids=STARTS)
def test_a_connection_goes_with_its_client_and_not_when_it_was_idle_for_long(
    server: Served, first: bytes
) -> None:
    """A file of the server's is held by each; hypercorn alone holds it for two minutes more."""
    with socket.socket(socket.AF_UNIX) as channel:
        channel.settimeout(10)
        channel.connect(str(server.record.socket))
        channel.sendall(first)
        if first in (REQUEST, PREFACE):
            assert channel.recv(65536)
        channel.shutdown(socket.SHUT_WR)
        while channel.recv(65536):
            pass


def test_a_client_that_only_listens_after_its_request_is_answered(server: Served) -> None:
    server.engine.latency = 0.1
    with socket.socket(socket.AF_UNIX) as channel:
        channel.settimeout(10)
        channel.connect(str(server.record.socket))
        channel.sendall(REQUEST)
        channel.shutdown(socket.SHUT_WR)
        received = b""
        while piece := channel.recv(65536):
            received += piece
    assert received.startswith(b"HTTP/1.1 200") and WORKSPACE.encode() in received
