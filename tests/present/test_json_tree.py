"""A JSON document folds, is searched where it is folded, and gives its values to be copied."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.present.json_tree import MOST_PIECES, JsonTree, Kind
from console.present.line import line_width, plain


def shown(tree: JsonTree, room: int = 60) -> list[str]:
    return [plain(tree.line(index, room)) for index in range(len(tree.rows))]


ORDER = '{"orderId": "A-17", "lines": [{"sku": "chair", "count": 2}, 1.50], "none": {}}'
OPEN = [
    "{",
    '  "orderId": "A-17",',
    '  "lines": [',
    "    {",
    '      "sku": "chair",',
    '      "count": 2',
    "    },",
    "    1.50",
    "  ],",
    '  "none": {}',
    "}",
]


def test_a_short_document_is_open_whole() -> None:
    assert shown(JsonTree(ORDER)) == OPEN


def test_an_object_and_an_array_fold_and_show_how_they_begin() -> None:
    tree = JsonTree(ORDER)
    assert tree.toggle(3)
    assert shown(tree)[2:5] == ['  "lines": [', '    {"sku": "chair", "count": 2},', "    1.50"]
    assert tree.toggle(2)
    assert shown(tree) == [*OPEN[:2], '  "lines": [{…}, 1.50],', *OPEN[-2:]]
    assert not tree.toggle(1) and not tree.fold(2)
    assert tree.unfold(2)
    assert shown(tree) == OPEN, "what was folded inside opens with it"
    assert not tree.toggle(10), "a closing row does not fold by itself"
    assert [tree.opening_of(index) for index in (0, 1, 4, 6, 8, 10)] == [None, 0, 3, 3, 2, 0]


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (1, "A-17"),
        (5, "2"),
        (7, "1.50"),
        (9, "{}"),
        (3, '{\n  "sku": "chair",\n  "count": 2\n}'),
    ],
)
def test_a_value_is_copied_as_it_is(row: int, text: str) -> None:
    assert JsonTree(ORDER).text_of(row) == text


def test_control_characters_are_shown_in_rows_and_in_copies() -> None:
    tree = JsonTree(json.dumps({"a\x1b": "one\ntwo\x1b[2J\x9b\u202e"}))
    assert all(row.isprintable() for row in shown(tree, 300))
    assert tree.text_of(1) == "one\ntwo␛[2J\\x9b<U+202E>"
    assert "\x9b" not in tree.text_of(0) and "\x1b" not in tree.text_of(0)


def test_a_long_string_folds_and_is_spread_at_its_line_ends() -> None:
    text = "first line\n" + "y" * 500 + "漢" * 300
    tree = JsonTree(json.dumps({"text": text, "b": 1}), width=60)
    folded = shown(tree)
    assert folded[1].endswith("… 811 characters,") and line_width(tree.line(1, 60)) <= 60
    assert tree.toggle(1)
    rows = shown(tree)
    assert rows[1:3] == ['  "text": "', "    first line\\n"]
    pieces = [row for row in tree.rows if row.kind is Kind.PIECE]
    assert "".join(text[piece.start : piece.stop] for piece in pieces) == text
    assert all(len(row) <= 60 and line_width(tree.line(i, 60)) <= 60 for i, row in enumerate(rows))
    assert tree.text_of(3) == text
    assert tree.toggle(1)
    assert shown(tree) == folded


def test_a_string_of_megabytes_is_spread_up_to_a_limit_that_is_said() -> None:
    tree = JsonTree(json.dumps(["x" * 3_000_000]))
    assert tree.toggle(1)
    assert len(tree.rows) == MOST_PIECES + 5
    assert shown(tree)[-3].strip() == "… 2,620,000 characters more"


def test_what_is_folded_is_looked_into() -> None:
    tree = JsonTree(json.dumps({"a": {"b": [1, {"Needle": True}]}, "c": [[["deep"]]]}))
    tree.fold(1)
    assert tree.rows[1].kind is Kind.FOLDED
    assert tree.hides(1, "needle") and tree.hides(1, "true") and not tree.hides(1, "deep")
    assert not tree.has(1, "needle") and tree.has(1, "a")


def test_a_large_document_opens_folded_and_a_key_is_answered_at_once() -> None:
    lines = [{"sku": "chair", "count": 2, "price": 49.9}] * 3
    orders = [{"id": f"A-{n}", "lines": lines} for n in range(28_000)]
    text = json.dumps({"shop": "night", "orders": orders})
    assert len(text) > 4_000_000
    tree = JsonTree(text)
    assert shown(tree)[1:3] == [
        '  "shop": "night",',
        '  "orders": [{…}, {…}, {…}, …] 28,000 in all',
    ]
    began = time.process_time()
    assert tree.unfold(2)
    assert len(tree.rows) == 28_005 and tree.rows[3].kind is Kind.FOLDED
    assert tree.toggle(3) and tree.fold(2)
    assert time.process_time() - began < 1.0, "it takes a tenth of that"


@pytest.mark.parametrize("text", ["", "x", "{", "[" * 100_000])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        JsonTree(text)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text("ab c漢", max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("ab", max_size=3), inner),
    max_leaves=12,
)


@given(VALUES, st.lists(st.integers(0, 30), max_size=6))
def test_open_rows_are_the_document_and_folding_loses_nothing(
    value: object, toggles: list[int]
) -> None:
    tree = JsonTree(json.dumps(value))
    for index in toggles:
        if index < len(tree.rows):
            tree.toggle(index)
    while (folded := [i for i, row in enumerate(tree.rows) if row.kind is Kind.FOLDED]) != []:
        assert tree.unfold(folded[0])
    assert json.loads("\n".join(shown(tree, 200))) == value
