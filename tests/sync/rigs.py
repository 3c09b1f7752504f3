"""Feeds on a backend in memory, with what they told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from console.model.capabilities import Capabilities
from console.model.execution import Execution
from console.model.ids import ExecutionId
from console.sync.freshness import Freshness
from console.sync.list_feed import ListDelta, ListFeed, ListQuery
from tests.fakes.backend import EVERYTHING, FakeBackend
from tests.fakes.clock import ManualClock


class ListRig:
    """A list feed, and a screen that knows only what deltas told it."""

    def __init__(
        self,
        *,
        capabilities: Capabilities = EVERYTHING,
        query: ListQuery | None = None,
        page_size: int = 200,
        jitter: Callable[[], float] = lambda: 0.5,
    ) -> None:
        self.clock = ManualClock()
        self.backend = FakeBackend(self.clock, capabilities=capabilities)
        self.deltas: list[ListDelta] = []
        self.told: list[Freshness] = []
        self.bugs: list[Exception] = []
        self.shown: dict[ExecutionId, Execution] = {}
        self.shown_order: list[ExecutionId] = []
        self.feed = ListFeed(
            self.backend,
            self.clock,
            on_change=self._changed,
            on_freshness=self.told.append,
            page_size=page_size,
            query=query,
            on_bug=self.bugs.append,
            jitter=jitter,
        )

    def _changed(self, delta: ListDelta) -> None:
        self.deltas.append(delta)
        feed = self.feed
        for identifier in delta.changed:
            assert self.shown.get(identifier) != feed.executions.get(identifier), "told in vain"
            self.shown.pop(identifier, None)
            if identifier in feed.executions:
                self.shown[identifier] = feed.executions[identifier]
        assert self.shown == feed.executions, "a change was not told"
        assert delta.order_changed == (self.shown_order != feed.order)
        self.shown_order = list(feed.order)
        assert sorted(feed.order) == sorted(feed.executions)
        if feed.is_listed:
            assert all(feed.query.matches(row) for row in feed.executions.values())

    @property
    def rows(self) -> list[Execution]:
        """What is listed, in order."""
        return [self.feed.executions[identifier] for identifier in self.feed.order]

    @property
    def server_rows(self) -> list[Execution]:
        """What the server would list."""
        return self.backend.matching(self.feed.query.page(1_000_000))

    async def start(self) -> None:
        self.feed.start()
        await self.clock.settle()

    async def stop(self) -> None:
        await self.feed.stop()
        assert not self.bugs

    def calls(self) -> dict[str, int]:
        """Give the calls since the last time, but for `capabilities`, which adapters keep."""
        calls: dict[str, Any] = dict(self.backend.calls)
        calls.pop("capabilities", None)
        self.backend.calls.clear()
        return calls
