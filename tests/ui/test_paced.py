"""A key is answered at once, and nothing is painted more often than sixty times a second."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.screen import UPDATE_PERIOD

from console.ui.paced import Frames

P = UPDATE_PERIOD


class Handle:
    def __init__(self, when: float, work: Callable[[], None]) -> None:
        self.at, self.work, self.is_cancelled = when, work, False

    def when(self) -> float:
        return self.at

    def cancel(self) -> None:
        self.is_cancelled = True


class Clockwork:
    """An event loop whose time is told to it, and what it painted when."""

    def __init__(self) -> None:
        self.now = 100.0
        self.handles: list[Handle] = []
        self.painted: list[float] = []
        self.frames = Frames(
            lambda: self.painted.append(self.now - 100.0),
            lambda: cast("asyncio.AbstractEventLoop", self),
        )

    def time(self) -> float:
        return self.now

    def call_at(self, when: float, work: Callable[[], None]) -> Handle:
        self.handles.append(Handle(when, work))
        return self.handles[-1]

    def go_to(self, time: float) -> None:
        while due := [h for h in self.handles if not h.is_cancelled and h.at <= 100.0 + time]:
            first = min(due, key=Handle.when)
            self.handles.remove(first)
            self.now = max(self.now, first.at)
            first.work()
        self.now = 100.0 + time

    def play(self, acts: Sequence[tuple[float, str]]) -> list[float]:
        for time, act in acts:
            self.go_to(time)
            if act == "key":
                self.frames.answer()
            if act == "stop":
                self.frames.pause()
            else:
                self.frames.resume()
        self.go_to(10.0)
        return self.painted


@pytest.mark.parametrize(
    ("acts", "painted"),
    [
        ([(0, "poll")], [0]),
        ([(0, "key")], [0]),
        ([(0, "poll"), (0.001, "poll")], [0, P]),
        ([(0, "poll"), (0.001, "key")], [0, 0.001]),
        ([(0, "poll"), (0.001, "poll"), (0.002, "key")], [0, 0.002]),
        ([(0, "key"), (0.001, "key")], [0, P]),
        ([(0, "key"), (0.001, "key"), (0.002, "key")], [0, P]),
        ([(0, "key"), (0.002, "poll")], [0, P]),
        ([(0, "poll"), (0.001, "poll"), (0.002, "stop")], [0]),
        ([(0, "poll"), (0.001, "poll"), (0.002, "stop"), (0.003, "poll")], [0, P]),
    ],
)
def test_when_it_is_painted(acts: list[tuple[float, str]], painted: list[float]) -> None:
    assert Clockwork().play(acts) == pytest.approx(painted)


@given(
    st.lists(st.tuples(st.floats(0, 1), st.sampled_from(("key", "poll"))), min_size=1, max_size=40)
)
def test_nothing_waits_longer_than_a_frame_and_a_burst_is_few_paints(
    acts: list[tuple[float, str]],
) -> None:
    acts = sorted(acts)
    painted = Clockwork().play(acts)
    for time, _ in acts:
        assert any(time - 1e-9 <= one <= time + P + 1e-9 for one in painted)
    for first in painted:
        assert sum(first <= one < first + P - 1e-9 for one in painted) <= 2, "one, and an answer"
