"""Any sequence of requests, steps and deaths: what the engine tells is what a notebook has."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from console.engine.interface import NotInState, UnknownExecution, UnknownWaitPoint
from console.engine.writing import Answer, NewExecution, milliseconds
from console.model.ids import new_id
from console.model.query import ExecutionQuery
from console.model.states import ExecutionStatus
from tests.durability.model import FINISHED, LIMITS, RUNNABLE, Notebook, Told
from tests.durability.rig import Rig

NUMBER = st.integers(0, 1_000_000)
WHAT = st.sampled_from(["kid", "kid", "wait", "spawn", "return", "raise", "raise"])
WORKFLOWS = st.sampled_from(sorted(LIMITS))


class Engine(RuleBasedStateMachine):
    """The engine beside its notebook."""

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="wfc-model-"))
        self.book = Notebook()
        self.rig = Rig(self.folder, lambda identifier: self.book.executions[identifier].script)
        self.gone: list[str] = []
        self.cursor = self.rig.reads.changes("", 200).cursor
        self.mirror: dict[str, tuple[str, list[tuple[str, str]]]] = {}

    def teardown(self) -> None:
        if hasattr(self, "rig"):
            self.rig.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def _now(self) -> int:
        return milliseconds(self.rig.clock)

    def _pick(self, number: int, *wanted: str) -> Told:
        """Give one of the executions; mostly one in a wanted state, if there is one."""
        known = list(self.book.executions)
        if number % 4:
            in_state = [one for one in known if self.book.executions[one].status in wanted]
            known = in_state or known
        return self.book.executions[known[number // 4 % len(known)]]

    def _standing(self, number: int) -> Told:
        """Give one of those that a worker holds."""
        standing = self._all_standing()
        return self.book.executions[standing[number % len(standing)]]

    def _all_standing(self) -> list[str]:
        # Never in the order of ids: they are new in each run, and a run must be repeatable.
        return [one for one in self.book.executions if one in self.rig.standing]

    def _tick(self) -> None:
        """Let no two things happen at one time, which only ids could put in order."""
        self.rig.clock.advance(0.001)

    def _add(self, identifier: str, workflow: str) -> None:
        now = self._now()
        self.book.executions[identifier] = Told(identifier, workflow, now, now)

    # What people ask

    @precondition(lambda self: len(self.book.executions) < 6)
    @rule(workflow=WORKFLOWS, again=st.booleans())
    def start(self, workflow: str, again: bool) -> None:
        self._tick()
        identifier = new_id()
        for _ in range(1 + again):
            self.rig.requests.start(NewExecution(identifier, workflow, "{}", ""))
        self._add(identifier, workflow)

    @precondition(lambda self: self.book.executions)
    @rule(number=NUMBER)
    def resume(self, number: int) -> None:
        one = self._pick(number, "FAILED")
        self._tick()
        if one.status == "FAILED":
            self.rig.requests.resume(one.id, "ann", "")
            one.resume(self._now())
        else:
            with pytest.raises(NotInState):
                self.rig.requests.resume(one.id, "ann", "")

    @precondition(lambda self: self.book.executions)
    @rule(number=NUMBER)
    def cancel(self, number: int) -> None:
        one = self._pick(number, "RUNNING")
        if one.status in FINISHED:
            with pytest.raises(NotInState):
                self.rig.requests.cancel(one.id, "ann", "")
            return
        status = self.rig.requests.cancel(one.id, "ann", "")
        one.is_cancel_asked = True
        if one.status == "RUNNING":
            assert status is ExecutionStatus.RUNNING
        else:
            assert status is ExecutionStatus.CANCELED
            one.end("CANCELED", self._now())

    @precondition(lambda self: self.book.executions)
    @rule(number=NUMBER, is_right_key=st.sampled_from([True, True, True, False]))
    def resolve(self, number: int, is_right_key: bool) -> None:
        one = self._pick(number, "WAITING")
        self._tick()
        answer = Answer(one.id, "approval" if is_right_key else "another", "{}")
        if not is_right_key or not one.waits:
            with pytest.raises(UnknownWaitPoint):
                self.rig.requests.resolve(answer)
        elif one.status != "WAITING":
            with pytest.raises(NotInState):
                self.rig.requests.resolve(answer)
        else:
            self.rig.requests.resolve(answer)
            one.waits[-1] = True
            one.be("PENDING_RESUME")
            one.queued_at = self._now()

    @precondition(lambda self: self.gone)
    @rule()
    def ask_for_what_is_gone(self) -> None:
        identifier = next(iter(self.gone))
        for asking in (
            lambda: self.rig.reads.get(identifier),
            lambda: self.rig.requests.resume(identifier, "", ""),
            lambda: self.rig.requests.cancel(identifier, "", ""),
            lambda: self.rig.requests.resolve(Answer(identifier, "approval", "{}")),
        ):
            with pytest.raises(UnknownExecution):
                asking()

    @precondition(lambda self: len(self.book.executions) > 3)
    @rule(ago=st.sampled_from([0, 1000, 5000]), is_dry=st.booleans())
    def prune(self, ago: int, is_dry: bool) -> None:
        before = self._now() - ago
        before_ids = list(self.book.executions)
        if is_dry:
            count = self.rig.pruning.count(before)
            assert count == sum(
                1
                for one in self.book.executions.values()
                if one.finished_at is not None and one.finished_at < before
            )
            return
        assert self.rig.pruning.prune_some(before) == self.book.prune(before)
        self.gone += [one for one in before_ids if one not in self.book.executions]

    # What workers do

    @precondition(lambda self: any(e.status in RUNNABLE for e in self.book.executions.values()))
    @rule()
    def claim(self) -> None:
        expected = self.book.next_to_run(self._now())
        if expected is not None:
            self.book.executions[expected].begin()
        assert self.rig.claim() == expected

    @precondition(lambda self: self.rig.standing)
    @rule(number=NUMBER, what=WHAT)
    def step(self, number: int, what: str) -> None:
        self._tick()
        one = self._standing(number)
        if one.main == "SUSPEND":
            self._end_kid(one, is_right=what != "raise")
            return
        known = len(self.rig.spawned)
        if what == "kid":
            one.main, one.kids = "SUSPEND", [*one.kids, "RUNNING"]
        elif what == "wait":
            if one.is_cancel_asked:
                one.end("CANCELED", self._now())
            else:
                one.waits.append(False)
                one.main = "WAITING"
                one.be("WAITING")
        elif what == "return":
            one.main = "SUCCESS"
            one.end("SUCCESS", self._now())
        elif what == "raise":
            one.fail(self._now())
        self.rig.tell(one.id, what)
        if what == "spawn":
            (child,) = self.rig.spawned[known:]
            self._add(child, "plain")

    def _end_kid(self, one: Told, *, is_right: bool) -> None:
        one.kids[-1] = "SUCCESS" if is_right else "FAILED"
        one.losses = 0  # it gets on
        if is_right:
            one.main = "RUNNING"
        else:
            one.fail(self._now())
        self.rig.tell(one.id, "ok" if is_right else "fail")

    @precondition(lambda self: self.rig.standing)
    @rule(number=NUMBER, first=WHAT, second=WHAT)
    def take_two_steps(self, number: int, first: str, second: str) -> None:
        one = self._standing(number)
        self.step(number, first)
        if one.id in self.rig.standing:
            self.step(self._all_standing().index(one.id), second)

    @precondition(lambda self: self.rig.standing)
    @rule(number=NUMBER, is_loss=st.sampled_from([True, True, False]))
    def kill(self, number: int, is_loss: bool) -> None:
        one = self._standing(number)
        self.rig.lose(one.id, is_loss=is_loss)
        one.lose(self._now(), is_loss=is_loss)

    @precondition(lambda self: self.rig.standing)
    @rule()
    def kill_all(self) -> None:
        for identifier in self._all_standing():
            self.rig.lose(identifier, is_loss=False)
            self.book.executions[identifier].lose(self._now(), is_loss=False)
        self.rig.reopen()

    @rule(seconds=st.sampled_from([0.001, 1.0, 2.5]))
    def wait(self, seconds: float) -> None:
        self.rig.clock.advance(seconds)

    # What is told

    @invariant()
    def each_is_told_as_it_is(self) -> None:
        if not hasattr(self, "rig"):
            return
        for one in self.book.executions.values():
            found = self.rig.reads.get(one.id)
            assert (found.status, found.workflow_name) == (one.status, one.workflow)
            assert [(job.stacked_name, job.status) for job in found.jobs] == one.jobs
            assert found.retry_count == one.retry_count
            assert (found.retry_after is None) == (one.due is None)
            assert (found.finished_at is None) == (one.status not in FINISHED)
            history = self.rig.reads.attempts(one.id)
            assert [attempt.status for attempt in history.attempts] == one.attempts
            waits = self.rig.reads.wait_points(one.id)
            assert [point.resolved_at is not None for point in waits] == one.waits

    @invariant()
    def lists_and_counts_agree(self) -> None:
        if not hasattr(self, "rig"):
            return
        ordered = sorted(self.book.executions.values(), key=lambda e: (e.created_at, e.id))
        for status in (None, "FAILED", "PENDING_RESUME"):
            query = ExecutionQuery(
                statuses=frozenset({ExecutionStatus(status)} if status else ()), limit=3
            )
            expected = [one.id for one in reversed(ordered) if status in (None, one.status)]
            found: list[str] = []
            while True:
                page = self.rig.reads.list(query)
                found += [item.id for item in page.items]
                assert page.total == len(expected)
                if not page.next_token:
                    break
                query = ExecutionQuery(statuses=query.statuses, limit=3, token=page.next_token)
            assert found == expected
        counts = self.rig.reads.counts(None).by_status
        assert {s: n for s, n in counts.items() if n} == Counter(
            one.status for one in self.book.executions.values()
        )

    @invariant()
    def whoever_follows_the_changes_knows_everything(self) -> None:
        if not hasattr(self, "rig"):
            return
        while True:
            told = self.rig.reads.changes(self.cursor, 1)
            assert not told.reset
            for item in told.changed:
                jobs = [(job.stacked_name, str(job.status)) for job in item.jobs]
                self.mirror[item.id] = (str(item.status), jobs)
            for identifier in told.gone:
                self.mirror.pop(identifier, None)
            if told.cursor == self.cursor:
                break
            self.cursor = told.cursor
        assert self.mirror == {
            one.id: (one.status, one.jobs) for one in self.book.executions.values()
        }


def test_the_engine_tells_what_a_notebook_has() -> None:
    run_state_machine_as_test(
        Engine,
        settings=settings(
            derandomize=True,  # new runs are the campaign's; the suite's are always the same
            max_examples=40,
            stateful_step_count=60,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


Move = tuple[str, dict[str, object]]
START: dict[str, Move] = {name: ("start", {"workflow": name, "again": False}) for name in LIMITS}
CLAIM: Move = ("claim", {})
LOSE: Move = ("kill", {"number": 0, "is_loss": True})
LONG: Move = ("wait", {"seconds": 2.5})
CANCEL: Move = ("cancel", {"number": 1})


def _step(what: str) -> Move:
    return ("step", {"number": 0, "what": what})


def _on(verb: str) -> Move:
    return (verb, {"number": 1})


RARE: dict[str, list[Move]] = {
    "three workers are lost for nothing, and again after a resume": [
        START["plain"],
        *(CLAIM, _step("kid"), LOSE, CLAIM, LOSE, CLAIM, LOSE),
        _on("resume"),
        *(CLAIM, LOSE) * 3,
        _on("resume"),
        *(CLAIM, _step("return"), _step("return")),
    ],
    "all retries are used up, and a resume has as many again": [
        START["retrying"],
        *(CLAIM, _step("raise"), LONG) * 3,
        _on("resume"),
        *(CLAIM, _step("kid"), _step("raise"), LONG) * 3,
        _on("resume"),
        *(CLAIM, _step("kid"), _step("return")),
    ],
    "a job that finishes between two losses begins the count anew": [
        START["plain"],
        *(CLAIM, _step("kid"), LOSE, CLAIM, LOSE),
        *(CLAIM, _step("return"), _step("kid"), LOSE, CLAIM, LOSE),
        *(CLAIM, _step("return"), _step("return")),
    ],
    "losses are counted over a wait": [
        START["plain"],
        *(CLAIM, LOSE, CLAIM, LOSE, CLAIM, _step("wait")),
        ("resolve", {"number": 1, "is_right_key": True}),
        *(CLAIM, LOSE),
    ],
    "a cancel meets a retry, a wait, a loss and an end": [
        *(START["retrying"], CLAIM, CANCEL, _step("raise")),
        *(START["plain"], CLAIM, CANCEL, _step("wait")),
        *(START["plain"], CLAIM, _step("kid"), CANCEL, LOSE),
        *(START["plain"], CLAIM, CANCEL, _step("return")),
    ],
    "one that waits for its seat is canceled, and another has it": [
        *(START["narrow"], START["narrow"], START["narrow"], CLAIM, CLAIM),
        ("cancel", {"number": 4 * 1}),
        *(_step("return"), CLAIM, _step("return"), CLAIM),
    ],
}


@pytest.mark.parametrize("what", list(RARE))
def test_what_is_rarely_drawn_is_told_right_too(what: str) -> None:
    machine = Engine()
    machine.open()
    try:
        for name, given in RARE[what]:
            getattr(machine, name)(**given)
            machine.each_is_told_as_it_is()
            machine.lists_and_counts_agree()
            machine.whoever_follows_the_changes_knows_everything()
    finally:
        machine.teardown()
