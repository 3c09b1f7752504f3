"""A backend with very many executions that answers a page as fast as any number of them allows."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from console.clock import SystemClock
from console.model.execution import Execution
from console.model.ids import ExecutionId
from console.model.query import Counts, ExecutionQuery, Page
from console.model.states import ExecutionStatus
from tests.fakes.backend import FakeBackend

STATES = (
    ExecutionStatus.SUCCESS,
    ExecutionStatus.SUCCESS,
    ExecutionStatus.SUCCESS,
    ExecutionStatus.RUNNING,
    ExecutionStatus.FAILED,
)
WORKFLOWS = ("order-processing", "refund-approval", "nightly-archive", "stock-sync")


class ManyBackend(FakeBackend):
    """Holds `number` executions, newest first, two seconds apart."""

    def __init__(self, number: int) -> None:
        super().__init__(SystemClock())
        self.newest: list[ExecutionId] = []
        now = self.clock.now()
        for index in range(number):
            made = now - timedelta(seconds=100 + 2 * index)
            self.newest.append(
                self.add(WORKFLOWS[index % 4], STATES[index % len(STATES)], created_at=made)
            )
        self._counts = Counts(Counter(one.status for one in self.executions.values()))

    async def list_executions(self, query: ExecutionQuery) -> Page[Execution]:
        """List a page; its token is the place of the next row."""
        async with self._call("list_executions"):
            ids = self.newest
            if query.statuses:
                ids = [one for one in ids if self.executions[one].status in query.statuses]
            start = int(query.token or 0)
            end = start + query.limit
            items = tuple(self.executions[one] for one in ids[start:end])
            return Page(items, str(end) if end < len(ids) else "", len(ids))

    async def counts(self, since: datetime | None = None) -> Counts:
        """Give what there was in the beginning."""
        async with self._call("counts"):
            return self._counts
