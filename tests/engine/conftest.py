"""Fixtures of the engine's tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.trial import write_project


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give the folder of a small project."""
    return write_project(tmp_path / "trial")
