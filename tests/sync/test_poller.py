"""A poller keeps asking whatever happens, at the right times, one request at a time."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.backend.errors import (
    RateLimited,
    ServerFault,
    TimedOut,
    Unauthenticated,
    Unreachable,
)
from console.sync.bug import ConsoleBug
from console.sync.cadence import AT_ONCE, Outcome, Pace
from console.sync.freshness import Freshness
from console.sync.poller import Poller
from tests.fakes.clock import ManualClock
from tests.fakes.loop import in_loop

PACE = Pace(busy=1.0, idle=5.0, retry=2.0, retry_most=16.0)


@dataclass
class Source:
    """Something to ask, that counts, fails and hangs as told."""

    clock: ManualClock
    outcomes: list[Outcome] = field(default_factory=list)
    """What the next answers bring; then MOVED."""
    error: BaseException | None = None
    is_hanging: bool = False
    is_deaf: bool = False
    """It does not let itself be canceled."""
    asked_at: list[float] = field(default_factory=list)
    applied: int = 0
    on_apply: Callable[[], None] | None = None
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    in_flight: int = 0
    most_in_flight: int = 0

    async def fetch(self) -> Outcome:
        self.asked_at.append(self.clock.monotonic() - 1000)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            await asyncio.sleep(0)
            while self.is_hanging:
                try:
                    await self.gate.wait()
                except asyncio.CancelledError:
                    if not self.is_deaf:
                        raise
            if self.error is not None:
                raise self.error
            return self.outcomes.pop(0) if self.outcomes else Outcome.MOVED
        finally:
            self.in_flight -= 1

    def release(self) -> None:
        self.is_hanging = False
        self.gate.set()

    def apply(self, outcome: Outcome) -> Outcome:
        if self.on_apply is not None:
            self.on_apply()
        self.applied += 1
        return outcome

    @property
    def count(self) -> int:
        return len(self.asked_at)


class Rig:
    """A poller on a source, and what it told."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.source = Source(self.clock)
        self.told: list[Freshness] = []
        self.bugs: list[Exception] = []
        self.poller: Poller[Outcome] = Poller(
            self.clock,
            self.source.fetch,
            self.source.apply,
            pace=PACE,
            on_freshness=self.told.append,
            on_bug=self.bugs.append,
            jitter=lambda: 0.5,
        )

    @property
    def state(self) -> str:
        return self.poller.freshness.state

    @property
    def states(self) -> list[str]:
        return [freshness.state for freshness in self.told]

    async def start(self) -> None:
        self.poller.start()
        await self.clock.settle()


@in_loop
async def test_it_asks_at_once_and_then_at_its_pace() -> None:
    rig = Rig()
    await rig.start()
    await rig.clock.advance(3.5)
    await rig.poller.stop()
    assert rig.source.asked_at == [0, 1, 2, 3]
    assert rig.states == ["live"], "an age alone is not told"
    await rig.clock.advance(100)
    assert rig.source.count == 4


@in_loop
async def test_an_idle_hour_costs_an_exact_number_of_requests() -> None:
    rig = Rig()
    rig.source.outcomes = [Outcome.IDLE] * 10_000
    await rig.start()
    await rig.clock.advance(3600)
    await rig.poller.stop()
    # 5 s at 1 s, then 1.3 s, 1.69 … 4.83 s until 5 s is reached, then every 5 s
    waits = [1.0] * 5 + [1.3**n for n in range(1, 7)]
    assert rig.source.count == 1 + len(waits) + int((3600 - sum(waits)) // 5)
    assert 725 < rig.source.count < 735


@in_loop
async def test_it_is_quick_again_when_something_moves_or_a_person_acts() -> None:
    rig = Rig()
    rig.source.outcomes = [Outcome.IDLE] * 60
    await rig.start()
    await rig.clock.advance(100)
    rig.source.asked_at.clear()
    rig.poller.poke()
    await rig.clock.settle()
    assert rig.source.count == 1, "a poke is answered at once"
    await rig.clock.advance(3)
    assert rig.source.count == 4
    rig.source.outcomes = [Outcome.IDLE] * 60
    await rig.clock.advance(100)
    rig.source.outcomes = [Outcome.MOVED, *[Outcome.IDLE] * 9]
    await rig.clock.advance(5)
    rig.source.asked_at.clear()
    await rig.clock.advance(3)
    assert rig.source.count == 3
    await rig.poller.stop()


@in_loop
async def test_the_first_failure_is_passed_over_and_the_second_is_told() -> None:
    rig = Rig()
    await rig.start()
    rig.source.error = Unreachable("connection refused")
    await rig.clock.advance(1)
    assert (rig.state, rig.poller.freshness.tries) == ("live", 1)
    await rig.clock.advance(2)
    assert (rig.state, rig.poller.freshness.tries) == ("stale", 2)
    assert rig.poller.freshness.next_try == 1000 + 1 + 2 + 4
    as_of = rig.poller.freshness.as_of
    await rig.clock.advance(28)
    assert rig.state == "lost"
    assert rig.poller.freshness.as_of == as_of
    rig.source.error = None
    await rig.clock.advance(16)
    assert rig.poller.freshness == Freshness("live", rig.poller.freshness.as_of)
    assert rig.source.asked_at[:7] == [0, 1, 3, 7, 15, 31, 47]
    await rig.poller.stop()


@in_loop
async def test_lost_is_said_between_two_tries_too() -> None:
    rig = Rig()
    await rig.start()
    rig.source.error = RateLimited(retry_after=600)
    await rig.clock.advance(30)
    assert rig.state == "stale"
    await rig.clock.advance(3)
    assert (rig.state, rig.source.count) == ("lost", 2)
    await rig.poller.stop()


@in_loop
async def test_a_backend_that_was_never_there_says_why_at_once() -> None:
    rig = Rig()
    rig.source.error = Unreachable("no such socket")
    await rig.start()
    assert rig.state == "connecting"
    assert rig.poller.freshness.error is rig.source.error
    await rig.clock.advance(32)
    assert rig.state == "lost"
    rig.poller.poke()
    rig.source.error = None
    await rig.clock.settle()
    assert rig.state == "live"
    await rig.poller.stop()


@in_loop
async def test_not_signed_in_stops_the_polling_until_a_poke() -> None:
    rig = Rig()
    await rig.start()
    rig.source.error = Unauthenticated("token expired")
    await rig.clock.advance(1)
    assert rig.poller.freshness.next_try is None
    assert rig.state == "lost"
    await rig.clock.advance(3600)
    assert rig.source.count == 2
    rig.source.error = None
    rig.poller.poke()
    await rig.clock.settle()
    assert (rig.state, rig.source.count) == ("live", 3)
    await rig.poller.stop()


@in_loop
async def test_retry_after_is_honoured_and_the_wait_is_not_called_live() -> None:
    rig = Rig()
    await rig.start()
    rig.source.error = RateLimited("slow down", retry_after=60)
    await rig.clock.advance(1)
    assert rig.state == "stale"
    rig.source.error = None
    await rig.clock.advance(60)
    assert rig.source.count == 2
    await rig.clock.advance(5)
    assert (rig.state, rig.source.asked_at[2]) == ("live", 64.0)
    await rig.poller.stop()


@pytest.mark.parametrize("where", ["fetch", "apply"])
def test_a_bug_ends_the_round_and_not_the_poller(where: str) -> None:
    @in_loop
    async def body() -> None:
        rig = Rig()
        await rig.start()

        def broken() -> None:
            raise KeyError("x")

        if where == "fetch":
            rig.source.error = KeyError("x")
        else:
            rig.source.on_apply = broken
        await rig.clock.advance(8)
        assert rig.state == "stale"
        error = rig.poller.freshness.error
        assert isinstance(error, ConsoleBug)
        assert error.detail == "a bug: KeyError: 'x'"
        assert [type(bug) for bug in rig.bugs] == [KeyError], "each bug is told once"
        rig.source.error = rig.source.on_apply = None
        await rig.clock.advance(16)
        assert rig.state == "live"
        await rig.poller.stop()

    body()


@in_loop
async def test_a_bug_in_what_is_told_to_does_not_kill_it() -> None:
    rig = Rig()

    def broken(_: object) -> None:
        raise RuntimeError("the screen is gone")

    rig.poller._on_freshness = broken
    rig.poller._bugs._on_bug = broken
    await rig.start()
    await rig.clock.advance(5)
    assert rig.source.applied == 6
    await rig.poller.stop()


@in_loop
async def test_a_request_that_is_canceled_below_us_is_a_failure() -> None:
    rig = Rig()
    rig.source.error = asyncio.CancelledError()
    await rig.start()
    assert isinstance(rig.poller.freshness.error, Unreachable)
    rig.source.error = None
    await rig.clock.advance(2)
    assert rig.state == "live"
    await rig.poller.stop()


@in_loop
async def test_a_hanging_request_makes_its_data_stale_and_is_given_up() -> None:
    rig = Rig()
    await rig.start()
    rig.source.is_hanging = True
    await rig.clock.advance(1 + 9.5)
    assert rig.state == "live"
    await rig.clock.advance(1)
    assert rig.state == "stale"
    await rig.clock.advance(18)
    assert rig.source.in_flight == 1
    await rig.clock.advance(1.5)
    assert (rig.state, rig.source.in_flight) == ("lost", 0)
    assert isinstance(rig.poller.freshness.error, TimedOut)
    rig.source.release()
    await rig.clock.advance(5)
    assert rig.state == "live"
    assert rig.source.most_in_flight == 1
    await rig.poller.stop()


@pytest.mark.parametrize("is_deaf", [False, True])
def test_stopping_does_not_wait_for_a_request_that_hangs(is_deaf: bool) -> None:
    @in_loop
    async def body() -> None:
        rig = Rig()
        rig.source.is_hanging, rig.source.is_deaf = True, is_deaf
        await rig.start()
        await asyncio.wait_for(rig.poller.stop(), 1)
        assert rig.clock.now() == ManualClock().now()
        assert rig.source.applied == 0
        rig.source.release()
        await rig.clock.settle()
        assert rig.source.applied == 0, "a late answer is not taken"

    body()


@in_loop
async def test_a_restart_throws_the_request_away_and_asks_again_at_once() -> None:
    rig = Rig()
    rig.source.is_hanging, rig.source.is_deaf = True, True
    await rig.start()
    rig.poller.restart()
    await rig.clock.settle()
    assert rig.source.count == 2
    rig.source.release()
    await rig.clock.settle()
    assert rig.source.applied == 1
    assert rig.poller.freshness.tries == 0
    await rig.poller.stop()


@in_loop
async def test_a_poke_during_a_request_asks_once_more_after_it() -> None:
    rig = Rig()
    rig.source.is_hanging = True
    await rig.start()
    for _ in range(5):
        rig.poller.poke()
    await rig.clock.settle()
    assert rig.source.count == 1
    rig.source.release()
    await rig.clock.settle()
    assert (rig.source.count, rig.source.most_in_flight) == (2, 1)
    await rig.poller.stop()


@in_loop
async def test_what_is_unseen_is_not_polled_and_is_fresh_at_once_when_seen() -> None:
    rig = Rig()
    await rig.start()
    rig.poller.set_visible(False)
    rig.poller.poke()
    await rig.clock.advance(3600)
    assert rig.source.count == 1
    rig.poller.set_visible(True)
    await rig.clock.settle()
    assert rig.source.count == 2
    rig.poller.set_visible(False)
    rig.poller.set_visible(True)
    await rig.clock.settle()
    assert rig.source.count == 2, "what is fresh enough is not asked for again"
    await rig.poller.stop()


@in_loop
async def test_old_data_that_comes_into_view_is_stale_unless_the_answer_is_quick() -> None:
    rig = Rig()
    await rig.start()
    rig.poller.set_visible(False)
    await rig.clock.advance(600)
    rig.source.is_hanging = True
    rig.poller.set_visible(True)
    await rig.clock.advance(0.5)
    assert rig.state == "live"
    await rig.clock.advance(0.5)
    assert rig.state == "stale"
    rig.source.release()
    await rig.clock.settle()
    assert rig.state == "live"
    await rig.poller.stop()


@in_loop
async def test_a_pause_asks_only_when_poked() -> None:
    rig = Rig()
    await rig.start()
    rig.poller.pause()
    await rig.clock.advance(600)
    assert (rig.state, rig.source.count) == ("paused", 1)
    rig.source.outcomes = [Outcome.AGAIN, Outcome.MOVED]
    rig.poller.poke()
    await rig.clock.advance(60)
    assert (rig.state, rig.source.count) == ("paused", 3), "a poke is answered to the end"
    assert rig.poller.freshness.as_of is not None
    assert (rig.clock.now() - rig.poller.freshness.as_of).total_seconds() == 60
    rig.poller.go_on()
    assert rig.state == "stale"
    await rig.clock.advance(1)
    assert (rig.state, rig.source.count) == ("live", 5)
    await rig.poller.stop()


@in_loop
async def test_a_pause_ends_a_long_chain_of_requests() -> None:
    rig = Rig()
    rig.source.outcomes = [Outcome.AGAIN] * 100
    rig.source.on_apply = lambda: rig.poller.pause() if rig.source.applied == 4 else None
    await rig.start()
    await rig.clock.advance(60)
    assert rig.source.count == 5
    await rig.poller.stop()


@in_loop
async def test_a_backend_that_always_has_more_is_not_asked_without_rest_for_ever() -> None:
    rig = Rig()
    rig.source.outcomes = [Outcome.AGAIN] * 100_000
    await rig.start()
    await rig.clock.advance(60)
    assert rig.source.count == AT_ONCE + 1 + 60 * 4, "four a second"
    await rig.poller.stop()


@in_loop
async def test_what_can_change_no_more_is_asked_for_never_again() -> None:
    rig = Rig()
    rig.source.outcomes = [Outcome.MOVED, Outcome.DONE]
    await rig.start()
    await rig.clock.advance(7 * 86_400)
    assert (rig.state, rig.source.count) == ("done", 2)
    rig.poller.poke()
    await rig.clock.advance(1)
    assert (rig.state, rig.source.count) == ("live", 4)
    await rig.poller.stop()


@pytest.mark.parametrize("is_counted", [False, True])
def test_a_laptop_that_slept_shows_old_data_as_stale_and_asks_at_once(is_counted: bool) -> None:
    @in_loop
    async def body() -> None:
        rig = Rig()
        rig.source.outcomes = [Outcome.IDLE] * 60
        await rig.start()
        await rig.clock.advance(102)
        asked = rig.source.count
        rig.told.clear()
        await rig.clock.suspend(3600, is_counted=is_counted)
        await rig.clock.advance(2)
        assert rig.states == ["stale", "live"]
        assert rig.source.asked_at[asked] <= 104 + (3600 if is_counted else 0)
        as_of = rig.told[0].as_of
        assert as_of is not None
        assert (rig.clock.now() - as_of).total_seconds() >= 3600
        await rig.poller.stop()

    body()


@in_loop
async def test_a_request_under_way_while_the_laptop_slept_is_not_waited_for_long() -> None:
    rig = Rig()
    await rig.start()
    rig.source.is_hanging = True
    await rig.clock.advance(1)
    await rig.clock.suspend(3600)
    await rig.clock.advance(1)
    assert rig.state == "stale"
    rig.source.is_hanging = False
    await rig.clock.advance(3 + 2)
    assert rig.state == "live"
    await rig.poller.stop()


@in_loop
async def test_sleep_does_not_shorten_what_the_server_asked_for() -> None:
    rig = Rig()
    await rig.start()
    rig.source.error = RateLimited(retry_after=600)
    await rig.clock.advance(1)
    rig.source.error = None
    await rig.clock.suspend(300)
    await rig.clock.advance(320)
    assert rig.source.count == 2
    await rig.clock.advance(15)
    assert 1 + 300 < rig.source.asked_at[2] < 1 + 630
    await rig.poller.stop()


@in_loop
async def test_a_wall_clock_set_back_or_forward_harms_nothing() -> None:
    rig = Rig()
    await rig.start()
    rig.clock.set_wall(-7200)
    await rig.clock.advance(3)
    rig.clock.set_wall(+7200)
    await rig.clock.advance(3)
    assert rig.state == "live"
    assert rig.source.most_in_flight == 1
    await rig.poller.stop()


Step = tuple[str, float]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "well",
                "down",
                "fault",
                "slow",
                "bug",
                "hang",
                "poke",
                "hide",
                "show",
                "pause",
                "go",
                "restart",
                "sleep",
            ]
        ),
        st.floats(0, 90),
    ),
    min_size=5,
    max_size=30,
)


@settings(max_examples=60, deadline=None)
@given(STEPS, st.integers(0, 2**32))
def test_whatever_happens_it_comes_back_and_asks_one_thing_at_a_time(
    steps: list[Step], seed: int
) -> None:
    errors: dict[str, BaseException | None] = {
        "well": None,
        "down": Unreachable("refused"),
        "fault": ServerFault("500"),
        "slow": RateLimited(retry_after=40),
        "bug": ValueError("half an answer"),
    }

    @in_loop
    async def body() -> None:
        rig = Rig()
        rig.poller._jitter = random.Random(seed).random
        await rig.start()
        actions: dict[str, Callable[[], None]] = {
            "poke": rig.poller.poke,
            "hide": lambda: rig.poller.set_visible(False),
            "show": lambda: rig.poller.set_visible(True),
            "pause": rig.poller.pause,
            "go": rig.poller.go_on,
            "restart": rig.poller.restart,
        }
        for name, seconds in steps:
            if name in errors:
                rig.source.error = errors[name]
                rig.source.release()
            elif name == "hang":
                rig.source.gate = asyncio.Event()
                rig.source.is_hanging = True
            elif name == "sleep":
                await rig.clock.suspend(seconds * 10)
            else:
                actions[name]()
            await rig.clock.advance(seconds)
        rig.source.error = None
        rig.source.release()
        rig.poller.go_on()
        rig.poller.set_visible(True)
        await rig.clock.advance(60)
        assert rig.state == "live"
        assert rig.source.most_in_flight == 1
        await rig.poller.stop()

    body()
