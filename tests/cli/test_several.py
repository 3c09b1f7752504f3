"""Several executions in one command: each with its outcome, and none stops another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from console.backend.errors import OutcomeUnknown, RateLimited, ServerFault, Unauthenticated
from console.model.ids import ExecutionId
from console.model.states import ExecutionStatus
from tests.cli.harness import Cli

S = ExecutionStatus
URL = "http://127.0.0.1:8787"
NOBODY = "0193f3a0-0000-7000-8000-00000000dead"


def test_each_of_several_has_a_line_with_its_outcome(wfc: Cli, home: Path) -> None:
    first, second = wfc.backend.failed(), wfc.backend.failed()
    running = wfc.backend.add(status=S.RUNNING)
    result = wfc("workflow", "resume", first, running, second, first, "--reason", "pool raised")
    assert result.rows[0] == [first, "accepted"]
    assert result.out.splitlines()[1].startswith(f"{running}  refused  not resumable: {running}")
    assert result.rows[2] == [second, "accepted"]
    assert result.code == 1
    assert wfc.backend.actions == [
        ("resume", first, "pool raised"),
        ("resume", second, "pool raised"),
    ]
    lines = (home / "state" / "wfc" / "journal.jsonl").read_text().splitlines()
    commands = [json.loads(line).get("command") for line in lines]
    assert f"wfc --url {URL} workflow resume {second} --reason 'pool raised'" in commands


def test_all_accepted_is_exit_code_0_and_they_are_sent_at_the_rate(wfc: Cli) -> None:
    ids = [wfc.backend.failed() for _ in range(4)]
    assert wfc("workflow", "resume", *ids, "--rate", "30/min").code == 0
    assert wfc.clock.slept == [2.0, 2.0, 2.0]
    running = [wfc.backend.add(status=S.RUNNING) for _ in range(2)]
    assert wfc("workflow", "cancel", *running).code == 0
    assert [action[0] for action in wfc.backend.actions] == ["resume"] * 4 + ["cancel"] * 2


def test_one_that_is_not_there_stops_no_other(wfc: Cli) -> None:
    one = wfc.backend.failed()
    result = wfc("workflow", "resume", NOBODY, one)
    assert result.out.splitlines()[0].startswith(f"{NOBODY}  refused  not found")
    assert result.rows[1] == [one, "accepted"]
    assert result.code == 1


def test_programs_get_one_document_or_one_a_line(wfc: Cli) -> None:
    one, other = wfc.backend.failed(), wfc.backend.add(status=S.SUCCESS)
    found = wfc("workflow", "resume", one, other, "--json").document
    assert found[0] == {"executionId": one, "outcome": "accepted", "detail": None}
    assert found[1]["outcome"] == "refused"
    assert found[1]["detail"].startswith(f"not resumable: {other} is SUCCESS")
    again = wfc("workflow", "resume", one, other, "--ndjson").documents
    assert [entry["executionId"] for entry in again] == [one, other]


@pytest.mark.parametrize(
    ("error", "word", "code"),
    [
        (OutcomeUnknown("the connection broke"), "outcome unknown", 7),
        (ServerFault("disk full"), "failed", 6),
    ],
)
def test_one_that_failed_is_told_and_the_others_go_on(
    wfc: Cli, error: Exception, word: str, code: int
) -> None:
    first, second = wfc.backend.failed(), wfc.backend.failed()
    wfc.backend.fail_next(error, method="resume")
    result = wfc("workflow", "resume", first, second)
    assert result.out.splitlines()[0].startswith(f"{first}  {word}")
    assert result.rows[1] == [second, "accepted"]
    assert result.code == code


def test_where_nobody_is_signed_in_no_other_is_sent(wfc: Cli) -> None:
    ids = [wfc.backend.failed() for _ in range(3)]
    wfc.backend.fail_next(Unauthenticated("expired"), method="resume")
    result = wfc("workflow", "resume", *ids)
    assert [line.split("  ")[1] for line in result.out.splitlines()] == [
        "failed",
        "not sent",
        "not sent",
    ]
    assert wfc.backend.calls["resume"] == 1
    assert result.code == 5
    rows = wfc("actions").out.splitlines()[1:]
    assert [
        ("not sent" in row, one in row) for row, one in zip(rows, reversed(ids), strict=True)
    ] == [
        (True, True),
        (True, True),
        (False, True),
    ]


def test_one_that_was_refused_for_now_is_sent_again(wfc: Cli) -> None:
    ids = [wfc.backend.failed() for _ in range(2)]
    wfc.backend.fail_next(RateLimited("busy", retry_after=3), method="resume")
    assert wfc("workflow", "resume", *ids).code == 0
    assert [action[1] for action in wfc.backend.actions] == ids


@pytest.mark.parametrize("words", [("--wait",), ("--logs",), ("--rate", "fast"), ("--rate", "0")])
def test_several_cannot_be_followed_and_a_rate_makes_sense(
    wfc: Cli, words: tuple[str, ...]
) -> None:
    ids: list[ExecutionId] = [wfc.backend.failed() for _ in range(2)]
    assert wfc("workflow", "resume", *ids, *words).code == 2
    assert wfc.backend.total_calls == 0


def test_a_read_only_target_refuses_several_before_it_connects(wfc: Cli) -> None:
    ids = [wfc.backend.failed() for _ in range(2)]
    assert wfc("--read-only", "workflow", "resume", *ids).code == 5
    assert wfc.backend.total_calls == 0
