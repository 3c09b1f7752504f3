"""Marked lines of a log are kept in order and gone to in both directions."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from console.present.log_marks import LogMarks


@given(st.lists(st.integers(0, 30), max_size=40), st.integers(0, 30))
def test_marks_are_a_sorted_set_that_is_gone_through(toggled: list[int], here: int) -> None:
    marks, wanted = LogMarks(), set[int]()
    for line in toggled:
        wanted ^= {line}
        assert marks.toggle(line) is (line in wanted)
    assert marks.lines == sorted(wanted)
    assert all((line in marks) is (line in wanted) for line in range(31))
    assert marks.beside(here, 1) == min((n for n in wanted if n > here), default=None)
    assert marks.beside(here, -1) == max((n for n in wanted if n < here), default=None)
    marks.clear()
    assert not marks
