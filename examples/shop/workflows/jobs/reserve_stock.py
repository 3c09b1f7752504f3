"""The goods of an order, put aside."""

from __future__ import annotations

from sqlalchemy import func, insert, select
from workflows.database import shop_db
from workflows.models import OrderInput, Reservation

from console.workflow import create_workflow_job


class OutOfStock(Exception):
    """There is less of a product than the order asks for."""


@create_workflow_job(name="reserve-stock")
async def reserve_stock(input: OrderInput) -> Reservation:
    """Reserve each line of the order; asked again, what was reserved stays as it is."""
    async with shop_db().begin() as tx:
        order, line, product = tx.tables.PurchaseOrder, tx.tables.OrderLine, tx.tables.Product
        wanted = select(line.c.sku, line.c.quantity, product.c.name, product.c.priceCents)
        wanted = wanted.join(product, product.c.sku == line.c.sku)
        wanted = wanted.join(order, order.c.id == line.c.orderId)
        wanted = wanted.where(order.c.id == input.order_id, order.c.customerId == input.customer_id)
        lines = await tx.fetch_all(wanted)
    if not lines:
        raise LookupError(f"customer {input.customer_id} has no order {input.order_id}")
    # Writes come first in a transaction of SQLite: one that has read may not become a writer.
    async with shop_db().begin() as tx:
        product, reserved = tx.tables.Product, tx.tables.StockReservation
        for row in lines:
            # The key is (order, product): the second insert of the same line changes nothing.
            mine = {"orderId": input.order_id, "sku": row["sku"], "quantity": row["quantity"]}
            await tx.execute(insert(reserved).prefix_with("OR IGNORE").values(mine))
        for row in lines:
            taken = select(func.sum(reserved.c.quantity)).where(reserved.c.sku == row["sku"])
            left = select((product.c.stock - taken.scalar_subquery()).label("left"))
            stock = await tx.fetch_one(left.where(product.c.sku == row["sku"]))
            if stock["left"] < 0:
                raise OutOfStock(f"{row['sku']} ({row['name']}): {-stock['left']} too few")
            print(f"{row['quantity']} × {row['name']} put aside, {stock['left']} left")
    return Reservation(
        order_id=input.order_id,
        items=sum(row["quantity"] for row in lines),
        amount_cents=sum(row["quantity"] * row["priceCents"] for row in lines),
    )
