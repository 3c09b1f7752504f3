"""One transaction on SQLAlchemy: opened for what the machine user may do, errors in plain words."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from console.workflow.database_ending import ends_transaction, may_end_transaction
from console.workflow.database_faults import Fault, fault_of
from console.workflow.database_guard import SqliteGuard
from console.workflow.errors import DatabaseReadOnly, DatabaseUnavailable, WorkflowMisuse

if TYPE_CHECKING:
    from sqlalchemy import Connection, CursorResult, Engine, Executable, MetaData, Table
    from sqlalchemy.engine import ExceptionContext

Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None


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
        self._guard = SqliteGuard(read_only=self._is_read_only)
        self._is_in_doubt = False
        """Whether a statement failed, with which PostgreSQL gives up the whole transaction."""

    def open(self) -> None:
        """Connect and begin. Raises DatabaseUnavailable."""
        from sqlalchemy import MetaData, event
        from sqlalchemy.exc import SQLAlchemyError

        from console.workflow.database_engine import make_engine

        try:
            self._engine = make_engine(
                self._url,
                read_only=self._is_read_only,
                shares=self._held_by is not None,
                guard=self._guard,
            )
            event.listen(self._engine, "handle_error", self._in_words)
            connection = self._connection = self._engine.connect()
            if self._is_read_only and self._engine.dialect.name == "postgresql":
                connection = self._connection = connection.execution_options(
                    postgresql_readonly=True
                )
            connection.begin()
            self._look(connection)
            self._metadata = MetaData()
        except (SQLAlchemyError, OSError, ImportError, ValueError) as error:
            raise self._unavailable(error) from error

    def _look(self, connection: Connection) -> None:
        """Ask a first thing, so that what is no database is told here and not in the middle."""
        from sqlalchemy import event

        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("SELECT 1 FROM sqlite_master LIMIT 1")
            return
        if self._is_read_only:
            # After its first statement PostgreSQL lets no transaction turn to writing.
            connection.exec_driver_sql("SELECT 1")
        event.listen(connection.engine, "before_cursor_execute", self._stay_inside)

    def commit(self) -> None:
        """Commit. Raises WorkflowMisuse where a caught error has undone the transaction."""
        from sqlalchemy.exc import DBAPIError, PendingRollbackError

        live = self._live()
        try:
            if self._is_in_doubt and live.dialect.name == "postgresql" and not self._is_read_only:
                # Its COMMIT would then roll back without a word.
                live.exec_driver_sql("SELECT 1")
            live.commit()
        except PendingRollbackError as error:
            raise self._unavailable(error) from error
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", getattr(error.orig, "pgcode", "")) != "25P02":
                raise
            raise WorkflowMisuse(
                f"a statement on database {self.name!r} failed, and with it PostgreSQL gave up the "
                "whole transaction: nothing of it was written; catch the error outside the "
                "`begin()` block, or write ON CONFLICT DO NOTHING"
            ) from error

    def close(self) -> None:
        """Roll back what is not committed, and disconnect."""
        from sqlalchemy.exc import SQLAlchemyError

        connection, self._connection = self._connection, None
        try:
            if connection is not None:
                connection.close()
        except (SQLAlchemyError, DatabaseUnavailable):
            pass  # the connection is broken, and with it the transaction is gone
        finally:
            if self._engine is not None:
                self._engine.dispose()

    def execute(self, statement: Executable | str, parameters: Parameters) -> CursorResult[Any]:
        """Run a statement. Raises DatabaseReadOnly; WorkflowMisuse where it ends the block."""
        from sqlalchemy import text

        executable = text(statement) if isinstance(statement, str) else statement
        return self._live().execute(executable, parameters)

    def fetch_one(
        self, statement: Executable | str, parameters: Parameters
    ) -> dict[str, Any] | None:
        """Give the first row, or None."""
        row = self.execute(statement, parameters).mappings().first()
        return None if row is None else dict(row)

    def fetch_all(
        self, statement: Executable | str, parameters: Parameters
    ) -> list[dict[str, Any]]:
        """Give every row."""
        return [dict(row) for row in self.execute(statement, parameters).mappings()]

    def table(self, name: str) -> Table:
        """Reflect one table. Raises LookupError with the nearest name."""
        from sqlalchemy import MetaData, Table, inspect
        from sqlalchemy.exc import NoSuchTableError

        metadata = self._metadata or MetaData()
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
        if self._connection.dialect.name == "sqlite" and not _is_in_transaction(self._connection):
            raise WorkflowMisuse(
                f"a statement on database {self.name!r} failed, and with it SQLite gave up the "
                "whole transaction: nothing of it was written; catch the error outside the "
                "`begin()` block, or write ON CONFLICT DO NOTHING"
            )
        return self._connection

    def _in_words(self, failed: ExceptionContext) -> Exception | None:
        """Turn what a driver says of permission, locks and death into our words; leave the rest.

        SQLAlchemy asks this for every error of its driver: at connecting, reflecting, executing,
        fetching rows and committing.
        """
        error = failed.sqlalchemy_exception
        if error is None:
            return None
        match fault_of(
            failed.original_exception,
            is_read_only=self._is_read_only,
            is_disconnect=failed.is_disconnect,
        ):
            case Fault.NOT_ALLOWED if self._guard.refused_end:
                return self._one_transaction()
            case Fault.NOT_ALLOWED if self._is_read_only:
                return self._read_only()
            case Fault.NOT_ALLOWED:
                return PermissionError(
                    f"no other database is attached to {self.name!r}; get_db opens each of the "
                    "project's, as the machine user may"
                )
            case Fault.LOCKED | Fault.BROKEN:
                return self._unavailable(error)
            case Fault.STATEMENT:
                self._is_in_doubt = True
                error.code = None  # no link to SQLAlchemy's page in what a job failed with
        return None

    def _stay_inside(self, _connection: Any, _cursor: Any, statement: str, *_more: object) -> None:
        """Refuse to end the transaction: what came after would be neither in it nor read-only."""
        if ends_transaction(statement):
            raise self._one_transaction()
        if self._is_read_only and may_end_transaction(statement):
            raise self._read_only()

    def _one_transaction(self) -> WorkflowMisuse:
        return WorkflowMisuse(
            f"one `begin()` block on database {self.name!r} is one transaction: it is committed "
            "when the block ends and rolled back when it raises, and no statement in it ends it; "
            "to go back a part of the way, use SAVEPOINT and ROLLBACK TO"
        )

    def _read_only(self) -> DatabaseReadOnly:
        return DatabaseReadOnly(
            f"machine user {self._invoker!r} may only read database {self.name!r} here; "
            f'"rw" in wfc.toml lets it write in jobs and in mutations'
        )

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


def _is_in_transaction(connection: Connection) -> bool:
    """Ask SQLite, which leaves a transaction by itself: `INSERT OR ROLLBACK`, a full disk."""
    return bool(getattr(connection.connection.dbapi_connection, "in_transaction", False))


def _is_locked(error: BaseException | None) -> bool:
    return "database is locked" in str(error) or "database table is locked" in str(error)
