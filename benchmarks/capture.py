"""What a job prints, kept at 50,000 lines a second without loss."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Measure, amount, count, p95
from benchmarks.project import LINES, ended, opened, written
from console.engine.local import LocalEngine
from console.model.ids import FunctionExecutionId
from console.model.states import ExecutionStatus


def measure(runs: int) -> Iterator[Measure]:
    """Let a job print as fast as it can, and read its log back."""
    found = []
    for _ in range(runs):
        with tempfile.TemporaryDirectory(prefix="wfc-bench-") as folder:
            found.append(asyncio.run(_talk(written(Path(folder) / "project"))))
    slowest = -p95([-rate for rate, _ in found])
    yield amount("log lines kept a second", slowest, "lines/s", 50_000, is_least=True)
    yield count("log lines lost", sum(lost for _, lost in found), "lines", 0)


async def _talk(root: Path) -> tuple[float, int]:
    async with opened(root, workers=1) as engine:
        identifier = await engine.start("talking", None)
        execution = await ended(engine, identifier)
        assert execution.status is ExecutionStatus.SUCCESS
        run = execution.jobs[0].function_execution_id
        assert run is not None
        record = await engine.function_execution(run, with_logs=False)
        return LINES / json.loads(record.result)["seconds"], await _lost(engine, run)


async def _lost(engine: LocalEngine, run: FunctionExecutionId) -> int:
    """Read the log as the console does, and count what is not in it, in order and once."""
    data, offset, is_complete = bytearray(), 0, False
    while not is_complete:
        chunk = await engine.read_log(run, offset, 256 * 1024)
        data += chunk.data
        offset, is_complete = chunk.next_offset, chunk.is_complete
    numbers = [int(line.split()[1]) for line in data.splitlines()]
    return sum(a != b for a, b in zip(numbers, range(LINES), strict=False)) + abs(
        LINES - len(numbers)
    )
