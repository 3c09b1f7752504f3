"""Databases in bodies: transactions, permissions the database enforces, clear failures."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError

from console.workflow import (
    CamelModel,
    DatabaseReadOnly,
    DatabaseUnavailable,
    Job,
    JobFailed,
    WorkflowMisuse,
    create_workflow_job,
    get_db,
    get_db_sync,
)
from console.workflow.database_ending import ends_transaction
from console.workflow.testing import InPlaceRun, run_in_place


class Customer(CamelModel):
    id: int
    e_mail: str


@pytest.fixture(params=["delete", "wal"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A small database, in each journal mode."""
    path = tmp_path / "the shop #1?.db"
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA journal_mode = {request.param}")
        connection.executescript(
            """
            CREATE TABLE Customer (id INTEGER PRIMARY KEY, e_mail TEXT NOT NULL UNIQUE);
            CREATE TABLE "Order" (id INTEGER PRIMARY KEY, customer INTEGER REFERENCES Customer);
            INSERT INTO Customer VALUES (1, 'ada@example.com');
            """
        )
    connection.close()
    return path


@pytest.fixture
def reader(shop: Path) -> Iterator[InPlaceRun]:
    """Jobs that run as a machine user who may only read."""
    with run_in_place(invoker="auditor", databases={"tailordb": (url(shop), "ro")}) as run:
        yield run


@pytest.fixture
def writer(shop: Path) -> Iterator[InPlaceRun]:
    """Jobs that run as a machine user who may write."""
    with run_in_place(invoker="manager", databases={"tailordb": url(shop)}) as run:
        yield run


def url(path: Path) -> str:
    """Write a URL as a project file would have it."""
    return "sqlite:///" + str(path).replace("?", "%3F").replace("#", "%23")


def rows(path: Path, statement: str) -> list[tuple[Any, ...]]:
    """Look into the database from outside."""
    connection = sqlite3.connect(path)
    try:
        return connection.execute(statement).fetchall()
    finally:
        connection.close()


def run_async(body: Any) -> Any:
    """Run a body as a job of its own, and give back what it raised itself."""
    job: Job[Any, Any] = Job("uses-database", body)
    try:
        return asyncio.run(job.trigger())
    except JobFailed as failed:
        raise (failed.__cause__ or failed) from None


def test_an_async_body_reads_and_writes_and_a_row_becomes_a_model(
    writer: InPlaceRun, shop: Path
) -> None:
    async def body() -> list[Customer]:
        async with get_db("tailordb").begin() as tx:
            customer = tx.tables.Customer
            done = await tx.execute(insert(customer).values(e_mail="bob@example.com"))
            assert done.rowcount == 1
            assert done.inserted_primary_key == (2,)
            one = await tx.fetch_one(select(customer).where(customer.c.id == 2))
            assert one == {"id": 2, "e_mail": "bob@example.com"}
            assert await tx.fetch_one(select(customer).where(customer.c.id == 99)) is None
            return await tx.fetch_all(select(customer).order_by(customer.c.id))  # type: ignore

    assert [c.e_mail for c in run_async(body)] == ["ada@example.com", "bob@example.com"]
    assert len(rows(shop, "SELECT * FROM Customer")) == 2


def test_a_def_body_reads_and_writes_with_text_too(writer: InPlaceRun, shop: Path) -> None:
    def body() -> Any:
        with get_db_sync("tailordb").begin() as tx:
            tx.execute("INSERT INTO Customer (e_mail) VALUES (:mail)", {"mail": "b@x"})
            tx.execute(
                "INSERT INTO Customer (e_mail) VALUES (:mail)", [{"mail": "c"}, {"mail": "d"}]
            )
            assert tx.fetch_one(select(tx.tables["Order"])) is None
            return tx.fetch_all("SELECT count(*) AS n FROM Customer")

    assert run_async(body) == [{"n": 4}]
    assert len(rows(shop, "SELECT * FROM Customer")) == 4


@pytest.mark.parametrize("error", [KeyError("x"), asyncio.CancelledError()])
def test_a_block_that_raises_leaves_nothing_behind(
    writer: InPlaceRun, shop: Path, error: BaseException
) -> None:
    async def body() -> None:
        async with get_db("tailordb").begin() as tx:
            await tx.execute("INSERT INTO Customer (e_mail) VALUES ('b')")
            raise error

    def sync_body() -> None:
        with get_db_sync("tailordb").begin() as tx:
            tx.execute("INSERT INTO Customer (e_mail) VALUES ('b')")
            raise error

    for wrong in (body, sync_body):
        with pytest.raises((KeyError, RuntimeError)):
            run_async(wrong)
    assert len(rows(shop, "SELECT * FROM Customer")) == 1


def test_the_databases_own_errors_can_be_caught(writer: InPlaceRun) -> None:
    async def body() -> str:
        async with get_db("tailordb").begin() as tx:
            try:
                await tx.execute("INSERT INTO Customer (e_mail) VALUES ('ada@example.com')")
            except IntegrityError:
                return "known"
        return "new"

    assert run_async(body) == "known"


WRITES = [
    "INSERT INTO Customer (e_mail) VALUES ('b')",
    "UPDATE Customer SET e_mail = 'x'",
    "DELETE FROM Customer",
    "REPLACE INTO Customer VALUES (1, 'x')",
    "WITH t AS (SELECT 1) INSERT INTO Customer (e_mail) SELECT 'x' FROM t",
    "CREATE TABLE more (a)",
    "CREATE TEMP TABLE more (a)",
    "DROP TABLE Customer",
    "ALTER TABLE Customer ADD COLUMN a",
    "CREATE INDEX i ON Customer (e_mail)",
    "PRAGMA query_only = OFF",
    "PRAGMA user_version = 7",
    "PRAGMA writable_schema = ON",
    "ATTACH DATABASE ':memory:' AS other",
]


@pytest.mark.parametrize("statement", WRITES)
def test_a_write_by_a_reader_is_refused_by_the_database(
    reader: InPlaceRun, shop: Path, statement: str
) -> None:
    async def body() -> None:
        async with get_db("tailordb").begin() as tx:
            await tx.execute(statement)

    def sync_body() -> None:
        with get_db_sync("tailordb").begin() as tx:
            tx.execute(statement)

    for writes in (body, sync_body):
        with pytest.raises(DatabaseReadOnly, match="'auditor' may only read database 'tailordb'"):
            run_async(writes)
    assert rows(shop, "SELECT * FROM Customer") == [(1, "ada@example.com")]
    assert len(rows(shop, "SELECT * FROM sqlite_schema WHERE type = 'table'")) == 2


def test_a_reader_cannot_write_by_going_around_the_transaction(
    reader: InPlaceRun, shop: Path
) -> None:
    def body() -> None:
        with get_db_sync("tailordb").begin() as tx:
            tx.execute("COMMIT")
            tx.execute("INSERT INTO Customer (e_mail) VALUES ('b')")

    with pytest.raises(WorkflowMisuse, match="no statement in it ends it"):
        run_async(body)
    assert len(rows(shop, "SELECT * FROM Customer")) == 1


ENDINGS = ["commit", "END TRANSACTION", "rollback", "/* a /* b */ -- c\n COMMIT", ";end"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_no_statement_ends_the_one_transaction_of_a_block(
    writer: InPlaceRun, shop: Path, ending: str
) -> None:
    async def body() -> None:
        async with get_db("tailordb").begin() as tx:
            await tx.execute("INSERT INTO Customer (e_mail) VALUES ('b')")
            with pytest.raises(WorkflowMisuse, match="'tailordb' is one transaction"):
                await tx.execute(text(ending))
            await tx.execute("INSERT INTO Customer (e_mail) VALUES ('c')")
            raise KeyError("x")

    with pytest.raises(KeyError):
        run_async(body)
    assert rows(shop, "SELECT * FROM Customer") == [(1, "ada@example.com")]


def test_a_part_of_a_block_is_undone_with_a_savepoint(writer: InPlaceRun, shop: Path) -> None:
    def body() -> None:
        with get_db_sync("tailordb").begin() as tx:
            tx.execute("INSERT INTO Customer (e_mail) VALUES ('kept; the end')")
            tx.execute("SAVEPOINT before")
            tx.execute("INSERT INTO Customer (e_mail) VALUES ('undone')")
            tx.execute("ROLLBACK TRANSACTION TO SAVEPOINT before")
            tx.execute("RELEASE before")

    run_async(body)
    assert [mail for _, mail in rows(shop, "SELECT * FROM Customer")][1:] == ["kept; the end"]


def test_what_sqlite_gave_up_is_not_gone_on_with(writer: InPlaceRun, shop: Path) -> None:
    def goes_on() -> None:
        with get_db_sync("tailordb").begin() as tx:
            tx.execute("INSERT INTO Customer (e_mail) VALUES ('b')")
            with pytest.raises(IntegrityError):
                tx.execute("INSERT OR ROLLBACK INTO Customer (e_mail) VALUES ('ada@example.com')")
            tx.execute("INSERT INTO Customer (e_mail) VALUES ('alone')")

    def ends() -> None:
        with get_db_sync("tailordb").begin() as tx:
            tx.execute("INSERT INTO Customer (e_mail) VALUES ('b')")
            with pytest.raises(IntegrityError):
                tx.execute("INSERT OR ROLLBACK INTO Customer (e_mail) VALUES ('ada@example.com')")

    for wrong in (goes_on, ends):
        with pytest.raises(WorkflowMisuse, match="SQLite gave up the whole transaction"):
            run_async(wrong)
    assert rows(shop, "SELECT * FROM Customer") == [(1, "ada@example.com")]


@pytest.mark.parametrize(
    ("statement", "ends"),
    [
        ("COMMIT", True),
        ("SELECT 1; /* x */ end", True),
        ("PREPARE TRANSACTION 'x'", True),
        ("ROLLBACK AND CHAIN", True),
        ("rollback work to savepoint a", False),
        ("ROLLBACK TO a; RELEASE a", False),
        ("PREPARE q AS SELECT 1", False),
        ("INSERT INTO t VALUES ('a; commit'); SELECT 'the ''end; end'", False),
        ("DO $x$ BEGIN DELETE FROM t; END $x$", False),
        ("SELECT E'\\'; commit'; -- ; end", False),
        ("SELECT CASE WHEN a THEN 1 END FROM t", False),
    ],
)
def test_a_statement_that_ends_a_transaction_is_known_by_its_text(
    statement: str, ends: bool
) -> None:
    assert ends_transaction(statement) is ends


def test_a_writer_cannot_reach_another_file_from_its_database(
    writer: InPlaceRun, tmp_path: Path
) -> None:
    other = tmp_path / "other.db"
    sqlite3.connect(other).close()

    def body() -> None:
        with get_db_sync("tailordb").begin() as tx:
            tx.execute("ATTACH DATABASE :path AS other", {"path": str(other)})

    with pytest.raises(PermissionError, match="no other database is attached to 'tailordb'"):
        run_async(body)


def test_a_reader_reads_everything_also_after_a_refused_write(reader: InPlaceRun) -> None:
    async def body() -> Any:
        async with get_db("tailordb").begin() as tx:
            with pytest.raises(DatabaseReadOnly):
                await tx.execute(insert(tx.tables.Customer).values(e_mail="b"))
            order = tx.tables.Order
            assert [key.column.table.name for key in order.foreign_keys] == ["Customer"]
            return await tx.fetch_all(select(tx.tables.Customer))

    assert run_async(body) == [{"id": 1, "e_mail": "ada@example.com"}]


def test_a_table_that_does_not_exist_is_told_with_the_nearest_name(reader: InPlaceRun) -> None:
    async def body() -> None:
        async with get_db("tailordb").begin() as tx:
            tx.tables.Customers  # noqa: B018

    with pytest.raises(LookupError, match=r"no table 'Customers' in .* did you mean 'Customer'"):
        run_async(body)


def test_a_result_is_no_use_after_its_block(reader: InPlaceRun) -> None:
    async def body() -> None:
        async with get_db("tailordb").begin() as tx:
            pass
        await tx.fetch_one("SELECT 1")

    def sync_body() -> None:
        with get_db_sync("tailordb").begin() as tx:
            pass
        tx.fetch_one("SELECT 1")

    for late in (body, sync_body):
        with pytest.raises(RuntimeError):
            run_async(late)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("sqlite:////no/such/folder/shop.db", "there is no file /no/such/folder/shop.db"),
        ("sqlite://", "one process only"),
        ("mysql://localhost/shop", "no way to connect to 'mysql'"),
        ("postgresql://user:secret-word@127.0.0.1:9/shop", "psycopg|[Cc]onnection refused"),
    ],
)
@pytest.mark.parametrize("permission", ["rw", "ro"])
def test_a_dead_database_is_told_in_one_line(address: str, words: str, permission: str) -> None:
    async def body() -> None:
        async with get_db("tailordb").begin():
            pass

    with run_in_place(databases={"tailordb": (address, permission)}):
        with pytest.raises(DatabaseUnavailable, match=words) as dead:
            run_async(body)
    assert str(dead.value).startswith("database 'tailordb' cannot be used: ")
    assert "\n" not in str(dead.value)
    assert "secret-word" not in str(dead.value)


def test_a_missing_file_is_not_made(tmp_path: Path) -> None:
    def body() -> None:
        with get_db_sync("tailordb").begin():
            pass

    with run_in_place(databases={"tailordb": url(tmp_path / "new.db")}):
        with pytest.raises(DatabaseUnavailable):
            run_async(body)
    assert list(tmp_path.iterdir()) == []


def test_two_writers_that_read_first_wait_for_each_other(writer: InPlaceRun, shop: Path) -> None:
    """With a lock taken at the first write one of them would fail at once."""
    both = threading.Barrier(2, timeout=20)

    def add_one() -> None:
        both.wait()
        with get_db_sync("tailordb").begin() as tx:
            count = tx.fetch_one("SELECT count(*) AS n FROM Customer")
            assert count is not None
            threading.Event().wait(0.02)
            tx.execute("INSERT INTO Customer (e_mail) VALUES (:mail)", {"mail": f"m{count['n']}"})

    import contextvars

    threads = [
        threading.Thread(target=contextvars.copy_context().run, args=(add_one,)) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    mails = sorted(mail for _, mail in rows(shop, "SELECT * FROM Customer"))
    assert mails == ["ada@example.com", "m1", "m2"]


@create_workflow_job(name="reads-inside")
async def reads_inside() -> int:
    async with get_db("tailordb").begin() as tx:
        return len(await tx.fetch_all(select(tx.tables.Customer)))


@create_workflow_job(name="writes-inside")
async def writes_inside() -> None:
    async with get_db("tailordb").begin() as tx:
        await tx.execute(insert(tx.tables.Customer).values(e_mail="inner"))


def test_a_callee_can_read_what_its_caller_holds_and_is_told_why_it_cannot_write(
    writer: InPlaceRun, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.workflow.database_engine.SHARED_LOCK_TIMEOUT", 0.05)

    async def body() -> int:
        async with get_db("tailordb").begin() as tx:
            await tx.execute(insert(tx.tables.Customer).values(e_mail="outer"))
            seen = await reads_inside.trigger()
            with pytest.raises(JobFailed, match="uses-database holds a transaction on it open"):
                await writes_inside.trigger()
            return seen

    assert run_async(body) == 1
    assert len(rows(shop, "SELECT * FROM Customer")) == 2


def test_a_cancelled_body_lets_go_of_the_database(writer: InPlaceRun, shop: Path) -> None:
    async def body() -> None:
        async with get_db("tailordb").begin() as tx:
            await tx.execute("INSERT INTO Customer (e_mail) VALUES ('b')")
            begun.set()
            await asyncio.Event().wait()

    begun = asyncio.Event()

    async def main() -> None:
        task = asyncio.create_task(Job("sleeps-on-it", body).trigger())
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    connection = sqlite3.connect(shop, timeout=0)
    connection.execute("BEGIN IMMEDIATE")
    assert connection.execute("SELECT count(*) FROM Customer").fetchone() == (1,)
    connection.close()


def test_the_names_of_workflows_are_imported_without_the_database_library() -> None:
    import subprocess
    import sys

    program = (
        "import sys, console.workflow, console.workflow.testing; print('sqlalchemy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "False"
