"""Whether the disk under a project's journal takes anything."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

from console.server.places import state_folder

PROBE_BYTES = 64 * 1024
"""A dozen pages of the journal: what a start and a job's end need."""
_WORDS = {errno.ENOSPC: "the disk is full", errno.EDQUOT: "the quota of the disk is used up"}


def write_fault(project: Path) -> str:
    """Try to write beside the journal; gives why that cannot be done, empty where it can.

    The file has no name, or loses it at once; a full disk, a used quota, a disk that fails and one
    that is read-only are found alike.
    """
    try:
        with tempfile.TemporaryFile(dir=state_folder(project), buffering=0) as file:
            left = PROBE_BYTES
            while left:
                left -= os.write(file.fileno(), bytes(left))
            os.fsync(file.fileno())  # some file systems look for room only then
    except OSError as error:
        return _WORDS.get(error.errno or 0) or (error.strerror or str(error)).lower()
    return ""
