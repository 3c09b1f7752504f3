"""Rows that may not be as they read: each is read by itself, in turn, a few at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Set

from console.model.ids import ExecutionId
from console.sync.store import ExecutionStore

REREADS = 3
"""Unfinished rows below the first page that are read with each poll."""


class Doubtful:
    """A queue of rows to read again."""

    def __init__(self, store: ExecutionStore) -> None:
        self._store = store
        self._queue: deque[ExecutionId] = deque()
        self._rotation: deque[ExecutionId] = deque()

    def __bool__(self) -> bool:
        return bool(self._queue)

    def add(self, identifier: ExecutionId) -> None:
        """Read this one soon."""
        self._queue.append(identifier)

    def take(self) -> ExecutionId:
        """Give the next one; it is not asked for again by itself."""
        return self._queue.popleft()

    def choose(self, seen: Set[ExecutionId]) -> None:
        """Choose unfinished rows that are not among those just seen, the next ones in turn."""
        store = self._store
        if len(store) <= len(seen):
            self._rotation.clear()
            return
        if not self._rotation:
            self._rotation.extend(store.unfinished - seen)
        while self._rotation and len(self._queue) < REREADS:
            identifier = self._rotation.popleft()
            if identifier in store.unfinished and identifier not in seen:
                self._queue.append(identifier)

    def clear(self) -> None:
        """Doubt nothing."""
        self._queue.clear()
        self._rotation.clear()
