"""A server of its own process, on a journal with very many executions."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.listing import make
from benchmarks.project import written

ENDED = ("SUCCESS", "FAILED", "CANCELED")
"""States that no worker touches."""


class Served:
    """Starts a server, and ends it; `record` is what it tells of itself."""

    def __init__(self, executions: int = 0, workers: int = 1) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="wfc-bench-")
        home = Path(self._folder.name)
        self.root = written(home / "project")
        self.journal = self.root / ".wfc" / "journal.db"
        if executions:
            self.journal.parent.mkdir(mode=0o700)
            make(self.journal, executions, ENDED)
        reading, writing = os.pipe()
        environment = {
            **os.environ,
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(home),
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        command = [sys.executable, "-m", "console.server", str(self.root)]
        self.process = subprocess.Popen(
            [*command, "--workers", str(workers), "--report-to", str(writing)],
            env=environment,
            pass_fds=[writing],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(writing)
        with os.fdopen(reading) as report:
            self.record: Mapping[str, Any] = json.loads(report.readline() or '{"error": "it died"}')
        assert "error" not in self.record, self.record

    def change_all(self) -> None:
        """Let every execution read differently: as if it had ended a second later."""
        connection = sqlite3.connect(self.journal, isolation_level=None, timeout=30)
        try:
            connection.execute("BEGIN IMMEDIATE")
            (last,) = connection.execute("SELECT change FROM identity").fetchone()
            connection.execute(
                "UPDATE execution SET finished_at = finished_at + 1000, change = rowid + ?",
                (last + 1,),
            )
            connection.execute("UPDATE identity SET change = (SELECT max(change) FROM execution)")
            connection.execute("COMMIT")
        finally:
            connection.close()

    def close(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(timeout=30)
        self._folder.cleanup()
