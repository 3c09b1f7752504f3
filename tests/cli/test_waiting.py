"""Waiting: what ends it, what the exit code says, and what trouble on the way does not end it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from console.backend.errors import NotFound, RateLimited, ServerFault, TimedOut, Unreachable
from console.model.execution import WaitPoint
from console.model.ids import ExecutionId
from console.model.states import ExecutionStatus
from tests.cli.harness import Cli

S = ExecutionStatus
KEYS = [
    "id", "workflowName", "status", "jobExecutions", "startedAt", "finishedAt",
    "statusClass", "elapsedMs", "attempts", "timedOut", "lastError",
]  # fmt: skip


def becomes(wfc: Cli, one: ExecutionId, *steps: tuple[float, ExecutionStatus]) -> None:
    """Plan the states of an execution."""
    for seconds, status in steps:
        wfc.clock.at(seconds, lambda status=status: wfc.backend.set_status(one, status))


@pytest.mark.parametrize(
    ("until", "steps", "code", "last"),
    [
        ("terminal", [(1, S.RUNNING), (5, S.SUCCESS)], 0, "SUCCESS"),
        ("terminal", [(1, S.RUNNING), (5, S.FAILED)], 1, "FAILED"),
        ("terminal", [(1, S.CANCELED)], 1, "CANCELED"),
        ("terminal", [(1, S.WAITING), (9, S.SUCCESS)], 3, "WAITING"),
        ("terminal", [(1, S.PENDING_RETRY), (60, S.RUNNING), (70, S.SUCCESS)], 0, "SUCCESS"),
        ("terminal", [(1, S.PENDING_RESUME), (8, S.RUNNING), (9, S.FAILED)], 1, "FAILED"),
        ("terminal", [(1, S.RUNNING)], 4, "RUNNING"),
        ("success", [(1, S.WAITING), (9, S.RUNNING), (12, S.SUCCESS)], 0, "SUCCESS"),
        ("success", [(1, S.FAILED)], 1, "FAILED"),
        ("success", [(1, S.WAITING)], 4, "WAITING"),
        ("SUSPENDED", [(1, S.RUNNING), (5, S.WAITING)], 0, "WAITING"),
        ("suspended", [(1, S.SUCCESS)], 1, "SUCCESS"),
        ("suspended", [(1, S.FAILED)], 1, "FAILED"),
    ],
)
def test_the_exit_code_says_how_a_wait_ended(
    wfc: Cli, until: str, steps: list[tuple[float, ExecutionStatus]], code: int, last: str
) -> None:
    one = wfc.backend.add()
    becomes(wfc, one, *steps)
    result = wfc("workflow", "wait", one, "--until", until, "--json")
    assert result.code == code
    assert result.document["status"] == last
    assert list(result.document) == KEYS


def test_a_wait_tells_each_change_on_stderr_and_the_end_on_stdout(wfc: Cli) -> None:
    backend = wfc.backend
    one = backend.add()
    wfc.clock.at(4, lambda: backend.start_job(one, "process-order"))
    wfc.clock.at(8, lambda: backend.start_job(one, "process-order/charge-card"))
    wfc.clock.at(20, lambda: backend.set_status(one, S.SUCCESS))
    result = wfc("workflow", "wait", one, "-i", "1s")
    assert result.code == 0
    assert result.err.splitlines() == [
        "03:12:53  PENDING",
        "03:12:57  RUNNING  process-order",
        "03:13:01  RUNNING  process-order/charge-card",
        "03:13:13  SUCCESS  process-order/charge-card",
    ]
    assert ["status", "SUCCESS"] in result.rows


def test_a_wait_on_waiting_says_what_it_waits_for_and_how_to_answer(wfc: Cli) -> None:
    one = wfc.backend.add("refund", S.WAITING)
    wfc.backend.waits[one] = [WaitPoint(one, "approval", 0, "main", '{"amount":7}')]
    result = wfc("workflow", "wait", one)
    assert result.code == 3
    assert f"wfc workflow resolve {one} approval --result JSON" in result.err
    assert 'approval {"amount":7}' in result.out


def test_an_interval_that_was_asked_for_is_kept(wfc: Cli) -> None:
    one = wfc.backend.add()
    becomes(wfc, one, (14, S.SUCCESS))
    wfc("workflow", "wait", one, "-i", "5s")
    assert wfc.clock.slept == [5, 5, 5]


def test_without_one_it_looks_quickly_at_first_and_then_every_three_seconds(wfc: Cli) -> None:
    one = wfc.backend.add()
    becomes(wfc, one, (100, S.SUCCESS))
    wfc("workflow", "wait", one)
    assert wfc.clock.slept[0] == pytest.approx(0.1)
    assert wfc.clock.slept[-1] == 3
    assert all(a <= b for a, b in zip(wfc.clock.slept, wfc.clock.slept[1:], strict=False))


def test_trouble_on_the_way_is_told_and_does_not_end_a_wait(wfc: Cli) -> None:
    one = wfc.backend.add()
    wfc.backend.fail_next(
        Unreachable("refused"), TimedOut(), ServerFault("boom"), RateLimited("", retry_after=20),
        method="get_execution",
    )  # fmt: skip
    becomes(wfc, one, (30, S.SUCCESS))
    result = wfc("workflow", "wait", one, "--json")
    assert result.code == 0
    assert result.document["lastError"] is None
    assert wfc.clock.slept[3] == 20
    assert "backend unreachable: refused; trying again in 1 s" in result.err


def test_a_wait_that_never_reaches_the_backend_times_out_and_says_why(wfc: Cli) -> None:
    one = wfc.backend.add()
    wfc.backend.fail(Unreachable("refused"), method="get_execution")
    result = wfc("workflow", "wait", one, "--timeout", "10s", "--json")
    assert result.code == 4
    assert result.document["status"] == "UNKNOWN"
    assert result.document["statusClass"] == "unknown"
    assert result.document["timedOut"] is True
    assert result.document["lastError"] == "backend unreachable: refused"
    assert "timed out after 10 s: it is never seen; backend unreachable: refused" in result.err


def test_what_no_waiting_mends_ends_a_wait_at_once(wfc: Cli) -> None:
    one = wfc.backend.add()
    wfc.backend.fail(NotFound("gone"), method="get_execution")
    result = wfc("workflow", "wait", one)
    assert (result.code, result.err) == (1, "wfc: not found: gone\n")
    assert wfc.clock.slept == []


def test_a_timeout_of_nothing_waits_for_ever(wfc: Cli) -> None:
    one = wfc.backend.add()
    becomes(wfc, one, (7200, S.SUCCESS))
    assert wfc("workflow", "wait", one, "--timeout", "0s").code == 0
    assert wfc("workflow", "wait", one, "-t", "0s").code == 0


def test_the_timeout_is_kept_to_the_second(wfc: Cli) -> None:
    one = wfc.backend.add()
    result = wfc("workflow", "wait", one, "-t", "10s", "-i", "4s")
    assert result.code == 4
    assert wfc.clock.slept == [4, 4, 2]
    assert result.err.splitlines()[-1] == "wfc: timed out after 10 s: it is PENDING"


def test_an_unknown_state_is_waited_through_and_named(wfc: Cli) -> None:
    one = wfc.backend.add()
    paused = replace(wfc.backend.executions[one], status=S.UNKNOWN, status_word="PAUSED")
    wfc.clock.at(1, lambda: wfc.backend.put(paused))
    becomes(wfc, one, (30, S.SUCCESS))
    result = wfc("workflow", "wait", one)
    assert result.code == 0
    assert any(line.endswith("  PAUSED") for line in result.err.splitlines())


def test_ndjson_has_a_line_for_each_change_and_one_for_the_end(wfc: Cli) -> None:
    one = wfc.backend.add()
    becomes(wfc, one, (1, S.RUNNING), (9, S.FAILED))
    result = wfc("workflow", "wait", one, "--ndjson")
    assert [d["status"] for d in result.documents] == ["PENDING", "RUNNING", "FAILED", "FAILED"]
    assert "statusClass" not in result.documents[0]
    assert result.documents[-1]["statusClass"] == "failure"
    assert result.code == 1


def test_executions_with_wait_ends_on_waiting_and_says_so(wfc: Cli) -> None:
    one = wfc.backend.add()
    becomes(wfc, one, (2, S.PENDING_RESUME), (4, S.WAITING))
    result = wfc("workflow", "executions", one, "-W", "-j")
    assert (result.code, result.document["status"]) == (3, "WAITING")


def test_reading_a_failed_execution_is_no_failure_but_waiting_for_it_is(wfc: Cli) -> None:
    one = wfc.backend.failed()
    assert wfc("workflow", "executions", one).code == 0
    assert wfc("workflow", "executions", one, "-W").code == 1
