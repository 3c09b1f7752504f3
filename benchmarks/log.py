"""A log of a million lines, and Textual's own log widget with the same lines."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.measure import Measure, amount, count, p95, ratios
from benchmarks.staged import given

LINES = 1_000_000
CONTROL = 100_000
"""Lines of Textual's log: its CPU goes with their number, and a million take minutes."""


def measure(runs: int) -> Iterator[Measure]:
    """Compare CPU, and count the memory gained."""
    found = [
        (given(f"log:{LINES}", ("pour", {})), given(f"textual-log:{CONTROL}", ("pour", {})))
        for _ in range(runs)
    ]
    lost = sum(LINES - ours["lines"] for ours, _ in found)
    memory = p95([ours["bytes"] for ours, _ in found]) / 1e6
    theirs = p95([other["bytes"] for _, other in found]) / 1e6
    yield amount(
        "a million log lines: memory", memory, "MB", 16, control=f"{theirs:,.3g} MB at a tenth"
    )
    cpu = [(ours["cpu"], other["cpu"] * LINES / CONTROL) for ours, other in found]
    yield ratios("a million log lines: CPU (control: 100,000 × 10)", cpu, "s", 0.2)
    yield count("a million log lines: lost", lost, "lines", 0)
