"""A path as a person reads it."""

from __future__ import annotations

import os
import re
from pathlib import Path

_LONG = re.compile(r"(?<![\w./:~])~?(?:/[^/\s:]+)+/([^/\s:]+)")


def shown_path(path: Path, home: Path | None = None) -> str:
    """Give the path, its home folder as `~`; `home` is the person's own unless it is named."""
    start, shown = str(home or Path.home()), str(path)
    return "~" + shown.removeprefix(start) if shown.startswith(start + os.sep) else shown


def short_paths(text: str) -> str:
    """Give a sentence with the paths in it as the names of their files alone."""
    return _LONG.sub(r"\1", text)
