"""The pages below the first one: loaded because somebody scrolled, and kept true.

first page   read with each poll
gap          pages read at once: the first page met no known row, or nothing was read for long
turn         one page every tenth poll, from the second to the last and again
tail         where the next page begins that nobody asked for yet
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from console.model.execution import Execution
from console.model.ids import ExecutionId
from console.model.query import Page
from console.sync.store import TOP, ExecutionStore, Key, own_key

PAGES = 10
"""Pages read at once to close a gap, or to read again what was loaded."""
SELDOM = 10
"""Polls between two readings of an older page."""


@dataclass(frozen=True, slots=True)
class Below:
    """The page that follows a row."""

    token: str
    after: ExecutionId | None
    """None where no row stands above it."""
    target: int = 0
    """Rows still to be read; 0 to go on until a known one is met."""
    pages_left: int = PAGES


class OlderPages:
    """Lays pages into a store, and says which to read next."""

    def __init__(self, store: ExecutionStore) -> None:
        self.tail = ""
        """The token of the page after the last row; empty when there is none."""
        self._store = store
        self._floor: Key = TOP
        self._gap: Below | None = None
        self._second: Below | None = None
        self._turn: Below | None = None
        self._polls = 0
        self._is_turn_due = False

    @property
    def is_all(self) -> bool:
        """Everything the server lists is here."""
        return not self.tail and self._gap is None

    def reaches(self, key: Key) -> bool:
        """Tell whether a row of that age lies in what is loaded."""
        return not self.tail or key > self._floor

    def next(self) -> Below | None:
        """Give the page that is to be read now, if there is one."""
        if self._gap is not None:
            return self._gap
        if not self._is_turn_due:
            return None
        turn = self._turn
        return turn if turn is not None and self._is_there(turn) else self._second

    # Taking pages

    def replace(self, page: Page[Execution]) -> None:
        """Begin another list with its first page."""
        self._store.replace(page.items)
        self._gap = self._second = self._turn = None
        self._is_turn_due = False
        self._set_tail(page.next_token, page.items[-1].id if page.items else None)

    def take_first(self, page: Page[Execution], *, is_trusted: bool) -> None:
        """Take the first page again; `is_trusted` unless what lies below it may be old."""
        token, rows = page.next_token, page.items
        is_met = self._meets(rows)
        loaded = len(self._store)
        self._store.splice(None, rows, is_end=not token)
        last = rows[-1].id if rows else None
        self._second = Below(token, last)
        self._gap = None
        self._polls += 1
        self._is_turn_due = False
        if not token or self._is_bottom(last):
            self._set_tail(token, last)
        elif not is_trusted and last is not None and loaded <= len(rows):
            self._store.truncate(last)
            self._set_tail(token, last)
        elif not is_trusted:
            self._gap = replace(self._second, target=max(1, loaded - len(rows)))
        elif not is_met:
            self._gap = self._second
        else:
            self._is_turn_due = self._polls % SELDOM == 0

    def _meets(self, rows: Sequence[Execution]) -> bool:
        store = self._store
        if not store.order or any(row.id in store for row in rows):
            return True
        last = own_key(rows[-1]) if rows else None
        return last is not None and last <= store.key(store.order[0])

    def take(self, below: Below, page: Page[Execution]) -> bool:
        """Take the page that `next` gave; False when it has no place any more."""
        is_gap = below is self._gap
        self._is_turn_due = False
        if not self._is_there(below):
            self._gap = self._turn = None
            return not is_gap
        token, rows = page.next_token, page.items
        is_met = any(row.id in self._store for row in rows)
        self._store.splice(below.after, rows, is_end=not token)
        last = rows[-1].id if rows else below.after
        following = Below(token, last, max(0, below.target - len(rows)), below.pages_left - 1)
        if is_gap:
            self._gap = self._after_gap(below, following, is_met=is_met)
        else:
            self._turn = following
        if not token or self._is_bottom(last):
            self._set_tail(token, last)
            self._gap = self._turn = None
        return True

    def give_up(self, below: Below) -> None:
        """Read that page no more: the server refuses it; what lies below a gap goes."""
        is_gap = below is self._gap
        self._gap = self._turn = None
        self._is_turn_due = False
        if is_gap and below.after is not None and self._is_there(below):
            self._store.truncate(below.after)
            self._set_tail(below.token, below.after)

    def _after_gap(self, below: Below, following: Below, *, is_met: bool) -> Below | None:
        """Go on with the gap, or end it: where it is not closed, what lies below it goes."""
        is_closed = following.target == 0 if below.target else is_met
        if not is_closed and following.pages_left:
            return following
        if (below.target or not is_met) and following.after is not None:
            self._store.truncate(following.after)
        return None

    def take_more(self, page: Page[Execution]) -> None:
        """Append the page at `tail`."""
        order = self._store.order
        asked = self.tail
        self._store.splice(order[-1] if order else None, page.items, is_end=not page.next_token)
        token = page.next_token if page.next_token != asked else ""
        self._set_tail(token, order[-1] if order else None)

    def _is_there(self, below: Below) -> bool:
        return below.after is None or below.after in self._store

    def _is_bottom(self, last: ExecutionId | None) -> bool:
        order = self._store.order
        return not order if last is None else order[-1] == last

    def _set_tail(self, token: str, last: ExecutionId | None) -> None:
        self.tail = token
        self._floor = self._store.key(last) if last is not None else TOP
