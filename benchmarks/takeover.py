"""How long until another worker goes on with an execution whose worker was killed, or hangs."""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Measure, p95
from benchmarks.project import ended, opened, written
from console.model.states import ExecutionStatus

LEASE = 2.0
"""Seconds of a lease here."""
PATIENCE = 60.0


def measure(runs: int) -> Iterator[Measure]:
    """Kill a worker in the middle of a job, or stop it, and wait for the job to begin again."""
    for what, number in (("killed", signal.SIGKILL), ("stopped", signal.SIGSTOP)):
        found = []
        for _ in range(runs):
            with tempfile.TemporaryDirectory(prefix="wfc-bench-") as folder:
                found.append(asyncio.run(_lose(written(Path(folder) / "project"), number)))
        seconds = p95(found)
        yield Measure(
            f"a {what} worker's execution goes on after",
            f"{seconds:.2f} s",
            f"a lease of {LEASE:g} s",
            seconds / LEASE,
            2,
            " leases",
        )


async def _lose(root: Path, number: signal.Signals) -> float:
    mark = root / "began"
    async with opened(root, workers=2, lease=LEASE) as engine:
        identifier = await engine.start("lingering", None)
        worker, _ = (await _line(mark, 0)).split()
        lost = time.time()
        os.kill(int(worker), number)
        _, again = (await _line(mark, 1)).split()
        execution = await ended(engine, identifier)
        assert execution.status is ExecutionStatus.SUCCESS
    return float(again) - lost


async def _line(mark: Path, index: int) -> str:
    """Wait for a line of a file."""
    until = time.monotonic() + PATIENCE
    while len(lines := _lines(mark)) <= index:
        assert time.monotonic() < until, f"no line {index} within {PATIENCE} s"
        await asyncio.sleep(0.005)
    return lines[index]


def _lines(mark: Path) -> list[str]:
    return mark.read_text().splitlines() if mark.exists() else []
