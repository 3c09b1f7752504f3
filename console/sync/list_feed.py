"""The list of executions, kept fresh.

    feed = ListFeed(backend, clock, on_change=…, on_freshness=…, query=ListQuery(None, PROBLEMS))
    feed.start()
    feed.order, feed.executions[identifier]        rows, newest first; the same objects all the time
    feed.want_causes(ids_on_screen)                fills feed.causes, the first one first
    await feed.load_more();  feed.set_query(…);  feed.put(execution);  await feed.stop()

`on_change` comes once for each round that changed something, and for the first answer to a query
also when that brought no row.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from console.backend.errors import BackendError, RateLimited
from console.backend.protocol import Backend
from console.clock import Clock
from console.model.execution import Execution
from console.model.ids import ExecutionId
from console.model.query import Counts
from console.sync.bug import BugReporter
from console.sync.cadence import Outcome
from console.sync.cause_finder import CauseFinder
from console.sync.causes import Cause
from console.sync.delta import ListDelta
from console.sync.feed import Feed
from console.sync.freshness import Freshness
from console.sync.list_query import ListQuery
from console.sync.list_rounds import Changed, ListRounds
from console.sync.poller import Poller
from console.sync.skew import SkewGauge

__all__ = ["ListDelta", "ListFeed", "ListQuery"]


class ListFeed(Feed):
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
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._on_change = on_change
        self._on_freshness = on_freshness
        self._bugs = BugReporter(on_bug)
        self._rounds = ListRounds(
            backend, clock, query or ListQuery(), page_size, self._rows_changed
        )
        self._gauge = SkewGauge(clock)
        self._finder = CauseFinder(
            backend,
            clock,
            look_up=self._rounds.store.executions.get,
            on_found=self._cause_found,
            bugs=self._bugs,
        )
        self._poller = Poller(
            clock,
            self._rounds.fetch,
            self._take,
            pace=self._rounds.pace,
            on_freshness=self._freshness_changed,
            on_bug=self._bugs.tell,
            jitter=jitter,
        )
        self._is_visible = True
        self._told: tuple[object, ...] = (None, None, False)
        self._is_answer_told = False

    # What is known

    @property
    def query(self) -> ListQuery:
        """What the list is asked for."""
        return self._rounds.query

    @property
    def is_listed(self) -> bool:
        """The rows are the answer to `query`; False before it came."""
        return self._rounds.is_listed

    @property
    def executions(self) -> Mapping[ExecutionId, Execution]:
        """The rows, by id."""
        return self._rounds.store.executions

    @property
    def order(self) -> Sequence[ExecutionId]:
        """The rows' ids, newest first."""
        return self._rounds.store.order

    @property
    def counts(self) -> Counts | None:
        """How many there are in each state, for the header; None where that is not known."""
        return self._rounds.tally.counts

    @property
    def total(self) -> int | None:
        """How many match the query on the server; None where it does not say."""
        return self._rounds.total

    @property
    def has_more(self) -> bool:
        """There are older ones that `load_more` would bring."""
        return bool(self._rounds.older.tail)

    @property
    def causes(self) -> Mapping[ExecutionId, Cause]:
        """Why the failed ones failed, as far as it was wanted and is known."""
        return self._finder.causes

    @property
    def skew(self) -> timedelta:
        """How far the server's clock is ahead, at least: ages as of `clock.now() + skew` are never
        negative."""
        return self._gauge.skew

    @property
    def more_error(self) -> BackendError | None:
        """Why the last `load_more` brought nothing; None after one that did."""
        return self._rounds.more.error

    # What it can be told

    def start(self) -> None:
        """Begin to ask, at once."""
        super().start()
        self._finder.start()

    async def stop(self) -> None:
        """End at once, also while a request hangs."""
        self._rounds.more.end()
        await self._finder.stop()
        await super().stop()

    def poke(self) -> None:
        """Ask now: a person acted, or wants to see; also when paused, or not signed in."""
        super().poke()
        self._finder.try_again()

    def set_visible(self, is_visible: bool) -> None:
        """Ask only while it is seen; a poke while it is not is kept until it is."""
        super().set_visible(is_visible)
        self._is_visible = is_visible
        if not is_visible:
            self._rounds.more.end()
        self._steer_finder()

    def set_query(self, query: ListQuery) -> None:
        """Show another list; the rows of the old one stay until its first answer."""
        if query != self._rounds.query:
            self._rounds.set_query(query)
            self._is_answer_told = False
            self._poller.restart()

    async def load_more(self) -> None:
        """Append the next page; comes back when it is there, or `more_error` says why not."""
        error = self.freshness.error
        if isinstance(error, RateLimited):
            self._rounds.more.error = error
            return
        if self.has_more and self._is_visible and self._poller.is_running:
            future = self._rounds.more.want()
            self._poller.poke()
            await asyncio.shield(future)

    def put(self, execution: Execution) -> None:
        """Take a newer reading of one execution, from an action or a detail feed."""
        self._rounds.put(execution)

    def want_causes(self, ids: Sequence[ExecutionId]) -> None:
        """Name the rows on screen, most wanted first."""
        self._finder.want(ids)

    def is_cause_unread(self, identifier: ExecutionId) -> bool:
        """Tell whether it is still to be found out why this one failed or waits."""
        return self._finder.unread(identifier)

    # Telling

    def _take(self, taken: Callable[[], Outcome]) -> Outcome:
        outcome = taken()
        self._poller.pace = self._rounds.pace
        if self._rounds.capabilities is not None:
            self._finder.use(self._rounds.capabilities)
        return outcome

    def _rows_changed(self, changed: Changed, is_moved: bool) -> None:
        executions = self.executions
        for identifier in changed:
            if identifier in executions:
                self._gauge.see(executions[identifier])
        causes = self._finder.recheck(changed)
        told = (self.counts, self.total, self.has_more)
        delta = ListDelta(frozenset(changed), is_moved, told != self._told, causes)
        is_first = self.is_listed and not self._is_answer_told
        self._told, self._is_answer_told = told, self.is_listed
        if delta or is_first:
            self._on_change(delta)

    def _cause_found(self, identifier: ExecutionId) -> None:
        self._on_change(ListDelta(causes_changed=frozenset({identifier})))

    def _freshness_changed(self, freshness: Freshness) -> None:
        self._steer_finder()
        self._on_freshness(freshness)

    def _steer_finder(self) -> None:
        is_well = self.freshness.error is None and self.freshness.as_of is not None
        self._finder.set_active(is_well and self._is_visible)
