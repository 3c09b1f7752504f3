"""What every server of the protocol must look like through the adapter.

One server is shared by all tests against our own: none may rely on being alone there.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from console.backend.errors import (
    Conflict,
    InvalidRequest,
    NotFound,
    NotResumable,
    Unsupported,
)
from console.backend.protocol import Backend
from console.model.ids import ExecutionId, FunctionExecutionId, new_id
from console.model.query import ExecutionQuery
from console.model.states import ExecutionStatus, JobStatus
from console.model.workflow import Invoker
from tests.backend.stages import (
    CHILD,
    LOG,
    MAIN,
    OTHER_WORKFLOW,
    USER,
    WAIT_KEY,
    WORKFLOW,
    OpenStage,
    is_listed,
)
from tests.fakes.loop import in_loop

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


async def run_of(backend: Backend, execution_id: ExecutionId) -> FunctionExecutionId:
    """Give the attempt of the job that writes a log."""
    execution = await backend.get_execution(execution_id)
    job = next(job for job in execution.jobs if job.stacked_name == CHILD)
    assert job.function_execution_id is not None
    return job.function_execution_id


async def whole_log(backend: Backend, run: FunctionExecutionId, limit: int) -> bytes:
    """Read a log piece by piece to its end."""
    data, offset = b"", 0
    for _ in range(1000):
        chunk = await backend.read_log(run, offset=offset, limit=limit)
        assert len(chunk.data) <= limit
        data, offset = data + chunk.data, chunk.next_offset
        if chunk.is_complete:
            assert (offset, chunk.size) == (len(data), len(data))
            return data
    raise AssertionError("the log has no end")


@in_loop
async def test_workflows_are_listed_page_by_page_and_found_by_name(stage: OpenStage) -> None:
    async with stage() as open_stage:
        backend = open_stage.backend
        names: list[str] = []
        token, total = "", None
        for _ in range(10):
            page = await backend.list_workflows(token=token, limit=1)
            names += [workflow.name for workflow in page.items]
            token, total = page.next_token, page.total
            if not token:
                break
        assert sorted(names) == sorted(set(names))
        assert {WORKFLOW, OTHER_WORKFLOW} <= set(names)
        assert total in (None, len(names))
        found = await backend.get_workflow(WORKFLOW)
        assert found.name == WORKFLOW
        assert found.main_job
        assert found.job_versions
        assert found.updated_at is not None and found.updated_at.tzinfo is UTC


@in_loop
async def test_what_is_not_there_is_not_found(stage: OpenStage) -> None:
    async with stage() as open_stage:
        backend = open_stage.backend
        with pytest.raises(NotFound):
            await backend.get_workflow("no-such-workflow")
        with pytest.raises(NotFound):
            await backend.get_execution(ExecutionId(new_id()))
        with pytest.raises(NotFound):
            await backend.get_function_execution(FunctionExecutionId(new_id()))
        with pytest.raises(NotFound):
            await backend.start("no-such-workflow", invoker=None, argument=None)
        with pytest.raises(NotFound):
            await backend.resume(ExecutionId(new_id()))


@in_loop
async def test_a_failed_execution_is_read_with_its_jobs_in_start_order(stage: OpenStage) -> None:
    async with stage() as open_stage:
        failed = await open_stage.failed()
        execution = await open_stage.backend.get_execution(failed)
        assert execution.status is ExecutionStatus.FAILED
        assert execution.status_word == ""
        assert execution.workflow_name == WORKFLOW
        assert [job.stacked_name for job in execution.jobs] == [MAIN, CHILD]
        assert {job.status for job in execution.jobs} == {JobStatus.FAILED}
        assert len({job.id for job in execution.jobs}) == 2
        assert execution.started_at is not None and execution.finished_at is not None
        assert execution.started_at <= execution.finished_at


@in_loop
async def test_a_list_is_newest_first_and_goes_on_without_gaps(stage: OpenStage) -> None:
    async with stage() as open_stage:
        made = [await open_stage.succeeded() for _ in range(3)]
        seen: list[ExecutionId] = []
        query = ExecutionQuery(workflow=WORKFLOW, limit=2)
        page = await open_stage.backend.list_executions(query)
        assert page.total is None or page.total >= 3
        while True:
            seen += [row.id for row in page.items]
            if len(seen) >= 3 or not page.next_token:
                break
            following = ExecutionQuery(workflow=WORKFLOW, limit=2, token=page.next_token)
            page = await open_stage.backend.list_executions(following)
        assert seen[:3] == list(reversed(made))
        oldest = await open_stage.backend.list_executions(
            ExecutionQuery(workflow=WORKFLOW, limit=500, newest_first=False)
        )
        order = [row.id for row in oldest.items if row.id in made]
        assert order == made


@in_loop
async def test_filters_hold_together(stage: OpenStage) -> None:
    async with stage() as open_stage:
        failed, succeeded = await open_stage.failed(), await open_stage.succeeded()
        backend = open_stage.backend

        async def ids(query: ExecutionQuery) -> tuple[bool, bool]:
            items = (await backend.list_executions(query)).items
            return is_listed(items, failed), is_listed(items, succeeded)

        one = frozenset({ExecutionStatus.FAILED})
        both = one | {ExecutionStatus.SUCCESS}
        neither = frozenset({ExecutionStatus.RUNNING, ExecutionStatus.PENDING})
        assert await ids(ExecutionQuery(statuses=one)) == (True, False)
        assert await ids(ExecutionQuery(statuses=both)) == (True, True)
        assert await ids(ExecutionQuery(statuses=neither)) == (False, False)
        assert await ids(ExecutionQuery(workflow=WORKFLOW, statuses=one)) == (True, False)
        assert await ids(ExecutionQuery(workflow=OTHER_WORKFLOW, statuses=both)) == (False, False)
        assert await ids(ExecutionQuery(workflow="no-such-workflow")) == (False, False)


@in_loop
async def test_since_keeps_what_is_older_away(stage: OpenStage) -> None:
    async with stage() as open_stage:
        older, newer = await open_stage.succeeded(), await open_stage.succeeded()
        backend = open_stage.backend
        moment = (await backend.get_execution(newer)).created_at
        assert moment is not None
        page = await backend.list_executions(ExecutionQuery(workflow=WORKFLOW, since=LONG_AGO))
        assert is_listed(page.items, older) and is_listed(page.items, newer)
        later = moment + timedelta(days=9000)
        page = await backend.list_executions(ExecutionQuery(workflow=WORKFLOW, since=later))
        assert page.items == ()
        assert page.next_token == ""


@in_loop
async def test_counts_add_up(stage: OpenStage) -> None:
    async with stage() as open_stage:
        before = await open_stage.backend.counts()
        await open_stage.failed()
        await open_stage.succeeded()
        after = await open_stage.backend.counts()
        assert after.failed == before.failed + 1
        assert after.succeeded == before.succeeded + 1
        assert after.window == ""


@in_loop
async def test_an_attempt_of_a_job_has_its_log_result_and_error(stage: OpenStage) -> None:
    async with stage() as open_stage:
        backend = open_stage.backend
        good = await backend.get_function_execution(
            await run_of(backend, await open_stage.succeeded())
        )
        assert good.status is JobStatus.SUCCESS
        assert good.logs.splitlines() == LOG.splitlines()
        assert json.loads(good.result) == {"ok": True}
        assert good.error is None
        bad = await backend.get_function_execution(await run_of(backend, await open_stage.failed()))
        assert bad.status is JobStatus.FAILED
        assert bad.error is not None and bad.error.message


@pytest.mark.parametrize("limit", [7, 256 * 1024])
@in_loop
async def test_a_log_is_read_in_pieces_and_ends(stage: OpenStage, limit: int) -> None:
    async with stage() as open_stage:
        backend = open_stage.backend
        run = await run_of(backend, await open_stage.failed())
        data = await whole_log(backend, run, limit)
        first = await backend.read_log(run, limit=4)
        assert first.data == data[:4]
        assert not first.is_complete
        lines = data.decode().splitlines()
        assert data.endswith(b"\n")
        if first.has_times:
            assert all(line[:10].count("-") == 2 for line in lines)
            lines = [line.partition(" ")[2] for line in lines]
        assert lines[:2] == LOG.splitlines()


@in_loop
async def test_the_only_workspace_and_its_machine_users_are_found(stage: OpenStage) -> None:
    async with stage() as open_stage:
        users = await open_stage.backend.machine_users()
        assert sorted(users) == ["manager-machine-user", "ops-bot"]


@in_loop
async def test_a_started_workflow_is_an_execution(stage: OpenStage) -> None:
    async with stage() as open_stage:
        backend = open_stage.backend
        started = await backend.start(
            WORKFLOW, invoker=USER, argument='{"orderId": "o-1"}', reason="a test"
        )
        assert (await backend.get_execution(started)).workflow_name == WORKFLOW
        again = await backend.start(WORKFLOW, invoker=None, argument=None)
        assert again != started


@in_loop
async def test_a_start_that_is_wrong_is_refused(stage: OpenStage) -> None:
    async with stage() as open_stage:
        backend = open_stage.backend
        with pytest.raises(InvalidRequest):
            await backend.start(WORKFLOW, invoker=None, argument="{not json")
        with pytest.raises((InvalidRequest, NotFound)):
            await backend.start(WORKFLOW, invoker=Invoker("nobody-known"), argument=None)


@in_loop
async def test_a_failed_execution_is_resumed_once(stage: OpenStage) -> None:
    async with stage() as open_stage:
        backend = open_stage.backend
        failed = await open_stage.failed()
        assert await backend.resume(failed, reason="the customer is there now") == failed
        succeeded = await open_stage.succeeded()
        with pytest.raises(NotResumable):
            await backend.resume(succeeded)


@in_loop
async def test_our_server_says_what_it_can_do(our_stage: OpenStage) -> None:
    async with our_stage() as open_stage:
        known = await open_stage.backend.capabilities()
        assert known.attempts and known.log_offsets and known.reasons and known.counts
        assert known.changes and known.cancel and known.wait_points and known.is_local
        assert known.schemas
        assert known.label and known.server and known.role == "operator"


@in_loop
async def test_a_server_without_the_second_service_says_so(foreign_stage: OpenStage) -> None:
    async with foreign_stage() as open_stage:
        backend = open_stage.backend
        known = await backend.capabilities()
        assert known.label == "fake"
        assert not any(
            (known.attempts, known.log_offsets, known.reasons, known.counts, known.changes)
        )
        assert not (known.cancel or known.wait_points or known.is_local)
        failed = await open_stage.failed()
        for call in (
            backend.changes(""),
            backend.list_attempts(failed),
            backend.wait_points(failed),
            backend.schema(workflow=WORKFLOW),
            backend.cancel(failed),
            backend.resolve(failed, WAIT_KEY, "{}"),
        ):
            with pytest.raises(Unsupported):
                await call


@in_loop
async def test_our_server_tells_what_an_argument_and_an_answer_have_to_be(
    our_stage: OpenStage,
) -> None:
    async with our_stage() as open_stage:
        backend = open_stage.backend
        argument = json.loads(await backend.schema(workflow=WORKFLOW))
        assert argument["type"] == "object" and argument["additionalProperties"] is True
        assert isinstance(json.loads(await backend.schema(key=WAIT_KEY)), dict)
        assert await backend.schema(key="nobody-defined-it") == "{}"
        with pytest.raises(NotFound):
            await backend.schema(workflow="no-such-workflow")


@in_loop
async def test_counts_have_a_window_on_our_server(our_stage: OpenStage) -> None:
    async with our_stage() as open_stage:
        await open_stage.failed()
        since = datetime.now(UTC) - timedelta(hours=24)
        counts = await open_stage.backend.counts(since)
        assert counts.window == "last 24 h"
        future = await open_stage.backend.counts(datetime.now(UTC) + timedelta(days=9000))
        assert future.of(*ExecutionStatus) == 0


@in_loop
async def test_a_cursor_of_changes_tells_what_happened_after_it(our_stage: OpenStage) -> None:
    async with our_stage() as open_stage:
        backend = open_stage.backend
        start = await backend.changes("")
        assert start.reset
        failed = await open_stage.failed()
        cursor, states = start.cursor, set()
        for _ in range(50):
            change = await backend.changes(cursor)
            assert not change.reset
            states |= {row.status for row in change.changed if row.id == failed}
            if change.cursor == cursor or ExecutionStatus.FAILED in states:
                break
            cursor = change.cursor
        assert ExecutionStatus.FAILED in states
        assert (await backend.changes("no cursor of yours")).reset


@in_loop
async def test_attempts_are_told_with_error_and_reason(our_stage: OpenStage) -> None:
    async with our_stage() as open_stage:
        backend = open_stage.backend
        failed = await open_stage.failed()
        first = await backend.list_attempts(failed)
        assert [attempt.number for attempt in first.attempts] == [1]
        causes = [job.error for job in first.jobs if job.stacked_name == CHILD]
        assert causes[0] is not None and causes[0].message and causes[0].traceback
        await backend.resume(failed, reason="the customer is there now")
        second = await backend.list_attempts(failed)
        assert second.attempts[-1].number == 2
        assert second.attempts[-1].reason == "the customer is there now"


@in_loop
async def test_a_wait_point_is_answered_once(our_stage: OpenStage) -> None:
    async with our_stage() as open_stage:
        backend = open_stage.backend
        waiting = await open_stage.waiting()
        (point,) = await backend.wait_points(waiting)
        assert (point.key, point.resolved_at) == (WAIT_KEY, None)
        assert json.loads(point.payload) == {"sum": 5}
        with pytest.raises(NotFound):
            await backend.resolve(waiting, "another-key", "{}")
        await backend.resolve(waiting, WAIT_KEY, '{"approved": true}', reason="asked him")
        (point,) = await backend.wait_points(waiting)
        assert point.resolved_at is not None
        assert json.loads(point.result) == {"approved": True}
        assert point.reason == "asked him"
        with pytest.raises(Conflict):
            await backend.resolve(waiting, WAIT_KEY, '{"approved": false}')


@in_loop
async def test_what_waits_can_be_canceled_and_what_has_ended_cannot(our_stage: OpenStage) -> None:
    async with our_stage() as open_stage:
        backend = open_stage.backend
        waiting = await open_stage.waiting()
        await backend.cancel(waiting, reason="no longer needed")
        assert (await backend.get_execution(waiting)).status is ExecutionStatus.CANCELED
        with pytest.raises(Conflict):
            await backend.cancel(waiting)
