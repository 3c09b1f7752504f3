"""Nothing is sent that should not be, and everything that is sent is written down first."""

from __future__ import annotations

import asyncio
import json
import signal
import stat
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from console.backend.errors import OutcomeUnknown, ServerFault, Unreachable
from console.commands.extras import CommandRefused
from console.commands.journal import Journal
from console.commands.operations import Operations, Outcome, Result
from console.model.execution import WaitPoint
from console.model.states import ExecutionStatus
from console.model.target import Target
from tests.fakes.backend import BARE, EVERYTHING, FakeBackend
from tests.fakes.clock import ManualClock

ROOT = Path(__file__).parents[2]
TARGET = Target("url", "shop-prod", url="http://shop.example")


class Desk:
    """Operations on a fake backend, and the journal they write."""

    def __init__(self, folder: Path | None, target: Target = TARGET) -> None:
        self.clock = ManualClock()
        self.backend = FakeBackend(self.clock)
        self.journal = Journal(folder, target)
        self.operations = self._operations(target)
        self.target = target

    def _operations(self, target: Target) -> Operations:
        backend = self.backend
        return Operations(backend, target, backend.known, self.journal, self.clock)

    def bare(self) -> Operations:
        self.backend.known = BARE
        return self._operations(self.target)

    def records(self) -> list[dict[str, str]]:
        assert self.journal.path is not None
        return [json.loads(line) for line in self.journal.path.read_text().splitlines()]


def run(body: Callable[[], Awaitable[Outcome]]) -> Outcome:
    async def main() -> Outcome:
        return await body()

    return asyncio.run(main())


def test_a_resume_is_written_down_before_and_after(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "state")
    order = desk.backend.executions[desk.backend.failed()]
    outcome = run(lambda: desk.operations.resume(order, reason="INC-4411"))
    assert outcome.result is Result.DONE and outcome.execution_id == order.id
    assert desk.backend.actions == [("resume", order.id, "INC-4411")]
    sent, answered = desk.records()
    assert (sent["phase"], sent["action"], sent["execution"]) == ("sent", "resume", order.id)
    assert sent["command"] == f"wfc workflow resume {order.id} --reason INC-4411"
    assert sent["time"] == "2026-11-24T03:12:53.000Z"
    assert (answered["phase"], answered["outcome"]) == ("answered", "done")
    assert answered["number"] == sent["number"]
    path = desk.journal.path
    assert path is not None and stat.S_IMODE(path.stat().st_mode) == 0o600


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from tests.commands.test_operations import Desk

desk = Desk(Path(sys.argv[1]))
order = desk.backend.executions[desk.backend.failed()]

async def killed(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

desk.backend.resume = killed
asyncio.run(desk.operations.resume(order, reason="INC-4411"))
"""


def test_a_console_that_is_killed_while_it_sends_has_written_down_what(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    done = subprocess.run([sys.executable, "-c", KILLED, str(folder)], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    (entry,) = Journal(folder, TARGET).entries()
    assert (entry.action.name, entry.action.reason) == ("resume", "INC-4411")
    assert entry.outcome == "" and entry.action.command.startswith("wfc workflow resume ")


def test_what_moved_meanwhile_is_not_sent(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    order = desk.backend.executions[desk.backend.failed()]
    desk.backend.set_status(order.id, ExecutionStatus.RUNNING)
    outcome = run(lambda: desk.operations.resume(order))
    assert outcome.result is Result.MOVED
    assert outcome.message == "nothing was sent: it changed meanwhile and is RUNNING now"
    assert desk.backend.actions == []
    (entry,) = desk.journal.entries()
    assert (entry.outcome, entry.action.execution) == ("not sent", order.id)
    assert entry.detail == "it changed meanwhile and is RUNNING now"
    desk.backend.set_status(order.id, ExecutionStatus.SUCCESS)
    assert run(lambda: desk.operations.cancel(order)).result is Result.MOVED
    assert [one.action.name for one in desk.journal.entries()] == ["cancel", "resume"]


def test_those_whose_turn_never_came_are_one_line_each_in_the_journal(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    never = [desk.backend.executions[desk.backend.failed()] for _ in range(3)]
    desk.operations.not_sent("resume", never, "stopped", reason="INC-1")
    desk.operations.not_sent("resume", [], "stopped")
    entries = desk.journal.entries()
    assert [one.action.execution for one in reversed(entries)] == [one.id for one in never]
    assert {(one.outcome, one.detail, one.action.reason) for one in entries} == {
        ("not sent", "the run ended before its turn: stopped", "INC-1")
    }
    assert desk.journal.path is not None
    assert len(desk.journal.path.read_text().splitlines()) == len(never)


def test_a_later_attempt_that_failed_too_counts_as_moved(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    order = desk.backend.executions[desk.backend.failed()]

    async def body() -> Outcome:
        await desk.clock.advance(5)
        desk.backend.set_status(order.id, ExecutionStatus.RUNNING)
        desk.backend.set_status(order.id, ExecutionStatus.FAILED)
        return await desk.operations.resume(order)

    outcome = run(body)
    assert outcome.result is Result.MOVED
    assert "a new attempt ended meanwhile; it is FAILED again" in outcome.message
    assert desk.backend.actions == []


def test_a_state_that_cannot_be_read_sends_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    order = desk.backend.executions[desk.backend.failed()]
    desk.backend.fail(Unreachable("refused"))
    outcome = run(lambda: desk.operations.resume(order))
    assert outcome.result is Result.REFUSED
    assert outcome.message.startswith("nothing was sent: the state could not be read")
    assert desk.backend.calls["resume"] == 0
    (entry,) = Journal(tmp_path, desk.target).entries()
    assert (entry.action.name, entry.action.execution, entry.outcome) == (
        "resume",
        order.id,
        "failed",
    )
    assert entry.detail == outcome.message, "asked for, and it says that it never left"


def test_an_unknown_outcome_is_said_and_kept_as_such(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    order = desk.backend.executions[desk.backend.failed()]
    desk.backend.fail_next(OutcomeUnknown("no answer"), method="resume")
    outcome = run(lambda: desk.operations.resume(order))
    assert outcome.result is Result.UNKNOWN
    assert outcome.message.startswith("outcome unknown: resume was sent and no answer came")
    (entry,) = desk.journal.entries()
    assert (entry.outcome, entry.detail) == ("unknown", "outcome unknown: no answer")


def test_a_failed_start_says_why(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.backend.fail_next(ServerFault("disk full"), method="start")
    outcome = run(
        lambda: desk.operations.start("order-processing", machine_user="ops-bot", argument="{}")
    )
    assert outcome.result is Result.FAILED
    assert outcome.message == "start failed: the server failed: disk full"


def test_a_start_gives_the_new_id_and_keeps_it_in_the_journal(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    outcome = run(
        lambda: desk.operations.start(
            "order-processing", machine_user="ops-bot", argument='{"a":1}'
        )
    )
    assert outcome.execution_id in desk.backend.executions
    (entry,) = desk.journal.entries()
    assert entry.action.execution == outcome.execution_id
    assert entry.action.command == ("wfc workflow start order-processing -m ops-bot -a '{\"a\":1}'")


def test_cancel_and_resolve_reach_the_backend(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    running = desk.backend.add(status=ExecutionStatus.RUNNING)
    parked = desk.backend.add(status=ExecutionStatus.WAITING)
    wait = WaitPoint(parked, "approval", 0, "refund")
    desk.backend.waits[parked] = [wait]
    executions = desk.backend.executions
    run(lambda: desk.operations.cancel(executions[running], reason="stuck"))
    run(lambda: desk.operations.resolve(executions[parked], wait, '{"ok": true}'))
    assert desk.backend.actions == [
        ("cancel", running, "stuck"),
        ("resolve", parked, "approval", '{"ok": true}', ""),
    ]


def test_a_reason_goes_only_where_it_is_kept_and_always_into_the_journal(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    order = desk.backend.executions[desk.backend.failed()]
    operations = desk.bare()
    run(lambda: operations.resume(order, reason="INC-4411"))
    assert desk.backend.actions == [("resume", order.id, "")]
    assert desk.journal.entries()[0].action.reason == "INC-4411"


@pytest.mark.parametrize("name", ["start", "resume", "cancel", "resolve"])
def test_no_change_reaches_a_read_only_target(name: str, tmp_path: Path) -> None:
    desk = Desk(tmp_path, Target("url", "shop-prod", is_read_only=True))
    order = desk.backend.executions[desk.backend.failed()]
    operations = desk.operations
    wait = WaitPoint(order.id, "approval", 0, "refund")
    calls: dict[str, Callable[[], Awaitable[Outcome]]] = {
        "start": lambda: operations.start("w-1", machine_user="", argument=None),
        "resume": lambda: operations.resume(order),
        "cancel": lambda: operations.cancel(order),
        "resolve": lambda: operations.resolve(order, wait, "{}"),
    }
    with pytest.raises(CommandRefused, match=f"{name}: shop-prod is read-only"):
        run(calls[name])
    assert desk.backend.total_calls == 0
    assert desk.journal.entries() == []


def test_what_cannot_be_written_down_is_not_sent(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "state")
    order = desk.backend.executions[desk.backend.failed()]
    (tmp_path / "state").write_text("a file where the folder should be")
    with pytest.raises(CommandRefused, match=r"nothing was sent: the journal .* cannot be written"):
        run(lambda: desk.operations.resume(order))
    assert desk.backend.actions == []


def test_the_journal_is_read_newest_first_and_survives_broken_lines(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    first = desk.backend.executions[desk.backend.failed()]
    second = desk.backend.executions[desk.backend.failed()]
    run(lambda: desk.operations.resume(first))
    path = desk.journal.path
    assert path is not None
    with path.open("a") as file:
        file.write('{"phase": "sent", "num\n[]\n')
    run(lambda: desk.operations.resume(second))
    assert [e.action.execution for e in desk.journal.entries()] == [second.id, first.id]
    assert Journal(tmp_path, TARGET).entries() == desk.journal.entries()


def test_without_a_folder_the_session_is_remembered() -> None:
    desk = Desk(None)
    order = desk.backend.executions[desk.backend.failed()]
    run(lambda: desk.operations.resume(order))
    (entry,) = desk.journal.entries()
    assert (entry.action.name, entry.outcome, entry.target) == ("resume", "done", "shop-prod")


def test_the_capabilities_of_the_fake_are_the_full_ones() -> None:
    assert Desk(None).backend.known == EVERYTHING
