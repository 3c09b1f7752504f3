"""The rows of the executions list: which ones, in which order, and what each cell says.

The row under the cursor stays while the cursor is on it, also when it no longer belongs in the
view: a person who resumed a failed execution sees how that ends.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from console.commands.filters import Filter
from console.model.execution import Execution
from console.model.ids import ExecutionId
from console.model.states import ExecutionStatus
from console.present.chosen_columns import USUAL, chosen_columns, extra_cells, titled
from console.present.columns import Column
from console.present.executions import execution_cells
from console.present.line import Line, Span, plain
from console.present.ordering import Order, Recency, problems_first, recency, sorted_ids
from console.present.tone import Tone
from console.present.why import CauseFacts, says_the_same, why_line
from console.sync.list_query import ListQuery
from console.ui.session import UNKNOWN, Session

if TYPE_CHECKING:
    from console.sync.list_feed import ListFeed

PROBLEMS = frozenset(
    status
    for status in ExecutionStatus
    if status.is_problem and status is not ExecutionStatus.UNKNOWN
)
"""What the problems view asks the server for; it cannot be asked for states we do not know."""
MOST_READ = 500
"""Rows whose WHY is read for a filter of words."""
LONGEST, EACH = 0.2, 0.0001
"""Seconds of work that a filter with an expression may take, in all and for each row."""
EXPLAINED = frozenset(
    {ExecutionStatus.FAILED, ExecutionStatus.PENDING_RETRY, ExecutionStatus.WAITING}
)
"""States whose WHY takes a request."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of an action on one row."""

    line: Line
    stays: bool = True
    """It is shown until it is taken away; else until the row is another."""


class ExecutionRows:
    """Reads a list feed as rows."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.feed: ListFeed | None = None
        self.filter = Filter()
        self.show_all = False
        self.order = Order()
        self.column_names: tuple[str, ...] = USUAL
        self.verdicts: dict[ExecutionId, Verdict] = {}
        """What the latest run over marked rows says of each, in the place of WHY."""
        self.ids: list[ExecutionId] = []
        self.is_given_up = False
        """An expression of the filter takes too long: no row is shown by it."""
        self._held: Execution | None = None
        self.is_held_apart = False
        """The row held is shown otherwise than the list has it: it goes when it is let go."""
        self._same: frozenset[ExecutionId] = frozenset()
        self._recencies: dict[ExecutionId, tuple[Execution, Recency]] = {}
        self._name_width = 28
        self._why_width: int | None = None

    def query(self) -> ListQuery:
        """Give what the server is asked for."""
        statuses = self.filter.statuses
        if not statuses and not self.show_all:
            statuses = PROBLEMS
        return ListQuery(self.filter.workflow, statuses)

    # Rows

    def get(self, identifier: str | None) -> Execution | None:
        """Give an execution by its id."""
        if identifier is None:
            return None
        held = self._held
        if held is not None and held.id == identifier:
            return held
        return self.feed.executions.get(ExecutionId(identifier)) if self.feed is not None else None

    def hold(self, execution: Execution | None) -> None:
        """Keep this one among the rows, as it was read last; None keeps none."""
        self._held = execution
        if execution is not None and self.feed is not None:
            known = self.feed.executions.get(execution.id)
            self.is_held_apart = self.is_held_apart or known != execution

    def belongs(self, execution: Execution) -> bool:
        """Tell whether the view and the filter show it as it is."""
        is_seen = self._is_open or execution.status.is_problem
        return is_seen and bool(self._matching((execution,), self._session.now()))

    @property
    def _is_open(self) -> bool:
        """What needs nobody is shown too."""
        return self.show_all or bool(self.filter.statuses)

    def _matching(self, known: Collection[Execution], now: datetime) -> Sequence[Execution]:
        """Give those that the filter keeps; none where an expression takes too long."""
        wanted = self.filter
        self.is_given_up = False
        if not wanted.tests:
            return tuple(known)
        if not wanted.has_expression:
            return [e for e in known if wanted.matches(e, now, self._why(e))]
        from console.present.expressions import TooSlow, time_limit

        try:
            with time_limit(LONGEST + EACH * len(known)):
                return [e for e in known if wanted.matches(e, now, self._why(e))]
        except TooSlow:
            self.is_given_up = True
            return ()

    def build(self) -> set[ExecutionId]:
        """Choose and order the rows again; gives those whose cells may read differently by it."""
        if self.feed is None:
            return set()
        known: dict[ExecutionId, Execution] = dict(self.feed.executions)
        held = self._held
        self.is_held_apart = held is not None and known.get(held.id) != held
        if held is not None and held.id in known:
            known[held.id] = held
        if len(self._recencies) > 2 * len(known):
            self._recencies.clear()
        now = self._session.now()
        ids = self._ordered(self._matching(known.values(), now), now)
        if held is not None and held.id not in ids and held.id in self.ids:
            ids.insert(min(self.ids.index(held.id), len(ids)), held.id)
            self.is_held_apart = True
        self.ids = ids
        return self._find_same()

    def unread(self) -> tuple[list[ExecutionId], int]:
        """Give those that a filter of words may be about once their WHY is read, and how many.

        No more of them are read than are kept, the newest first.
        """
        feed = self.feed
        if feed is None or not self.filter.reads_why:
            return [], 0
        found = [e for e in feed.executions.values() if e.status in EXPLAINED]
        found.sort(key=self._recency, reverse=True)
        waiting = [e.id for e in found[:MOST_READ] if feed.is_cause_unread(e.id)]
        return waiting, len(waiting) + max(0, len(found) - MOST_READ)

    def _ordered(self, matching: Sequence[Execution], now: datetime) -> list[ExecutionId]:
        statuses = self.filter.statuses
        if self.order.column:
            shown = [e for e in matching if self._is_open or e.status.is_problem]
            return sorted_ids(shown, self.order, now, self._why, key=self._recency)
        if self.show_all or not statuses:
            return problems_first(matching, show_all=self.show_all, key=self._recency)
        ids = problems_first(matching, key=self._recency)
        listed = set(ids)
        others = problems_first(matching, show_all=True, key=self._recency)
        return ids + [one for one in others if one not in listed]

    def _recency(self, execution: Execution) -> Recency:
        """Remember what a row is sorted by: to tell it takes longer than the sorting."""
        known, found = self._recencies.get(execution.id, (None, None))
        if found is None or known is not execution:
            found = recency(execution)
            self._recencies[execution.id] = execution, found
        return found

    def _find_same(self) -> set[ExecutionId]:
        """Find the failed rows that say the same as the failed row above them."""
        assert self.feed is not None
        executions, causes, held = self.feed.executions, self.feed.causes, self._held
        failed = ExecutionStatus.FAILED
        same: set[ExecutionId] = set()
        above: Execution | None = None
        cause_above: CauseFacts | None = None
        for identifier in self.ids:
            known = executions.get(identifier)
            execution = held if held is not None and held.id == identifier else known
            if execution is None:
                continue
            if execution.status is not failed:
                above = None
                continue
            cause = causes.get(identifier)
            if above is not None and says_the_same(execution, cause, above, cause_above):
                same.add(identifier)
            above, cause_above = execution, cause
        changed = same ^ self._same
        self._same = frozenset(same)
        return changed

    def _cause(self, identifier: ExecutionId) -> CauseFacts | None:
        return self.feed.causes.get(identifier) if self.feed is not None else None

    def cause(self, identifier: ExecutionId) -> CauseFacts | None:
        """Give why an execution failed, where that is known."""
        return self._cause(identifier)

    def _why(self, execution: Execution) -> str:
        return plain(why_line(execution, self._session.now(), self._cause(execution.id)))

    # Cells

    def columns(self, width: int) -> Sequence[Column]:
        """Give the columns for a width."""
        session = self._session
        columns = chosen_columns(self.column_names, width, time_mode=session.time_mode)
        self._name_width = next((c.width for c in columns if c.name == "workflow"), 28)
        self._why_width = next((c.width for c in columns if c.name == "why"), None)
        return titled(columns, self.order, width, session.glyphs)

    def cells(self, row_id: str) -> Mapping[str, Line]:
        """Give the cells of a row."""
        execution = self.get(row_id)
        if execution is None:
            return {}
        session = self._session
        cells = execution_cells(
            execution,
            session.now(),
            cause=self._cause(execution.id),
            is_same=execution.id in self._same,
            name_width=self._name_width,
            why_width=self._why_width,
            time_mode=session.time_mode,
            zone=session.zone,
            glyphs=session.glyphs,
        )
        if self.column_names != USUAL:
            cells |= extra_cells(
                execution,
                session.now(),
                time_mode=session.time_mode,
                zone=session.zone,
                glyphs=session.glyphs,
            )
        verdict = self.verdicts.get(execution.id)
        if verdict is not None and (verdict.stays or execution.id in session.under_way):
            cells["why"] = verdict.line
        action = session.under_way.get(execution.id)
        if action is not None:
            shape, tone = ("unknown", Tone.WARNING) if action.word == UNKNOWN else ("pending", "")
            word = action.word.partition(" ")[2] or action.word
            text = f"{session.glyphs.states[shape]} {word}"
            cells["status"] = (Span(text, tone or Tone.RUNNING),)
        return cells
