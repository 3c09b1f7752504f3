"""Look an order up, with its customer and what it costs."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field
from sqlalchemy import func, select
from workflows.database import shop_db

from console.workflow import CamelModel, ResolverError, create_resolver


class OrderKey(CamelModel):
    """Which order."""

    order_id: str = Field(pattern=r"^o-\d{4}$")


class OrderCustomer(CamelModel):
    """Who ordered; the card stays in the shop."""

    id: str
    name: str
    country: str


class Order(CamelModel):
    """An order as the books have it."""

    id: str
    placed_at: datetime
    is_paid: bool
    amount_cents: int
    customer: OrderCustomer


@create_resolver(name="order", operation="query")
async def default(input: OrderKey) -> Order:
    """Give one order; the request names the machine user that may read the books."""
    async with shop_db().begin() as tx:
        order, customer, line = tx.tables.PurchaseOrder, tx.tables.Customer, tx.tables.OrderLine
        product, payment = tx.tables.Product, tx.tables.Payment
        amount = (
            select(func.sum(line.c.quantity * product.c.priceCents))
            .where(line.c.orderId == order.c.id, line.c.sku == product.c.sku)
            .scalar_subquery()
        )
        row = await tx.fetch_one(
            select(order, amount.label("amount"), payment.c.orderId.label("paid"))
            .outerjoin(payment, payment.c.orderId == order.c.id)
            .where(order.c.id == input.order_id)
        )
        if row is None:
            raise ResolverError(f"no order {input.order_id}", code="not_found")
        buyer = await tx.fetch_one(select(customer).where(customer.c.id == row["customerId"]))
    return Order(
        id=row["id"],
        placed_at=row["placedAt"],
        is_paid=row["paid"] is not None,
        amount_cents=row["amount"],
        customer=OrderCustomer.model_validate(buyer),
    )
