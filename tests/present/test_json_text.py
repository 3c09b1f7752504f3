"""JSON is shown as it was written, spread where it does not fit, and never controls anything."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.present.json_text import MOST_ROWS, json_rows, json_source, parse_json
from console.present.line import line_width, plain


def rows(text: str, width: int = 30) -> list[str] | None:
    found = json_rows(text, width)
    return None if found is None else [plain(row) for row in found]


def test_what_fits_stays_on_one_row_and_the_rest_is_spread() -> None:
    text = '{"level":"info","order":{"id":"A-17","lines":[1,2,3]},"n":1.10}'
    assert rows(text, 100) == [
        '{"level": "info", "order": {"id": "A-17", "lines": [1, 2, 3]}, "n": 1.10}'
    ]
    assert rows(text) == [
        "{",
        '  "level": "info",',
        '  "order": {',
        '    "id": "A-17",',
        '    "lines": [1, 2, 3]',
        "  },",
        '  "n": 1.10',
        "}",
    ]


@pytest.mark.parametrize(
    "text",
    ["", "plain", "12", '"text"', "{", '{"a": }', "[1, 2", "INFO {}", "[" * 100_000, "[red]x[/]"],
)
def test_lines_that_are_no_object_or_array_stay_as_they_are(text: str) -> None:
    assert json_rows(text, 30) is None


def test_numbers_order_and_doubled_keys_are_kept() -> None:
    text = '{"z": 1e400, "a": 12345678901234567890.10, "z": -0}'
    assert rows(text, 100) == [text]


def test_control_characters_in_strings_are_shown() -> None:
    text = json.dumps({"a": "\x1b[2J\x9b", "\u202e": 1})
    (line,) = rows(text, 200) or [""]
    assert "\\u001b[2J" in line and "\\x9b" in line and "<U+202E>" in line
    assert line.isprintable()


def test_a_line_that_takes_too_many_rows_says_so() -> None:
    found = rows(json.dumps(list(range(1000))))
    assert found is not None
    assert len(found) == MOST_ROWS and found[-1] == "… there is more of this line"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=12,
)


@given(VALUES.filter(lambda value: isinstance(value, dict | list)), st.integers(30, 80))
def test_what_is_spread_or_copied_reads_as_the_same_value(value: object, width: int) -> None:
    text = json.dumps(value)
    assert json.loads(json_source(parse_json(text))) == value
    found = json_rows(text, width)
    assert found is not None
    if text.isprintable() and "\\" not in text and len(found) < MOST_ROWS:
        assert json.loads("\n".join(plain(row) for row in found)) == value
    if len(found) == 1:
        assert line_width(found[0]) <= max(width, 2)
