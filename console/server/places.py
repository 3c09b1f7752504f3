"""Where a project's server keeps what belongs to it.

<project>/.wfc/           0700: journal, lock, server.json, server.log, token
$XDG_RUNTIME_DIR/wfc/     0700: one socket for each project; else /tmp/wfc-<uid>/
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from console.server.errors import ServeError

LONGEST_SOCKET_PATH = 103
"""Bytes that fit into a socket's address: 104 with the final zero on macOS, 108 on Linux."""
LOG_BYTES = 1 << 20
"""A longer server.log is begun anew."""


def state_folder(project: Path) -> Path:
    """Name the folder of a project's state; it may not be there yet."""
    return project / ".wfc"


def make_state_folder(project: Path) -> Path:
    """Make the folder of a project's state, for its owner only."""
    folder = state_folder(project)
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
    except OSError as error:
        raise ServeError(f"cannot use {folder}: {error.strerror}", 6) from None
    return folder


def socket_path(project: Path) -> Path:
    """Name the project's socket: short, because addresses of sockets are."""
    import hashlib  # costs 3 ms

    name = hashlib.sha256(os.fsencode(project.resolve())).hexdigest()[:12] + ".sock"
    for folder in _socket_folders():
        path = folder / name
        if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH:
            return path
    raise ServeError(f"no folder for the socket has a short enough name: {path}", 6)


def make_socket_folder(folder: Path) -> None:
    """Make the folder of the sockets, or check that nobody else can enter the one there."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode):
            raise ServeError(f"{folder} must be a folder, and no link: remove it", 6)
        if found.st_uid != os.getuid():
            raise ServeError(f"{folder} belongs to user {found.st_uid}, not to you: remove it", 6)
        if stat.S_IMODE(found.st_mode) != 0o700:
            folder.chmod(0o700)
    except OSError as error:
        raise ServeError(f"cannot use {folder} for the socket: {error.strerror}", 6) from None


def _socket_folders() -> list[Path]:
    """Give the folders to try, best first."""
    folders = [Path(f"/tmp/wfc-{os.getuid()}")]
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    # The specification has relative paths ignored; an ended session leaves a path without folder.
    if runtime.startswith("/") and Path(runtime).is_dir():
        folders.insert(0, Path(runtime) / "wfc")
    return folders
