"""Telling whether a worker's process is gone: each holds a lock on a file of its own.

    .wfc/workers/<worker id>        empty; its lock is freed by the system with the process

So what a killed server's workers held is taken over as soon as they are dead, and not before: the
lease, which takes longer, is for where no lock can tell.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Container
from pathlib import Path


class Presence:
    """The workers' locks of one project."""

    def __init__(self, folder: Path):
        self._folder = folder

    def announce(self, worker: str) -> bool:
        """Take this process's lock, until it ends; False where that cannot be done."""
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            path = self._folder / worker
            file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False  # a full disk, perhaps: the lease has to do
        # A child that a body forks would else keep the lock beyond the worker's end.
        os.register_at_fork(after_in_child=lambda: os.close(file))
        return True

    def is_gone(self, worker: str) -> bool:
        """Its process has surely ended; False when it lives, and when nobody can tell."""
        try:
            file = os.open(self._folder / worker, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return False
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        finally:
            os.close(file)
        return True

    def forget(self, worker: str) -> None:
        """Remove what a dead worker left."""
        try:
            (self._folder / worker).unlink(missing_ok=True)
        except OSError:
            pass  # an empty file more

    def clean(self, needed: Container[str]) -> None:
        """Remove what dead workers left, except of those whose executions are still to be taken."""
        try:
            names = [path.name for path in self._folder.iterdir()]
        except OSError:
            return
        for name in names:
            if name not in needed and self.is_gone(name):
                self.forget(name)
