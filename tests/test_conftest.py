"""The tests' own walls hold."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from tests.conftest import is_on_this_machine


def test_a_test_sees_none_of_the_machines_settings(home: Path) -> None:
    assert Path.home() == home
    assert not [n for n in os.environ if n.startswith(("WFC_", "TAILOR_")) or n == "NO_COLOR"]
    assert not list((home / "run").iterdir())


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("example.org", 80), ("2001:db8::1", 80)])
def test_a_test_cannot_leave_the_machine(address: tuple[str, int]) -> None:
    with pytest.raises(OSError, match="tests may not"):
        socket.create_connection(address, timeout=1)
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family) as sock, pytest.raises(OSError, match="tests may not"):
        sock.connect(address)


def test_loopback_and_unix_sockets_stay_reachable(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=5).close()
    assert is_on_this_machine(str(home / "run" / "socket"))
    assert is_on_this_machine(("::1", 80, 0, 0))
