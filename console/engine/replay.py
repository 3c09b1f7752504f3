"""Matching what a body asks now to what an earlier run of it has left in the journal.

The n-th call of a kind must ask what the n-th call asked before: anything else is a mismatch, and
the execution fails. There is one good reason for another path: a trigger that had failed (or an
answer that was refused), and whose failure the body had caught, ran again after a resume and ended
otherwise.

    attempt 1   charge ✗   report ✓   raise
    attempt 2   charge ✓   ship …                  `ship` stands where `report` is recorded

From there on calls are matched by what they ask, whatever their turn, so that what has succeeded is
still answered from the journal; what was not asked before gets a turn after all others.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from console.engine.stops import ReplayMismatch


@dataclass(frozen=True, slots=True)
class Ask:
    """What a body asks: a trigger, a wait, a start or an answer."""

    name: str
    """The job's name, the wait point's key, or the kind of step."""
    text: str
    """JSON text: the argument, the payload, or the request."""
    digest: str
    """The text's hash."""

    def __str__(self) -> str:
        return f"{self.name}({self.text if len(self.text) <= 200 else self.text[:199] + '…'})"


@dataclass(frozen=True, slots=True)
class Left:
    """What an earlier run has left of one call."""

    turn: int
    ask: Ask
    attempt: int
    """The attempt it last ran in."""
    row: sqlite3.Row


class Replay:
    """The calls of one kind that an earlier run of a body has made."""

    def __init__(self, kind: str, left: Sequence[Left] = ()):
        self._kind = kind
        self._left = {entry.turn: entry for entry in left}
        self._calls = 0
        self._end = max(self._left, default=-1) + 1
        self._taken: set[int] = set()
        self._is_new_path = False

    def match(self, place: str, ask: Ask, newest: int) -> tuple[int, Left | None]:
        """Give the turn of the next call, and what is recorded of it.

        `newest` is the latest attempt in which a call before this one ran. Raises
        ReplayMismatch when something else is recorded here, and was so since then.
        """
        call, self._calls = self._calls, self._calls + 1
        if not self._is_new_path:
            here = self._left.get(call)
            if here is None or _same(here.ask, ask):
                self._end = max(self._end, call + 1)
                self._taken.add(call)
                return call, here
            if newest <= here.attempt:
                raise ReplayMismatch(f"{place}, {self._kind} {call + 1}", str(here.ask), str(ask))
            self._is_new_path = True
        for turn, entry in sorted(self._left.items()):
            if turn not in self._taken and _same(entry.ask, ask):
                self._taken.add(turn)
                return turn, entry
        turn, self._end = self._end, self._end + 1
        return turn, None


def _same(one: Ask, other: Ask) -> bool:
    return (one.name, one.digest) == (other.name, other.digest)
