"""Definitions: names, main jobs, bodies, policies; what is wrong is told with its place."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.workflow import (
    ConcurrencyPolicy,
    DefinitionError,
    RetryPolicy,
    auth,
    create_workflow,
    create_workflow_job,
    define_wait_point,
)
from console.workflow.names import NAME_RULE, is_name, nearest_name
from console.workflow.policies import seconds_of


@create_workflow_job(name="some-job")
async def some_job() -> None: ...


GOOD_NAMES = ["abc", "a1b", "0-9", "process-order", "a" * 63, "a--b"]
BAD_NAMES = [
    "",
    "a",
    "ab",
    "-ab",
    "ab-",
    "Abc",
    "a_b",
    "a b",
    "a" * 64,
    "ä-b",
    "abc\n",
    "a.b",
    7,
    None,
]


@pytest.mark.parametrize("name", GOOD_NAMES)
def test_names_of_three_to_sixty_three_small_letters_digits_and_dashes_are_taken(name: str) -> None:
    assert create_workflow(name=name, main_job=some_job).name == name
    assert create_workflow_job(name=name, body=lambda: None).name == name
    assert define_wait_point(name).key == name


@pytest.mark.parametrize("name", BAD_NAMES)
def test_every_other_name_is_refused_with_the_rule_and_the_place(name: Any) -> None:
    with pytest.raises(DefinitionError) as job:
        create_workflow_job(name=name, body=lambda: None)
    with pytest.raises(DefinitionError) as workflow:
        create_workflow(name=name, main_job=some_job)
    for refused in (job.value, workflow.value):
        assert refused.file == __file__
        assert refused.line > 0
        assert NAME_RULE in refused.message
        assert str(refused).startswith(f"{__file__}:{refused.line}: ")
        if name is not None and name != "":
            assert repr(name) in refused.message or "name=" in refused.message


def test_the_message_offers_a_name_that_would_do() -> None:
    with pytest.raises(DefinitionError, match='write "process-order"'):
        create_workflow(name="processOrder", main_job=some_job)


@given(st.text(max_size=80))
def test_the_nearest_name_is_a_name_or_nothing(text: str) -> None:
    name = nearest_name(text)
    assert name == "" or is_name(name)
    if is_name(text):
        assert name == text


def test_the_decorator_tells_the_line_of_its_body() -> None:
    with pytest.raises(DefinitionError) as refused:

        @create_workflow_job(name="Bad Name")
        async def body() -> None: ...

    with open(__file__, encoding="utf-8") as file:  # noqa: PTH123
        line = file.read().splitlines()[refused.value.line - 1]
    assert line.strip() == '@create_workflow_job(name="Bad Name")'


@pytest.mark.parametrize("main_job", [None, "some-job", lambda: None, 7])
def test_a_main_job_is_required_and_is_a_job(main_job: Any) -> None:
    with pytest.raises(DefinitionError, match=r"main.job"):
        create_workflow(name="no-main-job", main_job=main_job)


def test_a_missing_main_job_is_told_in_our_words() -> None:
    with pytest.raises(DefinitionError, match=r"write main_job="):
        create_workflow(name="no-main-job")  # type: ignore[call-arg]


def test_policies_must_be_policies() -> None:
    with pytest.raises(DefinitionError, match=r"retry_policy .* must be a RetryPolicy"):
        create_workflow(name="odd-policy", main_job=some_job, retry_policy={"max_retries": 1})  # type: ignore[arg-type]
    with pytest.raises(DefinitionError, match=r"must be a ConcurrencyPolicy"):
        create_workflow(name="odd-policy", main_job=some_job, concurrency_policy=3)  # type: ignore[arg-type]


async def generator() -> Any:
    yield 1


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (lambda *args: None, r"no \*args"),
        (lambda **kwargs: None, r"no \*args"),
        (lambda a, b: None, "`a` and `b`"),
        (lambda context, order, more: None, "`order` and `more`"),
        (generator, "yield"),
        ("not callable", "not a function"),
    ],
)
def test_a_body_no_engine_could_call_is_refused(body: Any, words: str) -> None:
    with pytest.raises(DefinitionError, match=words):
        create_workflow_job(name="odd-body", body=body)


POLICY: dict[str, Any] = {
    "max_retries": 3,
    "initial_backoff": "1s",
    "max_backoff": "1m",
    "backoff_multiplier": 2,
}


@pytest.mark.parametrize(
    "changed",
    [
        {"max_retries": 1},
        {"max_retries": 10},
        {"initial_backoff": "1ms"},
        {"initial_backoff": "60m", "max_backoff": "60m"},
        {"max_backoff": "1440m"},
        {"max_backoff": "1s"},
        {"backoff_multiplier": 1},
        {"backoff_multiplier": 1.5},
        {"initial_backoff": "0.5s"},
    ],
)
def test_a_retry_policy_within_its_bounds_is_taken(changed: dict[str, Any]) -> None:
    RetryPolicy(**(POLICY | changed))


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"max_retries": 0}, "max_retries"),
        ({"max_retries": 11}, "max_retries"),
        ({"max_retries": True}, "max_retries"),
        ({"max_retries": 2.0}, "max_retries"),
        ({"initial_backoff": "0s"}, "initial_backoff"),
        ({"initial_backoff": "61m", "max_backoff": "100m"}, "initial_backoff"),
        ({"initial_backoff": 5}, "not a duration"),
        ({"initial_backoff": "5"}, "not a duration"),
        ({"initial_backoff": "1h"}, "not a duration"),
        ({"initial_backoff": "-1s"}, "not a duration"),
        ({"initial_backoff": " 1s"}, "not a duration"),
        ({"max_backoff": "1441m"}, "max_backoff"),
        ({"max_backoff": "999ms"}, "more than"),
        ({"backoff_multiplier": 0.99}, "backoff_multiplier"),
        ({"backoff_multiplier": float("nan")}, "backoff_multiplier"),
        ({"backoff_multiplier": float("inf")}, "backoff_multiplier"),
        ({"backoff_multiplier": "2"}, "backoff_multiplier"),
    ],
)
def test_a_retry_policy_outside_its_bounds_is_refused(changed: dict[str, Any], word: str) -> None:
    with pytest.raises(ValueError, match=word):
        RetryPolicy(**(POLICY | changed))


@pytest.mark.parametrize("missing", POLICY)
def test_a_retry_policy_has_all_four_or_is_none(missing: str) -> None:
    with pytest.raises(TypeError):
        RetryPolicy(**{key: value for key, value in POLICY.items() if key != missing})


def test_waits_grow_by_the_multiplier_and_stop_at_the_longest() -> None:
    policy = RetryPolicy(
        max_retries=10, initial_backoff="500ms", max_backoff="3s", backoff_multiplier=2
    )
    assert [policy.delay(retry) for retry in (1, 2, 3, 4, 10)] == [0.5, 1.0, 2.0, 3.0, 3.0]


@given(st.integers(1, 10), st.floats(1, 1e300), st.integers(1, 3600))
def test_no_wait_is_shorter_than_the_first_or_longer_than_the_longest(
    retry: int, multiplier: float, longest: int
) -> None:
    policy = RetryPolicy(10, "1s", f"{longest}s", multiplier)
    assert 1.0 <= policy.delay(retry) <= longest
    assert policy.delay(retry) <= policy.delay(retry + 1)


@pytest.mark.parametrize(("text", "seconds"), [("250ms", 0.25), ("30s", 30), ("5m", 300)])
def test_durations_are_in_milliseconds_seconds_and_minutes(text: str, seconds: float) -> None:
    assert seconds_of(text) == pytest.approx(seconds)


@pytest.mark.parametrize("number", [0, 1001, -1, True, 2.5, "3", None])
def test_a_concurrency_policy_is_a_whole_number_from_1_to_1000(number: Any) -> None:
    assert ConcurrencyPolicy(1).max_concurrent_executions == 1
    assert ConcurrencyPolicy(max_concurrent_executions=1000).max_concurrent_executions == 1000
    with pytest.raises(ValueError, match="from 1 to 1000"):
        ConcurrencyPolicy(number)


def test_an_invoker_is_a_name_and_a_namespace() -> None:
    assert auth.invoker("manager-machine-user").machine_user == "manager-machine-user"
    assert auth.invoker("manager-machine-user").namespace == ""
    assert auth.invoker("manager-machine-user", "shop").namespace == "shop"
