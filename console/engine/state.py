"""The folder `.wfc/` of a project: the journal, the logs, what workers say outside of jobs."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from console.engine.filesystem import network_filesystem
from console.engine.interface import EngineUnavailable

WORKER_LOG_BYTES = 4 * 1024 * 1024
"""From this size on the end of the workers' file is put aside; one old one is kept."""


@dataclass(frozen=True, slots=True)
class StateFolder:
    """Names of everything the engine keeps for a project."""

    folder: Path

    @property
    def journal(self) -> Path:
        """The SQLite file."""
        return self.folder / "journal.db"

    @property
    def definitions(self) -> Path:
        """The text of the project as it was read."""
        return self.folder / "definitions.json"

    @property
    def logs(self) -> Path:
        """The folder of the bodies' logs."""
        return self.folder / "logs"

    @property
    def workers(self) -> Path:
        """The folder of the workers' locks."""
        return self.folder / "workers"

    @property
    def worker_log(self) -> Path:
        """Where workers write what belongs to no job."""
        return self.folder / "workers.log"

    def prepare(self) -> None:
        """Make the folder, for its owner only. Raises EngineUnavailable, saying why."""
        try:
            self.folder.mkdir(mode=0o700, exist_ok=True)
            self.folder.chmod(0o700)
        except OSError as error:
            raise EngineUnavailable(f"cannot use {self.folder}: {error.strerror}") from None
        if not os.access(self.folder, os.W_OK | os.X_OK):
            raise EngineUnavailable(f"cannot use {self.folder}: it may not be written")
        kind = network_filesystem(self.folder)
        if kind is not None:
            raise EngineUnavailable(
                f"{self.folder} is on a network file system ({kind}), where SQLite's locks do not"
                " hold; put the project on a local disk"
            )
        self.trim_worker_log()

    def trim_worker_log(self) -> None:
        """Put the end of a large workers' file aside, and empty it.

        Whoever has it open appends, and goes on at its new beginning.
        """
        try:
            with self.worker_log.open("r+b") as log:
                size = os.fstat(log.fileno()).st_size
                if size <= WORKER_LOG_BYTES:
                    return
                log.seek(size - WORKER_LOG_BYTES)
                self.worker_log.with_suffix(".log.old").write_bytes(log.read(WORKER_LOG_BYTES))
                log.truncate(0)
        except OSError:
            pass  # there is none yet, or the disk is full
