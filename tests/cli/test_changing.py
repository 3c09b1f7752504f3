"""start, resume, cancel, resolve: checked before, sent once, honest about what came of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.backend.errors import (
    Conflict,
    InvalidRequest,
    OutcomeUnknown,
    RateLimited,
    Unreachable,
)
from console.model.execution import WaitPoint
from console.model.states import ExecutionStatus
from tests.cli.harness import Cli
from tests.fakes.backend import BARE

S = ExecutionStatus
START = ("workflow", "start", "order-processing")


def journal(home: Path) -> list[dict[str, str]]:
    """Read the person's action journal."""
    text = (home / "state" / "wfc" / "journal.jsonl").read_text()
    return [json.loads(line) for line in text.splitlines()]


def test_start_prints_the_id_alone(wfc: Cli) -> None:
    result = wfc(*START, "-m", "ops-bot", "-a", '{"orderId": "o1"}', "--reason", "try")
    (execution,) = wfc.backend.executions
    assert (result.code, result.out, result.err) == (0, f"{execution}\n", "")
    assert wfc.backend.actions == [
        ("start", "order-processing", "ops-bot", '{"orderId": "o1"}', "try")
    ]
    assert wfc(*START, "-m", "x", "--json").document == {
        "executionId": list(wfc.backend.executions)[1]
    }


@pytest.mark.parametrize("flag", ["-m", "--machine-user", "--machineuser"])
def test_the_machine_user_has_three_names(wfc: Cli, flag: str) -> None:
    assert wfc(*START, flag, "bot").code == 0
    assert wfc.backend.actions[0][2] == "bot"


def test_the_machine_user_can_come_from_the_platforms_variable(
    wfc: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAILOR_PLATFORM_MACHINE_USER_NAME", "env-bot")
    assert wfc(*START).code == 0
    assert wfc.backend.actions[0][2] == "env-bot"


def test_without_a_machine_user_nothing_is_sent(wfc: Cli, tmp_path: Path) -> None:
    result = wfc(*START)
    assert result.code == 2
    assert result.err.startswith("wfc: -m MACHINE_USER is missing, and TAILOR_PLATFORM_MACHINE_")
    wfc.arguments = ()
    (tmp_path / "wfc.toml").write_text(
        "[project]\nname='shop'\n[machine_users.a]\n[machine_users.b]\n"
    )
    assert "this project has: a, b" in wfc(*START).err
    assert wfc.backend.total_calls == 0


def test_an_argument_can_be_a_file_or_stdin(wfc: Cli, tmp_path: Path) -> None:
    (tmp_path / "order.json").write_text(' {"n": 1.50}\n')
    wfc(*START, "-m", "m", "-a", "@order.json")
    wfc(*START, "-m", "m", "--arg", "-", stdin='{"n": 2}\n')
    wfc(*START, "-m", "m", "-a", "null")
    wfc(*START, "-m", "m")
    sent = [action[3] for action in wfc.backend.actions]
    assert sent == ['{"n": 1.50}', '{"n": 2}', "null", ""]


@pytest.mark.parametrize(
    ("argument", "words"),
    [
        ("{", "not JSON at line 1 column 2"),
        ("not json", "not JSON at line 1 column 1"),
        ("", "not JSON at line 1 column 1"),
        ('{"a": NaN}', "NaN is no number there"),
        ("@nowhere.json", "nowhere.json: no such file"),
        ("@.", ".: is a directory"),
        ("-", "stdin: not JSON at line 1 column 1"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_an_argument_that_is_no_json_is_refused_before_anything_is_sent(
    wfc: Cli, argument: str, words: str
) -> None:
    result = wfc(*START, "-m", "m", "-a", argument)
    assert result.code == 2
    assert words in result.err
    assert result.err.count("\n") == 1
    assert wfc.backend.total_calls == 0


def test_start_and_wait_follows_it_to_its_end(wfc: Cli) -> None:
    def ends() -> None:
        (one,) = wfc.backend.executions
        wfc.backend.set_status(one, S.FAILED)

    wfc.clock.at(5, ends)
    result = wfc(*START, "-m", "m", "-W", "--json")
    assert result.code == 1
    assert result.document["status"] == "FAILED"


def test_logs_come_as_they_are_written_each_under_its_job(wfc: Cli) -> None:
    backend = wfc.backend

    def begins() -> None:
        (one,) = backend.executions
        main = backend.start_job(one, "process-order")
        backend.write(main, b"2026-11-24T03:12:55.000Z one\n2026-11-24T03:12:55.500Z tw")
        wfc.clock.at(8, lambda: backend.write(main, b"o\n"))
        wfc.clock.at(9, lambda: ends(main))

    def ends(main: object) -> None:
        (one,) = backend.executions
        mail = backend.start_job(one, "process-order/mail")
        backend.write(mail, b"2026-11-24T03:13:02.000Z \x1b[31mred")
        backend.end_job(mail)
        backend.end_job(main)  # type: ignore[arg-type]
        backend.end(one)

    wfc.clock.at(2, begins)
    result = wfc(*START, "-m", "m", "-l")
    lines = result.out.splitlines()
    assert lines[:6] == [
        "==> process-order <==",
        "2026-11-24T03:12:55.000Z one",
        "2026-11-24T03:12:55.500Z two",
        "",
        "==> process-order/mail <==",
        "2026-11-24T03:13:02.000Z ␛[31mred",
    ]
    assert result.code == 0


def test_a_start_that_was_not_answered_is_unknown_and_is_not_sent_again(
    wfc: Cli, home: Path
) -> None:
    wfc.backend.fail_next(OutcomeUnknown("the connection broke"), method="start")
    result = wfc(*START, "-m", "m", "-W")
    assert result.code == 7
    assert result.err == (
        "wfc: outcome unknown: the connection broke; look before you try again: "
        "wfc workflow executions\n"
    )
    assert wfc.backend.calls["start"] == 1
    assert [entry.get("outcome") for entry in journal(home)] == [None, "unknown"]


def test_a_start_that_was_refused_for_now_is_sent_again(wfc: Cli) -> None:
    wfc.backend.fail_next(RateLimited("busy", retry_after=3), method="start")
    result = wfc(*START, "-m", "m")
    assert result.code == 0
    assert wfc.clock.slept == [3]
    assert len(wfc.backend.executions) == 1


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (InvalidRequest("orderId: missing"), 1, "wfc: refused: orderId: missing"),
        (Unreachable("refused"), 6, "wfc: backend unreachable: refused"),
    ],
)
def test_a_start_that_failed_says_why(wfc: Cli, error: Exception, code: int, words: str) -> None:
    wfc.backend.fail_next(error, method="start")
    result = wfc(*START, "-m", "m")
    assert result.code == code
    assert result.err.startswith(words)
    assert result.err.count("\n") == 1


def test_what_is_sent_is_in_the_persons_journal(wfc: Cli, home: Path) -> None:
    wfc(*START, "-m", "m", "--reason", "INC-1")
    sent, answered = journal(home)
    assert sent["command"] == (
        "wfc --url http://127.0.0.1:8787 workflow start order-processing -m m --reason INC-1"
    )
    assert answered["outcome"] == "done"


def test_a_home_that_cannot_be_written_is_no_reason_to_refuse_a_start(wfc: Cli, home: Path) -> None:
    (home / "state").write_text("in the way")
    result = wfc(*START, "-m", "m")
    assert result.code == 0
    assert "no action journal" in result.err


def test_resume_sends_one_failed_execution_on(wfc: Cli) -> None:
    one = wfc.backend.failed()
    result = wfc("workflow", "resume", one[:10], "--reason", "pool raised")
    assert (result.code, result.out) == (0, f"{one}\n")
    assert wfc.backend.actions == [("resume", one, "pool raised")]


def test_a_reason_is_not_sent_where_nobody_keeps_it_and_the_journal_has_it(
    wfc: Cli, home: Path
) -> None:
    wfc.backend.known = BARE
    one = wfc.backend.failed()
    result = wfc("workflow", "resume", one, "--reason", "pool raised")
    assert "this backend keeps no reasons" in result.err
    assert wfc.backend.actions == [("resume", one, "")]
    assert journal(home)[0]["reason"] == "pool raised"


@pytest.mark.parametrize("status", [S.RUNNING, S.SUCCESS, S.PENDING_RESUME, S.WAITING, S.CANCELED])
def test_what_has_not_failed_is_not_resumed(wfc: Cli, status: ExecutionStatus) -> None:
    one = wfc.backend.add(status=status)
    result = wfc("workflow", "resume", one)
    assert result.code == 1
    assert result.err == (
        f"wfc: not resumable: {one} is {status}; only a FAILED execution can be resumed\n"
    )
    assert wfc.backend.calls["resume"] == 0


def test_resume_and_wait_waits_until_it_has_run(wfc: Cli) -> None:
    one = wfc.backend.failed()
    wfc.clock.at(4, lambda: wfc.backend.set_status(one, S.RUNNING))
    wfc.clock.at(8, lambda: wfc.backend.set_status(one, S.SUCCESS))
    result = wfc("workflow", "resume", one, "-W", "--json")
    assert (result.code, result.document["status"]) == (0, "SUCCESS")
    assert wfc.clock.elapsed >= 8


def test_a_resume_with_logs_prints_what_ran_again_alone(wfc: Cli) -> None:
    backend = wfc.backend
    one = backend.failed(log=b"2026-11-24T03:12:55.000Z the first attempt\n")

    def runs() -> None:
        again = backend.start_job(one, "process-order")
        backend.write(again, b"2026-11-24T03:12:56.000Z the second attempt\n")
        backend.end_job(again)
        backend.set_status(one, S.SUCCESS)

    wfc.clock.at(2, runs)
    result = wfc("workflow", "resume", one, "-l")
    assert "the second attempt" in result.out
    assert "the first attempt" not in result.out


def test_resume_and_wait_is_not_fooled_by_a_server_that_still_says_failed(wfc: Cli) -> None:
    one = wfc.backend.failed()
    before = wfc.backend.executions[one]
    wfc.clock.at(0.01, lambda: wfc.backend.put(before))
    wfc.clock.at(6, lambda: wfc.backend.set_status(one, S.SUCCESS))
    assert wfc("workflow", "resume", one, "-W").code == 0


def test_a_resume_that_fails_again_is_exit_code_1(wfc: Cli) -> None:
    one = wfc.backend.failed()
    wfc.clock.at(5, lambda: wfc.backend.set_status(one, S.FAILED))
    result = wfc("workflow", "resume", one, "-W")
    assert result.code == 1


def test_cancel_stops_what_has_not_ended(wfc: Cli) -> None:
    one = wfc.backend.add(status=S.RUNNING)
    assert wfc("workflow", "cancel", one, "--reason", "wrong order").code == 0
    assert wfc.backend.actions == [("cancel", one, "wrong order")]
    again = wfc("workflow", "cancel", one)
    assert again.code == 1
    assert again.err == f"wfc: changed meanwhile: {one} is CANCELED: it has ended\n"
    assert wfc.backend.calls["cancel"] == 1


def test_resolve_answers_the_open_wait_point_once(wfc: Cli) -> None:
    one = wfc.backend.add("refund", S.WAITING)
    wfc.backend.waits[one] = [WaitPoint(one, "approval", 0, "main", "{}")]
    wrong = wfc("workflow", "resolve", one, "approvel", "--result", "true")
    assert wrong.code == 1
    assert wrong.err == "wfc: not found: no wait point 'approvel'; it waits for approval\n"
    result = wfc("workflow", "resolve", one, "approval", "--result", '{"ok":true}')
    assert (result.code, result.out) == (0, f"{one}\n")
    assert wfc.backend.actions == [("resolve", one, "approval", '{"ok":true}', "")]
    again = wfc("workflow", "resolve", one, "approval", "--result", "1")
    assert again.code == 1
    assert "approval was answered already" in again.err


def test_a_wrong_turn_is_told_with_the_turns_that_are_open(wfc: Cli) -> None:
    """The turn counts the waits of a job over all keys: the second of them is turn 1."""
    one = wfc.backend.add("refund", S.WAITING)
    answered = WaitPoint(one, "first", 0, "main", "{}", resolved_at=datetime.now(UTC))
    wfc.backend.waits[one] = [answered, WaitPoint(one, "second", 1, "main", "{}")]
    wrong = wfc("workflow", "resolve", one, "second", "--result", "1", "--turn", "0")
    assert (wrong.code, wrong.err) == (
        1,
        "wfc: not found: second turn 0 is not waited for; open: second turn 1\n",
    )
    gone = wfc("workflow", "resolve", one, "first", "--result", "1", "--turn", "0")
    assert "first turn 0 was answered already" in gone.err
    assert wfc("workflow", "resolve", one, "second", "--result", "1", "--turn", "1").code == 0


def test_resolve_needs_a_result_that_is_json(wfc: Cli) -> None:
    one = wfc.backend.add("refund", S.WAITING)
    assert wfc("workflow", "resolve", one, "approval").code == 2
    assert wfc("workflow", "resolve", one, "approval", "--result", "yes").code == 2
    assert wfc.backend.total_calls == 0


def test_a_resolve_that_another_won_is_refused(wfc: Cli) -> None:
    one = wfc.backend.add("refund", S.WAITING)
    wfc.backend.waits[one] = [WaitPoint(one, "approval", 0, "main", "{}")]
    wfc.backend.fail_next(Conflict("it was answered already"), method="resolve")
    result = wfc("workflow", "resolve", one, "approval", "--result", "1")
    assert (result.code, result.err) == (1, "wfc: changed meanwhile: it was answered already\n")


@pytest.mark.parametrize(
    "words",
    [
        ("start", "x", "-m", "m"),
        ("resume", "@latest"),
        ("cancel", "@latest"),
        ("resolve", "@latest", "k", "--result", "1"),
    ],
)
def test_a_read_only_target_refuses_every_change_before_it_connects(
    wfc: Cli, words: tuple[str, ...]
) -> None:
    wfc.backend.failed()
    result = wfc("--read-only", "workflow", *words)
    assert result.code == 5
    assert result.err == "wfc: 127.0.0.1:8787 is read-only: nothing was sent\n"
    assert wfc.backend.total_calls == 0
    assert wfc("--read-only", "workflow", "executions").code == 0
