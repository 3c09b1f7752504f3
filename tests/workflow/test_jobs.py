"""Jobs in place: what bodies take and give, and what a caller sees of a failure."""

from __future__ import annotations

import asyncio
import json
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NotRequired, TypedDict

import pytest
from pydantic import BaseModel, ConfigDict

from console.workflow import (
    CamelModel,
    DefinitionError,
    InvalidInput,
    InvalidResult,
    Job,
    JobContext,
    JobFailed,
    NotJson,
    create_workflow_job,
)
from console.workflow.failure import describe_failure

if TYPE_CHECKING:
    from decimal import Decimal as OnlyForCheckers

    from console.workflow import JobContext as Ctx


class Key(CamelModel):
    customer_id: str


class Customer(CamelModel):
    customer_id: str
    signed_up: date


class Strict(CamelModel):
    model_config = ConfigDict(extra="forbid")
    customer_id: str


@dataclass
class Item:
    sku: str
    count: int = 1


class Step(TypedDict, total=False):
    note: str


class Options(Step):
    dry_run: bool
    steps: NotRequired[list[Step]]


def run(job: Job[Any, Any], argument: object = None) -> Any:
    """Run a job as a test of the project would."""
    return asyncio.run(job.trigger(argument))


def run_text(job: Job[Any, Any], argument: str) -> str:
    """Run a job as an engine would."""
    context = JobContext(job_name=job.name, stacked_name=job.name)
    return asyncio.run(job.run_json(argument, context))


@create_workflow_job(name="nothing-in")
async def nothing_in() -> str:
    return "done"


@create_workflow_job(name="input-only")
async def input_only(input: Key) -> str:
    return input.customer_id


@create_workflow_job(name="context-only")
async def context_only(context: JobContext) -> str:
    return context.stacked_name


@create_workflow_job(name="both-ways")
async def both_ways(input: Key, context: JobContext) -> str:
    return f"{input.customer_id} {context.job_name}"


@create_workflow_job(name="other-order")
def other_order(context: JobContext, input: Key) -> str:
    return f"{input.customer_id} {context.job_name}"


@create_workflow_job(name="by-annotation")
def by_annotation(where: JobContext, what: Key) -> str:
    return f"{what.customer_id} {where.job_name}"


@create_workflow_job(name="by-name")
def by_name(input, context):  # type: ignore[no-untyped-def]
    return f"{input['customerId']} {context.job_name}"


@create_workflow_job(name="for-checkers")
async def for_checkers(input: Key, run: Ctx, context: JobContext | None = None) -> str:
    return f"{input.customer_id} {context}"


def called(input: Key, /) -> str:
    return input.customer_id


call_form = create_workflow_job(name="call-form", body=called)


@pytest.mark.parametrize(
    ("job", "result"),
    [
        (nothing_in, "done"),
        (input_only, "7"),
        (context_only, "context-only"),
        (both_ways, "7 both-ways"),
        (other_order, "7 other-order"),
        (by_annotation, "7 by-annotation"),
        (by_name, "7 by-name"),
        (call_form, "7"),
    ],
)
def test_a_body_takes_nothing_the_input_the_context_or_both(job: Any, result: str) -> None:
    assert run(job, {"customerId": "7"}) == result


def test_a_def_body_is_triggered_from_a_plain_script_too() -> None:
    assert other_order.trigger_sync(Key(customer_id="7")) == "7 other-order"


def test_a_context_that_is_imported_for_checkers_only_is_known_by_its_name() -> None:
    @create_workflow_job(name="hidden-context")
    async def hidden(context: Ctx) -> str:
        return context.job_name

    with pytest.raises(DefinitionError, match="Ctx"):
        hidden.check()
    local = {"context": "JobContext"}

    async def named(context):  # type: ignore[no-untyped-def]
        return context.job_name

    named.__annotations__ = local
    assert run(create_workflow_job(name="named-context", body=named)) == "named-context"


def test_an_annotation_defined_further_down_is_found_when_the_job_runs() -> None:
    assert run(ahead, {"n": 3}) == 3


@create_workflow_job(name="look-ahead")
async def ahead(input: Later) -> int:
    return input.n


class Later(BaseModel):
    n: int


def test_an_annotation_nobody_can_find_is_told_with_file_and_line() -> None:
    @create_workflow_job(name="no-such-name")
    async def lost(input: OnlyForCheckers) -> None: ...

    with pytest.raises(DefinitionError, match=r"test_jobs\.py:\d+: .*OnlyForCheckers"):
        lost.check()


def test_keys_nobody_declares_are_accepted_and_not_shown() -> None:
    seen: list[Any] = []

    @create_workflow_job(name="sees-little")
    async def sees(input: Key) -> None:
        seen.append(input.model_dump())

    run_text(sees, '{"customerId":"7","extra":[1]}')
    assert seen == [{"customer_id": "7"}]


def test_a_type_that_forbids_extras_is_obeyed() -> None:
    @create_workflow_job(name="sees-strictly")
    async def sees(input: Strict) -> None: ...

    with pytest.raises(InvalidInput, match=r"\$\.extra"):
        run_text(sees, '{"customerId":"7","extra":[1]}')


def test_json_is_read_by_alias_and_never_by_the_python_name() -> None:
    with pytest.raises(InvalidInput, match=r"input of input-only: \$\.customerId: Field required"):
        run_text(input_only, '{"customer_id":"7"}')


def test_a_result_is_shown_by_alias_and_a_database_row_fits_it() -> None:
    @create_workflow_job(name="gives-row")
    async def gives() -> Customer:
        return {"customer_id": "7", "signed_up": date(2024, 1, 2)}  # type: ignore[return-value]

    assert run_text(gives, "{}") == '{"customerId":"7","signedUp":"2024-01-02"}'
    assert run(gives) == Customer(customer_id="7", signed_up=date(2024, 1, 2))


@pytest.mark.parametrize("text", ["{}", '{"customerId":null}', "[]", '"x"', "{broken", "7"])
def test_a_wrong_input_is_refused_with_the_path(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"input of input-only: \$"):
        run_text(input_only, text)


def test_many_mistakes_are_told_in_one_short_line() -> None:
    @create_workflow_job(name="many-items")
    async def many(input: list[Item]) -> None: ...

    with pytest.raises(InvalidInput) as refused:
        run_text(many, json.dumps([{"count": "x"}] * 20))
    assert "$[0].sku: Field required; $[0].count:" in str(refused.value)
    assert "and 35 more" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_dicts_typed_dicts_and_dataclasses_do_as_well_as_models() -> None:
    @create_workflow_job(name="takes-item")
    async def takes_item(input: Item) -> Item:
        return Item(input.sku, input.count + 1)

    @create_workflow_job(name="takes-options")
    async def takes_options(input: Options) -> Options:
        return {"dry_run": not input["dry_run"]}

    @create_workflow_job(name="takes-many")
    async def takes_many(input: list[Options] | None) -> dict[str, Options | None]:
        return {"last": input[-1] if input else None}

    @create_workflow_job(name="takes-dict")
    async def takes_dict(input: dict[str, Any]) -> dict[str, Any]:
        return {**input, "seen": True}

    assert run(takes_item, Item("a")) == Item("a", 2)
    assert run(takes_item, {"sku": "a", "count": 4}) == Item("a", 5)
    assert run(takes_options, Options(dry_run=True)) == {"dry_run": False}
    with pytest.raises(JobFailed, match=r"\$\.dry_run: Field required"):
        run(takes_options, {"note": "x"})
    with pytest.raises(JobFailed, match=r"\$\.steps\[0\]\.note: Input should be a valid string"):
        run(takes_options, {"dry_run": True, "steps": [{"note": 7}]})
    assert run(takes_many, [{"dry_run": True}]) == {"last": {"dry_run": True}}
    assert run(takes_dict, {"any": [1, None]}) == {"any": [1, None], "seen": True}


def test_a_job_without_annotations_passes_json_through() -> None:
    @create_workflow_job(name="passes-on")
    async def passes(input):  # type: ignore[no-untyped-def]
        return input

    assert run(passes, {"a": [1.5, None, "x"]}) == {"a": [1.5, None, "x"]}
    assert run(passes) == {}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"when": date(2024, 1, 1)}, r"result of gives-any: \$\.when: a date is not JSON"),
        ({1: 2}, "JSON keys are text"),
        (float("nan"), "nan"),
        ({"a", "b"}, "a set is not JSON"),
        (object(), "object"),
    ],
)
def test_a_result_that_is_not_json_fails_the_job_with_the_path(value: Any, words: str) -> None:
    @create_workflow_job(name="gives-any")
    async def gives():  # type: ignore[no-untyped-def]
        return value

    with pytest.raises(InvalidResult, match=words):
        run_text(gives, "{}")


def test_a_result_must_be_what_is_annotated() -> None:
    @create_workflow_job(name="gives-wrong")
    async def gives() -> Customer:
        return {"customer_id": "7"}  # type: ignore[return-value]

    @create_workflow_job(name="gives-nothing")
    def nothing() -> None:
        return 7  # type: ignore[return-value]

    with pytest.raises(InvalidResult, match=r"result of gives-wrong: \$\.signedUp: Field required"):
        run_text(gives, "{}")
    with pytest.raises(InvalidResult, match="result of gives-nothing"):
        run_text(nothing, "{}")


def test_a_result_that_could_not_be_read_again_fails_the_job_that_gave_it() -> None:
    from pydantic import Field

    class OneWay(BaseModel):
        n: int = Field(serialization_alias="written", validation_alias="read")

    @create_workflow_job(name="one-way")
    async def gives() -> OneWay:
        return OneWay(read=1)  # type: ignore[call-arg]

    with pytest.raises(InvalidResult, match=r"\$\.read: Field required"):
        run_text(gives, "{}")


def test_an_argument_that_is_not_json_is_refused_before_anything_runs() -> None:
    ran: list[str] = []

    @create_workflow_job(name="never-runs")
    async def never(input: dict[str, Any]) -> None:
        ran.append("ran")

    with pytest.raises(NotJson, match=r"\$\.when: a date"):
        never.trigger({"when": date(2024, 1, 1)})
    with pytest.raises(NotJson):
        never.trigger_sync({"when": date(2024, 1, 1)})
    assert ran == []


@create_workflow_job(name="fetch-customer")
async def fetch_customer(input: Key) -> Customer | None:
    if input.customer_id == "0":
        return None
    raise LookupError(f"no customer {input.customer_id}")


@create_workflow_job(name="check-credit")
def check_credit(input: Key) -> bool:
    return fetch_customer.trigger_sync(input) is None


@create_workflow_job(name="process-order")
async def process_order(input: Key) -> bool:
    return await check_credit.trigger(input)


def test_a_falsy_result_comes_back_as_it_is() -> None:
    assert run(fetch_customer, {"customerId": "0"}) is None
    assert run(process_order, {"customerId": "0"}) is True


def test_a_failure_keeps_the_words_and_the_place_of_its_cause() -> None:
    with pytest.raises(JobFailed) as failed:
        run(process_order, {"customerId": "7"})
    error = failed.value
    assert (error.type, error.message) == ("LookupError", "no customer 7")
    assert error.place == "process-order"
    assert error.cause_place == "process-order/check-credit/fetch-customer"
    assert "fetch-customer failed: LookupError: no customer 7" in str(error)
    assert 'raise LookupError(f"no customer {input.customer_id}")' in error.traceback
    assert "console/workflow" not in error.traceback
    assert isinstance(error.__cause__, JobFailed)


def test_a_caller_may_catch_the_failure_of_a_trigger() -> None:
    @create_workflow_job(name="forgiving-job")
    async def forgiving(input: Key) -> str:
        try:
            await fetch_customer.trigger(input)
        except JobFailed as error:
            return f"{error.type} at {error.place}"
        return "nothing happened"

    result = run(forgiving, {"customerId": "7"})
    assert result == "LookupError at forgiving-job/fetch-customer"


def test_the_failure_of_a_wrong_input_is_the_callees() -> None:
    @create_workflow_job(name="asks-wrongly")
    async def asks() -> None:
        await fetch_customer.trigger({"id": "7"})

    with pytest.raises(JobFailed) as failed:
        run(asks)
    assert failed.value.cause_place == "asks-wrongly/fetch-customer"
    assert failed.value.type == "InvalidInput"
    assert "$.customerId: Field required" in failed.value.message


def test_the_one_failure_of_a_task_group_is_the_cause() -> None:
    @create_workflow_job(name="uses-group")
    async def uses_group() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(fetch_customer.trigger({"customerId": "7"}))

    with pytest.raises(JobFailed) as failed:
        run(uses_group)
    assert failed.value.type == "LookupError"
    assert failed.value.cause_place == "uses-group/fetch-customer"


def test_a_body_that_exits_or_stops_iterating_fails_like_any_other() -> None:
    def leave() -> None:
        raise SystemExit(3)

    async def leave_later() -> None:
        raise SystemExit("bye")

    def stop() -> None:
        next(iter(()))

    async def cancel() -> None:
        raise asyncio.CancelledError

    bodies: list[tuple[Callable[[], Any], str]] = [
        (leave, r"sys\.exit\(3\)"),
        (leave_later, r"sys\.exit\('bye'\)"),
        (stop, "StopIteration"),
        (cancel, "cancelled from inside"),
    ]
    for body, words in bodies:
        with pytest.raises(JobFailed, match=words):
            run(create_workflow_job(name="odd-end", body=body))


def test_a_def_body_that_gives_a_coroutine_is_told_to_be_async() -> None:
    job = create_workflow_job(name="half-async", body=lambda: asyncio.sleep(0))
    with pytest.raises(InvalidResult, match="write it as `async def`"):
        asyncio.run(Job("half-async", lambda: asyncio.sleep(0)).run_json("{}", JobContext()))
    assert job.name == "half-async"


def test_a_job_failure_survives_pickling() -> None:
    error = JobFailed("m", type="T", traceback="tb", place="a/b", cause_place="a/b/c")
    again = pickle.loads(pickle.dumps(error))
    assert vars(again) == vars(error)
    assert str(again) == str(error)


def test_an_exception_that_cannot_be_shown_is_kept_all_the_same() -> None:
    class Silent(Exception):
        def __str__(self) -> str:
            raise ValueError("no words")

    failure = describe_failure(Silent())
    assert failure.type.endswith("Silent")
    assert "cannot be shown" in failure.message


def test_callers_deeper_than_any_thread_pool_do_not_block_each_other() -> None:
    @create_workflow_job(name="goes-down")
    def down(input: int) -> int:
        return 0 if input == 0 else 1 + down.trigger_sync(input - 1)  # type: ignore[has-type]

    assert down.trigger_sync(60) == 60


def test_the_source_of_a_job_is_its_own_lines_and_no_others() -> None:
    assert nothing_in.source == (
        '@create_workflow_job(name="nothing-in")\nasync def nothing_in() -> str:\n'
        '    return "done"\n'
    )
    assert nothing_in.module_file.name == "test_jobs.py"
    assert nothing_in.module_file.read_text().splitlines()[nothing_in.line - 1].startswith("@cre")


class Callable2:
    async def __call__(self, input: Key) -> str:
        return input.customer_id


def test_an_object_with_an_asynchronous_call_is_a_body() -> None:
    job: Job[Any, Any] = Job("an-object", Callable2())
    assert run_text(job, '{"customerId":"7"}') == '"7"'
