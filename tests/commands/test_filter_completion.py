"""Tab completes a filter's fields, states and workflows, and nothing a person did not begin."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.commands.filter_completion import complete_filter
from console.commands.filters import FilterError, parse_filter

WORKFLOWS = ("order-processing", "refund-approval", "stock-sync")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", ()),
        ("mail", ()),
        ("mail ", ()),
        ("st", ("status=", "status!=")),
        ("mail st", ("mail status=", "mail status!=")),
        ("a", ("age<", "age>")),
        ("status=f", ("status=failed",)),
        ("status!=failed,w", ("status!=failed,waiting",)),
        ("status=failed,f", ()),
        ("wf=", ("wf=order-processing", "wf=refund-approval", "wf=stock-sync")),
        ("wf!=st", ("wf!=stock-sync",)),
        ("workflow=ref", ("workflow=refund-approval",)),
        ("status=failed wf=stock-sync", ()),
        ("age<2", ("age<2h", "age<24h")),
        ("id=01", ()),
        ('"two st', ()),
        ("!arch", ()),
    ],
)
def test_the_last_term_is_completed(text: str, lines: tuple[str, ...]) -> None:
    assert complete_filter(text, WORKFLOWS) == lines


@given(st.text(alphabet='stauwfige=!<>, "-order', max_size=20))
def test_a_completion_begins_with_what_was_typed(text: str) -> None:
    for line in complete_filter(text, WORKFLOWS):
        assert line.startswith(text) and line != text


@pytest.mark.parametrize("text", ["status=", "wf=", "workflow!=", "age<", "status=failed,"])
def test_completed_values_are_filters(text: str) -> None:
    lines = complete_filter(text, WORKFLOWS)
    assert lines
    for line in lines:
        try:
            parse_filter(line)
        except FilterError as error:
            raise AssertionError(line) from error
