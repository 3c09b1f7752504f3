"""A project's folder with a short path, and a server in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from console.server.host import Hosting
from tests.server.serving import Served, served


@pytest.fixture
def project(home: Path) -> Path:
    """An empty folder that stands for a project."""
    folder = home / "shop"
    folder.mkdir()
    return folder


@pytest.fixture(scope="session")
def shared_server(homes: Path) -> Iterator[Served]:
    """One server on its Unix socket and on loopback, which asks for no token."""
    folder = homes / "shared"
    (folder / "run").mkdir(parents=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(folder / "run"))
        running = served(folder, Hosting(listen="127.0.0.1:0", no_token=True))
        server = running.__enter__()
    yield server
    running.__exit__(None, None, None)


@pytest.fixture
def server(shared_server: Served) -> Iterator[Served]:
    """The shared server with an engine that remembers nothing of the test before."""
    shared_server.engine.forget()
    yield shared_server
    shared_server.close_clients()
