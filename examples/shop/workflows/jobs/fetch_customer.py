"""Who ordered."""

from __future__ import annotations

from sqlalchemy import select
from workflows.database import shop_db
from workflows.models import Customer, CustomerKey

from console.workflow import create_workflow_job


@create_workflow_job(name="fetch-customer")
async def fetch_customer(input: CustomerKey) -> Customer | None:
    """Look the customer up; None where there is no such one."""
    async with shop_db().begin() as tx:
        customer = tx.tables.Customer
        row = await tx.fetch_one(select(customer).where(customer.c.id == input.customer_id))
    if row is None:
        print(f"no customer {input.customer_id}")
        return None
    print(f"{row['name']}, {row['country']}")
    return Customer.model_validate(row)
