"""The text of a project as its server read it, for the processes that start later.

A file that is edited, broken or removed changes nothing until the definitions are read anew:
workers and resolvers are made of the very text that the server has checked.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from console.engine.interface import EngineUnavailable


@dataclass(frozen=True, slots=True)
class ProjectText:
    """What was read of a project."""

    settings: str
    """The text of `wfc.toml`."""
    files: tuple[Path, ...]
    """The files its patterns named, in the order they were read."""
    sources: Mapping[Path, bytes]
    """Every file of the project that was imported."""


def keep_text(path: Path, root: Path, text: ProjectText) -> None:
    """Write a project's text for later processes, in one step. Raises EngineUnavailable."""
    document = {
        "settings": text.settings,
        "files": [file.relative_to(root).as_posix() for file in text.files],
        "sources": {
            file.relative_to(root).as_posix(): base64.b64encode(source).decode()
            for file, source in text.sources.items()
        },
    }
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        draft.write_text(json.dumps(document), encoding="ascii")
        draft.replace(path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise EngineUnavailable(f"cannot write {path}: {error.strerror}") from None


def kept_text(path: Path, root: Path) -> ProjectText | None:
    """Read a project's text as its server kept it; None where it kept none."""
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    root = root.resolve()
    return ProjectText(
        settings=document["settings"],
        files=tuple(root / name for name in document["files"]),
        sources={
            root / name: base64.b64decode(source) for name, source in document["sources"].items()
        },
    )
