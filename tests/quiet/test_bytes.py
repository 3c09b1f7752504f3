"""What the console writes to a real terminal, counted to the byte: 120×43, 256 colours and all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.quiet.metered import Metered, Step

WATCHED = 10.0
HELP = "question_mark"
LINES = 41
"""Of the screen, those that a log on the whole screen can fill."""


@pytest.fixture(scope="module", autouse=True)
def nights() -> Iterator[list[Metered]]:
    """Three consoles at rest: they are left alone while the other tests run, and asked at last."""
    with ExitStack() as stack:
        consoles = [stack.enter_context(Metered("night")) for _ in range(3)]
        consoles[1].step("press", keys=["G"])  # the one that runs, with its jobs and its log
        consoles[2].step("press", keys=["G", "l"])
        for console in consoles:
            console.begin("watch", seconds=WATCHED)
        yield consoles


@pytest.fixture(scope="module")
def rows() -> Iterator[Metered]:
    with Metered("rows") as console:
        yield console


@pytest.fixture(scope="module")
def pouring() -> Iterator[Metered]:
    with Metered("pouring") as console:
        yield console


def check_screen(console: Metered) -> None:
    """See that the terminal shows what is meant, and what writing everything would show."""
    meant = console.step("meant").given
    assert console.terminal.lines == meant
    before = console.cells()
    console.step("redraw")
    assert console.cells() == before


@pytest.mark.parametrize("places", [[3, 5, 7, 9, 11], [2, 3, 4, 5, 6], [0, 4, 8, 12, 13]])
@pytest.mark.parametrize(
    ("column", "width"),
    [("status", 10), ("workflow", 22), ("started", 7), ("took", 7), ("done", 4), ("why", 40)],
)
def test_five_cells_in_one_flush_are_at_most_500_bytes(
    rows: Metered, column: str, width: int, places: list[int]
) -> None:
    rows.step("change", column=column, width=width, rows=places)
    changed = rows.step("change", column=column, width=width, rows=places)
    assert changed.frames == 1
    letter = changed.given
    assert changed.data.count(letter.encode() * width) == 5, "all of each of the five is written"
    assert changed.size <= 500


def test_five_executions_that_end_are_found_by_a_poll_and_shown(rows: Metered) -> None:
    assert rows.step("end_some", rows=[4, 7, 10, 13, 16]).given == ["FAILED"] * 5
    check_screen(rows)


def test_what_is_painted_by_difference_is_the_whole_screen(rows: Metered) -> None:
    walk = ["j"] * 16 + ["k"] * 3 + ["G", "g", "tab", "j", "escape", "z", "z", "l", "q", HELP, "q"]
    for number, key in enumerate(walk):
        rows.step("press", keys=[key])
        if number % 4 == 0 or key in ("l", "q", HELP, "z"):
            check_screen(rows)


def test_a_line_further_is_scrolled_by_the_terminal(rows: Metered) -> None:
    rows.step("press", keys=["g", *["j"] * 30])
    step = rows.step("press", keys=["j"])
    assert b"\x1b[r" in step.data
    check_screen(rows)


def test_ages_step_by_a_second_below_a_minute_and_then_by_a_minute() -> None:
    with Metered("ages") as console:
        steps = [console.step("age", seconds=seconds) for seconds in [1] * 3 + [35] + [1] * 5]
        steps += [console.step("age", seconds=seconds) for seconds in (15, 15, 15, 1, 1, 20, 40)]
        texts = [(step.given["before"], step.given["after"]) for step in steps]
        assert ("20 s", "21 s") in texts and ("59 s", "1 m") in texts and ("1 m", "2 m") in texts
        for step, (before, after) in zip(steps, texts, strict=True):
            assert (step.size > 0) == (before != after), f"{before} → {after}: {step.size} bytes"
            assert step.size <= 100, "STARTED and TOOK of one row"
        assert sum(before == after for before, after in texts) > 5
        check_screen(console)


def test_a_log_that_grows_slowly_costs_at_most_five_times_its_own_bytes(pouring: Metered) -> None:
    for _ in range(2):
        step = pouring.step("pour", rate=10, seconds=1.5)
        assert step.given["appended"] == 15 * 146
        assert step.size <= 5 * step.given["appended"]
        assert step.given["lines"] == step.given["written"] and step.given["is_equal"]
        pouring.step("open_log")  # once beside the list, once on the whole screen
    check_screen(pouring)


def check_burst(step: Step) -> None:
    seconds = step.given["milliseconds"] / 1000
    assert step.given["appended"] == 20_000 * 146
    # Besides the four a second: the one the first line is painted in, and the one after the last.
    assert step.frames <= 4 * seconds + 2
    assert step.size <= 25_000 * seconds
    assert step.given["lines"] == step.given["written"] and step.given["is_equal"]


def test_a_burst_of_log_lines_is_followed_quietly_and_loses_nothing(pouring: Metered) -> None:
    pouring.step("open_log")
    check_burst(pouring.step("pour", rate=10_000, seconds=2))
    last = pouring.step("meant").given
    assert pouring.terminal.lines == last
    numbers = [int(line.split()[0]) for line in last[3:LINES]]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), "no line is left out"


def test_ten_seconds_without_news_write_nothing(nights: list[Metered]) -> None:
    for console in nights:
        assert console.end().data == b""
        check_screen(console)


def test_a_wheel_that_turns_would_be_counted(nights: list[Metered]) -> None:
    nights[0].step("turn", seconds=0.1)
    assert nights[0].step("watch", seconds=0.5).size > 0
