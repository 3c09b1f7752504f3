"""The shop's database is made when it is missing, once, and always the same."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from importlib import import_module
from pathlib import Path


def query(database: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database)) as db:
        return db.execute(sql).fetchall()


def run(shop: Path, *command: str) -> str:
    done = subprocess.run(
        [sys.executable, *command], cwd=shop, capture_output=True, text=True, timeout=30, check=True
    )
    return done.stdout


def test_a_missing_database_is_made_and_a_present_one_is_left_alone(shop: Path) -> None:
    make = import_module("make_database")
    path = make.ensure_database()
    assert path == shop / "shop.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("DELETE FROM Product")
        db.commit()
    make.ensure_database()
    assert query(path, "SELECT count(*) FROM Product") == [(0,)]


def test_two_machines_make_the_same_database(shop: Path, tmp_path: Path) -> None:
    make = import_module("make_database")
    make.write_database(tmp_path / "one.db")
    make.write_database(tmp_path / "two.db")
    assert (tmp_path / "one.db").read_bytes() == (tmp_path / "two.db").read_bytes()


def test_processes_that_want_it_at_once_all_get_a_whole_one(shop: Path) -> None:
    count = "from make_database import *; import sqlite3\n"
    count += "print(sqlite3.connect(ensure_database()).execute("
    count += "'SELECT count(*) FROM StockMovement').fetchone()[0])"
    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(lambda _: run(shop, "-c", count), range(4)))
    assert counts == ["20000\n"] * 4
    assert sorted(path.name for path in shop.glob("shop.db*")) == ["shop.db"]


def test_its_orders_are_worth_something_and_its_names_come_from_many_scripts(shop: Path) -> None:
    path = import_module("make_database").ensure_database()
    names = "".join(str(name) for (name,) in query(path, "SELECT DISTINCT name FROM Customer"))
    for letter in "Łñß佐민ΕλШ":
        assert letter in names
    assert any("\u0590" < letter < "\u05ff" for letter in names), "Hebrew"
    unpaid = "SELECT count(*) FROM PurchaseOrder WHERE id NOT IN (SELECT orderId FROM Payment)"
    assert query(path, unpaid) == [(600,)]
    assert query(path, "SELECT min(amountCents) > 0 FROM Payment") == [(1,)]
    lines = "SELECT count(*) FROM PurchaseOrder WHERE id NOT IN (SELECT orderId FROM OrderLine)"
    assert query(path, lines) == [(0,)]
    needed = """
        SELECT count(*) FROM Product p
        WHERE stock < (SELECT sum(quantity) FROM OrderLine l WHERE l.sku = p.sku)
    """
    assert query(path, needed) == [(0,)], "no demo runs out of goods"


def test_the_books_list_open_orders_and_say_how_often_a_card_was_charged(shop: Path) -> None:
    first = json.loads(run(shop, "orders.py", "--limit", "1"))
    assert first["orderId"] == "o-1001"
    assert run(shop, "orders.py", "o-1001") == (
        "o-1001: charge-card began never, the card was charged never, 0.00 €\n"
    )
    with closing(sqlite3.connect(shop / "shop.db")) as db:
        db.execute("INSERT INTO Payment VALUES ('o-1001', 1990, 's', 't')")
        for number in range(2):
            db.execute("INSERT INTO ChargeAttempt VALUES (?, 'o-1001', 'e', 't')", (number,))
        db.commit()
    assert "began twice, the card was charged once, 19.90 €" in run(shop, "orders.py", "o-1001")
    found = json.loads(run(shop, "orders.py", "o-1001", "--json"))
    assert found == {"charged": 1, "attempts": 2, "cents": 1990}
    assert json.loads(run(shop, "orders.py", "--limit", "1"))["orderId"] == "o-1002"


def test_a_reader_that_goes_away_ends_the_books_without_a_word(shop: Path) -> None:
    import_module("make_database").ensure_database()
    for script in ("orders.py", "make_database.py"):
        with subprocess.Popen(
            [sys.executable, script], cwd=shop, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as books:
            assert books.stdout is not None and books.stderr is not None
            books.stdout.close()
            assert books.stderr.read() == b""
            assert books.wait(30) == -signal.SIGPIPE
