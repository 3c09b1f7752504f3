"""JSON laid out anew: what it says stays, to the digit."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from console.present.json_layout import compact_json, indented_json

documents: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(documents, st.booleans())
def test_the_document_is_the_same_as_the_standard_library_writes_it(value: Any, raw: bool) -> None:
    spread = json.dumps(value, indent=4, ensure_ascii=raw)
    assert compact_json(spread) == json.dumps(value, separators=(",", ":"), ensure_ascii=raw)
    assert indented_json(spread) == json.dumps(value, indent=2, ensure_ascii=raw)


def test_digits_and_doubled_keys_stay_as_they_were_written() -> None:
    text = '{ "a": 1.10, "a": 0.12345678901234567890, "b": "x \\" { y" }'
    assert compact_json(text) == '{"a":1.10,"a":0.12345678901234567890,"b":"x \\" { y"}'
    assert indented_json("{}") == "{}"
