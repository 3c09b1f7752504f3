"""The pictures in `screenshots/` are what the console paints, and the documents' pictures exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from screenshots.make import RENEW, paint, stale, write

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_no_picture_is_stale() -> None:
    assert stale(paint()) == [], f"renew with: {RENEW}"


def test_a_changed_a_missing_and_a_forgotten_picture_are_stale(tmp_path: Path) -> None:
    assert write({"a.svg": "1", "b.svg": "2"}, tmp_path) == ["a.svg", "b.svg"]
    assert stale({"a.svg": "1", "b.svg": "2"}, tmp_path) == []
    assert stale({"a.svg": "9", "c.svg": "3"}, tmp_path) == ["a.svg", "b.svg", "c.svg"]
    assert write({"a.svg": "9"}, tmp_path) == ["a.svg", "b.svg"]
    assert not (tmp_path / "b.svg").exists()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_picture_of_a_document_is_there(document: Path) -> None:
    shown = re.findall(r"!\[[^\]]*\]\(([^)\s]+)\)", document.read_text(encoding="utf-8"))
    assert [name for name in shown if not (document.parent / name).is_file()] == []


def test_the_readme_shows_pictures() -> None:
    assert (ROOT / "README.md").read_text(encoding="utf-8").count("](screenshots/") >= 2
