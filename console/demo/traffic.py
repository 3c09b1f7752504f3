"""What goes on in the demo's shop: a short history, then an order every few seconds."""

from __future__ import annotations

from collections import deque

from console.backend.errors import BackendError, OutcomeUnknown
from console.demo.children import DemoFailed
from console.demo.shop import Order
from console.demo.story import Story
from console.model.ids import ExecutionId
from console.model.states import ExecutionStatus
from console.model.workflow import Invoker

ORDER_EVERY = 5.0
"""Seconds between two orders."""
PATIENCE = 3.0
"""Seconds the first order has for going through before the mail server refuses."""
MOST_FAILED = 3
"""With so many orders failed the shop takes no more: a demo left alone does not pile them up."""
MANAGER = Invoker("manager-machine-user")
AUDITOR = Invoker("auditor")


class Traffic:
    """Starts workflows as a shop's day would."""

    def __init__(self, story: Story, open_orders: list[Order]) -> None:
        self.story = story
        self._open = deque(open_orders)

    async def run(self) -> None:
        """Open the shop, let the mail server refuse, and take orders until cancelled."""
        try:
            await self.open_day()
        except (BackendError, DemoFailed) as failure:
            self.story.trouble = str(failure)
            return
        while True:
            await self.story.clock.sleep(ORDER_EVERY)
            if len(self.story.failed) < MOST_FAILED:
                try:
                    await self.place_order()
                except (BackendError, DemoFailed):
                    pass  # the console shows that the server is lost; the next order may do

    async def open_day(self) -> ExecutionId:
        """Make a history, then place the order whose mail is refused; gives its execution."""
        backend, story = self.story.backend, self.story
        await backend.start("generate-report", invoker=AUDITOR, argument=None)
        first = await self.place_order()
        await backend.start("nightly-archive", invoker=MANAGER, argument=None)
        await story.until(lambda: story.status(first) is ExecutionStatus.SUCCESS, PATIENCE)
        await story.shop.switch_mail(False)
        return await self.place_order()

    async def place_order(self) -> ExecutionId:
        """Start order-processing for the next open order."""
        if not self._open:
            raise DemoFailed("all orders of the shop are done")
        order = self._open.popleft()
        try:
            execution_id = await self.story.backend.start(
                "order-processing", invoker=MANAGER, argument=order.argument
            )
        except OutcomeUnknown:
            raise  # it may have been started: the same order is not placed again
        except BackendError:
            self._open.appendleft(order)
            raise
        self.story.orders[execution_id] = order.id
        return execution_id
