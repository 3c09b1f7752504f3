"""A database that dies or is damaged: one clear failure, wherever the driver notices it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from console.workflow import DatabaseUnavailable, Job, JobFailed, get_db, get_db_sync
from console.workflow.testing import run_in_place

GARBAGE = b"this is no database, and it is long enough to be looked at " * 400


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database of many pages: its table's rows do not fit the first one."""
    path = tmp_path / "shop.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE Customer (id INTEGER PRIMARY KEY, name TEXT)")
        connection.executemany(
            "INSERT INTO Customer (name) VALUES (?)", [("a name " * 30,) for _ in range(500)]
        )
        for number in range(100):  # so that the schema too is more than a page
            connection.execute(f"CREATE TABLE more_{number} (a_column_with_a_long_name TEXT)")
    connection.close()
    return path


def run(file: Path, body: Any, permission: str = "rw") -> Any:
    """Run a body as a job of its own, and give back what it raised itself."""
    with run_in_place(databases={"tailordb": (f"sqlite:///{file}", permission)}):
        try:
            return asyncio.run(Job("uses-database", body).trigger())
        except JobFailed as failed:
            raise (failed.__cause__ or failed) from None


def overwrite(file: Path) -> None:
    """Overwrite the file in its place, all but its first page."""
    size = file.stat().st_size
    with file.open("r+b") as stream:
        stream.seek(4096)
        stream.write((GARBAGE * 20)[: size - stream.tell()])


def reflects(file: Path) -> Callable[[], Any]:
    """Give a body whose database is damaged between its opening and its reflection."""

    def body() -> None:
        with get_db_sync("tailordb").begin() as tx:
            tx.execute("PRAGMA cache_size = 1")
            overwrite(file)
            assert tx.tables.Customer is not None

    return body


def asks(file: Path) -> Callable[[], Any]:
    """Give a body whose database is damaged between reflection and query."""

    async def body() -> None:
        async with get_db("tailordb").begin() as tx:
            customer = tx.tables.Customer
            overwrite(file)
            await tx.fetch_all(select(customer))

    return body


def takes_rows(file: Path) -> Callable[[], Any]:
    """Give a body whose database is damaged while it takes the rows of a result."""

    def body() -> None:
        with get_db_sync("tailordb").begin() as tx:
            tx.execute("PRAGMA cache_size = 1")
            result = tx.execute("SELECT * FROM Customer")
            assert result.fetchone() is not None
            overwrite(file)
            result.fetchall()

    return body


def goes_on(file: Path) -> Callable[[], Any]:
    """Give a body that swallows the failure, and then ends its block."""

    def body() -> None:
        with get_db_sync("tailordb").begin() as tx:
            overwrite(file)
            with pytest.raises(DatabaseUnavailable):
                tx.fetch_all("SELECT * FROM Customer")
            tx.fetch_all("SELECT * FROM Customer")

    return body


@pytest.mark.parametrize("damage", [reflects, asks, takes_rows, goes_on])
def test_damage_is_told_wherever_it_is_met(
    file: Path, damage: Callable[[Path], Callable[[], Any]]
) -> None:
    with pytest.raises(DatabaseUnavailable) as told:
        run(file, damage(file))
    assert str(told.value).startswith("database 'tailordb' cannot be used: ")
    assert "malformed" in str(told.value) or "not a database" in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("permission", ["rw", "ro"])
def test_a_file_that_is_no_database_is_told_as_soon_as_it_is_opened(
    tmp_path: Path, permission: str
) -> None:
    path = tmp_path / "shop.db"
    path.write_bytes(GARBAGE)

    def body() -> None:
        with get_db_sync("tailordb").begin():
            pytest.fail("it was opened")

    with pytest.raises(DatabaseUnavailable, match="cannot be used: file is not a database"):
        run(path, body, permission)


def test_a_full_disk_is_told(file: Path) -> None:
    def body() -> None:
        with get_db_sync("tailordb").begin() as tx:
            tx.execute("PRAGMA max_page_count = 1")
            for _ in range(200):
                tx.execute("INSERT INTO Customer (name) SELECT name FROM Customer LIMIT 50")

    with pytest.raises(DatabaseUnavailable, match="database or disk is full"):
        run(file, body)


def test_a_mistake_in_a_statement_stays_the_drivers_own_error(file: Path) -> None:
    def body() -> None:
        with get_db_sync("tailordb").begin() as tx:
            tx.execute("SELECT * FROM readonly")

    with pytest.raises(OperationalError, match="no such table: readonly") as told:
        run(file, body, "ro")
    assert str(told.value).endswith("[SQL: SELECT * FROM readonly]")
