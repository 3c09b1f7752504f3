"""The list with very many rows: loading, keys, and a refresh of all of them."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.measure import Measure, amount, p95, ratios
from benchmarks.staged import given, pairs, stage

FEW, MANY = 1_000, 100_000
REFRESHED = 10_000
KEYS = 40


def _load(number: int) -> float:
    return float(given(f"rows:{number}", ("load", {})))


def _key(number: int) -> float:
    return float(given(f"console:{number}", ("load", {}), ("keys", {"count": KEYS})))


def _refresh() -> dict[str, float]:
    with stage(f"served:{REFRESHED}") as console:
        console.step("load")
        found = console.step("refresh_all").given
        console.step("end")
    return dict(found)


def measure(runs: int) -> Iterator[Measure]:
    """Compare 100,000 rows with 1,000, and time the longest block of a refresh."""
    loads = pairs(runs, lambda: _load(MANY), lambda: _load(FEW))
    yield ratios("100,000 rows loaded, CPU", loads, "ms", 2, scale=1000)
    keys = pairs(runs, lambda: _key(MANY), lambda: _key(FEW))
    yield ratios("a key at 100,000 rows, CPU", keys, "ms", 1.2, scale=1000)
    blocks = [given(f"console:{REFRESHED}", ("load", {}), ("refresh_all", {})) for _ in range(runs)]
    longest = p95([block["cpu"] for block in blocks]) * 1000
    by_clock = p95([block["wall"] for block in blocks]) * 1000
    yield amount(
        "10,000 rows refreshed: longest block of the loop, CPU",
        longest,
        "ms",
        16,
        control=f"by the clock {by_clock:.3g} ms",
    )
