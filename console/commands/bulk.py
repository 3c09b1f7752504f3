"""One action on many executions: one after the other, each at most once, stopped between two.

    run = BulkRun(executions, act, clock, per_second=2.0, on_change=…)
    await run.run()
    run.stop()                       no other one is sent; what is under way is waited for
    run.items[identifier]            its fate, and why
    run.words()                      `5 accepted, 1 refused (state moved), 2 not sent`
    run.to_retry()                   what was refused, failed or not sent; never what is unknown

`act` is one operation on one execution: it looks at the state again and writes the journal.
`on_unsent` is told at the end those whose turn never came, and why, to write them down too. What
stops everybody stops the run: nobody is signed in, the journal cannot be written, or `IN_A_ROW`
ones failed without an answer about themselves.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from console.backend.errors import RateLimited, Unauthenticated
from console.clock import Clock
from console.commands.extras import CommandRefused
from console.commands.fates import RETRIED, Fate
from console.commands.operations import Outcome, Result
from console.model.execution import Execution
from console.model.ids import ExecutionId
from console.present.clean import clean
from console.present.errors import error_sentence

PER_SECOND = 2.0
"""How many are sent in a second unless the person says otherwise."""
MOST_PER_SECOND = 50.0
SAID = 40
"""Characters of the reasons that are said between the numbers."""
IN_A_ROW = 3
"""Failures one after the other after which the backend, not an execution, is the trouble."""


@dataclass(frozen=True, slots=True)
class Item:
    """One execution of a run."""

    execution: Execution
    fate: Fate = Fate.QUEUED
    why: str = ""
    """A few words: `state moved`."""
    detail: str = ""
    """The whole sentence."""


Act = Callable[[Execution, Callable[[], None]], Awaitable[Outcome]]
"""Does it to one execution; calls the second argument when it is about to be sent."""


class BulkRun:
    """Runs an action over executions."""

    def __init__(
        self,
        executions: Sequence[Execution],
        act: Act,
        clock: Clock,
        *,
        per_second: float = PER_SECOND,
        on_change: Callable[[ExecutionId], None],
        on_outcome: Callable[[Outcome], None] = lambda _: None,
        on_unsent: Callable[[Sequence[Execution], str], None] = lambda _, __: None,
    ) -> None:
        self.items = {execution.id: Item(execution) for execution in executions}
        self.per_second = per_second
        self.halt = ""
        """Why it ended before its end; empty while nothing speaks against going on."""
        self.is_over = False
        self._act = act
        self._clock = clock
        self._on_change = on_change
        self._on_outcome = on_outcome
        self._on_unsent = on_unsent
        self._stop = asyncio.Event()
        self._failures = 0
        self._was_run = False

    @property
    def done(self) -> int:
        """How many are through."""
        return sum(1 for i in self.items.values() if i.fate not in (Fate.QUEUED, Fate.SENDING))

    @property
    def is_stopping(self) -> bool:
        """Nothing more is sent."""
        return self._stop.is_set()

    def stop(self, why: str = "stopped") -> None:
        """Send no other one."""
        self.halt = self.halt or why
        self._stop.set()

    async def run(self) -> None:
        """Do all, until the last one or `stop`; a second call does nothing."""
        if self._was_run:
            return
        self._was_run = True
        try:
            await self._run()
        finally:  # also when the console ends in the middle: what was sent is not called unsent
            for identifier, item in list(self.items.items()):
                if item.fate is Fate.SENDING:
                    self._set(identifier, Fate.UNKNOWN, "no answer")
                elif item.fate is Fate.QUEUED:
                    self._set(identifier, Fate.UNSENT, self.halt or "stopped")
            self.is_over = True
            unsent = [i.execution for i in self.items.values() if i.fate is Fate.UNSENT]
            if unsent:
                self._on_unsent(unsent, self.halt or "stopped")

    async def _run(self) -> None:
        not_before = self._clock.monotonic()
        for identifier, item in list(self.items.items()):
            await self._wait(not_before - self._clock.monotonic())
            if self._stop.is_set():
                return
            not_before = self._clock.monotonic() + 1 / self.per_second
            pause = await self._do(identifier, item.execution)
            not_before = max(not_before, self._clock.monotonic() + pause)

    async def _wait(self, seconds: float) -> None:
        """Wait that long, or until it is stopped."""
        if seconds <= 0 or self._stop.is_set():
            return
        waits = [
            asyncio.ensure_future(self._clock.sleep(seconds)),
            asyncio.ensure_future(self._stop.wait()),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _do(self, identifier: ExecutionId, execution: Execution) -> float:
        """Do one; gives the seconds the backend asks to be left alone."""

        def sending() -> None:
            self._set(identifier, Fate.SENDING)

        try:
            outcome = await self._act(execution, sending)
        except CommandRefused as refusal:
            self._set(identifier, Fate.UNSENT, "not sent", str(refusal))
            self.stop(str(refusal))
            return 0.0
        fate, why = _fate(outcome)
        self._set(identifier, fate, why, outcome.message)
        self._on_outcome(outcome)
        self._judge(fate, outcome)
        if isinstance(outcome.error, RateLimited):
            return outcome.error.retry_after or 1.0
        return 0.0

    def _judge(self, fate: Fate, outcome: Outcome) -> None:
        if isinstance(outcome.error, Unauthenticated):
            self.stop(error_sentence(outcome.error))
        self._failures = self._failures + 1 if fate in (Fate.FAILED, Fate.UNKNOWN) else 0
        if self._failures >= IN_A_ROW and outcome.error is not None:
            self.stop(f"{IN_A_ROW} in a row failed: {error_sentence(outcome.error)}")

    def _set(self, identifier: ExecutionId, fate: Fate, why: str = "", detail: str = "") -> None:
        self.items[identifier] = Item(
            self.items[identifier].execution, fate, clean(why), clean(detail or why)
        )
        self._on_change(identifier)

    # What came of it

    def count(self, fate: Fate) -> int:
        """How many have this fate."""
        return sum(1 for item in self.items.values() if item.fate is fate)

    def words(self) -> str:
        """Say what came of all of them."""
        parts: list[str] = []
        for fate in (Fate.ACCEPTED, Fate.REFUSED, Fate.FAILED, Fate.UNKNOWN, Fate.UNSENT):
            found = [item for item in self.items.values() if item.fate is fate]
            if not found:
                continue
            reasons = Counter(item.why for item in found if item.why)
            why = f" ({'; '.join(reasons)})" if fate in (Fate.REFUSED, Fate.FAILED) else ""
            if not reasons or len(why) > SAID:  # each row says it; here the numbers come first
                why = ""
            parts.append(f"{len(found):,} {fate}{why}")
        return ", ".join(parts)

    def to_retry(self) -> list[ExecutionId]:
        """Give those that can be tried again without doing anything twice."""
        return [identifier for identifier, item in self.items.items() if item.fate in RETRIED]


def _fate(outcome: Outcome) -> tuple[Fate, str]:
    if outcome.result is Result.DONE:
        return Fate.ACCEPTED, ""
    if outcome.result is Result.MOVED:
        return Fate.REFUSED, "state moved"
    if outcome.result is Result.UNKNOWN:
        return Fate.UNKNOWN, "no answer"
    why = error_sentence(outcome.error) if outcome.error is not None else outcome.message
    if outcome.result is Result.REFUSED and not outcome.message.startswith("nothing was sent"):
        return Fate.REFUSED, why
    return Fate.FAILED, why


def parse_rate(text: str) -> float:
    """Read `2`, `2/s` or `30/min` as so many a second; raises `ValueError` with one sentence."""
    amount, slash, unit = text.strip().partition("/")
    try:
        number = float(amount)
    except ValueError:
        number = 0.0
    seconds = {"": 1, "s": 1, "sec": 1, "m": 60, "min": 60}.get(unit.strip())
    if seconds is None or (slash and not unit.strip()) or not 0 < number < float("inf"):
        raise ValueError("the rate is written 2/s or 30/min")
    rate = number / seconds
    if rate > MOST_PER_SECOND:
        raise ValueError(f"at most {MOST_PER_SECOND:g} a second")
    return rate
