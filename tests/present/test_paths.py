"""A path under the home folder is told short, and any other as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.present.paths import shown_path


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/home/ops/.local/state/wfc/journal.jsonl", "~/.local/state/wfc/journal.jsonl"),
        ("/home/ops2/journal.jsonl", "/home/ops2/journal.jsonl"),
        ("/var/lib/journal.jsonl", "/var/lib/journal.jsonl"),
        ("/home/ops", "/home/ops"),
    ],
)
def test_only_what_lies_under_home_is_told_short(path: str, shown: str) -> None:
    assert shown_path(Path(path), Path("/home/ops")) == shown
