"""What has happened in a demo so far, as its backend and the shop's books tell it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from console.backend.errors import BackendError
from console.backend.protocol import Backend
from console.clock import Clock
from console.demo.children import DemoFailed
from console.demo.shop import Charges, Shop
from console.model.execution import Execution, JobExecution
from console.model.ids import ExecutionId
from console.model.query import ExecutionQuery
from console.model.states import ExecutionStatus, JobStatus

LOOK_EVERY = 0.25
"""Seconds between two looks at what changed."""
CHARGE = "charge-card"


@dataclass(frozen=True, slots=True)
class Settled:
    """An order that is through, with what its card was charged."""

    order: str
    charges: Charges


@dataclass(frozen=True, slots=True)
class Crash:
    """A worker that was killed in the middle of charge-card."""

    execution_id: ExecutionId
    order: str
    process_id: int
    heir: int | None = None
    """The worker that took the execution over; None until one has."""
    charges: Charges | None = None
    """What the card was charged, once charge-card has succeeded."""


class Story:
    """Follows the demo's orders."""

    def __init__(self, backend: Backend, shop: Shop, clock: Clock) -> None:
        self.backend = backend
        self.shop = shop
        self.clock = clock
        self.orders: dict[ExecutionId, str] = {}
        """The order each execution is for."""
        self.executions: dict[ExecutionId, Execution] = {}
        self.failed: set[ExecutionId] = set()
        """Orders that stand failed now."""
        self.ever_failed: set[ExecutionId] = set()
        self.settled: Settled | None = None
        """The latest order that had failed, was resumed and is through."""
        self.crash: Crash | None = None
        self.trouble = ""
        """Why the demo cannot go on, in one line."""

    async def watch(self) -> None:
        """Follow what changes, until cancelled."""
        cursor = ""
        while True:
            try:
                changes = await self.backend.changes(cursor)
                cursor = changes.cursor
                changed = changes.changed
                if changes.reset:
                    changed = (await self.backend.list_executions(ExecutionQuery(limit=100))).items
            except BackendError:
                changed = ()  # the console itself tells the person that the server is lost
            for execution in changed:
                try:
                    await self.take(execution)
                except DemoFailed as failure:
                    self.trouble = str(failure)
            await self.clock.sleep(LOOK_EVERY)

    async def take(self, execution: Execution) -> None:
        """Take a newer reading of one execution."""
        self.executions[execution.id] = execution
        order = self.orders.get(execution.id)
        if order is None:
            return
        if execution.status is ExecutionStatus.FAILED:
            self.failed.add(execution.id)
            self.ever_failed.add(execution.id)
            return
        self.failed.discard(execution.id)
        if execution.status is ExecutionStatus.SUCCESS and execution.id in self.ever_failed:
            self.ever_failed.discard(execution.id)
            charges = await self.shop.charges(order)
            self.settled = Settled(order, charges)

    async def until(self, happened: Callable[[], bool], seconds: float) -> bool:
        """Wait for something to have happened; False when the time is over."""
        deadline = self.clock.monotonic() + seconds
        while not happened():
            if self.clock.monotonic() >= deadline:
                return False
            await self.clock.sleep(LOOK_EVERY)
        return True

    def status(self, execution_id: ExecutionId) -> ExecutionStatus | None:
        """Give the last known state of an execution."""
        execution = self.executions.get(execution_id)
        return execution.status if execution else None


def charging(execution: Execution) -> JobExecution | None:
    """Find the execution's charge-card while it runs."""
    for job in execution.jobs:
        if job.name == CHARGE and job.status is JobStatus.RUNNING:
            return job
    return None
