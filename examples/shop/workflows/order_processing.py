"""An order, from the customer's name to the mail that says it is done."""

from __future__ import annotations

from workflows.jobs.charge_card import charge_card
from workflows.jobs.fetch_customer import fetch_customer
from workflows.jobs.reserve_stock import reserve_stock
from workflows.jobs.send_notification import send_notification
from workflows.models import Charge, CustomerKey, Notification, OrderInput, OrderResult

from console.workflow import create_workflow, create_workflow_job


@create_workflow_job(name="process-order")
async def process_order(input: OrderInput) -> OrderResult:
    """Find the customer, put the goods aside, charge the card, send the mail."""
    customer = await fetch_customer.trigger(CustomerKey(customer_id=input.customer_id))
    if customer is None:
        raise LookupError(f"no customer {input.customer_id}")
    reserved = await reserve_stock.trigger(input)
    payment = await charge_card.trigger(
        Charge(
            order_id=input.order_id,
            amount_cents=reserved.amount_cents,
            card_token=customer.card_token,
        )
    )
    await send_notification.trigger(
        Notification(
            order_id=input.order_id,
            recipient=customer.email,
            name=customer.name,
            message=f"Order {input.order_id} processed",
        )
    )
    return OrderResult(
        order_id=input.order_id,
        customer_id=customer.id,
        amount_cents=payment.amount_cents,
        times_charged=payment.times_charged,
        charge_attempts=payment.attempts,
        notified=customer.email,
    )


order_processing = create_workflow(name="order-processing", main_job=process_order)
default = order_processing
