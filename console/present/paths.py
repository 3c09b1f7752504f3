"""A path as a person reads it."""

from __future__ import annotations

import os
from pathlib import Path


def shown_path(path: Path, home: Path | None = None) -> str:
    """Give the path, its home folder as `~`; `home` is the person's own unless it is named."""
    start, shown = str(home or Path.home()), str(path)
    return "~" + shown.removeprefix(start) if shown.startswith(start + os.sep) else shown
