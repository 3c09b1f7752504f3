"""One transaction on SQLAlchemy: opened for what the machine user may do, errors in plain words."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from console.workflow.errors import DatabaseReadOnly, DatabaseUnavailable

if TYPE_CHECKING:
    from sqlalchemy import Connection, CursorResult, Engine, Executable, MetaData, Table

Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None

_READ_ONLY_TRANSACTION = "25006"
"""PostgreSQL's code for a write in a read-only transaction."""


class DatabaseSession:
    """A connection with one transaction; used by one thread at a time."""

    def __init__(
        self, name: str, url: str, permission: str, invoker: str | None, held_by: str | None
    ) -> None:
        self.name = name
        self._url = url
        self._is_read_only = permission != "rw"
        self._invoker = invoker
        self._held_by = held_by
        self._engine: Engine | None = None
        self._connection: Connection | None = None
        self._metadata: MetaData | None = None

    def open(self) -> None:
        """Connect and begin. Raises DatabaseUnavailable."""
        from sqlalchemy import MetaData
        from sqlalchemy.exc import SQLAlchemyError

        from console.workflow.database_engine import make_engine

        try:
            self._engine = make_engine(
                self._url, read_only=self._is_read_only, shares=self._held_by is not None
            )
            connection = self._connection = self._engine.connect()
            if self._is_read_only and self._engine.dialect.name == "postgresql":
                connection = self._connection = connection.execution_options(
                    postgresql_readonly=True
                )
            connection.begin()
            if self._is_read_only:
                # After its first statement PostgreSQL lets no transaction turn to writing.
                connection.exec_driver_sql("SELECT 1")
            self._metadata = MetaData()
        except (SQLAlchemyError, OSError, ImportError, ValueError) as error:
            raise self._unavailable(error) from error

    def commit(self) -> None:
        """Commit."""
        with self._in_words():
            self._live().commit()

    def close(self) -> None:
        """Roll back what is not committed, and disconnect."""
        from sqlalchemy.exc import SQLAlchemyError

        connection, self._connection = self._connection, None
        try:
            if connection is not None:
                connection.close()
        except SQLAlchemyError:
            pass  # the connection is broken, and with it the transaction is gone
        finally:
            if self._engine is not None:
                self._engine.dispose()

    def execute(self, statement: Executable | str, parameters: Parameters) -> CursorResult[Any]:
        """Run a statement. Raises DatabaseReadOnly."""
        from sqlalchemy import text

        executable = text(statement) if isinstance(statement, str) else statement
        with self._in_words():
            return self._live().execute(executable, parameters)

    def fetch_one(
        self, statement: Executable | str, parameters: Parameters
    ) -> dict[str, Any] | None:
        """Give the first row, or None."""
        with self._in_words():
            row = self.execute(statement, parameters).mappings().first()
        return None if row is None else dict(row)

    def fetch_all(
        self, statement: Executable | str, parameters: Parameters
    ) -> list[dict[str, Any]]:
        """Give every row."""
        with self._in_words():
            return [dict(row) for row in self.execute(statement, parameters).mappings()]

    def table(self, name: str) -> Table:
        """Reflect one table. Raises LookupError with the nearest name."""
        from sqlalchemy import MetaData, Table, inspect
        from sqlalchemy.exc import NoSuchTableError

        metadata = self._metadata or MetaData()
        with self._in_words():
            try:
                return Table(name, metadata, autoload_with=self._live())
            except NoSuchTableError:
                known = sorted(inspect(self._live()).get_table_names())
        close = difflib.get_close_matches(name, known, 1, cutoff=0.5)
        there_is = f"did you mean {close[0]!r}?" if close else f"there is: {', '.join(known)}"
        raise LookupError(f"no table {name!r} in database {self.name!r}; {there_is}")

    def _live(self) -> Connection:
        if self._connection is None:
            raise RuntimeError(f"the transaction on database {self.name!r} is over")
        return self._connection

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        """Turn what a driver says about permission and locks into our words; leave the rest."""
        from sqlalchemy.exc import DBAPIError

        try:
            yield
        except DBAPIError as error:
            if self._is_read_only and _is_refused_write(error.orig):
                raise DatabaseReadOnly(
                    f"machine user {self._invoker!r} may only read database {self.name!r} here; "
                    f'"rw" in wfc.toml lets it write in jobs and in mutations'
                ) from error
            if error.connection_invalidated or _is_locked(error.orig):
                raise self._unavailable(error) from error
            raise

    def _unavailable(self, error: Exception) -> DatabaseUnavailable:
        reason = " ".join(str(getattr(error, "orig", None) or error).split())
        advice = ""
        if self._held_by is not None and _is_locked(getattr(error, "orig", None)):
            advice = (
                f"; {self._held_by} holds a transaction on it open while it triggers this job: "
                "leave the `begin()` block first"
            )
        return DatabaseUnavailable(f"database {self.name!r} cannot be used: {reason}{advice}")


class Tables:
    """A database's tables by name, each reflected when it is first asked for."""

    def __init__(
        self, session: DatabaseSession, run: Callable[[Callable[[], Table]], Table]
    ) -> None:
        self._session = session
        self._run = run

    def __getattr__(self, name: str) -> Table:
        if name.startswith("__"):
            raise AttributeError(name)
        return self[name]

    def __getitem__(self, name: str) -> Table:
        return self._run(lambda: self._session.table(name))


def _is_refused_write(error: BaseException | None) -> bool:
    said = str(error)
    if "not authorized" in said or "readonly database" in said:
        return True
    code = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)
    return code == _READ_ONLY_TRANSACTION


def _is_locked(error: BaseException | None) -> bool:
    return "database is locked" in str(error) or "database table is locked" in str(error)
