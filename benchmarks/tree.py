"""The job tree of an execution with very many jobs."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.measure import Measure, ratios
from benchmarks.staged import given, pairs


def _build(number: int) -> float:
    return float(given(f"tree:{number}", ("build", {})))


def measure(runs: int) -> Iterator[Measure]:
    """Compare 10,000 jobs with 1,000, from the record to the painted tree."""
    found = pairs(runs, lambda: _build(10_000), lambda: _build(1_000))
    yield ratios("tree of 10,000 jobs, CPU", found, "ms", 3, scale=1000)
