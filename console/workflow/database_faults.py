"""What a driver's error means: a refused write, a lock, a dead database, or the statement's own."""

from __future__ import annotations

import sqlite3
from enum import Enum

_READ_ONLY_TRANSACTION = "25006"
"""PostgreSQL's code for a write in a read-only transaction."""
_BROKEN_POSTGRESQL = ("08", "53", "57P", "58", "XX001", "XX002")
"""Beginnings of its codes for a lost connection, no room, a shutdown, the system, damage."""
_BROKEN_SQLITE = frozenset(
    {
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOLFS,
        sqlite3.SQLITE_FORMAT,
        sqlite3.SQLITE_NOTADB,
    }
)
"""Its errors of the file and of the disk; the rest is of the statement, as a missing table is."""


class Fault(Enum):
    """What went wrong between a body and its database."""

    NOT_ALLOWED = "the connection refuses what it was not opened for"
    LOCKED = "another transaction did not end in time"
    BROKEN = "the database is dead or damaged"
    STATEMENT = "the statement's own: for the body to catch"


def fault_of(error: BaseException | None, *, is_read_only: bool, is_disconnect: bool) -> Fault:
    """Tell what a driver's error means; `is_disconnect` is what SQLAlchemy thinks of it."""
    if isinstance(error, sqlite3.Error):
        return _of_sqlite(error, is_read_only=is_read_only)
    code = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)
    if code == _READ_ONLY_TRANSACTION and is_read_only:
        return Fault.NOT_ALLOWED
    if is_disconnect or (code and code.startswith(_BROKEN_POSTGRESQL)):
        return Fault.BROKEN
    # Without a code of PostgreSQL's it is libpq that speaks: there was no answer.
    no_answer = code is None and type(error).__name__ == "OperationalError"
    return Fault.BROKEN if no_answer else Fault.STATEMENT


def _of_sqlite(error: sqlite3.Error, *, is_read_only: bool) -> Fault:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    # A refused CREATE TABLE has the code of a wrong statement, and only these words.
    if code == sqlite3.SQLITE_AUTH or str(error) == "not authorized":
        return Fault.NOT_ALLOWED
    if code == sqlite3.SQLITE_READONLY and is_read_only:
        return Fault.NOT_ALLOWED
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return Fault.LOCKED
    return Fault.BROKEN if code in _BROKEN_SQLITE else Fault.STATEMENT
