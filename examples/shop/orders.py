"""Look into the shop's books: which orders are open, and what was charged for one.

python orders.py                 the next open orders, each as order-processing wants it
python orders.py o-1001          how often its card was charged, from the payments table
python orders.py o-1001 --json   the same as JSON
"""

from __future__ import annotations

import argparse
import json
import signal
import sqlite3
import sys
from contextlib import closing

from make_database import ensure_database

SHOWN = 5


def open_orders(limit: int) -> list[dict[str, str]]:
    """Give the oldest orders that nobody has paid, as arguments for order-processing."""
    query = """
        SELECT id, customerId FROM PurchaseOrder
        WHERE id NOT IN (SELECT orderId FROM Payment) ORDER BY id LIMIT ?
    """
    with closing(sqlite3.connect(ensure_database())) as db:
        rows = db.execute(query, (limit,)).fetchall()
    return [{"orderId": order, "customerId": customer} for order, customer in rows]


def charges_of(order: str) -> dict[str, int]:
    """Count an order's payments, the times charge-card began, and the cents taken."""
    paid = "SELECT count(*), total(amountCents) FROM Payment WHERE orderId = ?"
    began = "SELECT count(*) FROM ChargeAttempt WHERE orderId = ?"
    with closing(sqlite3.connect(ensure_database())) as db:
        charged, cents = db.execute(paid, (order,)).fetchone()
        (attempts,) = db.execute(began, (order,)).fetchone()
    return {"charged": charged, "attempts": attempts, "cents": int(cents)}


def times(count: int) -> str:
    """Say how often."""
    return {0: "never", 1: "once", 2: "twice"}.get(count, f"{count} times")


def main() -> int:
    """Read the command line and print what was asked."""
    parser = argparse.ArgumentParser(description="Look into the shop's books.")
    parser.add_argument("order", nargs="?", help="an order; without one, the open ones are listed")
    parser.add_argument("--limit", type=int, default=SHOWN, help="how many open orders to list")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.order is None:
        for order in open_orders(options.limit):
            print(json.dumps(order))
        return 0
    found = charges_of(options.order)
    if options.json:
        print(json.dumps(found))
    else:
        print(
            f"{options.order}: charge-card began {times(found['attempts'])}, "
            f"the card was charged {times(found['charged'])}, {found['cents'] / 100:.2f} €"
        )
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `| head` ends it without a word
    sys.exit(main())
