"""What is read from answers that are not quite as they should be, and what is sent."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from console.backend.errors import InvalidRequest, Malformed, Unsupported
from console.backend.tailor import console_wire, convert, wire
from console.backend.tailor.lenient import present
from console.model.execution import Execution
from console.model.ids import ExecutionId, FunctionExecutionId, new_id
from console.model.query import ExecutionQuery
from console.model.states import ExecutionStatus, JobStatus
from console.model.workflow import RetryPolicy
from tests.backend.offices import office
from tests.fakes.clock import START
from tests.fakes.loop import in_loop
from tests.fakes.operator import WORKSPACE, Answer, FakeOperator

RUN = FunctionExecutionId(new_id())


def read(row: dict[str, Any]) -> Execution:
    """Read one execution as it comes on the wire."""
    message = wire.Execution.model_validate_json(json.dumps({"id": "e-1"} | row))
    return convert.execution(message)


@pytest.mark.parametrize(
    ("word", "status", "kept"),
    [
        ("STATUS_FAILED", ExecutionStatus.FAILED, ""),
        ("FAILED", ExecutionStatus.FAILED, ""),
        ("failed", ExecutionStatus.FAILED, ""),
        (5, ExecutionStatus.FAILED, ""),
        (5.0, ExecutionStatus.FAILED, ""),
        ("5", ExecutionStatus.FAILED, ""),
        (6, ExecutionStatus.PENDING_RETRY, ""),
        (7, ExecutionStatus.WAITING, ""),
        (8, ExecutionStatus.CANCELED, ""),
        ("STATUS_CANCELLED", ExecutionStatus.CANCELED, ""),
        ("STATUS_PAUSED", ExecutionStatus.UNKNOWN, "PAUSED"),
        (9, ExecutionStatus.UNKNOWN, "9"),
        (-1, ExecutionStatus.UNKNOWN, "-1"),
        ("UNKNOWN", ExecutionStatus.UNKNOWN, "UNKNOWN"),
        (0, ExecutionStatus.UNKNOWN, "UNSPECIFIED"),
        ("", ExecutionStatus.UNKNOWN, "UNSPECIFIED"),
        (None, ExecutionStatus.UNKNOWN, "UNSPECIFIED"),
        ([], ExecutionStatus.UNKNOWN, "UNSPECIFIED"),
        ("x" * 500, ExecutionStatus.UNKNOWN, "X" * 40),
    ],
)
def test_a_state_is_read_by_name_or_number_and_an_unknown_one_keeps_its_word(
    word: Any, status: ExecutionStatus, kept: str
) -> None:
    execution = read({"status": word})
    assert (execution.status, execution.status_word) == (status, kept)


@pytest.mark.parametrize(
    ("word", "job", "run"),
    [
        (1, JobStatus.RUNNING, JobStatus.SUCCESS),
        (2, JobStatus.SUSPEND, JobStatus.FAILED),
        (3, JobStatus.SUCCESS, JobStatus.RUNNING),
        (4, JobStatus.FAILED, JobStatus.UNKNOWN),
        (5, JobStatus.WAITING, JobStatus.UNKNOWN),
        (6, JobStatus.CANCELED, JobStatus.UNKNOWN),
        ("STATUS_SUSPEND", JobStatus.SUSPEND, JobStatus.SUSPEND),
        ("STATUS_PAUSED", JobStatus.UNKNOWN, JobStatus.UNKNOWN),
    ],
)
def test_jobs_and_their_attempts_count_states_differently(
    word: Any, job: JobStatus, run: JobStatus
) -> None:
    execution = read({"jobExecutions": [{"id": "j", "status": word}]})
    assert execution.jobs[0].status is job
    message = wire.FunctionExecution.model_validate({"id": "f", "status": word})
    assert convert.function_execution(message).status is run


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-24T03:10:21.003Z", datetime(2026, 11, 24, 3, 10, 21, 3000, UTC)),
        ("2026-11-24T03:10:21.123456789Z", datetime(2026, 11, 24, 3, 10, 21, 123456, UTC)),
        ("2026-11-24T12:10:21+09:00", datetime(2026, 11, 24, 3, 10, 21, 0, UTC)),
        ("2026-11-24T03:10:21", datetime(2026, 11, 24, 3, 10, 21, 0, UTC)),
        ("1970-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00+09:00", None),
        ("9999-12-31T23:59:59-09:00", None),
        ("yesterday", None),
        ("", None),
        ({"seconds": 5}, None),
        (True, None),
        (1e300, None),
    ],
)
def test_a_time_is_in_utc_or_none(text: Any, expected: datetime | None) -> None:
    found = read({"startedAt": text}).started_at
    assert found == expected
    assert found is None or found.tzinfo is UTC


def test_a_broken_row_never_loses_the_page_and_a_broken_field_never_the_row() -> None:
    answer = wire.ListExecutionsResponse.model_validate_json(
        json.dumps(
            {
                "executions": [
                    {"id": 7, "workflowName": ["x"], "retryCount": "3", "somethingNew": {}},
                    "row",
                    {"workflowName": "no id"},
                    {"id": "e-2", "jobExecutions": {"0": "no list"}, "retryCount": -4},
                    {"id": "e-3", "jobExecutions": [None, {"stackedJobName": "main"}, 3]},
                ],
                "totalCount": "many",
            }
        )
    )
    rows = [convert.execution(row) for row in present(answer.executions)]
    assert [row.id for row in rows] == ["7", "e-2", "e-3"]
    assert (rows[0].workflow_name, rows[0].retry_count) == ("", 3)
    assert (rows[1].jobs, rows[1].retry_count) == ((), 0)
    (job,) = rows[2].jobs
    assert (job.id, job.stacked_name, job.function_execution_id) == ("#0", "main", None)


def test_policies_of_a_workflow_are_read() -> None:
    row = {
        "name": "a",
        "retryPolicy": {
            "maxRetries": 3,
            "initialBackoff": "1.5s",
            "maxBackoff": "60s",
            "backoffMultiplier": 2,
        },
        "concurrencyPolicy": {"maxConcurrentExecutions": 5},
        "jobFunctions": {"main": "2", "broken": "x"},
    }
    found = convert.workflow(wire.Workflow.model_validate(row))
    assert found.retry == RetryPolicy(3, timedelta(seconds=1.5), timedelta(minutes=1), 2.0)
    assert found.max_concurrent == 5
    assert found.job_versions == {"main": 2, "broken": 0}
    bare = convert.workflow(wire.Workflow.model_validate({"name": "a", "retryPolicy": "x"}))
    assert (bare.retry, bare.max_concurrent, dict(bare.job_versions)) == (None, None, {})


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("FUNCTION_ERROR_KIND_USER_RUNTIME", "your code"),
        ("USER_NON_RUNTIME", "your code"),
        (2, "your code"),
        (4, "platform"),
        ("FUNCTION_ERROR_KIND_PLATFORM", "platform"),
        ("FUNCTION_ERROR_KIND_NONE", ""),
        (77, ""),
    ],
)
def test_an_error_says_whose_it_is(kind: Any, said: str) -> None:
    row = {"id": "f", "error": {"name": "TypeError", "message": "no"}, "errorKind": kind}
    error = convert.function_execution(wire.FunctionExecution.model_validate(row)).error
    assert error is not None
    assert (error.type, error.message, error.kind) == ("TypeError", "no", said)


@in_loop
async def test_the_filter_is_the_tree_that_every_server_reads() -> None:
    async with office(actor="ada") as shop:
        await shop.backend.list_executions(
            ExecutionQuery(
                workflow="order-processing",
                statuses=frozenset({ExecutionStatus.RUNNING, ExecutionStatus.FAILED}),
                since=START,
                limit=9000,
                token="2",
            )
        )
        name, running, failed = (
            {"condition": {"field": field, "operator": "OPERATOR_EQ", "value": value}}
            for field, value in (
                *(("workflow_name", "order-processing"), ("status", 3)),
                ("status", 5),
            )
        )
        since = {
            "field": "created_at",
            "operator": "OPERATOR_GE",
            "value": "2026-11-24T03:12:53Z",
        }
        assert shop.operator.asked("ListWorkflowExecutions") == [
            {
                "workspaceId": WORKSPACE,
                "pageToken": "2",
                "pageSize": 500,
                "pageDirection": "PAGE_DIRECTION_DESC",
                "filter": {"and": [name, {"or": [running, failed]}, {"condition": since}]},
            }
        ]
        await shop.backend.list_executions(ExecutionQuery(newest_first=False))
        assert shop.operator.asked("ListWorkflowExecutions")[-1] == {
            "workspaceId": WORKSPACE,
            "pageSize": 50,
            "pageDirection": "PAGE_DIRECTION_ASC",
        }


@in_loop
async def test_a_server_that_wants_the_workflow_beside_the_filter_gets_it_there() -> None:
    async with office(FakeOperator(console=False, workflow_in_filter=False)) as shop:
        one = shop.operator.add("order-processing", "FAILED")
        shop.operator.add("nightly-report", "FAILED")
        failed = frozenset({ExecutionStatus.FAILED})
        query = ExecutionQuery(workflow="order-processing", statuses=failed)
        for requests in (2, 3):
            page = await shop.backend.list_executions(query)
            assert [row.id for row in page.items] == [one]
            assert shop.operator.calls["ListWorkflowExecutions"] == requests
        refused = Answer.error("invalid_argument", "page_token: not ours")
        shop.operator.answer(refused, method="ListWorkflowExecutions")
        with pytest.raises(InvalidRequest):
            await shop.backend.list_executions(query)


@in_loop
async def test_headers_name_the_program_and_the_person() -> None:
    async with office(actor="Ada Łovelace 100%\n", token="t-123") as shop:
        await shop.backend.capabilities()
        headers = shop.operator.requests[0].headers
        assert headers["authorization"] == "Bearer t-123"
        assert headers["content-type"] == "application/json"
        assert headers["connect-protocol-version"] == "1"
        assert headers["user-agent"].startswith("wfc/")
        assert headers["wfc-actor"] == "Ada %C5%81ovelace 100%25%0A"
    async with office() as shop:
        await shop.backend.capabilities()
        assert not {"authorization", "wfc-actor"} & set(shop.operator.requests[0].headers)


@in_loop
async def test_text_no_wire_can_carry_is_refused_by_the_server_and_is_no_bug() -> None:
    async with office() as shop:
        started = await shop.backend.start(
            "order-processing", invoker=None, argument='"\udc80"', reason="\ud800"
        )
        assert started in shop.operator.executions


@in_loop
async def test_an_answer_with_the_same_bytes_is_not_read_twice() -> None:
    async with office() as shop:
        shop.operator.add()
        calls = shop.backend._calls  # the cache has no other face
        request = wire.ListExecutionsRequest(workspace_id=WORKSPACE)
        from console.backend.tailor import methods

        first = await calls.call(methods.LIST_EXECUTIONS, request)
        assert await calls.call(methods.LIST_EXECUTIONS, request) is first
        counted = await calls.call(methods.COUNT_EXECUTIONS, request)
        assert counted.total_count == 1
        shop.operator.add()
        second = await calls.call(methods.LIST_EXECUTIONS, request)
        assert len(present(second.executions)) == 2


@in_loop
async def test_a_total_that_is_left_out_is_zero_only_where_nothing_is_there() -> None:
    async with office(FakeOperator(console=False)) as shop:
        assert (await shop.backend.list_executions(ExecutionQuery())).total == 0
        one = {"executions": [{"id": "e-1"}]}
        shop.operator.answer(Answer.json(one), method="ListWorkflowExecutions")
        assert (await shop.backend.list_executions(ExecutionQuery())).total is None
        with pytest.raises(Unsupported):
            await shop.backend.counts()


@in_loop
async def test_states_an_older_server_does_not_know_count_as_none() -> None:
    async with office(FakeOperator(console=False, old=True)) as shop:
        shop.operator.add(status="FAILED")
        counts = await shop.backend.counts()
        assert (counts.failed, counts.waiting, counts.succeeded) == (1, 0, 0)
        wrong = Answer.error("invalid_argument", "workspace_id: not a UUID")
        shop.operator.answer(wrong, method="ListWorkflowExecutions")
        with pytest.raises(InvalidRequest):
            await shop.backend.counts()


@pytest.mark.parametrize(
    ("hours", "window"), [(0.5, "last 30 min"), (1, "last 60 min"), (24, "last 24 h"), (0, "1 min")]
)
@in_loop
async def test_a_window_is_told_as_a_person_would(hours: float, window: str) -> None:
    async with office() as shop:
        counts = await shop.backend.counts(START - timedelta(hours=hours))
        assert counts.window.endswith(window)


@in_loop
async def test_counts_of_states_that_are_not_known_are_kept_apart() -> None:
    async with office() as shop:
        by_status = {"FAILED": "2", "STATUS_PAUSED": 3, "x": "y", "RUNNING": -1}
        shop.operator.answer(Answer.json({"byStatus": by_status}), method="GetCounts")
        counts = await shop.backend.counts()
        assert counts.by_status == {
            ExecutionStatus.FAILED: 2,
            ExecutionStatus.UNKNOWN: 3,
            ExecutionStatus.RUNNING: 0,
        }


@pytest.mark.parametrize("data", ["YWJj", "YWJj\n", "-_-_", "+/+/", "YQ", "YQ=="])
@in_loop
async def test_log_bytes_come_in_either_alphabet_of_base64(data: str) -> None:
    async with office() as shop:
        answer = {"data": data.strip(), "nextOffset": "9", "size": "2", "eof": "true"}
        shop.operator.answer(Answer.json(answer), method="ReadLog")
        chunk = await shop.backend.read_log(RUN, offset=4)
        usual = data.strip().replace("-", "+").replace("_", "/")
        assert chunk.data == base64.b64decode(usual + "=" * (-len(usual) % 4))
        assert (chunk.next_offset, chunk.size, chunk.is_complete) == (9, 9, True)


@pytest.mark.parametrize("data", ["Y", "***", "YQ=x", "é"])
@in_loop
async def test_log_bytes_that_are_no_base64_make_no_sense(data: str) -> None:
    async with office() as shop:
        shop.operator.answer(Answer.json({"data": data}), method="ReadLog")
        with pytest.raises(Malformed):
            await shop.backend.read_log(RUN)


@in_loop
async def test_a_log_offset_always_moves_on_with_the_bytes() -> None:
    async with office() as shop:
        shop.operator.answer(Answer.json({"data": "YWJj", "nextOffset": "1"}), method="ReadLog")
        chunk = await shop.backend.read_log(RUN, offset=4)
        assert (chunk.data, chunk.next_offset, chunk.size) == (b"abc", 7, 7)


@in_loop
async def test_a_whole_log_is_cut_by_bytes_and_ended_when_the_job_has_ended() -> None:
    async with office(FakeOperator(console=False)) as shop:
        one = shop.operator.add()
        run = FunctionExecutionId(shop.operator.add_job(one, "main", "RUNNING", logs="größe\nhalf"))
        first = await shop.backend.read_log(run, limit=4)
        assert (first.data, first.is_complete) == ("größe".encode()[:4], False)
        rest = await shop.backend.read_log(run, offset=first.next_offset)
        assert first.data + rest.data == "größe\nhalf".encode()
        assert not rest.is_complete and not rest.has_times
        shop.operator.functions[run]["status"] = "STATUS_SUCCESS"
        last = await shop.backend.read_log(run, offset=rest.next_offset)
        assert (last.data, last.is_complete, last.next_offset) == (b"\n", True, last.size)
        shop.operator.functions[run]["logs"] = ""
        gone = await shop.backend.read_log(run, offset=last.next_offset)
        assert (gone.data, gone.is_complete, gone.next_offset) == (b"", True, 0)


@in_loop
async def test_a_server_with_some_features_is_asked_for_those_only() -> None:
    async with office(FakeOperator(features=("counts", "somethingNew"))) as shop:
        known = await shop.backend.capabilities()
        assert known.counts and not known.changes and not known.log_offsets
        with pytest.raises(Unsupported):
            await shop.backend.changes("")
        with pytest.raises(Unsupported):
            await shop.backend.cancel(ExecutionId(new_id()))
        assert not shop.operator.calls.keys() & {"Changes", "Cancel"}


@pytest.mark.parametrize("body", [b"{}", b'{"changed": []}', b'{"cursor": ""}', b'{"cursor": [1]}'])
def test_changes_without_a_cursor_to_go_on_from_are_no_answer(body: bytes) -> None:
    with pytest.raises(ValidationError):
        console_wire.ChangesResponse.model_validate_json(body)
    whole = console_wire.ChangesResponse.model_validate_json(b'{"cursor": "7", "changed": []}')
    assert whole.cursor == "7"
