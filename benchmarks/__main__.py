"""Every number that is promised, beside its control: `python -m benchmarks [--only NAME]`."""

from __future__ import annotations

import argparse
import importlib
import sys
import time
from collections.abc import Iterator
from typing import Protocol, cast

from benchmarks.measure import Measure, table

NAMES = (
    "line",
    "first_frame",
    "keys",
    "rows",
    "tree",
    "log",
    "journal",
    "listing",
    "capture",
    "takeover",
    "idle",
)


class Benchmark(Protocol):
    """A module of this folder."""

    def measure(self, runs: int) -> Iterator[Measure]:
        """Give its numbers; each ratio is measured so many times."""
        ...


def main() -> int:
    """Measure, print the table; 1 when an exact count misses its target, as timed ones may."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--only", action="append", choices=NAMES, help="one of them; may be given again"
    )
    parser.add_argument("--runs", type=int, default=5, help="how often each ratio is measured")
    options = parser.parse_args()
    found: list[Measure] = []
    for name in options.only or NAMES:
        began = time.monotonic()
        print(f"{name} …", end=" ", file=sys.stderr, flush=True)
        benchmark = cast("Benchmark", importlib.import_module(f"benchmarks.{name}"))
        found.extend(benchmark.measure(options.runs))
        print(f"{time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    print(table(found))
    missed = [measure.name for measure in found if measure.is_exact and not measure.is_ok]
    for name in missed:
        print(f"an exact target is missed: {name}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
