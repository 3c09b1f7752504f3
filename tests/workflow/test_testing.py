"""The test aids: answers for wait points, starts of workflows, and what happens without them."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from console.workflow import (
    CamelModel,
    DefinitionError,
    InvalidInput,
    InvalidResult,
    JobContext,
    JobFailed,
    NotJson,
    auth,
    create_workflow,
    create_workflow_job,
    define_wait_point,
    define_wait_points,
)
from console.workflow.testing import Resolution, Start, Wait, run_in_place


class Ask(CamelModel):
    order_id: str
    due_on: date


class Verdict(CamelModel):
    is_approved: bool
    note: str | None = None


manager = define_wait_point("manager-approval", payload=Ask, result=Verdict)


@create_workflow_job(name="ask-manager")
async def ask_manager(input: Ask) -> Verdict:
    return await manager.wait(input)


@create_workflow_job(name="ask-in-thread")
def ask_in_thread(input: Ask) -> bool:
    return manager.wait_sync(input).is_approved


@create_workflow_job(name="answer-for-manager")
async def answer(context: JobContext) -> None:
    await manager.resolve("e-1", lambda asked: Verdict(is_approved=asked.due_on.year == 2024))


asking = create_workflow(name="asking-workflow", main_job=ask_manager)


@create_workflow_job(name="starts-others")
async def starts(input: dict[str, Any]) -> list[str]:
    first = await asking.trigger(input, auth_invoker=auth.invoker("manager-machine-user"))
    second = await asking.trigger(input, auth_invoker="admin-user")
    return [first, second, await asking.trigger()]


ASKED = {"orderId": "o-1", "dueOn": "2024-01-02"}


def test_a_wait_gets_the_answer_of_the_test_and_the_test_sees_what_was_asked() -> None:
    with run_in_place(answers={"manager-approval": {"isApproved": True}}) as run:
        verdict = asyncio.run(ask_manager.trigger(ASKED))
        assert ask_in_thread.trigger_sync(ASKED) is True
    assert verdict == Verdict(is_approved=True)
    assert run.waits == [Wait("manager-approval", ASKED)] * 2


def test_an_answer_may_be_a_model_or_a_function_of_what_was_asked() -> None:
    with run_in_place(answers={"manager-approval": Verdict(is_approved=False, note="no")}):
        assert asyncio.run(ask_manager.trigger(ASKED)).note == "no"
    with run_in_place(answers={"manager-approval": lambda asked: {"isApproved": asked == ASKED}}):
        assert asyncio.run(ask_manager.trigger(ASKED)).is_approved is True


def test_an_answer_of_the_wrong_shape_fails_the_job_with_its_path() -> None:
    with run_in_place(answers={"manager-approval": {"is_approved": True}}):
        with pytest.raises(JobFailed, match=r"answer at wait point manager-approval: \$\.isAppr"):
            asyncio.run(ask_manager.trigger(ASKED))


def test_a_payload_that_is_not_json_is_refused_at_once() -> None:
    with pytest.raises(NotJson, match=r"\$\.when"):
        manager.wait({"when": date(2024, 1, 1)})  # type: ignore[arg-type]


def test_a_payload_of_the_wrong_shape_is_refused_before_anybody_is_asked() -> None:
    with run_in_place(answers={"manager-approval": {"isApproved": True}}) as run:
        with pytest.raises(
            InvalidInput, match=r"payload at wait point .*\$\.dueOn: Field required"
        ):
            manager.wait({"orderId": "o-1"})  # type: ignore[arg-type]
    assert run.waits == []


def test_resolving_shows_the_function_what_was_asked_and_goes_through_once() -> None:
    with run_in_place(payloads={"manager-approval": ASKED}) as run:
        asyncio.run(answer.trigger())
        with pytest.raises(JobFailed, match="resolved already"):
            asyncio.run(answer.trigger())
    assert run.resolutions == [
        Resolution("e-1", "manager-approval", {"isApproved": True, "note": None})
    ]


def test_a_resolution_of_the_wrong_shape_is_refused_before_it_is_made() -> None:
    async def resolve() -> None:
        await manager.resolve("e-1", {"approved": True})  # type: ignore[arg-type]

    with run_in_place() as run, pytest.raises(InvalidResult, match=r"\$\.isApproved"):
        asyncio.run(resolve())
    assert run.resolutions == []


def test_a_payload_the_wait_point_does_not_know_is_told() -> None:
    async def resolve() -> None:
        await manager.resolve("e-1", lambda asked: Verdict(is_approved=True))

    with run_in_place(payloads={"manager-approval": {}}):
        with pytest.raises(InvalidInput, match=r"payload at wait point .*\$\.orderId"):
            asyncio.run(resolve())


def test_started_workflows_are_noted_and_not_run() -> None:
    with run_in_place(invoker="someone") as run:
        ids = asyncio.run(starts.trigger(ASKED))
    assert run.starts == [
        Start("asking-workflow", ASKED, "manager-machine-user", ids[0]),
        Start("asking-workflow", ASKED, "admin-user", ids[1]),
        Start("asking-workflow", {}, None, ids[2]),
    ]
    assert len(set(ids)) == 3


def test_without_the_aid_the_failure_says_how_to_test_it() -> None:
    for job in (ask_manager, starts):
        with pytest.raises(JobFailed, match="run_in_place") as failed:
            asyncio.run(job.trigger(ASKED))
        assert failed.value.type == "WorkflowMisuse"


def test_an_answer_the_test_forgot_is_told() -> None:
    with run_in_place(answers={"other-key": 1}), pytest.raises(JobFailed, match="no answer at"):
        asyncio.run(ask_manager.trigger(ASKED))


def test_runs_in_place_can_be_nested_and_leave_nothing_behind() -> None:
    with run_in_place(env={"A": "1"}) as outer:
        with run_in_place(env={"A": "2"}) as inner:
            assert inner.context.env["A"] == "2"
        assert outer.context.env["A"] == "1"
    with pytest.raises(JobFailed, match="run_in_place"):
        asyncio.run(starts.trigger(ASKED))


def test_a_database_is_the_tests_own(tmp_path: Path) -> None:
    from console.workflow import get_db_sync

    with run_in_place(databases={"tailordb": f"sqlite:///{tmp_path}/a.db"}):
        assert get_db_sync("tailordb").permission == "rw"
        with pytest.raises(LookupError, match="no database 'other'"):
            get_db_sync("other")
    with pytest.raises(LookupError, match="run_in_place"):
        get_db_sync("tailordb")


def test_a_group_of_wait_points_takes_its_keys_from_its_names() -> None:
    @define_wait_points
    class Points:
        manager_approval = define_wait_point(payload=Ask, result=Verdict)
        finance = define_wait_point("finance-review")

    assert Points.manager_approval.key == "manager-approval"
    assert Points.finance.key == "finance-review"


def test_a_wait_point_without_a_proper_key_is_told_with_its_line() -> None:
    with pytest.raises(DefinitionError, match=r"test_testing\.py:\d+: wait point name 'x'"):

        @define_wait_points
        class Points:
            x = define_wait_point()

    with pytest.raises(DefinitionError, match=r"test_testing\.py:\d+: wait point name 'A b'"):
        define_wait_point("A b")

    nameless = define_wait_point()
    with run_in_place(), pytest.raises(DefinitionError, match=r'write define_wait_point\("…"\)'):
        asyncio.run(nameless.wait())
