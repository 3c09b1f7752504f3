"""The server's log, `.wfc/server.log`: what happened lately, in a bounded number of bytes."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

from console.server import places


class BoundedLog(logging.FileHandler):
    """Writes a log that whoever can reach the server cannot make fill the disk.

    A longer one is kept as `server.log.1`. The file is emptied in its place and not renamed: what
    the process prints goes there as well.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, encoding="utf-8", errors="replace")
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record, and begin anew where there is enough."""
        super().emit(record)
        try:
            if self.stream is not None and self.stream.tell() > places.LOG_BYTES:
                shutil.copyfile(self.baseFilename, f"{self.baseFilename}.1")
                self.stream.truncate(0)
        except OSError:
            self.handleError(record)  # a full disk is no reason to end
