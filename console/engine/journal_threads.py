"""The threads of a server in which its journal is written and read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from console.engine.database import Database, ReaderPool
from console.engine.interface import EngineUnavailable

T = TypeVar("T")


class JournalThreads:
    """Does work on the journal, off the event loop."""

    def __init__(self, database: Database, readers: ReaderPool):
        self._database = database
        self._pool = readers
        # One thread writes, so that writes of this process never wait for one another's lock.
        self._writer = ThreadPoolExecutor(1, "journal-write")
        self._readers = ThreadPoolExecutor(4, "journal-read")
        self._is_closed = False

    async def write(self, work: Callable[[], T]) -> T:
        """Do something where all writes are done. Raises EngineUnavailable once it is closed."""
        return await self._in(self._writer, work)

    async def read(self, work: Callable[[], T]) -> T:
        """Do something that only reads. Raises EngineUnavailable once it is closed."""
        return await self._in(self._readers, work)

    def refuse(self) -> None:
        """Say of work that comes too late that the engine is closed."""
        self._is_closed = True

    def close(self) -> None:
        """Wait for what is being done, and close the connections."""
        self._writer.shutdown()
        self._readers.shutdown()
        self._pool.close()
        self._database.close()

    async def _in(self, executor: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(executor, work)
        except RuntimeError:
            if self._is_closed:
                raise EngineUnavailable("the engine is closed") from None
            raise
