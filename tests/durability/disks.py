"""A small disk of one's own, that can be filled: a tmpfs where this user may mount one."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class NoDisk(Exception):
    """This user may not mount anything."""


class SmallDisk:
    """A mounted file system of a few MiB."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self) -> None:
        """Leave not one free byte."""
        file = os.open(self._filler, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        try:
            for size in (65536, 4096, 1):
                self._fill(file, size)
        finally:
            os.close(file)

    def _fill(self, file: int, size: int) -> None:
        while True:
            try:
                os.write(file, b"x" * size)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
                return

    def make_read_only(self) -> None:
        """Let nobody write any more; nobody may have a file open for that."""
        self._remount("ro")

    def make_writable(self) -> None:
        """Let everybody write again."""
        self._remount("rw")

    def _remount(self, how: str) -> None:
        command = ["mount", "-o", f"remount,{how}", str(self.folder)]
        subprocess.run(command, check=True, capture_output=True)

    def free(self) -> None:
        """Have room again."""
        self._filler.unlink(missing_ok=True)


@contextmanager
def small_disk(folder: Path, mebibytes: int) -> Iterator[SmallDisk]:
    """Mount a small disk on a folder. Raises NoDisk where this user may not."""
    folder.mkdir(exist_ok=True)
    if sys.platform != "linux" or os.geteuid() != 0:
        raise NoDisk("only root on Linux may mount a tmpfs")
    size = f"size={mebibytes}m"
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", size, "none", str(folder)], capture_output=True, check=False
    )
    if done.returncode != 0:
        raise NoDisk(done.stderr.decode().strip())
    try:
        yield SmallDisk(folder)
    finally:
        # Lazily: a process that is just ending may still have a file open there.
        subprocess.run(["umount", "-l", str(folder)], capture_output=True, check=False)
