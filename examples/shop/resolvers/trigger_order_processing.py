"""Start an order from outside: a mutation that gives the id of the execution at once."""

from __future__ import annotations

from workflows.models import OrderInput
from workflows.order_processing import order_processing

from console.workflow import CamelModel, auth, create_resolver


class Triggered(CamelModel):
    """What was started."""

    workflow_run_id: str


@create_resolver(name="triggerOrderProcessing", operation="mutation")
async def default(input: OrderInput) -> Triggered:
    """Start processing an order, and do not wait for it."""
    run_id = await order_processing.trigger(
        {"orderId": input.order_id, "customerId": input.customer_id},
        auth_invoker=auth.invoker("manager-machine-user"),
    )
    return Triggered(workflow_run_id=run_id)
