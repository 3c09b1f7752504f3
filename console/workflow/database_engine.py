"""Connecting to SQLite and PostgreSQL, for writing or for reading only."""

from __future__ import annotations

import importlib.util
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from console.workflow.database_guard import SqliteGuard

LOCK_TIMEOUT = 30.0
"""Seconds a transaction waits for another one to end."""
SHARED_LOCK_TIMEOUT = 2.0
"""Seconds where the one it waits for cannot end first: it is held by a job that waits for us."""
CONNECT_TIMEOUT = 10
"""Seconds."""

_POSTGRESQL_DRIVERS = ("psycopg", "psycopg2")


def make_engine(url: str, *, read_only: bool, shares: bool, guard: SqliteGuard) -> Engine:
    """Make an engine of one connection. Raises ValueError, ImportError for a missing driver.

    `shares` is for a job whose caller holds a transaction on the same SQLite file: a lock for
    writing is then taken at the first write and not at once, so that reading works. `guard` is
    asked by SQLite, and told when it is the connection itself that ends its transaction.
    """
    scheme = url.partition(":")[0].partition("+")[0]
    if scheme == "sqlite":
        return _sqlite(url, read_only=read_only, shares=shares, guard=guard)
    if scheme in ("postgres", "postgresql"):
        return _postgresql(url)
    raise ValueError(f"no way to connect to {scheme!r}; there is sqlite and postgresql")


def _sqlite(url: str, *, read_only: bool, shares: bool, guard: SqliteGuard) -> Engine:
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
        connection.set_authorizer(guard)
        return connection

    # The lock for writing is taken at once: two transactions that read first and write then would
    # otherwise make each other fail, and waiting could not help.
    begin = "BEGIN" if read_only or shares else "BEGIN IMMEDIATE"

    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    def end_transaction(_connection: Connection) -> None:
        guard.may_end = True

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)
    event.listen(engine, "begin", begin_transaction)
    event.listen(engine, "commit", end_transaction)
    event.listen(engine, "rollback", end_transaction)
    return engine


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
