"""Make the shop's database: customers, products, orders and a stock ledger, always the same.

    python make_database.py             make shop.db if it is not there
    python make_database.py --again     make it anew: open orders are open again

The first job that wants the database makes it too. Orders o-0701 to o-1000 are paid; from o-1001
on they are open.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sqlite3
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

DATABASE = Path(__file__).parent / "shop.db"

CUSTOMERS = 300
PRODUCTS = 60
PAID_ORDERS = range(701, 1001)
OPEN_ORDERS = range(1001, 1601)
STOCK_MOVEMENTS = 20_000
OPENED = datetime(2026, 1, 5, 6, 0, tzinfo=UTC)
"""When the shop took its first order."""

SCHEMA = """
CREATE TABLE Customer (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, country TEXT NOT NULL,
    cardToken TEXT NOT NULL
);
CREATE TABLE Product (
    sku TEXT PRIMARY KEY, name TEXT NOT NULL, priceCents INTEGER NOT NULL, stock INTEGER NOT NULL
);
CREATE TABLE PurchaseOrder (
    id TEXT PRIMARY KEY, customerId TEXT NOT NULL REFERENCES Customer, placedAt TEXT NOT NULL
);
CREATE TABLE OrderLine (
    orderId TEXT NOT NULL REFERENCES PurchaseOrder, sku TEXT NOT NULL REFERENCES Product,
    quantity INTEGER NOT NULL, PRIMARY KEY (orderId, sku)
);
CREATE TABLE StockReservation (
    orderId TEXT NOT NULL REFERENCES PurchaseOrder, sku TEXT NOT NULL REFERENCES Product,
    quantity INTEGER NOT NULL, PRIMARY KEY (orderId, sku)
);
CREATE TABLE Payment (
    orderId TEXT PRIMARY KEY REFERENCES PurchaseOrder, amountCents INTEGER NOT NULL,
    signature TEXT NOT NULL, chargedAt TEXT NOT NULL
);
CREATE TABLE ChargeAttempt (
    id INTEGER PRIMARY KEY, orderId TEXT NOT NULL, executionId TEXT NOT NULL, at TEXT NOT NULL
);
CREATE INDEX ChargeAttemptOrder ON ChargeAttempt (orderId);
CREATE TABLE StockMovement (
    id INTEGER PRIMARY KEY, sku TEXT NOT NULL REFERENCES Product, at TEXT NOT NULL,
    change INTEGER NOT NULL, reason TEXT NOT NULL
);
"""

NAMES = {
    "DE": (["Jürgen", "Käthe", "Björn", "Anna"], ["Groß", "Müller", "Weißenböck", "Lang"]),
    "ES": (["José", "Begoña", "Íñigo", "Lucía"], ["Núñez", "Ibáñez", "Peña", "Ríos"]),
    "GR": (["Ελένη", "Γιώργος", "Σοφία"], ["Παπαδοπούλου", "Νικολάου", "Οικονόμου"]),
    "IL": (["דוד", "נועה"], ["לוי", "כהן"]),
    "EG": (["محمد", "ليلى"], ["حسن", "منصور"]),
    "JP": (["さくら", "健太", "優子"], ["佐藤", "高橋", "渡辺"]),
    "CN": (["小明", "丽华"], ["王", "欧阳"]),
    "KR": (["민준", "서연"], ["김", "박"]),
    "NO": (["Åse", "Øyvind", "Synnøve"], ["Bjørnstad", "Ødegård", "Sæther"]),
    "PL": (["Łukasz", "Żaneta", "Michał"], ["Wójcik", "Dąbrowski", "Ślązak"]),
    "TR": (["İpek", "Çağlar", "Gülşen"], ["Yılmaz", "Öztürk", "Şahin"]),
    "UA": (["Олена", "Їржі", "Тарас"], ["Шевченко", "Коваленко"]),
    "VN": (["Ánh", "Đức"], ["Nguyễn Thị", "Trần Văn"]),
}
GOODS = ["kettle", "lamp", "notebook", "Füller", "thé vert", "ramen bowl", "scarf", "clock"]
COLOURS = ["red", "blue", "green", "black", "white", "grey", "gold", "rosé"]


def ensure_database(path: Path = DATABASE) -> Path:
    """Make the database unless it is there; several processes may ask at once."""
    if not path.exists():
        # A complete file gets its name in one step, so nobody ever opens half a database.
        unfinished = path.with_name(f"{path.name}.{os.getpid()}")
        unfinished.unlink(missing_ok=True)
        try:
            write_database(unfinished)
            os.link(unfinished, path)
        except FileExistsError:
            pass  # another process was quicker, and made the same
        finally:
            unfinished.unlink(missing_ok=True)
    return path


def write_database(path: Path) -> None:
    """Fill a new file with tables and rows."""
    dice = random.Random(20260105)
    with sqlite3.connect(path) as db:
        # Nothing of an unfinished file is worth keeping, so the disk is not waited for.
        db.execute("PRAGMA synchronous = OFF")
        db.executescript(SCHEMA)
        insert(db, "Customer", customers(dice))
        products = list(all_products(dice))
        insert(db, "Product", products)
        insert(db, "PurchaseOrder", orders(dice))
        insert(db, "OrderLine", order_lines(dice))
        insert(db, "StockReservation", db.execute(PAID_LINES).fetchall())
        insert(db, "Payment", payments(db))
        insert(db, "StockMovement", stock_movements(dice))
    db.close()


PAID_LINES = (
    f"SELECT orderId, sku, quantity FROM OrderLine WHERE orderId < 'o-{OPEN_ORDERS.start:04}'"
)


def insert(db: sqlite3.Connection, table: str, rows: Iterator[tuple] | list[tuple]) -> None:
    """Write rows, given in the order of the table's columns."""
    rows = list(rows)
    db.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)


def customers(dice: random.Random) -> Iterator[tuple]:
    """Give customers whose names come from many scripts; family names come first where they do."""
    for number in range(1, CUSTOMERS + 1):
        country = dice.choice(list(NAMES))
        given, family = map(dice.choice, NAMES[country])
        name = f"{family} {given}" if country in ("JP", "CN", "KR", "VN") else f"{given} {family}"
        identifier = f"c-{number:04}"
        token = f"card_{dice.getrandbits(64):016x}"
        yield identifier, name, f"{identifier}@{country.lower()}.example", country, token


def all_products(dice: random.Random) -> Iterator[tuple]:
    """Give products with far more stock than all open orders together need."""
    for number in range(1, PRODUCTS + 1):
        name = f"{dice.choice(COLOURS)} {dice.choice(GOODS)}"
        yield f"sku-{number:03}", name, dice.randrange(490, 14_990, 10), 5_000


def orders(dice: random.Random) -> Iterator[tuple]:
    """Give orders in the order they were placed."""
    placed = OPENED
    for number in range(PAID_ORDERS.start, OPEN_ORDERS.stop):
        placed += timedelta(minutes=dice.randrange(1, 90))
        yield f"o-{number:04}", f"c-{dice.randint(1, CUSTOMERS):04}", placed.isoformat()


def order_lines(dice: random.Random) -> Iterator[tuple]:
    """Give each order one to three different products."""
    for number in range(PAID_ORDERS.start, OPEN_ORDERS.stop):
        for product in dice.sample(range(1, PRODUCTS + 1), dice.randint(1, 3)):
            yield f"o-{number:04}", f"sku-{product:03}", dice.randint(1, 4)


def payments(db: sqlite3.Connection) -> list[tuple]:
    """Give one payment for each paid order."""
    return db.execute(
        """
        SELECT o.id, sum(l.quantity * p.priceCents), 'before the shop signed', o.placedAt
        FROM PurchaseOrder o JOIN OrderLine l ON l.orderId = o.id JOIN Product p ON p.sku = l.sku
        WHERE o.id < ? GROUP BY o.id ORDER BY o.id
        """,
        (f"o-{OPEN_ORDERS.start:04}",),
    ).fetchall()


def stock_movements(dice: random.Random) -> Iterator[tuple]:
    """Give a ledger of what went in and out of the warehouse: the bulk of the data."""
    at = OPENED - timedelta(days=365)
    for number in range(1, STOCK_MOVEMENTS + 1):
        at += timedelta(seconds=dice.randrange(60, 2_000))
        change, reason = dice.choice([(-1, "sale"), (-2, "sale"), (24, "delivery"), (-1, "broken")])
        yield number, f"sku-{dice.randint(1, PRODUCTS):03}", at.isoformat(), change, reason


def main() -> int:
    """Make the database and say what is in it."""
    parser = argparse.ArgumentParser(description="Make the shop's database.")
    parser.add_argument("--again", action="store_true", help="throw the present one away first")
    if parser.parse_args().again:
        DATABASE.unlink(missing_ok=True)
    with sqlite3.connect(ensure_database()) as db:
        for table in ("Customer", "Product", "PurchaseOrder", "Payment", "StockMovement"):
            (count,) = db.execute(f"SELECT count(*) FROM {table}").fetchone()
            print(f"{count:>6} {table}")
    db.close()
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `| head` ends it without a word
    sys.exit(main())
