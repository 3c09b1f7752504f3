"""An empty journal, made once: making one anew costs several waits for the disk."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path

from console.engine.database import Database
from console.engine.upgrade import open_journal


@functools.cache
def _blank() -> bytes:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "journal.db"
        database = open_journal(path)
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()
        return path.read_bytes()


def blank_journal(folder: Path) -> Path:
    """Put an empty journal into a folder, if there is none; gives its path."""
    path = folder / "journal.db"
    if not path.exists():
        path.write_bytes(_blank())
    return path


def open_blank(folder: Path) -> Database:
    """Open an empty journal that survives no loss of power."""
    database = open_journal(blank_journal(folder), is_checked=False)
    database.execute("PRAGMA synchronous = OFF")
    return database
