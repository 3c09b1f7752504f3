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
        found: dict[str, float] = console.step("refresh_all").given
        console.step("end")
    return found


def _bare(seconds: float) -> dict[str, float]:
    found: dict[str, float] = given("bare-lines", ("hold", {"seconds": seconds}))
    return found


def measure(runs: int) -> Iterator[Measure]:
    """Compare 100,000 rows with 1,000, and time the longest block of a refresh."""
    loads = pairs(runs, lambda: _load(MANY), lambda: _load(FEW))
    yield ratios("100,000 rows loaded, CPU", loads, "ms", 2, scale=1000)
    keys = pairs(runs, lambda: _key(MANY), lambda: _key(FEW))
    yield ratios("a key at 100,000 rows, CPU", keys, "ms", 1.2, scale=1000)
    blocks = []
    for _ in range(runs):
        block = _refresh()
        blocks.append((block, _bare(block["seconds"])))  # as long a look at the same machine
    clock = [p95([pair[side]["wall"] for pair in blocks]) * 1000 for side in (0, 1)]
    yield amount(
        "10,000 rows refreshed from a server: longest block of the loop, CPU",
        p95([block["cpu"] for block, _ in blocks]) * 1000,
        "ms",
        16,
        control=f"by the clock {clock[0]:.3g} ms; a bare app {clock[1]:.3g} ms",
    )
