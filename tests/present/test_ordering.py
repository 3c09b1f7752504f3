"""The list's order and columns: stable, unknown values last, every choice fits its width."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.model.states import ExecutionStatus as S
from console.present.chosen_columns import (
    COLUMN_NAMES,
    USUAL,
    chosen_columns,
    extra_cells,
    parse_columns,
    titled,
)
from console.present.columns import GAP, column_at, compose_titles
from console.present.executions import columns_for, view_line
from console.present.glyphs import ASCII
from console.present.line import plain
from console.present.ordering import WORDS, Order, parse_order, sorted_ids, usual_order
from tests.present.samples import NOW, archive, execution, failed_order

ORDER = failed_order()
REFUND = execution("refund-approval", S.WAITING, 7300, number=3)
ARCHIVE = archive()
DONE = replace(execution("stock-sync", S.SUCCESS, 30, 20, number=4), retry_count=2)
QUEUED = replace(execution("stock-sync", S.PENDING, 20, number=5), started_at=None)
NAMES = {
    ORDER.id: "order",
    REFUND.id: "refund",
    ARCHIVE.id: "archive",
    DONE.id: "done",
    QUEUED.id: "queued",
}
WHYS = {ORDER.id: "421 too many", REFUND.id: "waits for approval"}


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("usual", "queued done order archive refund"),
        ("status", "order refund queued archive done"),
        ("status desc", "done archive queued refund order"),
        ("workflow", "archive order refund queued done"),
        ("workflow desc", "queued done refund order archive"),
        ("started", "done order archive refund queued"),
        ("started asc", "refund archive order done queued"),
        ("took", "refund archive order done queued"),
        ("took asc", "done order archive refund queued"),
        ("why", "order refund queued done archive"),
        ("why desc", "refund order queued done archive"),
        ("finished", "done order queued archive refund"),
        ("finished asc", "order done queued archive refund"),
        ("retries", "done queued order archive refund"),
    ],
)
def test_rows_are_sorted_and_unknown_values_come_last(typed: str, names: str) -> None:
    executions = [DONE, REFUND, QUEUED, ORDER, ARCHIVE]
    ids = sorted_ids(executions, parse_order(typed), NOW, lambda e: WHYS.get(e.id, ""))
    assert [NAMES[one] for one in ids] == names.split()


@given(st.permutations(list(NAMES)), st.sampled_from(sorted(WORDS)), st.booleans())
def test_the_order_does_not_depend_on_how_they_came(
    shuffled: list[str], column: str, is_descending: bool
) -> None:
    by_id = {e.id: e for e in (ORDER, REFUND, ARCHIVE, DONE, QUEUED)}
    order = Order(column, is_descending)
    there = sorted_ids([by_id[one] for one in shuffled], order, NOW)  # type: ignore[index]
    assert there == sorted_ids(by_id.values(), order, NOW)
    assert sorted(there) == sorted(by_id)


@pytest.mark.parametrize("text", ["colour", "took up", "took asc desc"])
def test_an_order_that_makes_no_sense_says_so(text: str) -> None:
    with pytest.raises(ValueError, match=r"no column colour to sort by|sort takes a column"):
        parse_order(text)


def test_an_order_is_said_in_words_and_turned() -> None:
    assert usual_order("took").words() == "took, longest first"
    assert usual_order("took").turned().words() == "took, shortest first"
    assert Order().words() == "newest first" and Order().turned() == Order()


@given(
    st.lists(st.sampled_from(COLUMN_NAMES), unique=True, min_size=1),
    st.integers(min_value=57, max_value=250),
    st.sampled_from(["relative", "local"]),
    st.one_of(st.just(Order()), st.sampled_from(sorted(WORDS)).map(usual_order)),
)
def test_chosen_columns_fit_the_width_in_their_order(
    names: list[str], width: int, mode: str, order: Order
) -> None:
    columns = chosen_columns(names, width, time_mode=mode)
    assert [c.name for c in columns] == [n for n in names if n in {c.name for c in columns}]
    assert columns[0].name == names[0]
    assert sum(c.width for c in columns) + GAP * (len(columns) - 1) <= width
    marked = titled(columns, order, width)
    assert [c.name for c in marked] == [c.name for c in columns]
    assert all(len(c.title) <= c.width for c in marked)


def test_the_usual_columns_are_those_of_the_width() -> None:
    assert chosen_columns(USUAL, 140) == columns_for(140)
    sorted_by = titled(columns_for(140), usual_order("took"), 140)
    assert [c.title for c in sorted_by if c.name == "took"] == ["TOOK ↓"]
    assert "TOOK v" in {c.title for c in titled(columns_for(140), usual_order("took"), 140, ASCII)}
    assert titled(columns_for(140), Order(), 140) == columns_for(140)


def test_the_further_columns_have_cells() -> None:
    cells = extra_cells(DONE, NOW)
    assert plain(cells["finished"]) == "20 s" and plain(cells["retries"]) == "2"
    assert plain(extra_cells(REFUND, NOW)["finished"]) == "—"
    assert "…" in plain(cells["id"])


@pytest.mark.parametrize(
    ("text", "names"),
    [("usual", USUAL), ("status, id why", ("status", "id", "why")), ("WORKFLOW", ("workflow",))],
)
def test_columns_are_read(text: str, names: tuple[str, ...]) -> None:
    assert parse_columns(text) == names


@pytest.mark.parametrize("text", ["", "status status", "status colour"])
def test_columns_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"name each column once|no column colour"):
        parse_columns(text)


def test_the_view_line_says_marks_order_and_who_filters_what() -> None:
    line = plain(
        view_line(
            "problems",
            3,
            40,
            120,
            asked="status=failed",
            here="mail",
            note="never with a filter",
            marked="2 marked",
            order="took, longest first",
        )
    )
    assert line.startswith(" problems   2 marked   server: status=failed   here: mail")
    assert line.rstrip().endswith("3 of 40 · took, longest first")
    assert "never" not in line


@pytest.mark.parametrize("width", [60, 77, 95, 117, 160])
def test_each_cell_of_a_title_belongs_to_its_column(width: int) -> None:
    columns = columns_for(width)
    text = plain(compose_titles(columns))
    for column in columns:
        at = text.index(column.title)
        assert {column_at(columns, at + i) for i in range(len(column.title))} == {column.name}
    assert column_at(columns, -1) == column_at(columns, columns[0].width) == ""
    assert column_at(columns, width) == ""
