"""What a running server says of itself: `.wfc/server.json`, for its owner only."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from console.server.places import state_folder


@dataclass(frozen=True, slots=True)
class ServerRecord:
    """One running server."""

    pid: int
    socket: Path | None
    """The Unix socket to speak through; None where it was told not to have one."""
    url: str
    """`http://127.0.0.1:8787` where it listens on TCP; else empty."""
    workspace_id: str
    project: Path
    """The project's folder."""
    version: str
    started_at: datetime
    token_file: Path | None = None
    """Where the tokens for TCP are; None where none are asked for."""
    grace_seconds: float = 0.0
    """How long it lets running jobs go on when it is told to end."""


def write_record(record: ServerRecord) -> None:
    """Write the record in one step: who reads it sees all of it or none."""
    path = _path(record.project)
    draft = path.with_name(f"server.json.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(record_fields(record), file, indent=2)
        file.write("\n")
    draft.replace(path)


def read_record(project: Path) -> ServerRecord | None:
    """Read the record; None where there is none, or one that no version of ours wrote."""
    try:
        return parse_record(json.loads(_path(project).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None


def record_fields(record: ServerRecord) -> dict[str, object]:
    """Give the record as JSON has it."""
    return {
        "pid": record.pid,
        "socket": str(record.socket) if record.socket else None,
        "url": record.url,
        "workspace_id": record.workspace_id,
        "project": str(record.project),
        "version": record.version,
        "started_at": record.started_at.isoformat(),
        "token_file": str(record.token_file) if record.token_file else None,
        "grace_seconds": record.grace_seconds,
    }


def parse_record(fields: object) -> ServerRecord | None:
    """Make a record of parsed JSON; None where it is not one."""
    if not isinstance(fields, dict):
        return None
    try:
        socket = fields["socket"]
        token_file = fields.get("token_file")
        return ServerRecord(
            pid=int(fields["pid"]),
            socket=Path(socket) if socket else None,
            url=str(fields["url"]),
            workspace_id=str(fields["workspace_id"]),
            project=Path(fields["project"]),
            version=str(fields["version"]),
            started_at=datetime.fromisoformat(fields["started_at"]),
            token_file=Path(token_file) if token_file else None,
            grace_seconds=float(fields.get("grace_seconds", 0)),
        )
    except (KeyError, TypeError, ValueError):
        return None


def remove_record(project: Path) -> None:
    """Remove the record, where there is one."""
    _path(project).unlink(missing_ok=True)


def _path(project: Path) -> Path:
    return state_folder(project) / "server.json"
