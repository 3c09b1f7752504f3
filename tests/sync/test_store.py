"""The store ends equal to the server, tells exactly what changed, and does not work in vain."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.model.execution import Execution
from console.model.ids import ExecutionId
from console.model.states import ExecutionStatus
from console.sync.store import ExecutionStore

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
FAILED, RUNNING, SUCCESS = ExecutionStatus.FAILED, ExecutionStatus.RUNNING, ExecutionStatus.SUCCESS


def row(number: int, status: ExecutionStatus = RUNNING) -> Execution:
    """Make an execution; a higher number is newer."""
    name = ExecutionId(f"id-{number:06}")
    return Execution(name, "order", status, started_at=NOW + timedelta(seconds=number))


def rows(*numbers: int) -> list[Execution]:
    return [row(number) for number in numbers]


def numbers(store: ExecutionStore) -> list[int]:
    return [int(identifier[3:]) for identifier in store.order]


def store_of(*wanted: int) -> ExecutionStore:
    store = ExecutionStore()
    store.splice(None, rows(*wanted), is_end=False)
    store.take_changes()
    return store


@pytest.mark.parametrize(
    ("held", "after", "page", "is_end", "result"),
    [
        ((), None, (5, 4, 3), False, [5, 4, 3]),
        ((5, 4, 3), None, (6, 5, 4), False, [6, 5, 4, 3]),
        ((5, 4, 3), None, (5, 3), False, [5, 3]),
        ((5, 4, 3), None, (6, 5), True, [6, 5]),
        ((5, 4, 3, 2, 1), None, (5, 4, 2), False, [5, 4, 2, 1]),
        ((5, 4, 3), None, (9, 8, 7), False, [9, 8, 7, 5, 4, 3]),
        ((9, 8, 4, 3), None, (7, 6), False, [7, 6, 4, 3]),
        ((5, 4), 4, (3, 2), False, [5, 4, 3, 2]),
        ((5, 4, 3, 2), 4, (2, 1), False, [5, 4, 2, 1]),
        ((5, 4, 3, 2), 4, (), True, [5, 4]),
        ((9, 8, 7), 7, (8, 7, 6), False, [9, 8, 7, 6]),
        ((5, 4, 3), None, (4, 5, 3), False, [4, 5, 3]),
        ((5, 4, 3, 2), None, (3, 5), False, [3, 5, 4, 2]),
        ((5, 4, 3, 2, 1), None, (2, 5, 4), False, [2, 5, 4, 3, 1]),
        ((5, 4, 3, 2, 1), None, (4, 3, 5), False, [4, 3, 5, 2, 1]),
        ((5, 4, 3, 2, 1), None, (4, 5, 2), False, [4, 5, 2, 1]),
        ((5, 4, 3), None, (), True, []),
        ((5, 4, 3), None, (), False, [5, 4, 3]),
        ((5, 4, 3), None, (5, 5, 4), False, [5, 4, 3]),
    ],
)
def test_a_page_is_laid_where_the_server_has_it(
    held: tuple[int, ...],
    after: int | None,
    page: tuple[int, ...],
    is_end: bool,
    result: list[int],
) -> None:
    store = store_of(*held)
    anchor = None if after is None else row(after).id
    store.splice(anchor, rows(*page), is_end=is_end)
    assert numbers(store) == result
    assert set(store.executions) == set(store.order)


def test_rows_that_do_not_tell_their_age_stay_where_the_server_put_them() -> None:
    store = ExecutionStore()
    plain = [replace(row(number), started_at=None) for number in (1, 3, 2)]
    store.splice(None, [row(9), *plain, row(5)], is_end=False)
    assert numbers(store) == [9, 1, 3, 2, 5]
    assert [store.position(identifier) for identifier in store.order] == [0, 1, 2, 3, 4]
    store.put(row(7), LATER)
    assert set(numbers(store)) == {9, 1, 3, 2, 5, 7}
    assert numbers(store).index(7) > numbers(store).index(9)


def test_a_row_lifted_by_the_server_leaves_the_keys_of_the_others() -> None:
    store = store_of(9, 8, 7, 6)
    store.splice(None, rows(6, 9, 8), is_end=False)
    assert numbers(store) == [6, 9, 8, 7]
    store.put(row(10), LATER)
    store.put(row(5), LATER)
    assert numbers(store) == [10, 6, 9, 8, 7, 5]


def test_a_row_from_the_future_stands_on_top_until_the_next_one_comes() -> None:
    store = store_of(9, 8)
    store.put(row(9000), NOW + timedelta(seconds=10))
    store.put(row(11), NOW + timedelta(seconds=11))
    store.splice(None, rows(12, 11, 9000, 9), is_end=False)
    store.put(row(13), NOW + timedelta(seconds=13))
    assert numbers(store) == [13, 12, 11, 9000, 9, 8]


def test_a_single_row_finds_its_place_and_goes() -> None:
    store = store_of(9, 5, 1)
    store.put(row(7), LATER)
    store.put(row(5, FAILED), LATER)
    assert numbers(store) == [9, 7, 5, 1]
    changed, is_moved = store.take_changes()
    assert changed == {row(7).id: None, row(5).id: row(5)}
    assert is_moved
    store.remove(row(9).id)
    store.remove(row(100).id)
    store.truncate(row(7).id)
    assert numbers(store) == [7]


def test_what_comes_and_goes_between_two_looks_did_not_change() -> None:
    store = store_of(3, 2, 1)
    store.remove(row(2).id)
    store.put(row(2), NOW)
    store.put(row(3, FAILED), NOW)
    store.put(row(3), NOW)
    store.put(row(8), NOW)
    store.remove(row(8).id)
    assert store.take_changes() == ({}, False)


def test_the_unfinished_are_known() -> None:
    store = store_of(3, 2, 1)
    store.put(row(2, SUCCESS), NOW)
    store.remove(row(1).id)
    assert store.unfinished == {row(3).id}


Server = dict[int, ExecutionStatus]
OPERATIONS = st.lists(
    st.tuples(
        st.sampled_from(
            ["add", "change", "drop", "lift", "first", "walk", "more", "put", "remove"]
        ),
        st.integers(0, 12),
    ),
    min_size=10,
    max_size=50,
)


@settings(max_examples=150, deadline=None)
@given(OPERATIONS, st.integers(1, 6))
def test_after_a_walk_down_the_pages_it_equals_the_server(
    operations: list[tuple[str, int]], size: int
) -> None:
    server: Server = dict.fromkeys(range(10, 3, -1), RUNNING)
    """In the server's order: by age, but for a few that it lists higher up."""
    store = ExecutionStore()
    shadow: dict[ExecutionId, Execution] = {}
    order: list[ExecutionId] = []

    def page(after: int | None) -> tuple[list[Execution], bool]:
        listed = list(server)
        below = listed if after is None else listed[listed.index(after) + 1 :]
        return [row(n, server[n]) for n in below[:size]], len(below) <= size

    def walk() -> None:
        after: int | None = None
        is_end = False
        while not is_end:
            items, is_end = page(after)
            store.splice(None if after is None else row(after).id, items, is_end=is_end)
            check()
            if items:
                after = int(items[-1].id[3:])

    def check() -> None:
        changed, is_moved = store.take_changes()
        for identifier in changed:
            assert shadow.get(identifier) == changed[identifier]
            assert shadow.get(identifier) != store.executions.get(identifier)
            shadow.pop(identifier, None)
            if identifier in store.executions:
                shadow[identifier] = store.executions[identifier]
        assert shadow == store.executions
        assert is_moved == (order != store.order)
        order[:] = store.order
        assert sorted(store.order) == sorted(store.executions)
        assert [store.position(one) for one in store.order] == list(range(len(store)))
        keys = [store.key(one) for one in store.order]
        assert keys == sorted(keys, reverse=True)
        unfinished = {one for one, it in shadow.items() if not it.status.is_finished}
        assert store.unfinished == unfinished

    for name, number in operations:
        if name == "add" and number not in server:
            every = sorted([*server, number], reverse=True)
            server = {n: server.get(n, RUNNING) for n in every}
        elif name == "lift" and number in server:
            server = {number: server[number], **server}
        elif name == "change" and number in server:
            server[number] = SUCCESS if server[number] is RUNNING else RUNNING
        elif name == "drop":
            server.pop(number, None)
        elif name == "first":
            items, is_end = page(None)
            store.splice(None, items, is_end=is_end)
        elif name == "more" and store.order:
            last = int(store.order[-1][3:])
            if last not in server:
                continue
            items, is_end = page(last)
            store.splice(row(last).id, items, is_end=is_end)
        elif name == "walk":
            walk()
        elif name == "put" and number in server:
            store.put(row(number, server[number]), LATER)
        elif name == "remove":
            store.remove(row(number).id)
        check()
    walk()
    expected = [row(n, status) for n, status in server.items()]
    assert [store.executions[identifier] for identifier in store.order] == expected


def best_of(times: int, store: ExecutionStore, page: list[Execution]) -> float:
    results = []
    for _ in range(times):
        began = time.perf_counter()
        store.splice(None, page, is_end=False)
        store.take_changes()
        results.append(time.perf_counter() - began)
    return min(results)


def test_an_unchanged_page_costs_the_same_in_a_hundred_thousand_rows() -> None:
    small, large = ExecutionStore(), ExecutionStore()
    every = rows(*range(100_000, 0, -1))
    small.splice(None, every[:400], is_end=False)
    large.splice(None, every, is_end=False)
    for store in (small, large):
        store.take_changes()
    page = every[:200]
    assert best_of(20, large, page) < 4 * best_of(20, small, page) + 0.0005
    large.put(row(100_000, FAILED), NOW)
    assert large.take_changes() == ({row(100_000).id: row(100_000)}, False)
