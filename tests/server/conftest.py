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


@pytest.fixture
def server(project: Path) -> Iterator[Served]:
    """A server on its Unix socket and on loopback, which asks for no token."""
    with served(project, Hosting(listen="127.0.0.1:0", no_token=True)) as running:
        yield running
