"""Files the jobs leave behind, in `out/`."""

from __future__ import annotations

import os
from pathlib import Path

PROJECT = Path(__file__).parent.parent


def write_whole(name: str, content: bytes) -> str:
    """Write a file of `out/` in one step, and give its path in the project.

    A job that is killed in the middle leaves no half a file, and run again writes the same one.
    """
    path = PROJECT / "out" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.write_bytes(content)
    unfinished.replace(path)
    return path.relative_to(PROJECT).as_posix()
