"""The sales of all countries, one job for each."""

from __future__ import annotations

from sqlalchemy import func, select
from workflows.database import shop_db
from workflows.models import Country, CountrySales, Sales

from console.workflow import create_workflow_job


@create_workflow_job(name="collect-sales")
async def collect_sales() -> Sales:
    """Ask for the countries, then for the sales of each."""
    async with shop_db().begin() as tx:
        country = tx.tables.Customer.c.country
        rows = await tx.fetch_all(select(country).distinct().order_by(country))
    print(f"{len(rows)} countries")
    return Sales(countries=[await sum_country.trigger(Country(country=r["country"])) for r in rows])


@create_workflow_job(name="sum-country")
async def sum_country(input: Country) -> CountrySales:
    """Count the paid orders of one country's customers and add them up."""
    async with shop_db().begin() as tx:
        customer, order, payment = tx.tables.Customer, tx.tables.PurchaseOrder, tx.tables.Payment
        paid = select(func.count().label("orders"), func.sum(payment.c.amountCents).label("cents"))
        paid = paid.select_from(payment).join(order, order.c.id == payment.c.orderId)
        paid = paid.join(customer, customer.c.id == order.c.customerId)
        row = await tx.fetch_one(paid.where(customer.c.country == input.country))
    print(f"{input.country}: {row['orders']} orders")
    return CountrySales(country=input.country, orders=row["orders"], amount_cents=row["cents"] or 0)
