"""A shop without processes, and the parts of a demo on it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field

from console.demo.shop import Charges, Order
from console.demo.story import Story
from console.demo.traffic import Traffic
from console.model.execution import JobError
from console.model.ids import ExecutionId
from console.model.states import ExecutionStatus
from tests.fakes.backend import FakeBackend
from tests.fakes.clock import ManualClock


@dataclass
class FakeShop:
    """Meets what a story asks of `Shop`."""

    is_mail_on: bool = True
    books: dict[str, Charges] = field(default_factory=dict)

    async def switch_mail(self, on: bool) -> None:
        self.is_mail_on = on

    async def charges(self, order: str) -> Charges:
        return self.books.get(order, Charges(0, 0))


class Bench:
    """A story on a fake backend, watched, with a person who finishes executions."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.backend = FakeBackend(self.clock)
        self.shop = FakeShop()
        self.story = Story(self.backend, self.shop, self.clock)  # type: ignore[arg-type]
        arguments = [{"orderId": f"o-{n}", "customerId": "c-1"} for n in range(1001, 1011)]
        orders = [Order(one["orderId"], json.dumps(one)) for one in arguments]
        self.traffic = Traffic(self.story, orders)
        self.tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Bench:
        self.tasks.append(asyncio.create_task(self.story.watch()))
        await self.clock.settle()
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    @property
    def open_orders(self) -> list[ExecutionId]:
        """Give the orders' executions that have not finished, oldest first."""
        return [one for one in self.story.orders if not self.is_finished(one)]

    def is_finished(self, execution_id: ExecutionId) -> bool:
        return self.backend.executions[execution_id].status.is_finished

    async def order(self) -> ExecutionId:
        """Place an order and let the story hear of it."""
        execution_id = await self.traffic.place_order()
        await self.clock.advance(1)
        return execution_id

    async def finish(self, execution_id: ExecutionId, *, fails: bool = False) -> None:
        """Bring an execution to its end and let the story hear of it."""
        if fails:
            main = self.backend.start_job(execution_id, "process-order")
            error = JobError("MailServerError", "421 too many connections")
            self.backend.end_job(main, error=error)
            self.backend.end(execution_id)
        else:
            self.backend.set_status(execution_id, ExecutionStatus.SUCCESS)
        await self.clock.advance(1)
