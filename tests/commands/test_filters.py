"""A filter says what it means, asks the server what it can, and says where it errs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.commands.filters import FilterError, parse_filter
from console.model.states import ExecutionStatus as S
from tests.present.samples import NOW, archive, execution, failed_order

ORDER = failed_order()
REFUND = execution("refund-approval", S.WAITING, 7300, number=3)
ARCHIVE = archive()
DONE = execution("stock-sync", S.SUCCESS, 30, 20, number=4)
ALL = {"order": ORDER, "refund": REFUND, "archive": ARCHIVE, "done": DONE}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", "order refund archive done"),
        ("order", "order"),
        ("ORDER", "order"),
        ("!order", "refund archive done"),
        ("too many", "order"),
        ('"421 too"', "order"),
        ("~^4[0-9]{2}", "order"),
        ("~(stock|refund)-", "refund done"),
        ("!~(stock|refund)-", "order archive"),
        ('~"many .*notif"', "order"),
        ("~^STOCK.*c$", "done"),
        ("~", ""),
        ("~~ordprc", "order"),
        ("~~S-S", "done"),
        ("!~~a.*v", "order refund archive done"),
        ("!~~arv", "order done"),
        ("status=failed", "order"),
        ("status=failed,waiting", "order refund"),
        ("status!=failed", "refund archive done"),
        ("status=fail", "order"),
        ("status=ok", "done"),
        ("wf=*-*a*", "refund archive"),
        ("workflow=stock-sync", "done"),
        ("wf!=stock-sync", "order refund archive"),
        ("id=01f30003", "refund"),
        ("age<5m", "order done"),
        ("age>2h", "refund"),
        ("age<10m status=running", "archive"),
        ("age>10s age<1m", "done"),
    ],
)
def test_all_terms_must_hold(text: str, names: str) -> None:
    wanted = parse_filter(text)
    why = {"order": "421 too many connections · send-notification"}
    found = [name for name, e in ALL.items() if wanted.matches(e, NOW, why.get(name, ""))]
    assert found == names.split()


@pytest.mark.parametrize(
    ("text", "workflow", "statuses"),
    [
        ("wf=order-processing", "order-processing", set()),
        ("wf=order-*", None, set()),
        ("wf!=order-processing", None, set()),
        ("status=failed mail", None, {S.FAILED}),
        ("status=failed,waiting status=waiting", None, {S.WAITING}),
        ("status!=failed", None, set()),
        ("status=pending", None, {S.PENDING, S.PENDING_RESUME, S.PENDING_RETRY}),
    ],
)
def test_the_server_is_asked_for_states_and_one_workflow(
    text: str, workflow: str | None, statuses: set[S]
) -> None:
    wanted = parse_filter(text)
    assert (wanted.workflow, wanted.statuses) == (workflow, statuses)


@pytest.mark.parametrize(
    ("text", "message", "column"),
    [
        ("mail statsu=failed", "no field statsu; there are status, wf, workflow, id, age", 5),
        ("status=", "status= needs a value", 7),
        ("mail ~(a", "no regular expression: missing ), unterminated subpattern", 6),
        ("!~a**", "no regular expression: multiple repeat", 4),
        ("status=failed,sleeping", "no state sleeping; there are failed", 14),
        ("status<failed", "status takes = or !=", 6),
        ("age<2", "age is written age<2h or age>30m", 0),
        ("x age=2h", "age is written age<2h or age>30m", 2),
    ],
)
def test_a_bad_filter_says_what_and_where(text: str, message: str, column: int) -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter(text)
    assert str(caught.value).startswith(message)
    assert caught.value.column == column


@given(st.text(max_size=60))
def test_any_text_is_a_filter_or_a_filter_error(text: str) -> None:
    try:
        wanted = parse_filter(text)
    except FilterError as error:
        assert 0 <= error.column <= len(text)
    else:
        assert wanted.matches(ORDER, NOW) in (True, False)


@pytest.mark.parametrize(
    ("text", "asked", "here"),
    [
        ("", "", ""),
        ("mail", "", "mail"),
        ("status=failed mail !archive", "status=failed", "mail !archive"),
        ("wf=stock-sync age<2h", "wf=stock-sync", "age<2h"),
        ("wf=order-* status!=failed", "", "wf=order-* status!=failed"),
        ("wf=stock-sync wf=order-processing", "wf=stock-sync", "wf=order-processing"),
        ("status=failed status=waiting", "", "status=failed status=waiting"),
    ],
)
def test_it_says_what_the_server_filters_and_what_is_filtered_here(
    text: str, asked: str, here: str
) -> None:
    wanted = parse_filter(text)
    assert (wanted.asked, wanted.here) == (asked, here)
