"""Fixtures of the engine's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.desk import Desk
from tests.engine.trial import write_project


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give the folder of a small project."""
    return write_project(tmp_path / "trial")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Give a journal and who works on it, without a process."""
    made = Desk(tmp_path)
    yield made
    made.database.close()
