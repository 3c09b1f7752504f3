"""The goods of an order, put aside."""

from __future__ import annotations

from sqlalchemy import func, insert, select
from workflows.database import shop_db
from workflows.models import OrderKey, Reservation

from console.workflow import create_workflow_job


class OutOfStock(Exception):
    """There is less of a product than the order asks for."""


@create_workflow_job(name="reserve-stock")
async def reserve_stock(input: OrderKey) -> Reservation:
    """Reserve each line of the order; asked again, what was reserved stays as it is."""
    items = amount = 0
    async with shop_db().begin() as tx:
        line, product, reserved = tx.tables.OrderLine, tx.tables.Product, tx.tables.StockReservation
        order = select(line.c.sku, line.c.quantity, product.c.name, product.c.priceCents)
        order = order.join(product, product.c.sku == line.c.sku)
        wanted = await tx.fetch_all(order.where(line.c.orderId == input.order_id))
        if not wanted:
            raise LookupError(f"no order {input.order_id}")
        for row in wanted:
            # The key is (order, product): the second insert of the same line changes nothing.
            mine = {"orderId": input.order_id, "sku": row["sku"], "quantity": row["quantity"]}
            await tx.execute(insert(reserved).prefix_with("OR IGNORE").values(mine))
            taken = select(func.sum(reserved.c.quantity)).where(reserved.c.sku == row["sku"])
            left = select((product.c.stock - taken.scalar_subquery()).label("left"))
            stock = await tx.fetch_one(left.where(product.c.sku == row["sku"]))
            if stock["left"] < 0:
                raise OutOfStock(f"{row['sku']} ({row['name']}): {-stock['left']} too few")
            print(f"{row['quantity']} × {row['name']} put aside, {stock['left']} left")
            items += row["quantity"]
            amount += row["quantity"] * row["priceCents"]
    return Reservation(order_id=input.order_id, items=items, amount_cents=amount)
