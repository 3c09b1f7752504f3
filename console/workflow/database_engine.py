"""Connecting to SQLite and PostgreSQL, for writing or for reading only."""

from __future__ import annotations

import importlib.util
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

LOCK_TIMEOUT = 30.0
"""Seconds a transaction waits for another one to end."""
SHARED_LOCK_TIMEOUT = 2.0
"""Seconds where the one it waits for cannot end first: it is held by a job that waits for us."""
CONNECT_TIMEOUT = 10
"""Seconds."""

_POSTGRESQL_DRIVERS = ("psycopg", "psycopg2")
_READING = frozenset(
    {
        sqlite3.SQLITE_SELECT,
        sqlite3.SQLITE_READ,
        sqlite3.SQLITE_FUNCTION,
        sqlite3.SQLITE_RECURSIVE,
        sqlite3.SQLITE_TRANSACTION,
        sqlite3.SQLITE_SAVEPOINT,
    }
)
_READING_PRAGMAS = frozenset(
    {
        "database_list",
        "foreign_key_list",
        "index_info",
        "index_list",
        "index_xinfo",
        "read_uncommitted",
        "table_info",
        "table_list",
        "table_xinfo",
    }
)


def make_engine(url: str, *, read_only: bool, shares: bool) -> Engine:
    """Make an engine of one connection. Raises ValueError, ImportError for a missing driver.

    `shares` is for a job whose caller holds a transaction on the same SQLite file: a lock for
    writing is then taken at the first write and not at once, so that reading works.
    """
    scheme = url.partition(":")[0].partition("+")[0]
    if scheme == "sqlite":
        return _sqlite(url, read_only=read_only, shares=shares)
    if scheme in ("postgres", "postgresql"):
        return _postgresql(url)
    raise ValueError(f"no way to connect to {scheme!r}; there is sqlite and postgresql")


def _sqlite(url: str, *, read_only: bool, shares: bool) -> Engine:
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import NullPool

    path = unquote(url.partition(":///")[2].partition("?")[0])
    if not path or path == ":memory:":
        raise ValueError("a database in memory is seen by one process only; name a file")
    if not Path(path).is_file():
        # SQLite would make an empty one, and the job would find no table in it.
        raise ValueError(f"there is no file {path}")
    timeout = SHARED_LOCK_TIMEOUT if shares else LOCK_TIMEOUT

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"file:{quote(path)}?mode=rw",
            uri=True,
            timeout=timeout,
            isolation_level=None,
            check_same_thread=False,
        )
        if read_only:
            connection.execute("PRAGMA query_only = ON")
            connection.set_authorizer(_allow_reading)
        else:
            connection.set_authorizer(_allow_this_file)
        return connection

    # The lock for writing is taken at once: two transactions that read first and write then would
    # otherwise make each other fail, and waiting could not help.
    begin = "BEGIN" if read_only or shares else "BEGIN IMMEDIATE"

    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)
    event.listen(engine, "begin", begin_transaction)
    return engine


def _allow_reading(action: int, first: str | None, *_more: str | None) -> int:
    """Let SQLite prepare only what reads; SQL cannot switch this off."""
    if action in _READING:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_PRAGMA and (first or "").lower() in _READING_PRAGMAS:
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


def _allow_this_file(action: int, *_more: str | None) -> int:
    """Let SQLite do all but open a second file, for which the machine user may have no grant."""
    return sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_ATTACH else sqlite3.SQLITE_OK


def _postgresql(url: str) -> Engine:
    from sqlalchemy import create_engine
    from sqlalchemy.engine import make_url
    from sqlalchemy.pool import NullPool

    parsed = make_url(url.replace("postgres:", "postgresql:", 1) if "+" not in url else url)
    driver = parsed.drivername.partition("+")[2]
    if not driver:
        installed = [name for name in _POSTGRESQL_DRIVERS if importlib.util.find_spec(name)]
        if not installed:
            raise ImportError("no driver for PostgreSQL is installed; pip install psycopg")
        driver = installed[0]
        parsed = parsed.set(drivername=f"postgresql+{driver}")
    knows_timeout = driver in _POSTGRESQL_DRIVERS
    arguments = {"connect_timeout": CONNECT_TIMEOUT} if knows_timeout else {}
    return create_engine(parsed, poolclass=NullPool, connect_args=arguments)
