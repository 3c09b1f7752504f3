"""What a filter keeps of a log: matches, neighbours, and how much lies between."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.present.kept_lines import CONTEXT, KeptLines
from console.present.log_rows import LogRows, format_bytes


def kept_of(matches: list[int], looked: int) -> KeptLines:
    kept = KeptLines()
    for line in matches:
        kept.add(line)
    kept.look_until(looked)
    return kept


def told(kept: KeptLines) -> list[str]:
    rows = [kept.at(row) for row in range(kept.count)]
    return [f"gap {r.gap}" if r.gap else f"{r.line}{' beside' * r.is_beside}" for r in rows]


@pytest.mark.parametrize(
    ("matches", "looked", "rows"),
    [
        ([], 0, []),
        ([], 7, ["gap 7"]),
        ([0], 1, ["0"]),
        ([0], 2, ["0", "1 beside"]),
        ([4], 5, ["gap 2", "2 beside", "3 beside", "4"]),
        ([3], 9, ["gap 1", "1 beside", "2 beside", "3", "4 beside", "5 beside", "gap 3"]),
        ([0, 3], 4, ["0", "1 beside", "2 beside", "3"]),
        ([0, 6], 7, ["0", "1 beside", "2 beside", "gap 1", "4 beside", "5 beside", "6"]),
        ([1, 2, 3], 4, ["0 beside", "1", "2", "3"]),
    ],
)
def test_a_match_is_shown_with_its_neighbours(
    matches: list[int], looked: int, rows: list[str]
) -> None:
    assert told(kept_of(matches, looked)) == rows


@given(st.sets(st.integers(0, 60)), st.integers(1, 12))
def test_rows_are_the_same_however_the_log_came_and_lose_no_line(
    matches: set[int], step: int
) -> None:
    at_once, by_steps = kept_of(sorted(matches), 64), KeptLines()
    for low in range(0, 64, step):
        high = min(64, low + step)
        for line in sorted(m for m in matches if low <= m < high):
            by_steps.add(line)
        by_steps.look_until(high)
    assert told(by_steps) == told(at_once)
    rows = [at_once.at(row) for row in range(at_once.count)]
    assert sum(row.gap or 1 for row in rows) == 64
    shown = {row.line for row in rows if not row.gap}
    assert shown == {n for n in range(64) if any(abs(n - m) <= CONTEXT for m in matches)}
    for line in range(64):
        row = rows[at_once.row_of(line)]
        assert row.line <= line < row.line + (row.gap or 1)
        after = min((n for n in shown if n >= line), default=None)
        before = max((n for n in shown if n <= line), default=None)
        assert at_once.next_shown(line, forward=True) == after
        assert at_once.next_shown(line, forward=False) == before


def test_a_log_that_is_not_all_here_begins_with_a_note() -> None:
    rows = LogRows(lines=3, skipped=48 * 1024 * 1024)
    assert rows.count == 4
    assert rows.at(0).note == "… 48 MiB earlier not loaded"
    assert [rows.at(row).line for row in (1, 2, 3)] == [0, 1, 2]
    assert rows.row_of(0) == 1 and rows.line_at(0) == 0 and rows.line_at(3) == 2


def test_gaps_of_a_filter_say_how_many_lines_and_how_far_it_looked() -> None:
    rows = LogRows(lines=2000, kept=kept_of([20], 1000))
    assert rows.at(0).note == "… 18 lines"
    assert rows.at(rows.row_of(20)).line == 20
    assert rows.at(rows.row_of(21)).is_beside
    assert rows.at(rows.count - 2).note == "… 977 lines"
    assert rows.at(rows.count - 1).note == "… looked at 1,000 of 2,000 lines so far"
    assert LogRows(lines=21, kept=kept_of([20], 20)).at(0).note == "… 18 lines"


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (1, "1 byte"),
        (12, "12 bytes"),
        (1024, "1 KiB"),
        (1536, "1.5 KiB"),
        (48 * 1024 * 1024, "48 MiB"),
        (5_000_000, "4.8 MiB"),
        (3 * 1024**4, "3,072 GiB"),
    ],
)
def test_bytes_are_told_in_a_unit_one_can_read(count: int, text: str) -> None:
    assert format_bytes(count) == text
