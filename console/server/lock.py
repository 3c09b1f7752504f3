"""One server a project: an exclusive lock on `.wfc/lock`, freed by the system when its holder ends.

The lock, not a file with a process id in it, is what tells whether a project is served.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from pathlib import Path

from console.server.errors import AlreadyServed, ServeError
from console.server.places import make_state_folder, state_folder

PATIENCE = 1.0
"""Seconds to try for: a look at the lock holds it for a moment, and that must not stop a server."""


class ProjectLock:
    """The right to serve a project, held until `release` or the end of the process."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def take(cls, project: Path) -> ProjectLock:
        """Take the lock and write this process's id into it. Raises `AlreadyServed`."""
        path = make_state_folder(project) / "lock"
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise ServeError(f"cannot open {path}: {error.strerror}", 6) from None
        deadline = time.monotonic() + PATIENCE
        while not _try(descriptor, fcntl.LOCK_EX, path):
            if time.monotonic() >= deadline:
                os.close(descriptor)
                raise AlreadyServed(holder(project))
            time.sleep(0.02)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        return cls(descriptor)

    def release(self) -> None:
        """Give the lock up; a second time does nothing."""
        if self._descriptor >= 0:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = -1


class QuietProject:
    """Proof that nobody serves a project while it is held: what is left there is stale."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def __enter__(self) -> QuietProject:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)


def quiet(project: Path) -> QuietProject | None:
    """Hold the project unserved for a moment; None while a process serves it."""
    path = state_folder(project) / "lock"
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except FileNotFoundError:
        return QuietProject(os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC))
    except OSError as error:
        raise ServeError(f"cannot open {path}: {error.strerror}", 6) from None
    # Shared: two that look at once do not mistake each other for a server.
    if _try(descriptor, fcntl.LOCK_SH, path):
        return QuietProject(descriptor)
    os.close(descriptor)
    return None


def holder(project: Path) -> int | None:
    """Read which process wrote itself into the lock; it holds it unless it is ending."""
    try:
        text = (state_folder(project) / "lock").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    return int(text) if text.strip().isdecimal() else None


def _try(descriptor: int, kind: int, path: Path) -> bool:
    """Try to lock without waiting."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno in (errno.ENOTSUP, errno.ENOLCK, errno.ENOSYS):
            raise ServeError(
                f"{path} is on a file system without locks: move the project", 2
            ) from None
        raise ServeError(f"cannot lock {path}: {error.strerror}", 6) from None
    return True
