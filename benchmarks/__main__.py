"""Every number that is promised, beside its control: `python -m benchmarks [--only NAME]`."""

from __future__ import annotations

import argparse
import importlib
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
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
MINUTES = 20.0
"""What all of them may take; at five runs they take about half of it."""


class Benchmark(Protocol):
    """A module of this folder."""

    def measure(self, runs: int) -> Iterator[Measure]:
        """Give its numbers; each ratio is measured so many times."""
        ...


class OutOfTimeError(Exception):
    """The time for all of them is over."""


@contextmanager
def limited(minutes: float) -> Iterator[None]:
    """Raise `OutOfTimeError` in whatever goes on when the time is over."""

    def end(number: int, frame: FrameType | None) -> None:
        raise OutOfTimeError

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, minutes * 60)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, and give the exit code.

    It is 1 when an exact count misses its target, as timed ones may, and when the time runs out;
    what was measured until then is printed.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--only", action="append", choices=NAMES, help="one of them; may be given again"
    )
    parser.add_argument("--runs", type=int, default=5, help="how often each ratio is measured")
    parser.add_argument(
        "--minutes", type=float, default=MINUTES, help=f"for all of them together ({MINUTES:g})"
    )
    options = parser.parse_args(arguments)
    found: list[Measure] = []
    unended = ""
    try:
        with limited(options.minutes):
            for name in options.only or NAMES:
                unended = name
                _measure(name, options.runs, found)
            unended = ""
    except OutOfTimeError:
        print(file=sys.stderr)
    print(table(found))
    missed = [measure.name for measure in found if measure.is_exact and not measure.is_ok]
    for name in missed:
        print(f"an exact target is missed: {name}", file=sys.stderr)
    if unended:
        print(f"out of time: {unended} had not ended", file=sys.stderr)
    return 1 if missed or unended else 0


def _measure(name: str, runs: int, found: list[Measure]) -> None:
    began = time.monotonic()
    print(f"{name} …", end=" ", file=sys.stderr, flush=True)
    benchmark = cast("Benchmark", importlib.import_module(f"benchmarks.{name}"))
    for measure in benchmark.measure(runs):
        found.append(measure)
    print(f"{time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
