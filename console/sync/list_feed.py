"""The list of executions, kept fresh."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from console.backend.errors import BackendError
from console.backend.protocol import Backend
from console.clock import Clock
from console.model.execution import Execution
from console.model.ids import ExecutionId
from console.model.query import Counts
from console.sync.causes import Cause
from console.sync.delta import ListDelta
from console.sync.freshness import Freshness
from console.sync.list_query import ListQuery

__all__ = ["ListDelta", "ListFeed", "ListQuery"]


class ListFeed:
    """Polls one list; tells what changed."""

    def __init__(
        self,
        backend: Backend,
        clock: Clock,
        *,
        on_change: Callable[[ListDelta], None],
        on_freshness: Callable[[Freshness], None],
        page_size: int = 200,
        query: ListQuery | None = None,
        on_bug: Callable[[Exception], None] | None = None,
    ) -> None:
        self.query: ListQuery = query or ListQuery()
        self.executions: Mapping[ExecutionId, Execution] = {}
        self.order: Sequence[ExecutionId] = []
        self.counts: Counts | None = None
        self.total: int | None = None
        self.has_more: bool = False
        self.causes: Mapping[ExecutionId, Cause] = {}
        self.freshness: Freshness = Freshness()
        self.skew: timedelta = timedelta(0)
        """How far the server's clock is ahead of this machine's, at least: show ages as of
        `clock.now() + skew` and none is negative."""
        self.more_error: BackendError | None = None
        """Why the last `load_more` brought nothing; None after one that did."""

    def set_query(self, query: ListQuery) -> None:
        """Show another list; the rows of the old one stay until its first answer."""
        raise NotImplementedError

    def start(self) -> None:
        """Begin to poll."""
        raise NotImplementedError

    async def stop(self) -> None:
        """End at once, also while a request hangs."""
        raise NotImplementedError

    def poke(self) -> None:
        """Ask now: a person acted, or wants to see."""
        raise NotImplementedError

    def pause(self) -> None:
        """Ask no more by itself."""
        raise NotImplementedError

    def go_on(self) -> None:
        """Ask again by itself, beginning now."""
        raise NotImplementedError

    def set_visible(self, is_visible: bool) -> None:
        """Ask by itself only while it is seen."""
        raise NotImplementedError

    async def load_more(self) -> None:
        """Append the next page; comes back when it is there, or `more_error` says why not."""
        raise NotImplementedError

    def put(self, execution: Execution) -> None:
        """Take a newer reading of one execution, from an action or a detail feed."""
        raise NotImplementedError

    def want_causes(self, ids: Sequence[ExecutionId]) -> None:
        """Name the rows on screen, most wanted first."""
        raise NotImplementedError
