"""A command line to run, far from any project."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.harness import Cli


@pytest.fixture
def wfc(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Cli:
    """A command line that is pointed at a backend in memory."""
    monkeypatch.chdir(tmp_path)
    return Cli(capsys, monkeypatch)
