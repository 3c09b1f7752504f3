"""Tests cannot see the developer's machine: a home of their own, no settings, no network."""

from __future__ import annotations

import ipaddress
import itertools
import os
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

FOREIGN = ("WFC_", "_WFC_", "TAILOR_", "PLATFORM_", "XDG_", "OTEL_", "LC_")
"""Settings of the person who runs the tests: dropped by the start of their name."""
FOREIGN_NAMES = frozenset(
    {"NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "COLUMNS", "LINES", "COLORTERM", "PAGER"}
    | {"http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"}
)

# The machine is shared and slow at times; a slow example is no failure.
settings.register_profile("wfc", deadline=None)
settings.load_profile("wfc")


@pytest.fixture(scope="session")
def homes() -> Iterator[Path]:
    """One folder for every test's home; its path is short, for the Unix sockets below it."""
    folder = Path(tempfile.mkdtemp(prefix="wfc-", dir="/tmp"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def home_numbers() -> Iterator[int]:
    """Number the homes, so that no test sees another's."""
    return itertools.count()


@pytest.fixture(autouse=True)
def home(homes: Path, home_numbers: Iterator[int], monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the test a home and drop every setting it could read from outside."""
    for name in list(os.environ):
        if name.startswith(FOREIGN) or name in FOREIGN_NAMES:
            monkeypatch.delenv(name)
    folder = homes / str(next(home_numbers))
    (folder / "run").mkdir(parents=True, mode=0o700)
    for name, value in {
        "HOME": folder,
        "XDG_CONFIG_HOME": folder / "config",
        "XDG_STATE_HOME": folder / "state",
        "XDG_CACHE_HOME": folder / "cache",
        "XDG_DATA_HOME": folder / "data",
        "XDG_RUNTIME_DIR": folder / "run",
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "TZ": "UTC",
    }.items():
        monkeypatch.setenv(name, str(value))
    time.tzset()
    return folder


@pytest.fixture(autouse=True)
def no_project_is_left_loaded() -> Iterator[None]:
    """Forget the project that a test loaded: modules of one name are another test's too."""
    yield
    loader = sys.modules.get("console.engine.project_import")
    if loader is not None:
        loader.deactivate()


class NetworkRefused(ConnectionRefusedError):
    """A test tried to leave the machine."""


def is_on_this_machine(address: object) -> bool:
    """Tell whether a socket address is a Unix socket or loopback."""
    if not isinstance(address, tuple):
        return True
    host = str(address[0])
    if host in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse connections and name look-ups beyond loopback."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex
    getaddrinfo = socket.getaddrinfo

    def checked(address: object) -> None:
        if not is_on_this_machine(address):
            raise NetworkRefused(f"tests may not reach {address!r}")

    def connect_here(self: socket.socket, address: Any) -> None:
        checked(address)
        connect(self, address)

    def connect_ex_here(self: socket.socket, address: Any) -> int:
        checked(address)
        return connect_ex(self, address)

    def getaddrinfo_here(host: Any, *arguments: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name is not None and not is_on_this_machine((name, 0)):
            raise socket.gaierror(socket.EAI_NONAME, f"tests may not look up {name!r}")
        return getaddrinfo(host, *arguments, **options)

    monkeypatch.setattr(socket.socket, "connect", connect_here)
    monkeypatch.setattr(socket.socket, "connect_ex", connect_ex_here)
    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo_here)
