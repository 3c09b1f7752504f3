"""Keeping the lease of what a worker runs, from a thread that no body can hold up."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from console.clock import Clock
from console.engine.claims import Claim, Claims
from console.engine.database import Database
from console.engine.interface import EngineUnavailable


@dataclass(frozen=True, slots=True)
class _Holding:
    claim: Claim
    on_lost: Callable[[], None]


class LeaseKeeper:
    """Renews one lease at a time, three times as often as it would run out."""

    def __init__(self, journal: Path, clock: Clock, lease_seconds: float):
        self._journal = journal
        self._clock = clock
        self._seconds = lease_seconds
        self._holding: _Holding | None = None
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lease", daemon=True)
        self._thread.start()

    def hold(self, claim: Claim, on_lost: Callable[[], None]) -> None:
        """Keep a claim; `on_lost` is called in the thread when the journal says it is lost."""
        self._holding = _Holding(claim, on_lost)

    def drop(self) -> None:
        """Keep nothing any more."""
        self._holding = None

    def close(self) -> None:
        """End the thread."""
        self._closed.set()
        self._thread.join()

    def _run(self) -> None:
        database = Database(self._journal, "lease")
        claims = Claims(database, self._clock, self._seconds)
        pause = self._seconds / 3
        while not self._closed.wait(pause):
            pause = self._seconds / 3
            holding = self._holding
            if holding is None:
                continue
            try:
                is_kept = claims.renew(holding.claim)
            except EngineUnavailable:
                # Locked, or the disk is full. Only the journal can say that the lease is lost.
                pause = self._seconds / 25
                continue
            if not is_kept and self._holding is holding:
                self._holding = None
                holding.on_lost()
        database.close()
