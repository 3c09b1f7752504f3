"""A copy of the example shop to work in, importable as a project is."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SHOP = Path(__file__).parents[2] / "examples" / "shop"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Copy the shop without what a use of it leaves behind, and stand in the copy."""
    copy = tmp_path / "shop"
    shutil.copytree(SHOP, copy, ignore=shutil.ignore_patterns(".wfc", "shop.db*", "out", "*.pyc"))
    monkeypatch.chdir(copy)
    monkeypatch.syspath_prepend(str(copy))
    before = set(sys.modules)
    yield copy
    for name in set(sys.modules) - before:
        module = sys.modules[name]
        if str(copy) in str(getattr(module, "__file__", "") or getattr(module, "__path__", "")):
            del sys.modules[name]
