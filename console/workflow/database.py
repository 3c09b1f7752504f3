"""The project's databases as a body uses them: `get_db`, `get_db_sync`, one transaction a block.

    async with get_db("tailordb").begin() as tx:
        customer = tx.tables.Customer                      # reflected, a SQLAlchemy table
        row = await tx.fetch_one(select(customer).where(customer.c.id == 7))

A block that ends is committed, one that raises is rolled back. What the machine user may do there
is in `wfc.toml`, and the database itself refuses the rest.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from console.workflow.database_session import DatabaseSession, Tables
from console.workflow.frame import call_site, current_frame, refuse_in_loop, refuse_in_thread
from console.workflow.job import active_runtime

if TYPE_CHECKING:
    from sqlalchemy import CursorResult, Executable

T = TypeVar("T")
Row = dict[str, Any]
"""One row by column name."""
Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None


class SyncTransaction:
    """One open transaction of a `def` body."""

    def __init__(self, session: DatabaseSession) -> None:
        self._session = session
        self.tables = Tables(session, lambda work: work())
        """The database's tables by name, reflected: `tx.tables.Customer`."""

    def execute(
        self, statement: Executable | str, parameters: Parameters = None
    ) -> CursorResult[Any]:
        """Run a statement; text has parameters written `:name`. Raises DatabaseReadOnly."""
        return self._session.execute(statement, parameters)

    def fetch_one(self, statement: Executable | str, parameters: Parameters = None) -> Row | None:
        """Give the first row, or None."""
        return self._session.fetch_one(statement, parameters)

    def fetch_all(self, statement: Executable | str, parameters: Parameters = None) -> list[Row]:
        """Give every row."""
        return self._session.fetch_all(statement, parameters)


class Transaction:
    """One open transaction of an `async def` body; the database works in a thread of its own."""

    def __init__(self, session: DatabaseSession, executor: ThreadPoolExecutor) -> None:
        self._session = session
        self._executor = executor
        self.tables = Tables(session, lambda work: executor.submit(work).result())
        """The database's tables by name, reflected: `tx.tables.Customer`."""

    async def execute(
        self, statement: Executable | str, parameters: Parameters = None
    ) -> CursorResult[Any]:
        """Run a statement; text has parameters written `:name`. Raises DatabaseReadOnly."""
        return await self._run(lambda: self._session.execute(statement, parameters))

    async def fetch_one(
        self, statement: Executable | str, parameters: Parameters = None
    ) -> Row | None:
        """Give the first row, or None."""
        return await self._run(lambda: self._session.fetch_one(statement, parameters))

    async def fetch_all(
        self, statement: Executable | str, parameters: Parameters = None
    ) -> list[Row]:
        """Give every row."""
        return await self._run(lambda: self._session.fetch_all(statement, parameters))

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)


@dataclass(frozen=True, slots=True)
class SyncDatabase:
    """A database of the project, for a `def` body."""

    name: str
    url: str
    permission: str
    invoker: str | None = None

    @contextmanager
    def begin(self) -> Iterator[SyncTransaction]:
        """Open a transaction. Raises DatabaseUnavailable."""
        session = _session(self)
        with _noted(self):
            try:
                session.open()
                yield SyncTransaction(session)
                session.commit()
            finally:
                session.close()


@dataclass(frozen=True, slots=True)
class Database:
    """A database of the project, for an `async def` body."""

    name: str
    url: str
    permission: str
    invoker: str | None = None

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Transaction]:
        """Open a transaction. Raises DatabaseUnavailable."""
        session = _session(self)
        loop = asyncio.get_running_loop()
        executor = ThreadPoolExecutor(1, thread_name_prefix=f"db-{self.name}")
        with _noted(self):
            try:
                await loop.run_in_executor(executor, session.open)
                yield Transaction(session, executor)
                await loop.run_in_executor(executor, session.commit)
            finally:
                # Behind whatever still runs there, also when this task is being cancelled.
                closed = executor.submit(session.close)
                executor.shutdown(wait=False)
                await asyncio.shield(asyncio.wrap_future(closed))


def get_db(name: str) -> Database:
    """Give a database of the project to an `async def` body.

    Raises LookupError for a wrong name, PermissionError for one the machine user is not granted,
    WorkflowMisuse in a `def` body.
    """
    refuse_in_thread("get_db()", "get_db_sync()", call_site())
    runtime = active_runtime()
    return Database(name, *runtime.database(name), _invoker())


def get_db_sync(name: str) -> SyncDatabase:
    """Give a database of the project to a `def` body. Raises as `get_db` does."""
    refuse_in_loop("get_db_sync()", "get_db()", call_site())
    runtime = active_runtime()
    return SyncDatabase(name, *runtime.database(name), _invoker())


def _invoker() -> str | None:
    frame = current_frame.get()
    return frame.context.invoker if frame else active_runtime().context.invoker


def _session(database: Database | SyncDatabase) -> DatabaseSession:
    """Make a session, which learns of a caller of this job that holds the same database."""
    frame = current_frame.get()
    above = frame.parent if frame else None
    held_by = None
    while above is not None and held_by is None:
        held_by = above.name if database.url in above.open_databases else None
        above = above.parent
    return DatabaseSession(
        database.name, database.url, database.permission, database.invoker, held_by
    )


@contextmanager
def _noted(database: Database | SyncDatabase) -> Iterator[None]:
    """Note in the body's frame that it holds the database while the block runs."""
    frame = current_frame.get()
    if frame is None:
        yield
        return
    frame.open_databases.append(database.url)
    try:
        yield
    finally:
        frame.open_databases.remove(database.url)
