"""The money: taken once for each order, however often this job is run."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime

from sqlalchemy import func, insert, select
from workflows.database import shop_db_sync
from workflows.models import Charge, Payment

from console.workflow import JobContext, create_workflow_job

ROUNDS = 5
ITERATIONS = 600_000


@create_workflow_job(name="charge-card")
def charge_card(input: Charge, context: JobContext) -> Payment:
    """Sign the charge and write it down.

    A crash can come after the row is written and before the engine knows that the job is done; the
    job then runs again. The payments table has one row for an order, so the second one is ignored.
    """
    order = input.order_id
    with shop_db_sync().begin() as tx:
        attempt = tx.tables.ChargeAttempt
        row = {"orderId": order, "executionId": context.execution_id, "at": now()}
        tx.execute(insert(attempt).values(row))
        counted = tx.fetch_one(select(func.count().label("n")).where(attempt.c.orderId == order))
    euros = f"{input.amount_cents / 100:.2f} €"
    print(f"charging {euros} for {order}, attempt {counted['n']}, process {os.getpid()}")
    signature = sign(input)
    with shop_db_sync().begin() as tx:
        payment = tx.tables.Payment
        row = {"orderId": order, "amountCents": input.amount_cents}
        row |= {"signature": signature, "chargedAt": now()}
        tx.execute(insert(payment).prefix_with("OR IGNORE").values(row))
        charges = tx.fetch_one(select(func.count().label("n")).where(payment.c.orderId == order))
        paid = tx.fetch_one(select(payment).where(payment.c.orderId == order))
    print(f"{order}: {counted['n']} attempts, charged {charges['n']} time")
    return Payment(
        order_id=order,
        amount_cents=paid["amountCents"],
        signature=paid["signature"],
        times_charged=charges["n"],
        attempts=counted["n"],
    )


def sign(charge: Charge) -> str:
    """Sign a charge so that guessing the card's token from it costs a noticeable time."""
    text = f"{charge.order_id} {charge.amount_cents}"
    digest = charge.card_token.encode()
    for done in range(1, ROUNDS + 1):
        digest = hashlib.pbkdf2_hmac("sha256", digest, text.encode(), ITERATIONS)
        print(f"signing {done}/{ROUNDS}")
    return digest.hex()


def now() -> str:
    """Give the time as the database keeps it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
