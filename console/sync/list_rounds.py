"""What a list asks of the backend, one request a round, and what it does with the answers.

with `changes`    cursor → first page → changes, changes, …      reset → first page again
without           first page, first page, …    and below it a few rows, or one page, at a time

The cursor is taken before the page: what happens between the two is told twice, never missed.
What is due beside the poll itself follows in rounds of its own, at once: a page somebody scrolled
to, a gap below the first page, unfinished rows on older pages, the counts.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from console.backend.errors import BackendError, NotFound, Unsupported
from console.backend.protocol import Backend
from console.clock import Clock
from console.model.capabilities import Capabilities
from console.model.execution import Execution
from console.model.ids import ExecutionId
from console.model.query import ChangeSet, Page
from console.sync.cadence import LIST_LOCAL, LIST_REMOTE, Outcome, Pace
from console.sync.connection_errors import CONNECTION_ERRORS
from console.sync.doubtful import Doubtful
from console.sync.list_query import ListQuery
from console.sync.more_pages import MorePages
from console.sync.older_pages import Below, OlderPages
from console.sync.store import ExecutionStore, own_key
from console.sync.tally import REST, Tally

FULL = 100
"""Changes in one answer after which more are asked for at once."""
RECENT = 30.0
"""Seconds a row that was just made is old at most, by the clock of whoever made its id."""
LONG = timedelta(seconds=60)
"""So long without a reading, and older pages are not trusted any more."""

Taken = Callable[[], None]
Step = Callable[[], Coroutine[Any, Any, Taken]]
Changed = dict[ExecutionId, Execution | None]


class ListRounds:
    """Knows one list, and what to ask for next."""

    def __init__(
        self,
        backend: Backend,
        clock: Clock,
        query: ListQuery,
        page_size: int,
        on_rows: Callable[[Changed, bool], None],
    ) -> None:
        self.query = query
        self.store = ExecutionStore()
        self.older = OlderPages(self.store)
        self.more = MorePages(self.store, self.older, page_size)
        self.tally = Tally(backend, clock)
        self.total: int | None = None
        self.capabilities: Capabilities | None = None
        self.is_listed = False
        """The rows are those of `query`."""
        self._backend = backend
        self._clock = clock
        self._page_size = page_size
        self._on_rows = on_rows
        self._shown = query
        self._cursor = ""
        self._is_poll_due = True
        self._is_trusted = True
        self._read_at: datetime = clock.now()
        self._has_moved = False
        self._is_total_due = False
        self._is_order_doubtful = False
        self._listing_not_before = 0.0
        self._put_meanwhile: dict[ExecutionId, Execution] = {}
        self._doubtful = Doubtful(self.store)

    @property
    def pace(self) -> Pace:
        """How often the list is asked for."""
        is_local = self.capabilities is not None and self.capabilities.is_local
        return LIST_LOCAL if is_local else LIST_REMOTE

    # What others ask for

    def set_query(self, query: ListQuery) -> None:
        """Ask for another list; the rows stay until its first page is here."""
        self.query = query
        self.is_listed = False
        self._is_poll_due = True
        self._doubtful.clear()
        self.more.end()

    def put(self, execution: Execution) -> None:
        """Take a newer reading of one execution; an answer under way does not undo it."""
        self._put_meanwhile[execution.id] = execution
        self._take_row(execution)
        self._tell_rows()

    # One round

    async def fetch(self) -> Callable[[], Outcome]:
        """Make the next request; what comes back takes the answer."""
        self._put_meanwhile = {}
        if self._clock.now() - self._read_at > timedelta(seconds=self.pace.idle):
            self._is_poll_due = True  # what was left of an older round comes after the rows
        try:
            if self.capabilities is None:
                self.capabilities = await self._backend.capabilities()
            step = self._follow_up() if not self._is_poll_due or self._is_more_next else None
            return partial(self._take, await (step or self._poll)())
        except BackendError as error:
            self._is_poll_due = True
            self.more.end(error)
            raise
        except BaseException:
            self._is_poll_due = True
            self.more.end()
            raise

    def _take(self, taken: Taken) -> Outcome:
        taken()
        for execution in self._put_meanwhile.values():
            self._take_row(execution)
        if self.older.is_all and self.is_listed:
            self.total = len(self.store)
        self._tell_rows()
        if self._is_poll_due or self._follow_up() is not None:
            return Outcome.AGAIN
        self._is_poll_due = True
        self.more.note_poll()
        has_moved, self._has_moved = self._has_moved, False
        return Outcome.MOVED if has_moved else Outcome.IDLE

    def _tell_rows(self) -> None:
        changed, is_moved = self.store.take_changes()
        for identifier, old in changed.items():
            new = self.store.executions.get(identifier)
            if old is None or new is None or old.status is not new.status:
                self.tally.note_move()
        self._has_moved = self._has_moved or bool(changed) or is_moved
        self._on_rows(changed, is_moved)

    @property
    def _is_more_next(self) -> bool:
        return self.more.is_wanted and self.is_listed and self.older.next() is None

    def _follow_up(self) -> Step | None:
        """Choose what is to be asked beside the poll itself; None when nothing is due."""
        if not self.is_listed:
            return None
        below = self.older.next()
        if below is not None:
            return partial(self._fetch_older, below)
        if self.more.is_due:
            return partial(self.more.fetch, self._ask_page)
        if self._doubtful:
            return self._fetch_doubtful
        if self.tally.is_due:
            return self._fetch_counts
        if self._clock.monotonic() >= self._listing_not_before:
            if self._is_order_doubtful:
                return self._fetch_first
            if self._is_total_due and self.older.tail:
                return self._fetch_total
        return None

    # The poll

    async def _poll(self) -> Taken:
        assert self.capabilities is not None
        if self.capabilities.changes:
            try:
                if not self._cursor:
                    return partial(self._take_cursor, await self._backend.changes(""))
                if self.is_listed and self._is_trusted:
                    return partial(self._take_changes, await self._backend.changes(self._cursor))
            except Unsupported:
                self.capabilities = replace(self.capabilities, changes=False)
                self._cursor = ""
        return await self._fetch_first()

    async def _fetch_first(self) -> Taken:
        query = self.query
        page = await self._backend.list_executions(query.page(self._page_size))
        return partial(self._take_first, query, page)

    def _take_cursor(self, answer: ChangeSet) -> None:
        self._cursor = answer.cursor

    def _take_first(self, query: ListQuery, page: Page[Execution]) -> None:
        now = self._clock.now()
        if not self.is_listed:
            self.older.replace(page)
            self.is_listed = True
            self._shown = query
        else:
            is_recent = now - self._read_at < LONG or self._cursor != ""
            self.older.take_first(page, is_trusted=self._is_trusted and is_recent)
        self._take_total(page)
        self._is_trusted = True
        self._is_order_doubtful = False
        if not self._cursor:
            self._doubtful.choose({row.id for row in page.items})
        self._end_poll(now)

    def _take_changes(self, answer: ChangeSet) -> None:
        is_new = answer.cursor != self._cursor
        self._cursor = answer.cursor
        if answer.reset:
            self._is_trusted = False
            return
        for execution in answer.changed:
            if execution.id in self._put_meanwhile:
                # Which of the two readings is newer cannot be told: a third one tells.
                self._doubtful.add(execution.id)
            else:
                self._note_age(execution)
                self._take_row(execution)
        for identifier in answer.gone:
            self.store.remove(identifier)
        news = len(answer.changed) + len(answer.gone)
        self._is_total_due = self._is_total_due or news > 0
        self._end_poll(self._clock.now())
        self._is_poll_due = is_new and news >= FULL

    def _note_age(self, execution: Execution) -> None:
        """Doubt the order when a row is new here and not young.

        It is an old one that belongs here now, or its id was made by a clock that is behind ours;
        only the server knows where it stands.
        """
        if execution.id not in self.store and self._shown.matches(execution):
            key = own_key(execution)
            age = self._clock.now().timestamp() - key[0] if key is not None else 0.0
            self._is_order_doubtful = self._is_order_doubtful or age > RECENT

    def _end_poll(self, now: datetime) -> None:
        self._read_at = now
        self._is_poll_due = False
        self.tally.note_poll()

    def _take_row(self, execution: Execution) -> None:
        """Take a reading of one row: it comes, changes, or leaves the list."""
        now = self._clock.now()
        key = own_key(execution) or (now.timestamp(), execution.id)
        if not self._shown.matches(execution):
            self.store.remove(execution.id)
        elif execution.id in self.store or self.older.reaches(key):
            self.store.put(execution, now)

    # Beside the poll

    async def _ask_page(self, token: str) -> Page[Execution]:
        return await self._backend.list_executions(self._shown.page(self._page_size, token))

    async def _fetch_older(self, below: Below) -> Taken:
        try:
            page = await self._ask_page(below.token)
        except CONNECTION_ERRORS:
            raise
        except BackendError:
            return partial(self.older.give_up, below)

        def take() -> None:
            self.total = page.total
            if not self.older.take(below, page):
                self._is_trusted, self._is_poll_due = False, True

        return take

    async def _fetch_doubtful(self) -> Taken:
        identifier = self._doubtful.take()
        try:
            execution = await self._backend.get_execution(identifier)
        except NotFound:
            return partial(self.store.remove, identifier)
        except CONNECTION_ERRORS:
            self._doubtful.add(identifier)
            raise
        except BackendError:
            return lambda: None
        return partial(self._take_doubtful, execution)

    def _take_doubtful(self, execution: Execution) -> None:
        if execution.id in self._put_meanwhile:
            self._doubtful.add(execution.id)
        else:
            self._take_row(execution)

    async def _fetch_counts(self) -> Taken:
        assert self.capabilities is not None
        return await self.tally.fetch(self.capabilities, self.pace)

    async def _fetch_total(self) -> Taken:
        page = await self._backend.list_executions(self._shown.page(1))
        return partial(self._take_total, page)

    def _take_total(self, page: Page[Execution]) -> None:
        self.total = page.total
        self._is_total_due = False
        is_cheap = self.capabilities is not None and self.capabilities.is_local
        rest = 0.0 if is_cheap else REST * self.pace.busy
        self._listing_not_before = self._clock.monotonic() + rest
