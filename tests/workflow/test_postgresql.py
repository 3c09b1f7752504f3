"""A real PostgreSQL, where one and a driver are installed: permissions, tables, failures.

Neither is a dependency of the program, so these tests are skipped where one is missing.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from console.workflow import (
    DatabaseReadOnly,
    DatabaseUnavailable,
    Job,
    JobFailed,
    WorkflowMisuse,
    get_db,
    get_db_sync,
)
from console.workflow.testing import run_in_place

DRIVERS = [name for name in ("psycopg", "psycopg2") if importlib.util.find_spec(name)]
PROGRAMS = {name: shutil.which(name) for name in ("initdb", "postgres", "pg_ctl")}

pytestmark = pytest.mark.skipif(
    not DRIVERS or not all(PROGRAMS.values()), reason="no PostgreSQL or no driver for it here"
)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A server of its own on loopback; gives `user@host:port/name`."""
    owner = _owner()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="wfc-pg-", dir="/tmp"))
    if owner is not None:
        shutil.chown(folder, owner)

    def run(*words: str) -> None:
        subprocess.run(words, check=True, user=owner, stdout=subprocess.DEVNULL, cwd="/")

    data = str(folder / "data")
    try:
        run("initdb", "-D", data, "-A", "trust", "-U", "shop", "--no-sync")
        options = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder} -c fsync=off"
        run("pg_ctl", "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield f"shop@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _owner() -> str | None:
    """Name who runs the server: it refuses to be root's."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    pytest.skip("nobody but root to run PostgreSQL as")


@pytest.fixture(params=["", *(f"+{driver}" for driver in DRIVERS)])
def url(request: pytest.FixtureRequest, server: str) -> str:
    """The database's URL, without a driver and with each that is installed; its table is new."""
    address = f"postgresql{request.param}://{server}"

    async def prepare() -> None:
        async with get_db("tailordb").begin() as tx:
            await tx.execute('DROP TABLE IF EXISTS "Customer"')
            await tx.execute(
                'CREATE TABLE "Customer" (id SERIAL PRIMARY KEY, "eMail" TEXT NOT NULL UNIQUE)'
            )
            await tx.execute('INSERT INTO "Customer" ("eMail") VALUES (\'ada@example.com\')')

    with run_in_place(databases={"tailordb": address}):
        run(prepare)
    return address


def run(body: Any) -> Any:
    """Run a body as a job of its own, and give back what it raised itself."""
    try:
        return asyncio.run(Job("uses-database", body).trigger())
    except JobFailed as failed:
        raise (failed.__cause__ or failed) from None


def count(url: str) -> Any:
    """Count the customers."""

    def body() -> Any:
        with get_db_sync("tailordb").begin() as tx:
            return tx.fetch_one('SELECT count(*) AS n FROM "Customer"')

    with run_in_place(databases={"tailordb": (url, "ro")}):
        return run(body)["n"]


def test_a_writer_writes_and_tables_are_reflected(url: str) -> None:
    async def body() -> Any:
        async with get_db("tailordb").begin() as tx:
            customer = tx.tables.Customer
            await tx.execute(insert(customer).values(eMail="bob@example.com"))
            return await tx.fetch_all(select(customer).order_by(customer.c.id))

    with run_in_place(databases={"tailordb": url}):
        assert [row["eMail"] for row in run(body)] == ["ada@example.com", "bob@example.com"]
    assert count(url) == 2


@pytest.mark.parametrize(
    "statement",
    [
        'INSERT INTO "Customer" ("eMail") VALUES (\'b\')',
        'DELETE FROM "Customer"',
        "CREATE TABLE more (a INT)",
        'TRUNCATE "Customer"',
        "SELECT nextval('\"Customer_id_seq\"')",
    ],
)
def test_a_write_by_a_reader_is_refused_by_the_database(url: str, statement: str) -> None:
    async def body() -> None:
        async with get_db("tailordb").begin() as tx:
            await tx.execute(statement)

    with run_in_place(invoker="auditor", databases={"tailordb": (url, "ro")}):
        with pytest.raises(DatabaseReadOnly, match="'auditor' may only read"):
            run(body)
    assert count(url) == 1


def test_a_reader_cannot_turn_its_transaction_to_writing(url: str) -> None:
    def body() -> None:
        with get_db_sync("tailordb").begin() as tx:
            tx.execute("SET TRANSACTION READ WRITE")
            tx.execute('DELETE FROM "Customer"')

    with run_in_place(databases={"tailordb": (url, "ro")}), pytest.raises(Exception, match="READ"):
        run(body)
    assert count(url) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "COMMIT",
        'COMMIT; DELETE FROM "Customer"',
        'SELECT 1; commit; DELETE FROM "Customer"',
        '/* a /* nested */ comment */ -- and one more\n END; DELETE FROM "Customer"',
        '; ROLLBACK; DELETE FROM "Customer"',
        'WITH gone AS (DELETE FROM "Customer" RETURNING id) SELECT * FROM gone',
        'INSERT INTO public."Customer" ("eMail") VALUES (\'b\') RETURNING id',
        'SELECT * FROM "Customer" FOR UPDATE',
        "CREATE SCHEMA other",
        'DO $$ BEGIN DELETE FROM "Customer"; END $$',
    ],
)
def test_a_reader_finds_no_way_around_its_transaction(url: str, statement: str) -> None:
    def body() -> None:
        with get_db_sync("tailordb").begin() as tx:
            tx.execute(statement)
            tx.execute('DELETE FROM "Customer"')

    refused = (DatabaseReadOnly, WorkflowMisuse)
    with run_in_place(databases={"tailordb": (url, "ro")}), pytest.raises(refused):
        run(body)
    assert count(url) == 1


@pytest.mark.parametrize(
    "ending", ["commit", "SELECT 1; end", "ROLLBACK", "PREPARE TRANSACTION 'x'"]
)
def test_no_statement_ends_the_one_transaction_of_a_block(url: str, ending: str) -> None:
    def body() -> None:
        with get_db_sync("tailordb").begin() as tx:
            tx.execute('INSERT INTO "Customer" ("eMail") VALUES (\'b; the end\')')
            with pytest.raises(WorkflowMisuse, match="'tailordb' is one transaction"):
                tx.execute(ending)
            tx.execute('DELETE FROM "Customer"')
            raise KeyError("x")

    with run_in_place(databases={"tailordb": url}), pytest.raises(KeyError):
        run(body)
    assert count(url) == 1


@pytest.mark.parametrize("permission", ["rw", "ro"])
def test_a_server_that_dies_in_a_transaction_is_told(url: str, permission: str) -> None:
    def body() -> None:
        with get_db_sync("tailordb").begin() as tx:
            tx.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    def goes_on() -> None:
        with get_db_sync("tailordb").begin() as tx:
            with pytest.raises(DatabaseUnavailable):
                tx.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    def late() -> None:
        with get_db_sync("tailordb").begin() as tx:
            with get_db_sync("tailordb").begin() as other:
                mine = tx.fetch_one("SELECT pg_backend_pid() AS pid")
                other.execute("SELECT pg_terminate_backend(:pid)", mine)
            assert tx.tables.Customer is not None

    for dies in (body, goes_on, late):
        with run_in_place(databases={"tailordb": (url, permission)}):
            with pytest.raises(DatabaseUnavailable, match="database 'tailordb' cannot be used: "):
                run(dies)


def test_a_caught_conflict_does_not_lose_what_was_written_before_without_a_word(url: str) -> None:
    def body() -> str:
        with get_db_sync("tailordb").begin() as tx:
            tx.execute('INSERT INTO "Customer" ("eMail") VALUES (\'bob@example.com\')')
            with pytest.raises(IntegrityError):
                tx.execute('INSERT INTO "Customer" ("eMail") VALUES (\'ada@example.com\')')
        return "written"

    def goes_back() -> str:
        with get_db_sync("tailordb").begin() as tx:
            tx.execute('INSERT INTO "Customer" ("eMail") VALUES (\'bob@example.com\')')
            tx.execute("SAVEPOINT before")
            with pytest.raises(IntegrityError):
                tx.execute('INSERT INTO "Customer" ("eMail") VALUES (\'ada@example.com\')')
            tx.execute("ROLLBACK TO SAVEPOINT before")
        return "written"

    with run_in_place(databases={"tailordb": url}):
        with pytest.raises(WorkflowMisuse, match="gave up the whole transaction"):
            run(body)
        assert count(url) == 1
        assert run(goes_back) == "written"
    assert count(url) == 2


def test_a_block_that_raises_leaves_nothing_behind(url: str) -> None:
    async def body() -> None:
        async with get_db("tailordb").begin() as tx:
            await tx.execute('DELETE FROM "Customer"')
            raise KeyError("x")

    with run_in_place(databases={"tailordb": url}), pytest.raises(KeyError):
        run(body)
    assert count(url) == 1


def test_a_server_that_is_not_there_and_a_missing_table_are_told(url: str) -> None:
    async def body() -> None:
        async with get_db("tailordb").begin() as tx:
            tx.tables.Customers  # noqa: B018

    with run_in_place(databases={"tailordb": (url, "ro")}):
        with pytest.raises(LookupError, match="did you mean 'Customer'"):
            run(body)
    dead = url.partition("@")[0] + ":secret-word@127.0.0.1:9/x"
    with run_in_place(databases={"tailordb": (dead, "ro")}):
        with pytest.raises(DatabaseUnavailable) as told:
            run(body)
    assert "\n" not in str(told.value)
    assert "secret-word" not in str(told.value)
