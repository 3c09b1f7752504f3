"""Finding the workspace, the application and the second service, once."""

from __future__ import annotations

import asyncio

import pytest

from console.backend.errors import (
    Forbidden,
    InvalidRequest,
    NotFound,
    Unauthenticated,
    Unreachable,
    Unsupported,
)
from console.model.ids import ExecutionId, new_id
from console.model.query import ExecutionQuery
from tests.backend.offices import office
from tests.fakes.loop import in_loop
from tests.fakes.operator import WORKSPACE, Answer, FakeOperator


@in_loop
async def test_everything_is_asked_for_once_also_by_many_at_once() -> None:
    async with office() as shop:
        query = ExecutionQuery()
        await asyncio.gather(*(shop.backend.list_executions(query) for _ in range(5)))
        await asyncio.gather(*(shop.backend.capabilities() for _ in range(5)))
        await shop.backend.machine_users()
        await shop.backend.machine_users()
        for method in ("ListWorkspaces", "GetCapabilities", "ListApplications"):
            assert shop.operator.calls[method] == 1


@in_loop
async def test_a_failure_is_not_kept() -> None:
    async with office() as shop:
        shop.operator.answer(Answer.error("unauthenticated"))
        with pytest.raises(Unauthenticated):
            await shop.backend.capabilities()
        shop.operator.answer(None)
        assert (await shop.backend.capabilities()).server == "fake 1"


@in_loop
async def test_a_given_workspace_is_taken_as_it_is() -> None:
    async with office(FakeOperator(console=False), workspace_id=WORKSPACE, label="prod") as shop:
        await shop.backend.list_executions(ExecutionQuery())
        assert (await shop.backend.capabilities()).label == "prod"
        assert shop.operator.calls["ListWorkspaces"] == 0


@in_loop
async def test_several_workspaces_are_named() -> None:
    operator = FakeOperator()
    operator.workspaces += [{"id": new_id(), "name": f"w{number}"} for number in range(150)]
    async with office(operator) as shop:
        with pytest.raises(InvalidRequest) as caught:
            await shop.backend.list_executions(ExecutionQuery())
        assert f"shop {WORKSPACE}, w0 " in caught.value.detail
        assert caught.value.detail.endswith("and 143 more")
        assert "workspace in the profile" in caught.value.advice
        assert shop.operator.calls["ListWorkspaces"] == 2


@in_loop
async def test_no_workspace_is_no_list_of_nothing() -> None:
    operator = FakeOperator()
    operator.workspaces = []
    async with office(operator) as shop:
        with pytest.raises(NotFound):
            await shop.backend.list_executions(ExecutionQuery())


@in_loop
async def test_a_listing_that_points_to_itself_ends() -> None:
    operator = FakeOperator()
    page = {"workspaces": [{"id": WORKSPACE}], "nextPageToken": "again"}
    operator.answer(Answer.json(page), method="ListWorkspaces")
    async with office(operator) as shop:
        with pytest.raises(InvalidRequest):
            await shop.backend.list_executions(ExecutionQuery())
        assert shop.operator.calls["ListWorkspaces"] == 2


@in_loop
async def test_a_server_that_began_anew_is_found_again() -> None:
    old = FakeOperator()
    old.workspaces = [{"id": new_id(), "name": "gone"}]
    async with office(old) as shop:
        with pytest.raises(NotFound):
            await shop.backend.list_executions(ExecutionQuery())
        old.workspaces = [{"id": WORKSPACE, "name": "shop"}]
        assert (await shop.backend.list_executions(ExecutionQuery())).total == 0


@in_loop
async def test_the_application_is_the_given_one_or_the_only_one() -> None:
    operator = FakeOperator()
    operator.applications.append({"name": "other-app", "authNamespace": "other-auth"})
    async with office(operator) as shop:
        with pytest.raises(InvalidRequest) as caught:
            await shop.backend.machine_users()
        assert caught.value.detail == "several applications: my-app, other-app"
    async with office(operator, application="my-app") as shop:
        assert await shop.backend.machine_users() == ("manager-machine-user", "ops-bot")
    async with office(operator, application="no-app") as shop:
        with pytest.raises(NotFound):
            await shop.backend.machine_users()
    operator.applications = [{"name": "bare"}]
    async with office(operator) as shop:
        with pytest.raises(InvalidRequest) as caught:
            await shop.backend.machine_users()
        assert "bare has no machine users" in caught.value.detail
    operator.applications = []
    async with office(operator) as shop:
        with pytest.raises(NotFound):
            await shop.backend.machine_users()


@in_loop
async def test_all_pages_of_machine_users_are_read() -> None:
    operator = FakeOperator()
    operator.machine_users = [f"user-{number}" for number in range(230)]
    async with office(operator) as shop:
        assert len(await shop.backend.machine_users()) == 230


@pytest.mark.parametrize(
    "refusal",
    [
        Answer.error("unimplemented", "unknown service"),
        Answer(404, b"404 page not found"),
        Answer.html(404),
        Answer(501, b""),
    ],
)
@in_loop
async def test_a_server_without_the_second_service_can_do_the_plain_things(refusal: Answer) -> None:
    operator = FakeOperator()
    operator.answer(refusal, method="GetCapabilities")
    async with office(operator) as shop:
        known = await shop.backend.capabilities()
        assert not known.attempts
        with pytest.raises(Unsupported):
            await shop.backend.list_attempts(ExecutionId(new_id()))
        assert shop.operator.calls["GetCapabilities"] == 1


@in_loop
async def test_only_before_the_platform_another_refusal_means_the_same() -> None:
    operator = FakeOperator()
    operator.answer(Answer.error("permission_denied", "no such service"), method="GetCapabilities")
    async with office(operator) as shop:
        with pytest.raises(Forbidden):
            await shop.backend.capabilities()
    async with office(operator, kind="tailor", token="t-123") as shop:
        assert not (await shop.backend.capabilities()).attempts
        operator.answer(Answer.error("unauthenticated", "expired"), method="GetCapabilities")
    async with office(operator, kind="tailor", token="t-123") as shop:
        with pytest.raises(Unauthenticated):
            await shop.backend.capabilities()


@in_loop
async def test_a_project_without_a_server_says_how_to_start_it() -> None:
    async with office(kind="project", url="") as shop:
        with pytest.raises(Unreachable) as caught:
            await shop.backend.capabilities()
        assert caught.value.detail == "no server runs: start it with `wfc up`"
