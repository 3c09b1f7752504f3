"""The workflow definitions, asked for slowly: they change when somebody deploys.

feed = WorkflowFeed(backend, clock, on_change=…, on_freshness=…)
feed.start();  feed.workflows["order-processing"];  feed.set_visible(False);  await feed.stop()
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from console.backend.protocol import Backend
from console.clock import Clock
from console.model.workflow import Workflow
from console.sync.cadence import Outcome, Pace
from console.sync.feed import Feed
from console.sync.freshness import Freshness
from console.sync.poller import Poller

PACE = Pace(busy=15.0, idle=60.0)
PAGES = 20
"""Pages that are read at most: two thousand workflows."""


class WorkflowFeed(Feed):
    """Keeps the definitions of one backend fresh while somebody looks at them."""

    def __init__(
        self,
        backend: Backend,
        clock: Clock,
        *,
        on_change: Callable[[], None],
        on_freshness: Callable[[Freshness], None],
        on_bug: Callable[[Exception], None] | None = None,
    ) -> None:
        self.workflows: Mapping[str, Workflow] = {}
        """By name."""
        self.is_read = False
        """There was an answer."""
        self._backend = backend
        self._on_change = on_change
        self._poller = Poller(
            clock, self._fetch, self._apply, pace=PACE, on_freshness=on_freshness, on_bug=on_bug
        )

    async def _fetch(self) -> Mapping[str, Workflow]:
        found: dict[str, Workflow] = {}
        token = ""
        for _ in range(PAGES):
            page = await self._backend.list_workflows(token=token)
            found |= {workflow.name: workflow for workflow in page.items}
            token = page.next_token
            if not token:
                break
        return found

    def _apply(self, found: Mapping[str, Workflow]) -> Outcome:
        if self.is_read and found == self.workflows:
            return Outcome.IDLE
        self.workflows, self.is_read = found, True
        self._on_change()
        return Outcome.MOVED
