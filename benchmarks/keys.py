"""From a key to the painted cursor, by the clock, while the list is polled and changes."""

from __future__ import annotations

import time
from collections.abc import Iterator

from benchmarks.measure import Measure, p95, ratios
from benchmarks.staged import stage
from tests.quiet.metered import Metered

PRESSES = 60
STRETCH = 8
"""Presses in one direction: the cursor stays where nothing scrolls."""
CURSOR = "┃".encode()
PATIENCE = 5.0


def measure(runs: int) -> Iterator[Measure]:
    """Compare the console with a bare app that moves one line."""
    found = []
    for _ in range(runs):
        with stage("console:1000") as console:
            console.step("load")
            console.step("change_some", every=0.3, rows=200)
            ours = p95(_latencies(console))
        with stage("bare-lines") as bare:
            theirs = p95(_latencies(bare))
        found.append((ours, theirs))
    yield ratios("key to paint, p95, while rows are polled", found, "ms", 2, scale=1000)


def _latencies(console: Metered) -> list[float]:
    found = []
    for number in range(PRESSES):
        # Not in step with the polls, and slower than the screen's own 60 frames a second.
        _read(console, until=time.perf_counter() + 0.07 + 0.013 * (number % 7))
        began = time.perf_counter()
        console.terminal.press("kj"[number // STRETCH % 2 == 0])
        found.append(_read(console, until=began + PATIENCE, wanted=CURSOR) - began)
    return found


def _read(console: Metered, *, until: float, wanted: bytes | None = None) -> float:
    """Read what is painted until a time, or until something wanted came; gives when."""
    seen = b""
    while (left := until - time.perf_counter()) > 0:
        seen += console.read(left)
        if wanted is not None and wanted in seen:
            return time.perf_counter()
    assert wanted is None, f"nothing was painted within {PATIENCE} s"
    return time.perf_counter()
