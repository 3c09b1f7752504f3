"""What goes over the line: exact bytes and frames, the same counts that `tests/quiet` holds."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.measure import Measure, amount, count, p95
from tests.quiet.metered import Metered

CELLS = (
    ("status", 10),
    ("workflow", 22),
    ("started", 7),
    ("took", 7),
    ("done", 4),
    ("why", 40),
)


def measure(runs: int) -> Iterator[Measure]:
    """Count bytes at rest, of changed cells, and of a log that grows."""
    with Metered("night") as console:
        console.step("press", keys=["G"])
        yield count("at rest, 10 s", console.step("watch", seconds=10.0).size, "B", 0)
    yield count("five cells changed, the worst column", max(_cells()), "B", 500)
    slow, quick, frames, lost = [], [], [], 0
    for _ in range(runs):
        with Metered("pouring") as console:
            console.step("open_log")
            step = console.step("pour", rate=10, seconds=3)
            slow.append(step.size / step.given["appended"])
            step = console.step("pour", rate=10_000, seconds=3)
            seconds = step.given["milliseconds"] / 1000
            quick.append(step.size / seconds / 1000)
            frames.append((step.frames - 1) / seconds)  # both ends of the time are frames
            lost += step.given["written"] - step.given["lines"]
            lost += not step.given["is_equal"]
    yield Measure("log, 10 lines/s", f"{p95(slow):.2f}×", "its own bytes", p95(slow), 5)
    yield amount("log, burst of 10,000 lines/s: bytes", p95(quick), "kB/s", 25)
    yield amount("log, burst of 10,000 lines/s: frames", p95(frames), "a second", 4)
    yield count("log, burst of 10,000 lines/s: lost", lost, "lines", 0)


def _cells() -> Iterator[int]:
    with Metered("rows") as console:
        for column, width in CELLS:
            for places in ([3, 5, 7, 9, 11], [2, 3, 4, 5, 6], [0, 4, 8, 12, 13]):
                console.step("change", column=column, width=width, rows=places)
                yield console.step("change", column=column, width=width, rows=places).size
