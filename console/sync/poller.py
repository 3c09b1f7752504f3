"""Asks again and again, one request at a time, and never dies.

    poller = Poller(clock, fetch, apply, pace=LIST_REMOTE, on_freshness=show)
    poller.start();  poller.poke();  poller.pause();  poller.go_on();  await poller.stop()

`fetch` brings an answer, `apply` takes it and tells what it brought. What goes wrong in either ends
the round, never the poller: it becomes `freshness`, and the next try comes later, sooner, or when
somebody pokes, as `cadence` says. While a request takes long, its data is called stale, then lost,
and then the request is given up. A machine that was asleep asks at once when it wakes.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, Generic, TypeVar

from console.backend.errors import BackendError, Unreachable
from console.clock import Clock
from console.sync.bug import BugReporter, ConsoleBug
from console.sync.cadence import AT_ONCE, Outcome, Pace, seconds_until_next
from console.sync.deadline import GIVE_UP_AFTER, give_up, no_answer
from console.sync.freshness import (
    STALE_AFTER,
    Freshness,
    after_failure,
    after_success,
    state_in_trouble,
)
from console.sync.leap import LeapDetector
from console.sync.waker import Waker

T = TypeVar("T")

SLICE = 2.0
"""Seconds slept at most in one piece: so late it is noticed that the machine was asleep."""
GRACE = 1.0
"""Seconds a request may take before old data is called old while it is under way."""
AFTER_LEAP = 3.0
"""Seconds left to a request that was under way while the machine was asleep."""
SEVERITY = {"done": 0, "live": 0, "connecting": 1, "paused": 1, "stale": 2, "lost": 3}


class Poller(Generic[T]):
    """Keeps one thing fresh."""

    def __init__(
        self,
        clock: Clock,
        fetch: Callable[[], Coroutine[Any, Any, T]],
        apply: Callable[[T], Outcome],
        *,
        pace: Pace,
        on_freshness: Callable[[Freshness], None],
        on_bug: Callable[[Exception], None] | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._pace = pace
        self.no_faster = 0.0
        """Seconds that are let pass between two polls, whatever the pace."""
        self.freshness = Freshness()
        self._clock = clock
        self._fetch = fetch
        self._apply = apply
        self._on_freshness = on_freshness
        self._bugs = BugReporter(on_bug)
        self._jitter = jitter
        self._waker = Waker(clock)
        self._leaps = LeapDetector(clock)
        self._task: asyncio.Task[None] | None = None
        self._cut: asyncio.Future[None] | None = None
        self._is_visible = True
        self._is_paused = False
        self._is_poked = False
        self._may_go_on = True
        self._idle_rounds = self._at_once = 0
        self._trouble_since: float | None = None

    @property
    def pace(self) -> Pace:
        """How often; may be changed at any time."""
        return self._pace.no_faster(self.no_faster)

    @pace.setter
    def pace(self, pace: Pace) -> None:
        self._pace = pace

    # What others do with it

    @property
    def is_running(self) -> bool:
        """It was started and not stopped."""
        return self._task is not None

    @property
    def is_asking(self) -> bool:
        """A request is under way."""
        return self._cut is not None

    def start(self) -> None:
        """Begin, with a request at once."""
        if self._task is None:
            self._leaps.mark()
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """End at once; a request that hangs, or does not let itself be canceled, is left behind."""
        task, self._task = self._task, None
        if task is None:
            return
        task.cancel()
        if task is not asyncio.current_task():
            await asyncio.wait({task})

    def poke(self) -> None:
        """Ask now: after the request under way, if there is one; also when paused or done."""
        self._is_poked = True
        self._may_go_on = True
        self.stir()
        self._waker.wake()

    def stir(self) -> None:
        """Note that something moves: ask at the busy pace again."""
        self._idle_rounds = 0

    def restart(self) -> None:
        """Throw away the request under way, if there is one, and ask now."""
        if self._cut is not None and not self._cut.done():
            self._cut.set_result(None)
        self.poke()

    def pause(self) -> None:
        """Ask no more by itself."""
        self._is_paused = True
        self._is_poked = self._may_go_on = False
        self._tell(self.freshness)
        self._waker.wake()

    def go_on(self) -> None:
        """Ask again by itself, beginning now."""
        if self._is_paused:
            self._is_paused = False
            self._tell(replace(self.freshness, state=self._state_of_age()))
        self.poke()

    def set_visible(self, is_visible: bool) -> None:
        """Ask only while somebody sees what comes of it."""
        if is_visible is not self._is_visible:
            self._is_visible = is_visible
            self._waker.wake()

    # Rounds

    async def _run(self) -> None:
        seconds: float | None = 0.0
        while True:
            try:
                await self._rest(seconds)
                self._is_poked = False
                seconds = await self._round()
            except Exception as problem:
                self._bugs.tell(problem)
                seconds = self.pace.retry_most

    async def _rest(self, seconds: float | None) -> None:
        """Wait until the next round is due and wanted."""
        due = None if seconds is None else self._clock.monotonic() + seconds
        while True:
            leap = self._leaps.leap()
            if leap and due is not None:
                due = self._due_after(leap, due)
            if self._is_visible and self._is_poked:
                return
            left: float | None = None
            if due is not None and self._is_visible and not self._is_paused:
                left = due - self._clock.monotonic()
                if left <= 0:
                    return
                left = min(left, SLICE)
                self._review()
            self._leaps.expect(left)
            await self._waker.wait(left)

    def _due_after(self, leap: float, due: float) -> float:
        """Ask at once when the machine was asleep, but not before a server that said `later`."""
        self._idle_rounds = 0
        if self.freshness.state == "live":
            self._tell(replace(self.freshness, state="stale"))
        error = self.freshness.error
        if error is not None and error.retry_after is not None:
            return due - leap
        return self._clock.monotonic()

    async def _round(self) -> float | None:
        began = self._clock.monotonic()
        try:
            outcome = self._apply(await self._ask(began))
        except BackendError as error:
            return self._failed(error, began)
        except _Restarted:
            return 0.0
        except Exception as problem:
            self._bugs.tell(problem)
            return self._failed(ConsoleBug(problem), began)
        self._trouble_since = None
        is_done = outcome is Outcome.DONE
        self._tell(after_success(self._clock.now(), is_done=is_done))
        self._at_once = self._at_once + 1 if outcome is Outcome.AGAIN else 0
        if outcome is Outcome.IDLE:
            self._idle_rounds += 1
        elif outcome is Outcome.MOVED:
            self._idle_rounds = 0
        elif outcome is Outcome.PART or (outcome is Outcome.AGAIN and self._at_once <= AT_ONCE):
            self._is_poked = self._is_poked or self._may_go_on
        return seconds_until_next(
            self.pace,
            outcome,
            idle_rounds=self._idle_rounds,
            at_once=self._at_once,
            jitter=self._jitter(),
        )

    def _failed(self, error: BackendError, began: float) -> float | None:
        monotonic = self._clock.monotonic()
        if self._trouble_since is None:
            self._trouble_since = began
        wait = seconds_until_next(
            self.pace, error, failures=self.freshness.tries + 1, jitter=self._jitter()
        )
        trouble = monotonic - self._trouble_since
        self._tell(
            after_failure(self.freshness, error, trouble=trouble, wait=wait, monotonic=monotonic)
        )
        return wait

    async def _ask(self, began: float) -> T:
        loop = asyncio.get_running_loop()
        request = loop.create_task(self._fetch())
        self._cut = cut = loop.create_future()
        deadline = began + GIVE_UP_AFTER
        try:
            while not request.done():
                left = deadline - self._clock.monotonic()
                if left <= 0:
                    raise no_answer(self._clock.monotonic() - began)
                sleep = loop.create_task(self._clock.sleep(min(GRACE, left)))
                self._leaps.expect(min(GRACE, left))
                try:
                    await asyncio.wait({request, sleep, cut}, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    sleep.cancel()
                if cut.done():
                    raise _Restarted
                if request.done():
                    break
                if self._leaps.leap():
                    deadline = min(deadline, self._clock.monotonic() + AFTER_LEAP)
                    self._worsen("stale")
                self._review(asked_since=began)
        finally:
            self._cut = None
            give_up(request)
        if request.cancelled():
            raise Unreachable("the request was cut off")
        return request.result()

    # Freshness

    def _review(self, asked_since: float | None = None) -> None:
        """Call data stale or lost when its next reading is too late, between answers too."""
        since = self._trouble_since if self._trouble_since is not None else asked_since
        if since is None:
            return
        monotonic = self._clock.monotonic()
        self._worsen(state_in_trouble(self.freshness, trouble=monotonic - since))
        if asked_since is not None and monotonic - asked_since >= GRACE:
            self._worsen(self._state_of_age())

    def _state_of_age(self) -> str:
        as_of = self.freshness.as_of
        if as_of is None:
            return "connecting"
        age = (self._clock.now() - as_of).total_seconds()
        return "live" if age < self.pace.idle + STALE_AFTER else "stale"

    def _worsen(self, state: str) -> None:
        if SEVERITY[state] > SEVERITY[self.freshness.state]:
            self._tell(replace(self.freshness, state=state))

    def _tell(self, freshness: Freshness) -> None:
        """Take the new freshness; it is told when it reads differently, not when it only aged."""
        if self._is_paused:
            is_plain = freshness.state in ("live", "stale", "connecting")
            state = "paused" if is_plain else freshness.state
            freshness = replace(freshness, state=state, next_try=None)
        before, self.freshness = self.freshness, freshness
        is_calm = freshness.state == before.state == "live"
        if freshness == (replace(before, as_of=freshness.as_of) if is_calm else before):
            return
        try:
            self._on_freshness(freshness)
        except Exception as problem:
            self._bugs.tell(problem)


class _Restarted(Exception):
    """The request was thrown away on purpose."""
