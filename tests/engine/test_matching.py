"""Matching calls to what is recorded: in a row, and on another path."""

from __future__ import annotations

import sqlite3
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.engine.replay import Ask, Left, Replay
from console.engine.stops import ReplayMismatch

ROW = cast(sqlite3.Row, None)


def _ask(name: str) -> Ask:
    return Ask(name, "{}", "h")


def _replay(*names: str, attempt: int = 1) -> Replay:
    return Replay(
        "trigger", [Left(turn, _ask(name), attempt, ROW) for turn, name in enumerate(names)]
    )


def _turns(replay: Replay, names: str, newest: int) -> list[tuple[int, bool]]:
    found = [replay.match("main", _ask(name), newest) for name in names]
    return [(turn, left is not None) for turn, left in found]


@given(st.lists(st.sampled_from("abc")), st.lists(st.sampled_from("abc")), st.integers(0, 3))
def test_the_same_calls_find_their_records_and_new_ones_follow(
    old: list[str], new: list[str], newest: int
) -> None:
    found = _turns(_replay(*old), "".join(old + new), newest)
    assert found == [(turn, turn < len(old)) for turn in range(len(old) + len(new))]


def test_another_call_is_a_mismatch_when_nothing_before_it_ran_again() -> None:
    replay = _replay("a", "b")
    replay.match("main", _ask("a"), 1)
    with pytest.raises(ReplayMismatch, match=r"main, trigger 2: recorded was b\({}\), now came c"):
        replay.match("main", _ask("c"), 1)


@pytest.mark.parametrize(
    ("recorded", "asked", "turns"),
    [
        ("abc", "ac", [(0, True), (2, True)]),
        ("abc", "axc", [(0, True), (3, False), (2, True)]),
        ("abb", "aabb", [(0, True), (3, False), (1, True), (2, True)]),
        ("ab", "axx", [(0, True), (2, False), (3, False)]),
        ("abac", "aca", [(0, True), (3, True), (2, True)]),
    ],
)
def test_on_another_path_calls_are_found_by_what_they_ask(
    recorded: str, asked: str, turns: list[tuple[int, bool]]
) -> None:
    assert _turns(_replay(*recorded), asked, newest=2) == turns


@given(st.text("abc", max_size=6), st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_a_path_once_taken_is_found_again(first: str, second: str, third: str) -> None:
    """What the second run records, a third finds, and no record is ever used twice."""
    left = {turn: Left(turn, _ask(name), 1, ROW) for turn, name in enumerate(first)}
    for attempt, asked in ((2, second), (3, second), (4, third), (5, third)):
        replay = Replay("trigger", list(left.values()))
        used: list[int] = []
        for name in asked:
            turn, found = replay.match("main", _ask(name), attempt)
            used.append(turn)
            if found is None:
                assert turn not in left
                assert attempt in (2, 4), "the same path finds everything it has left"
                left[turn] = Left(turn, _ask(name), attempt, ROW)
        assert len(set(used)) == len(used)
