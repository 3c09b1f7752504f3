"""The views one has seen, in order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from console.ui.view_history import KEPT, View, ViewHistory

LIST, ORDERS = View("executions"), View("executions", "wf=orders")
ONE, TWO = View("execution", execution="01f3"), View("execution", execution="02a4", tab="log")


def seen(*views: View) -> ViewHistory:
    history = ViewHistory()
    for view in views:
        history.visit(view)
    return history


def test_back_and_forward_go_through_what_was_seen() -> None:
    history = seen(LIST, ONE, TWO)
    assert history.forward() is None
    assert (history.back(), history.back(), history.back()) == (ONE, LIST, None)
    assert (history.forward(), history.forward(), history.forward()) == (ONE, TWO, None)


def test_a_new_view_takes_the_place_of_what_followed() -> None:
    history = seen(LIST, ONE, TWO)
    history.back()
    history.visit(ORDERS)
    assert history.forward() is None
    assert (history.back(), history.current) == (ONE, ONE)


def test_another_row_of_the_same_view_is_no_new_view() -> None:
    history = seen(LIST, View("executions", cursor="01f3"), ONE)
    history.touch(View("executions", cursor="02a4"))
    assert history.back() == View("executions", cursor="02a4")
    assert history.back() is None


def test_the_last_view_is_the_one_shown_before_however_one_came() -> None:
    history = seen(LIST, ORDERS, ONE)
    history.back()
    history.back()
    assert (history.last(), history.last(), history.last()) == (ORDERS, LIST, ORDERS)
    assert seen(LIST).last() is None


@given(st.lists(st.sampled_from(["back", "forward", "last", *"abcdefg"]), max_size=400))
def test_whatever_is_done_the_current_view_is_the_one_shown(steps: list[str]) -> None:
    history, shown = ViewHistory(), None
    for step in steps:
        if len(step) == 1:
            shown = View("execution", execution=step)
            history.visit(shown)
        else:
            shown = getattr(history, step)() or shown
        assert history.current == shown
    assert len(history._views) <= KEPT
