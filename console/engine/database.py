"""Connections to the journal: how they are opened, and what SQLite's errors mean to a person.

One connection writes and a few read. A reader cannot take the write lock: it is `query_only`.
`NORMAL` on the lease's connection lets a renewal be lost with the power; every other commit is on
the disk when it returns.
"""

from __future__ import annotations

import queue
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from console.engine.interface import EngineUnavailable

BUSY_SECONDS = 5.0
"""How long a write waits for another process's write before it is given up."""

_MEANINGS = (
    ("SQLITE_BUSY", "another process holds it locked"),
    ("SQLITE_LOCKED", "another process holds it locked"),
    ("SQLITE_FULL", "the disk is full"),
    ("SQLITE_READONLY", "it cannot be written: the file or its folder is read-only"),
    ("SQLITE_PERM", "this user may not open it"),
    ("SQLITE_CANTOPEN", "it cannot be opened: is the folder there, and may this user write it?"),
    ("SQLITE_NOTADB", "it is not a journal, or it is damaged; move it aside, or restore a copy"),
    ("SQLITE_CORRUPT", "it is damaged; move it aside, or restore a copy"),
    ("SQLITE_IOERR", "the disk failed while it was used"),
)


_PASSING = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_FULL")


class JournalBusy(EngineUnavailable):
    """Nobody can write the journal now, and it may pass: it is locked, or the disk is full."""


def unavailable(error: sqlite3.Error, path: Path) -> EngineUnavailable:
    """Say in a person's words why SQLite refused."""
    name = getattr(error, "sqlite_errorname", "")
    for prefix, meaning in _MEANINGS:
        if name.startswith(prefix):
            kind = JournalBusy if prefix in _PASSING else EngineUnavailable
            return kind(f"the journal {path} cannot be used: {meaning}")
    return EngineUnavailable(f"the journal {path} cannot be used: {error}")


class Database:
    """One connection to the journal; used by one thread at a time."""

    def __init__(self, path: Path, mode: Literal["write", "read", "lease"] = "write"):
        self.path = path
        with self.errors():
            self._connection = sqlite3.connect(
                path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            self._connection.row_factory = sqlite3.Row
            self._connection.execute("PRAGMA foreign_keys = ON")
            level = "NORMAL" if mode == "lease" else "FULL"
            self._connection.execute(f"PRAGMA synchronous = {level}")
            if mode == "read":
                self._connection.execute("PRAGMA query_only = ON")

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Turn SQLite's errors into EngineUnavailable; a constraint is a bug and stays itself."""
        try:
            yield
        except sqlite3.IntegrityError:
            raise
        except sqlite3.DatabaseError as error:
            raise unavailable(error, self.path) from error

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Write in one transaction: all of it, or nothing when the block raises."""
        yield from self._between("BEGIN IMMEDIATE")

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """Read several times from one moment; takes no lock a writer waits for."""
        yield from self._between("BEGIN")

    def _between(self, begin: str) -> Iterator[sqlite3.Connection]:
        with self.errors():
            self._connection.execute(begin)
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                # SQLite has rolled back by itself after some errors, a full disk among them.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def execute(self, statement: str, parameters: tuple[object, ...] = ()) -> sqlite3.Cursor:
        """Run one statement outside any transaction."""
        with self.errors():
            return self._connection.execute(statement, parameters)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


class ReaderPool:
    """Connections that only read, lent to one thread at a time and made when all are lent."""

    def __init__(self, path: Path):
        self._path = path
        self._idle: queue.LifoQueue[Database] = queue.LifoQueue()

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """Read from one moment of the journal."""
        try:
            database = self._idle.get_nowait()
        except queue.Empty:
            database = Database(self._path, "read")
        try:
            with database.snapshot() as connection:
                yield connection
        finally:
            self._idle.put(database)

    def close(self) -> None:
        """Close the idle connections."""
        while not self._idle.empty():
            self._idle.get_nowait().close()
