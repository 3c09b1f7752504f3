"""The command that runs the benchmarks fails for what it promises to fail for, and ends in time."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from types import ModuleType

import pytest

from benchmarks.__main__ import main
from benchmarks.measure import Measure, amount, count

Give = Callable[[str, Callable[[int], Iterator[Measure]]], None]


@pytest.fixture
def part(monkeypatch: pytest.MonkeyPatch) -> Give:
    """Put something else in the place of a benchmark."""

    def give(name: str, measure: Callable[[int], Iterator[Measure]]) -> None:
        module = ModuleType(f"benchmarks.{name}")
        module.measure = measure  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, f"benchmarks.{name}", module)

    return give


def exact(value: int) -> Callable[[int], Iterator[Measure]]:
    return lambda runs: iter([count("lost lines", value, "lines", 0)])


def test_an_exact_count_that_is_missed_fails_the_command(
    part: Give, capsys: pytest.CaptureFixture[str]
) -> None:
    part("line", exact(0))
    part("log", exact(3))
    assert main(["--only", "line", "--only", "log"]) == 1
    printed = capsys.readouterr()
    assert "MISSED (exact)" in printed.out
    assert "an exact target is missed: lost lines" in printed.err


def test_what_is_met_and_a_time_that_is_missed_do_not_fail_it(
    part: Give, capsys: pytest.CaptureFixture[str]
) -> None:
    part("line", exact(0))
    part("rows", lambda runs: iter([amount("a block", 20, "ms", 16)]))
    assert main(["--only", "line", "--only", "rows"]) == 0
    verdicts = [line.split() for line in capsys.readouterr().out.splitlines()[2:]]
    assert [("met" in words, "missed" in words) for words in verdicts] == [
        (True, False),
        (False, True),
    ]


def test_it_ends_when_its_time_is_over_and_prints_what_it_has(
    part: Give, capsys: pytest.CaptureFixture[str]
) -> None:
    is_left: list[bool] = []

    def endless(runs: int) -> Iterator[Measure]:
        yield count("the first one", 0, "B", 0)
        try:
            threading.Event().wait(60)
        finally:
            is_left.append(True)

    before = signal.getsignal(signal.SIGALRM)
    part("line", endless)
    part("log", exact(3))
    assert main(["--only", "line", "--only", "log", "--minutes", "0.002"]) == 1
    printed = capsys.readouterr()
    assert "the first one" in printed.out and "lost lines" not in printed.out
    assert "out of time: line had not ended" in printed.err
    assert is_left == [True], "it was left as a program is, so that what it started is ended"
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
