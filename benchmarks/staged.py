"""Runs stages of the screen, each in a fresh process on a terminal of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tests.quiet.metered import Metered


def stage(name: str) -> Metered:
    """Start a stage; it is not drawn here, which would cost as much as the console does."""
    return Metered(name, program="benchmarks.child", is_drawn=False)


def given(name: str, *steps: tuple[str, dict[str, Any]]) -> Any:
    """Do steps on a stage, and give what the last one gave."""
    found: Any = None
    with stage(name) as console:
        for step, arguments in steps:
            found = console.step(step, **arguments).given
    return found


def pairs(
    runs: int, one: Callable[[], float], other: Callable[[], float]
) -> Sequence[tuple[float, float]]:
    """Measure a thing and its control in turn, so many times."""
    return [(one(), other()) for _ in range(runs)]
