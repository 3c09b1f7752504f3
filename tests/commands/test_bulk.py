"""A run over many: the sums add up, nothing is sent twice, what is unknown is not tried again."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.backend.errors import (
    BackendError,
    NotResumable,
    OutcomeUnknown,
    RateLimited,
    ServerFault,
    Unauthenticated,
)
from console.commands.bulk import IN_A_ROW, BulkRun, parse_rate
from console.commands.extras import CommandRefused
from console.commands.fates import Fate
from console.commands.journal import Journal
from console.commands.operations import Operations, Outcome, Result
from console.commands.twins import Twins
from console.model.execution import Execution
from console.model.ids import ExecutionId
from console.model.states import ExecutionStatus
from console.model.target import Target
from tests.fakes.backend import FakeBackend
from tests.fakes.clock import ManualClock

ERRORS: dict[str, BackendError] = {
    "refused": NotResumable("it is RUNNING"),
    "failed": ServerFault("disk full"),
    "unknown": OutcomeUnknown("no answer"),
}
KINDS = ["accepted", "moved", *ERRORS, "bug"]


class Bench:
    """A run over executions of a fake backend, through the real operations and journal."""

    def __init__(self, kinds: list[str], per_second: float = 10.0) -> None:
        self.clock = ManualClock()
        self.backend = FakeBackend(self.clock)
        self.journal = Journal(None, Target("url", "shop"))
        self.operations = Operations(
            self.backend, Target("url", "shop"), self.backend.known, self.journal, self.clock
        )
        self.kinds = {self.backend.failed(): kind for kind in kinds}
        self.sent: list[ExecutionId] = []
        self.sent_at: list[float] = []
        self.changes: list[tuple[ExecutionId, Fate]] = []
        shown = [self.backend.executions[identifier] for identifier in self.kinds]
        for identifier, kind in self.kinds.items():
            if kind == "moved":
                self.backend.set_status(identifier, ExecutionStatus.RUNNING)
        self.run = BulkRun(
            [*shown, *shown[:1]],
            self._act,
            self.clock,
            per_second=per_second,
            on_change=lambda one: self.changes.append((one, self.run.items[one].fate)),
            on_unsent=lambda those, why: self.operations.not_sent("resume", those, why),
        )

    async def _act(self, execution: Execution, on_send: Callable[[], None]) -> Outcome:
        kind = self.kinds[execution.id]
        if kind == "bug":
            raise RuntimeError("a bug")
        if kind in ERRORS:
            self.backend.fail_next(ERRORS[kind], method="resume")

        def sending() -> None:
            self.sent.append(execution.id)
            self.sent_at.append(self.clock.monotonic())
            on_send()

        return await self.operations.resume(execution, on_send=sending)

    def go(self, *, stop_after: int | None = None) -> None:
        async def main() -> None:
            task = asyncio.ensure_future(self.run.run())
            while not task.done():
                if stop_after is not None and self.run.done >= stop_after:
                    self.run.stop()
                await self.clock.advance(0.1)
            await self.run.run()  # a second call sends nothing
            error = task.exception()
            assert error is None or str(error) == "a bug"

        asyncio.run(main())

    def fates(self) -> list[str]:
        return [item.fate.value for item in self.run.items.values()]


@given(
    st.lists(st.sampled_from(KINDS), max_size=12),
    st.one_of(st.none(), st.integers(min_value=0, max_value=12)),
)
def test_whatever_happens_the_sums_add_up_and_nothing_is_sent_twice(
    kinds: list[str], stop_after: int | None
) -> None:
    bench = Bench(kinds)
    bench.go(stop_after=stop_after)
    run = bench.run
    counts = Counter(item.fate for item in run.items.values())
    assert counts.total() == len(kinds)
    assert run.is_over and not counts[Fate.QUEUED] and not counts[Fate.SENDING]
    assert len(set(bench.sent)) == len(bench.sent)
    assert bench.backend.calls["resume"] == len(bench.sent)
    accepted = {one for one, item in run.items.items() if item.fate is Fate.ACCEPTED}
    assert {action[1] for action in bench.backend.actions} == accepted
    entries = bench.journal.entries()
    assert sorted(entry.action.execution for entry in entries) == sorted(run.items)
    assert all(entry.outcome for entry in entries)
    unsent = {entry.action.execution for entry in entries if entry.outcome == "not sent"}
    assert unsent == run.items.keys() - set(bench.sent)
    retried = set(run.to_retry())
    assert not retried & accepted
    for identifier, item in run.items.items():
        is_open = item.fate in (Fate.REFUSED, Fate.FAILED, Fate.UNSENT)
        assert (identifier in retried) == is_open
        if item.fate is Fate.UNSENT:
            assert identifier not in bench.sent
        if item.fate is Fate.UNKNOWN:
            assert identifier in bench.sent
    total = sum(int(part.split()[0]) for part in run.words().split(", ") if part[:1].isdigit())
    assert total == len(kinds)


def test_the_end_says_what_came_of_all() -> None:
    bench = Bench(["accepted", "accepted", "moved", "unknown", "accepted"])
    bench.go()
    assert bench.run.words() == "3 accepted, 1 refused (state moved), 1 outcome unknown"
    assert len(bench.run.to_retry()) == 1


def test_stopped_between_two_the_rest_is_not_sent() -> None:
    bench = Bench(["accepted"] * 5, per_second=1)
    bench.go(stop_after=2)
    assert bench.run.words() == "2 accepted, 3 not sent"
    assert bench.backend.calls["resume"] == 2


def test_it_is_no_faster_than_asked_for() -> None:
    bench = Bench(["accepted"] * 5, per_second=2)
    bench.go()
    gaps = [b - a for a, b in zip(bench.sent_at, bench.sent_at[1:], strict=False)]
    assert gaps == pytest.approx([0.5] * 4, abs=0.02)


def test_it_gives_up_when_one_after_the_other_fails() -> None:
    bench = Bench(["accepted"] + ["failed"] * 6)
    bench.go()
    assert bench.fates() == ["accepted"] + ["failed"] * IN_A_ROW + ["not sent"] * 3
    assert bench.run.halt == "3 in a row failed: the server failed: disk full"


@pytest.mark.parametrize("error", [Unauthenticated("expired"), CommandRefused("journal is full")])
def test_what_stops_everybody_stops_the_run(error: Exception) -> None:
    async def act(execution: Execution, on_send: Callable[[], None]) -> Outcome:
        if isinstance(error, BackendError):
            return Outcome(Result.FAILED, "resume failed", execution.id, error=error)
        raise error

    backend = FakeBackend()
    shown = [backend.executions[backend.failed()] for _ in range(3)]
    run = BulkRun(shown, act, ManualClock(), on_change=lambda _: None)
    asyncio.run(run.run())
    assert run.count(Fate.UNSENT) >= 2 and run.halt


def test_a_server_that_asks_for_time_gets_it() -> None:
    bench = Bench(["accepted"] * 2, per_second=10)
    bench.backend.fail_next(RateLimited("slow down", retry_after=5), method="resume")
    bench.go()
    assert bench.sent_at[1] - bench.sent_at[0] >= 5
    assert bench.fates() == ["failed", "accepted"]


def test_a_run_that_is_cut_off_calls_nothing_unsent_that_was_sent() -> None:
    bench = Bench(["accepted"] * 3)
    bench.backend.hold("resume")

    async def main() -> None:
        task = asyncio.ensure_future(bench.run.run())
        await bench.clock.advance(1)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(main())
    assert bench.fates() == ["outcome unknown", "not sent", "not sent"]
    outcomes = [entry.outcome for entry in reversed(bench.journal.entries())]
    assert outcomes == ["", "not sent", "not sent"]


@pytest.mark.parametrize(
    ("text", "rate"), [("2", 2.0), ("2/s", 2.0), (" 0.5/s ", 0.5), ("30/min", 0.5), ("50", 50.0)]
)
def test_a_rate_is_read(text: str, rate: float) -> None:
    assert parse_rate(text) == rate


@pytest.mark.parametrize("text", ["", "0", "-1", "fast", "2/h", "2/", "51/s", "nan", "inf"])
def test_a_rate_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"rate is written|at most 50"):
        parse_rate(text)


def test_the_shell_does_the_same_with_all_of_them_at_the_same_rate() -> None:
    ids = [f"a{number}" for number in range(20)]
    assert Twins(Target("url", "shop")).bulk("resume", ids, "INC 4", 2.0) == (
        f"wfc workflow resume {' '.join(ids)} --reason 'INC 4' --rate 2/s"
    )
    assert (
        Twins(Target("url", "shop")).bulk("cancel", ["a1", "a2"], "", 0.5)
        == "wfc workflow cancel a1 a2 --rate 30/min"
    )


@given(st.floats(0.01, 50))
def test_the_rate_of_the_command_is_the_rate_of_the_run(per_second: float) -> None:
    rate = (
        Twins(Target("url", "shop")).bulk("resume", ["a1", "a2"], "", per_second).rpartition(" ")[2]
    )
    assert parse_rate(rate) == pytest.approx(per_second, rel=1e-4)
