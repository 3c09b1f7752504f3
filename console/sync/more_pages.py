"""The next page below what is loaded: somebody scrolled there, or the list became short."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from console.backend.errors import BackendError
from console.model.execution import Execution
from console.model.query import Page
from console.sync.connection_errors import CONNECTION_ERRORS
from console.sync.older_pages import OlderPages
from console.sync.store import ExecutionStore

SHORT = 50
"""Rows below which the next page is loaded by itself."""
TOP_UPS = 5
"""Pages loaded by themselves in one poll."""


class MorePages:
    """Knows who waits for the next page, and what became of it."""

    def __init__(self, store: ExecutionStore, older: OlderPages, page_size: int) -> None:
        self.error: BackendError | None = None
        """Why the last page that was asked for did not come; None after one that did."""
        self._store = store
        self._older = older
        self._short = min(SHORT, page_size)
        self._future: asyncio.Future[None] | None = None
        self._top_ups = 0

    @property
    def is_wanted(self) -> bool:
        """Somebody waits for the next page."""
        return self._future is not None

    @property
    def is_due(self) -> bool:
        """The next page is to be fetched: somebody waits, or rows have left and few remain."""
        is_short = len(self._store) < self._short and self._top_ups < TOP_UPS
        return self.is_wanted or (is_short and bool(self._older.tail))

    def want(self) -> asyncio.Future[None]:
        """Ask for the next page; the future ends when it is here, or will not come."""
        if self._future is None:
            self._future = asyncio.get_running_loop().create_future()
        return self._future

    def end(self, error: BackendError | None = None) -> None:
        """Let nobody wait any longer."""
        future, self._future = self._future, None
        if future is not None and not future.done():
            self.error = error
            future.set_result(None)

    def note_poll(self) -> None:
        """Begin another poll of the list."""
        self._top_ups = 0

    async def fetch(
        self, ask: Callable[[str], Coroutine[Any, Any, Page[Execution]]]
    ) -> Callable[[], None]:
        """Fetch the page at the tail; `ask` takes its token. What comes back takes it."""
        if not self._older.tail:
            return self.end
        self._top_ups += not self.is_wanted
        try:
            page = await ask(self._older.tail)
        except CONNECTION_ERRORS:
            raise
        except BackendError as error:
            self._top_ups = TOP_UPS
            return partial(self.end, error)
        return partial(self._take, page)

    def _take(self, page: Page[Execution]) -> None:
        self._older.take_more(page)
        self.error = None
        self.end()
