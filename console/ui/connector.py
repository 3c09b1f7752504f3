"""Makes the first connection, and tries for as long as it takes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from console.backend.errors import BackendError, Unauthenticated
from console.sync.freshness import Freshness
from console.ui.session import Session

if TYPE_CHECKING:
    from console.backend.protocol import Backend
    from console.model.capabilities import Capabilities

LONGEST_WAIT = 30.0


class Connector:
    """Calls `connect` until there is a backend that says what it can do."""

    def __init__(self, session: Session, on_state: Callable[[], None]) -> None:
        self._session = session
        self._on_state = on_state
        self._now = asyncio.Event()

    async def connect(self) -> None:
        """Come back when there is a connection; what goes wrong meanwhile is in the session."""
        session, tries = self._session, 0
        while True:
            try:
                backend = await session.launch.connect()
                capabilities = await self._ask(backend)
            except BackendError as error:
                tries += 1
                await self._wait(error, tries)
            else:
                session.connecting = Freshness()
                session.connected(backend, capabilities)
                return

    async def _ask(self, backend: Backend) -> Capabilities:
        """Ask what it can do; one that does not say is let go of."""
        is_asked = False
        try:
            capabilities = await backend.capabilities()
            is_asked = True
        finally:
            if not is_asked:
                self._session.end_later(backend.aclose())
        return capabilities

    async def _wait(self, error: BackendError, tries: int) -> None:
        session = self._session
        wait = error.retry_after or min(LONGEST_WAIT, 2.0 ** (tries - 1))
        is_final = isinstance(error, Unauthenticated)
        session.connecting = Freshness(
            state="lost" if is_final else "connecting",
            error=error,
            tries=tries,
            next_try=None if is_final else session.clock.monotonic() + wait,
        )
        self._on_state()
        self._now.clear()
        poked = asyncio.ensure_future(self._now.wait())
        waits: set[asyncio.Future[object]] = {poked}  # type: ignore[arg-type]
        if not is_final:
            waits.add(asyncio.ensure_future(session.clock.sleep(wait)))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for future in waits:
                future.cancel()
        session.connecting = Freshness(tries=tries)
        self._on_state()

    def try_now(self) -> None:
        """Wait no longer."""
        self._now.set()
