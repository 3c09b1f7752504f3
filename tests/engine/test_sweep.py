"""The sweep: whoever hangs is ended within two leases, and whoever could not renew is not."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import pytest

from console.engine.interface import EngineUnavailable
from console.engine.presence import Presence
from console.engine.sweep import Sweep
from tests.engine.desk import Desk

T = TypeVar("T")
LEASE, EVERY = 5.0, 1.0


class Own:
    """A worker of ours that holds an execution and says nothing."""

    def __init__(self) -> None:
        self.was_killed = False

    def kill(self) -> None:
        self.was_killed = True


class Watch:
    """A sweep over a desk whose one execution is held."""

    def __init__(self, folder: Path) -> None:
        self.desk = Desk(folder)
        self.desk.start()
        self.worker = Own()
        self.desk.claim("mute")
        self._sweep = Sweep(
            self.desk.claims, Presence(folder / "workers"), self._write, self.desk.clock
        )

    async def _write(self, work: Callable[[], T]) -> T:
        return work()

    def look(self) -> None:
        """Look once."""
        asyncio.run(self._sweep.look({"mute": self.worker}, lambda: None))

    def seconds_to_live(self) -> float:
        """Give after how long the worker was ended, by looks a second apart."""
        began = self.desk.clock.monotonic()
        while not self.worker.was_killed:
            assert self.desk.clock.monotonic() - began < 10 * LEASE, "it was never ended"
            self.desk.clock.advance(EVERY)
            self.look()
        return self.desk.clock.monotonic() - began


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    made = Watch(tmp_path)
    yield made
    made.desk.database.close()


def test_a_worker_that_hangs_is_ended_before_two_leases_are_over(watch: Watch) -> None:
    assert LEASE < watch.seconds_to_live() < 2 * LEASE


def test_nobody_is_ended_because_the_machine_stood_still(watch: Watch) -> None:
    watch.look()
    watch.desk.clock.advance(3600)
    watch.look()
    watch.desk.clock.advance(EVERY)
    watch.look()
    assert not watch.worker.was_killed
    # One that does not renew after that hangs all the same.
    assert watch.seconds_to_live() <= 2 * LEASE


def test_nobody_is_ended_while_the_journal_is_locked_nor_just_after(watch: Watch) -> None:
    watch.desk.database.execute("PRAGMA busy_timeout = 0")
    with closing(sqlite3.connect(watch.desk.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for _ in range(4 * round(LEASE)):
            watch.desk.clock.advance(EVERY)
            try:
                watch.look()
            except EngineUnavailable:
                pass
    watch.desk.clock.advance(EVERY)
    watch.look()
    assert not watch.worker.was_killed
    assert watch.seconds_to_live() <= 2 * LEASE
