"""A change is sent once, whatever happens to its answer; then its outcome is found, or unknown."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import httpx
import pytest

from console.backend.errors import (
    BackendError,
    Conflict,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    ServerFault,
    Unreachable,
)
from console.backend.tailor import TailorBackend
from console.model.ids import ExecutionId
from console.model.states import ExecutionStatus
from console.model.workflow import Invoker
from tests.backend.offices import QUICK, Office, office
from tests.fakes.loop import in_loop
from tests.fakes.operator import Answer, FakeOperator

WORKFLOW = "order-processing"
CHANGES = (
    *("Start", "StartWorkflow", "TestStartWorkflow"),
    *("Resume", "ResumeWorkflowExecution", "TestResumeWorkflow", "Cancel", "Resolve"),
)
LOSSES: list[Answer | BaseException] = [
    httpx.ReadError(""),
    httpx.ReadTimeout(""),
    httpx.WriteError(""),
    httpx.RemoteProtocolError("Server disconnected without sending a response."),
    Answer.error("internal", "boom"),
    Answer.error("unavailable", "restarting", 503),
    Answer.error("deadline_exceeded", "", 504),
    Answer(502, b"<html>bad gateway"),
    Answer.html(),
    Answer(200, b"", {}),
    Answer.json([1]),
]


def changes_sent(shop: Office) -> int:
    """Count the requests that change something."""
    return sum(number for name, number in shop.operator.calls.items() if name in CHANGES)


async def outcome(shop: Office, call: Awaitable[object]) -> object:
    """Await a change while time passes, and give its result or its error."""
    running = asyncio.ensure_future(call)
    while not running.done():
        await asyncio.sleep(0.001)
        await shop.clock.advance(1)
    error = running.exception()
    return error if error is not None else running.result()


def start(backend: TailorBackend) -> Awaitable[ExecutionId]:
    """Start the workflow."""
    return backend.start(WORKFLOW, invoker=Invoker("ops-bot"), argument="{}")


@pytest.mark.parametrize("console", [True, False])
@pytest.mark.parametrize("loss", LOSSES, ids=str)
@in_loop
async def test_a_change_without_a_clear_answer_is_never_sent_again(
    loss: Answer | BaseException, console: bool
) -> None:
    async with office(FakeOperator(console=console)) as shop:
        failed = ExecutionId(shop.operator.add(WORKFLOW, "FAILED"))
        for name in CHANGES:
            shop.operator.answer(loss, method=name)
        for call in (start, lambda backend: backend.resume(failed)):
            before = changes_sent(shop)
            found = await outcome(shop, call(shop.backend))
            assert isinstance(found, OutcomeUnknown | ServerFault), found
            assert changes_sent(shop) == before + 1


@in_loop
async def test_a_start_that_was_carried_out_is_found_by_its_id() -> None:
    async with office() as shop:
        shop.operator.lose("Start")
        started = await outcome(shop, start(shop.backend))
        assert list(shop.operator.executions) == [started]
        assert shop.operator.calls["Start"] == 1


@in_loop
async def test_a_start_that_hung_and_is_not_there_is_unknown_and_names_its_id() -> None:
    async with office(timeouts=QUICK) as shop:
        shop.operator.hang("Start")
        found = await outcome(shop, start(shop.backend))
        assert isinstance(found, OutcomeUnknown)
        (asked,) = shop.operator.asked("Start")
        assert f"execution {asked['executionId']} is not there yet" in found.detail
        assert shop.operator.calls["GetWorkflowExecution"] == 2


@in_loop
async def test_a_start_the_server_says_failed_and_that_is_not_there_has_failed() -> None:
    async with office() as shop:
        shop.operator.answer(Answer.error("internal", "the journal is full"), method="Start")
        found = await outcome(shop, start(shop.backend))
        assert type(found) is ServerFault
        assert found.detail == "the journal is full"


@in_loop
async def test_a_start_that_cannot_be_looked_up_is_unknown() -> None:
    async with office() as shop:
        shop.operator.lose("Start")
        shop.operator.answer(httpx.ConnectError("gone"), method="GetWorkflowExecution")
        found = await outcome(shop, start(shop.backend))
        assert isinstance(found, OutcomeUnknown)
        (asked,) = shop.operator.asked("Start")
        assert asked["executionId"] in found.detail


@in_loop
async def test_a_start_over_the_platforms_protocol_is_unknown_when_its_answer_is_lost() -> None:
    async with office(FakeOperator(console=False)) as shop:
        shop.operator.lose("StartWorkflow")
        found = await outcome(shop, start(shop.backend))
        assert isinstance(found, OutcomeUnknown)
        assert len(shop.operator.executions) == 1
        shop.operator.answer(Answer.json({}), method="StartWorkflow")
        found = await outcome(shop, start(shop.backend))
        assert isinstance(found, OutcomeUnknown)
        assert changes_sent(shop) == 2


@in_loop
async def test_a_change_that_was_surely_not_sent_is_no_mystery() -> None:
    async with office() as shop:
        await shop.backend.capabilities()
        failed = ExecutionId(shop.operator.add(WORKFLOW, "FAILED"))
        for name in CHANGES:
            shop.operator.answer(httpx.ConnectError("refused"), method=name)
        for call in (start(shop.backend), shop.backend.resume(failed)):
            assert type(await outcome(shop, call)) is Unreachable
        assert shop.operator.calls["GetWorkflowExecution"] == 0


@pytest.mark.parametrize(
    ("code", "kind"),
    [("invalid_argument", InvalidRequest), ("not_found", NotFound), ("already_exists", Conflict)],
)
@in_loop
async def test_a_clear_no_is_a_no(code: str, kind: type[BackendError]) -> None:
    async with office() as shop:
        shop.operator.answer(Answer.error(code, "no"), method="Start")
        assert type(await outcome(shop, start(shop.backend))) is kind
        assert changes_sent(shop) == 1


@pytest.mark.parametrize("console", [True, False])
@in_loop
async def test_a_lost_resume_is_done_where_the_execution_has_moved_on(console: bool) -> None:
    async with office(FakeOperator(console=console)) as shop:
        failed = ExecutionId(shop.operator.add(WORKFLOW, "FAILED"))
        shop.operator.lose("Resume" if console else "ResumeWorkflowExecution")
        assert await outcome(shop, shop.backend.resume(failed)) == failed
        assert shop.operator.executions[failed]["status"] == "STATUS_PENDING_RESUME"
        assert changes_sent(shop) == 1


@in_loop
async def test_a_lost_resume_is_unknown_where_the_execution_is_still_failed() -> None:
    async with office() as shop:
        failed = ExecutionId(shop.operator.add(WORKFLOW, "FAILED"))
        shop.operator.drop("Resume")
        found = await outcome(shop, shop.backend.resume(failed))
        assert isinstance(found, OutcomeUnknown)
        assert "still FAILED" in found.detail
        assert changes_sent(shop) == 1


@pytest.mark.parametrize(
    ("accident", "state", "expected"),
    [
        ("lose", "RUNNING", None),
        ("drop", "RUNNING", OutcomeUnknown),
        ("drop", "SUCCESS", Conflict),
        ("drop", "CANCELED", None),
    ],
)
@in_loop
async def test_a_lost_cancel_is_looked_up(
    accident: str, state: str, expected: type[BackendError] | None
) -> None:
    async with office() as shop:
        one = ExecutionId(shop.operator.add(WORKFLOW, state))
        getattr(shop.operator, accident)("Cancel")
        found = await outcome(shop, shop.backend.cancel(one))
        assert found is None if expected is None else type(found) is expected
        assert changes_sent(shop) == 1


@pytest.mark.parametrize(
    ("accident", "answered", "expected"),
    [
        ("lose", None, None),
        ("drop", None, OutcomeUnknown),
        ("drop", '{"approved":false}', Conflict),
        ("drop", '{ "approved": true }', None),
    ],
)
@in_loop
async def test_a_lost_answer_to_a_wait_point_is_looked_up(
    accident: str, answered: str | None, expected: type[BackendError] | None
) -> None:
    async with office() as shop:
        one = ExecutionId(shop.operator.add(WORKFLOW, "WAITING"))
        shop.operator.add_wait(one, "manager-approval")
        if answered is not None:
            await shop.backend.resolve(one, "manager-approval", answered)
        before = changes_sent(shop)
        getattr(shop.operator, accident)("Resolve")
        call = shop.backend.resolve(one, "manager-approval", '{"approved": true}', turn=0)
        found = await outcome(shop, call)
        assert found is None if expected is None else type(found) is expected
        assert changes_sent(shop) == before + 1


ACTIONS: list[Callable[[TailorBackend, ExecutionId], Awaitable[object]]] = [
    lambda backend, one: backend.resume(one),
    lambda backend, one: backend.cancel(one),
    lambda backend, one: backend.resolve(one, "manager-approval", "{}"),
]


@pytest.mark.parametrize("action", ACTIONS)
@in_loop
async def test_a_lost_change_of_a_server_that_is_gone_is_unknown(
    action: Callable[[TailorBackend, ExecutionId], Awaitable[object]],
) -> None:
    async with office() as shop:
        one = ExecutionId(shop.operator.add(WORKFLOW, "FAILED"))
        await shop.backend.capabilities()
        await shop.backend.get_execution(one)
        shop.operator.answer(httpx.ReadError(""))
        found = await outcome(shop, action(shop.backend, one))
        assert isinstance(found, OutcomeUnknown)
        assert changes_sent(shop) == 1


@in_loop
async def test_an_older_server_is_asked_in_the_older_name_only_when_it_lacks_the_newer() -> None:
    async with office(FakeOperator(console=False, old=True)) as shop:
        await start(shop.backend)
        failed = ExecutionId(shop.operator.add(WORKFLOW, "FAILED"))
        await shop.backend.resume(failed)
        names = [request.method for request in shop.operator.requests if request.method in CHANGES]
        assert names == [
            *("StartWorkflow", "TestStartWorkflow"),
            *("ResumeWorkflowExecution", "TestResumeWorkflow"),
        ]
        assert len(shop.operator.executions) == 2


@in_loop
async def test_an_execution_runs_as_the_user_it_was_started_for() -> None:
    operator = FakeOperator(console=False)
    async with office(operator) as shop:
        started = await start(shop.backend)
        assert operator.invokers[started] == {
            "namespace": "my-auth",
            "machineUserName": "ops-bot",
        }
        other = Invoker("ops-bot", namespace="other-auth")
        started = await shop.backend.start(WORKFLOW, invoker=other, argument=None)
        assert operator.invokers[started]["namespace"] == "other-auth"
        assert operator.asked("StartWorkflow")[-1].keys() == {
            *("workspaceId", "workflowId", "authInvoker"),
        }
        assert (await shop.backend.get_execution(started)).status is ExecutionStatus.PENDING
