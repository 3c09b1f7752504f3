"""`wfc workflow list`, `get` and `executions`: tables for people, exact JSON for programs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from console.backend.errors import (
    Forbidden,
    NotFound,
    RateLimited,
    ServerFault,
    TimedOut,
    Unauthenticated,
    Unreachable,
)
from console.model.execution import JobError
from console.model.states import ExecutionStatus
from console.model.workflow import RetryPolicy, Workflow
from tests.cli.harness import Cli
from tests.fakes.clock import START

ORDERS = Workflow(
    id="0193f3a0-0000-7000-8000-000000000001",
    name="order-processing",
    main_job="process-order",
    job_versions={"process-order": 3, "fetch-customer": 1},
    created_at=START - timedelta(days=3),
    updated_at=START - timedelta(minutes=5, milliseconds=-7),
    retry=RetryPolicy(3, timedelta(seconds=1.5), timedelta(hours=1), 2.0),
    max_concurrent=4,
)
BARE = Workflow(id="0193f3a0-0000-7000-8000-000000000002", name="bare", main_job="main")


def test_workflow_list_is_a_table_for_people(wfc: Cli) -> None:
    wfc.backend.workflows = {"order-processing": ORDERS, "bare": BARE}
    result = wfc("workflow", "list")
    assert result.code == 0
    assert result.out == (
        "NAME              MAIN JOB       JOBS  UPDATED\n"
        "order-processing  process-order     2      4 m\n"
        "bare              main              0\n"
    )
    assert result.err == ""


@pytest.mark.parametrize(
    "words",
    [("workflow", "list", "--json"), ("workflow", "--json"), ("--json", "workflow", "list"),
     ("workflow", "list", "-j")],
)  # fmt: skip
def test_workflow_list_as_json_has_the_platforms_keys_in_order(
    wfc: Cli, words: tuple[str, ...]
) -> None:
    wfc.backend.workflows = {"order-processing": ORDERS, "bare": BARE}
    result = wfc(*words)
    assert result.out == (
        '[{"name":"order-processing","mainJob":"process-order","jobFunctions":2,'
        '"updatedAt":"2026-11-24T03:07:53.007Z"},'
        '{"name":"bare","mainJob":"main","jobFunctions":0,"updatedAt":null}]\n'
    )


def test_workflow_list_as_ndjson_is_one_document_a_line(wfc: Cli) -> None:
    wfc.backend.workflows = {"order-processing": ORDERS, "bare": BARE}
    names = [one["name"] for one in wfc("workflow", "list", "--ndjson").documents]
    assert names == ["order-processing", "bare"]


def test_an_empty_list_says_so_on_stderr_and_is_an_empty_document(wfc: Cli) -> None:
    assert wfc("workflow", "list").err == "no workflows\n"
    assert wfc("workflow", "list").out == ""
    assert wfc("workflow", "list", "--json").out == "[]\n"
    assert wfc("workflow", "list", "--ndjson").out == ""
    assert wfc("workflow", "executions").err == "no executions\n"
    assert wfc("workflow", "executions", "--json").out == "[]\n"


def test_workflow_get_as_json_has_the_platforms_keys_in_order(wfc: Cli) -> None:
    wfc.backend.workflows = {"order-processing": ORDERS, "bare": BARE}
    assert wfc("workflow", "get", "order-processing", "--json").out == (
        '{"name":"order-processing","id":"0193f3a0-0000-7000-8000-000000000001",'
        '"mainJob":"process-order","jobFunctions":{"process-order":"3","fetch-customer":"1"},'
        '"createdAt":"2026-11-21T03:12:53.000Z","updatedAt":"2026-11-24T03:07:53.007Z",'
        '"retryPolicy":{"maxRetries":3,"initialBackoff":"1.5s","maxBackoff":"3600s",'
        '"backoffMultiplier":2.0},"concurrencyPolicy":{"maxConcurrentExecutions":4}}\n'
    )
    document = wfc("workflow", "get", "bare", "--json").document
    assert document["retryPolicy"] is None
    assert document["concurrencyPolicy"] is None
    assert document["jobFunctions"] == {}
    assert document["createdAt"] is None


def test_workflow_get_shows_a_person_the_jobs_and_their_versions(wfc: Cli) -> None:
    wfc.backend.workflows = {"order-processing": ORDERS}
    result = wfc("workflow", "get", "order-processing")
    assert ["process-order", "3"] in result.rows
    assert ["id", ORDERS.id] in result.rows
    assert "concurrency  at most 4 at once\n" in result.out
    assert "retries      tried again 3 times after 1.5 s, each time ×2, up to 1 h\n" in result.out
    wfc.backend.workflows = {"bare": BARE}
    bare = wfc("workflow", "get", "bare").out
    assert "concurrency  any number at once\n" in bare
    assert "retries      a failure is left to a person\n" in bare


def test_an_unknown_workflow_is_one_line_and_exit_code_1(wfc: Cli) -> None:
    wfc.backend.workflows = {"bare": BARE}
    result = wfc("workflow", "get", "nope")
    assert (result.code, result.out) == (1, "")
    assert result.err == "wfc: not found: no workflow 'nope'\n"


def test_executions_as_json_have_the_six_keys_in_order(wfc: Cli) -> None:
    one = wfc.backend.failed()
    two = wfc.backend.add("nightly", created_at=START + timedelta(seconds=1))
    result = wfc("workflow", "executions", "--json")
    assert result.out == (
        f'[{{"id":"{two}","workflowName":"nightly","status":"PENDING","jobExecutions":0,'
        '"startedAt":null,"finishedAt":null},'
        f'{{"id":"{one}","workflowName":"order-processing","status":"FAILED","jobExecutions":2,'
        '"startedAt":"2026-11-24T03:12:53.000Z","finishedAt":"2026-11-24T03:12:53.000Z"}]\n'
    )


def test_a_state_of_a_newer_server_is_shown_by_its_name(wfc: Cli) -> None:
    one = wfc.backend.add()
    execution = wfc.backend.executions[one]
    wfc.backend.put(replace(execution, status=ExecutionStatus.UNKNOWN, status_word="PAUSED"))
    assert wfc("workflow", "executions", "--json").document[0]["status"] == "PAUSED"
    assert "PAUSED" in wfc("workflow", "executions").out
    assert "PAUSED" in wfc("workflow", "executions", one).out


def test_executions_are_a_table_with_whole_ids_however_narrow_it_is(
    wfc: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = wfc.backend.failed("a-workflow-with-a-very-long-name-that-goes-on")
    monkeypatch.setenv("COLUMNS", "80")
    result = wfc("workflow", "executions")
    header, row = result.out.splitlines()
    assert header.split() == ["ID", "WORKFLOW", "STATUS", "JOBS", "STARTED", "TOOK"]
    assert row.startswith(one)
    assert max(map(len, (header, row))) <= 80
    assert "…" in row
    monkeypatch.delenv("COLUMNS")
    assert "a-workflow-with-a-very-long-name-that-goes-on" in wfc("workflow", "executions").out


def test_text_from_the_server_is_shown_and_never_obeyed(wfc: Cli) -> None:
    wfc.backend.failed("evil\x1b]0;owned\x07\nname", error=JobError("E", "\x1b[2J gone"))
    for words in (("workflow", "executions"), ("workflow", "executions", "@latest")):
        result = wfc(*words)
        assert "\x1b" not in result.out and "\x07" not in result.out
        assert "␛" in result.out
    assert "\\u001b" in wfc("workflow", "executions", "--json").out


def test_colours_are_for_terminals_only_and_no_color_is_heard(
    wfc: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    wfc.backend.failed()
    assert "\x1b[" not in wfc("workflow", "executions").out
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "120")
    assert "\x1b[31mFAILED\x1b[0m" in wfc("workflow", "executions").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in wfc("workflow", "executions").out


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("-s", "failed"), {"FAILED"}),
        (("-s", "Pending"), {"PENDING"}),
        (("--status", "WAITING", "-s", "failed"), {"FAILED", "WAITING"}),
        (("-s", "pending-resume"), set()),
        (("-n", "nightly"), {"PENDING"}),
        (("-n", "nobody"), set()),
    ],
)
def test_executions_can_be_filtered(wfc: Cli, words: tuple[str, ...], found: set[str]) -> None:
    wfc.backend.failed()
    wfc.backend.add("nightly")
    wfc.backend.add("refund", ExecutionStatus.WAITING)
    documents = wfc("workflow", "executions", *words, "--json").document
    assert {one["status"] for one in documents} == found


def test_the_listing_is_read_in_pages_up_to_its_limit(wfc: Cli) -> None:
    for second in range(450):
        wfc.backend.add(f"w-{second}", created_at=START + timedelta(seconds=second))
    result = wfc("workflow", "executions")
    assert len(result.out.splitlines()) == 51
    assert result.err == "50 of 450 shown; --limit 0 for all\n"
    assert len(wfc("workflow", "executions", "--limit", "0", "--json").document) == 450
    assert len(wfc("workflow", "executions", "-l", "201", "--json").document) == 201
    names = [one["workflowName"] for one in wfc("workflow", "executions", "-l2", "-j").document]
    assert names == ["w-449", "w-448"]
    oldest = wfc("workflow", "executions", "-l", "2", "--order", "ASC", "--json").document
    assert [one["workflowName"] for one in oldest] == ["w-0", "w-1"]


def test_an_execution_shows_a_person_its_cause_and_its_jobs(wfc: Cli) -> None:
    one = wfc.backend.failed()
    result = wfc("workflow", "executions", one)
    assert result.code == 0
    assert "process-order/send-notification: SMTPServerError: 421 too many" in result.out
    assert ["FAILED", "process-order", "0.0", "s"] in result.rows
    assert ["id", one] in result.rows


def test_an_execution_as_json_with_logs_has_its_jobs_details(wfc: Cli) -> None:
    backend = wfc.backend
    one = backend.add()
    main = backend.start_job(one, "process-order")
    backend.write(main, b"hello\nworld\n")
    backend.end_job(main, result='{"ok":true}')
    quiet = backend.start_job(one, "process-order/quiet")
    assert set(wfc("workflow", "executions", one, "--json").document) == {
        "id", "workflowName", "status", "jobExecutions", "startedAt", "finishedAt",
    }  # fmt: skip
    document = wfc("workflow", "executions", one, "--logs", "--json").document
    assert list(document)[-1] == "jobDetails"
    first, second = document["jobDetails"]
    assert list(first.items()) == [
        ("id", main),
        ("stackedJobName", "process-order"),
        ("status", "SUCCESS"),
        ("executionId", backend.function_of(main)),
        ("startedAt", "2026-11-24T03:12:53.000Z"),
        ("finishedAt", "2026-11-24T03:12:53.000Z"),
        ("logs", "hello\nworld\n"),
        ("result", {"ok": True}),
    ]
    assert second["id"] == quiet
    assert "logs" not in second and "result" not in second


def test_a_log_that_cannot_be_read_says_so_with_the_reason(wfc: Cli) -> None:
    one = wfc.backend.failed()
    wfc.backend.fail(ServerFault("disk full"), method="get_function_execution")
    result = wfc("workflow", "executions", one, "--logs")
    assert result.code == 0
    assert "the log of process-order cannot be read: the server failed: disk full" in result.err
    details = wfc("workflow", "executions", one, "--logs", "--json").document["jobDetails"]
    assert [one["logsError"] for one in details] == ["the server failed: disk full"] * 2


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (Unreachable("refused"), 6, "wfc: backend unreachable: refused; check the address"),
        (TimedOut("5 s"), 4, "wfc: no answer in time: 5 s"),
        (Unauthenticated(""), 5, "wfc: not signed in; give a valid token: WFC_TOKEN"),
        (Forbidden("viewer"), 5, "wfc: not allowed: viewer"),
        (NotFound("workspace"), 1, "wfc: not found: workspace"),
        (ServerFault("boom"), 6, "wfc: the server failed: boom"),
    ],
)
def test_an_error_of_the_backend_is_one_line_with_its_exit_code(
    wfc: Cli, error: Exception, code: int, words: str
) -> None:
    wfc.backend.fail_next(error)
    result = wfc("workflow", "list")
    assert (result.code, result.out) == (code, "")
    assert result.err.startswith(words)
    assert result.err.count("\n") == 1
    assert wfc.backend.is_closed


def test_a_rate_limit_is_honoured_as_late_as_the_server_says(wfc: Cli) -> None:
    wfc.backend.workflows = {"bare": BARE}
    wfc.backend.fail_next(RateLimited("slow down", retry_after=7), RateLimited("slow down"))
    result = wfc("workflow", "list")
    assert result.code == 0
    assert wfc.clock.slept == [7, 2]
    assert result.err.splitlines()[0] == "rate limited: slow down; trying again in 7 s"


def test_a_rate_limit_is_not_honoured_for_ever(wfc: Cli) -> None:
    wfc.backend.fail(RateLimited("slow down", retry_after=25))
    result = wfc("workflow", "list")
    assert result.code == 6
    assert wfc.clock.slept == [25, 25]
    assert result.err.splitlines()[-1] == "wfc: rate limited: slow down"
