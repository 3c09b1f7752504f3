"""The order of the list: by need, or by a column the person chose.

Order()                                  what needs a person first, newest first
Order("took", is_descending=True)        longest first
problems_first(executions)               ids in the order of the problems view
sorted_ids(executions, order, now, why)  ids; equal ones newest first, unknown values last
usual_order("took")                      the direction one means first
order.words()                            `took, longest first`
parse_order("took asc")                  what was typed; raises `ValueError` with one sentence
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from math import inf

from console.model.execution import Execution
from console.model.ids import ExecutionId
from console.model.states import ExecutionStatus

URGENCY = {
    ExecutionStatus.FAILED: 0,
    ExecutionStatus.WAITING: 1,
    ExecutionStatus.PENDING_RETRY: 2,
    ExecutionStatus.UNKNOWN: 3,
    ExecutionStatus.PENDING: 4,
    ExecutionStatus.PENDING_RESUME: 4,
    ExecutionStatus.RUNNING: 5,
    ExecutionStatus.SUCCESS: 6,
    ExecutionStatus.CANCELED: 6,
}
"""The order of the problems view: how much a person is needed."""

WORDS: dict[str, tuple[str, str]] = {
    "status": ("most urgent first", "least urgent first"),
    "workflow": ("a to z", "z to a"),
    "started": ("oldest first", "newest first"),
    "took": ("shortest first", "longest first"),
    "done": ("fewest first", "most first"),
    "why": ("a to z", "z to a"),
    "id": ("lowest first", "highest first"),
    "finished": ("earliest first", "latest first"),
    "retries": ("fewest first", "most first"),
}
"""Each column one can sort by, and what its two directions are called: ascending, descending."""

_FIRST_DOWN = frozenset({"started", "took", "done", "finished", "retries"})
"""Columns of which one means the greatest first."""

_Value = float | str | None


@dataclass(frozen=True, slots=True)
class Order:
    """A column and a direction; without a column the list's own order."""

    column: str = ""
    is_descending: bool = False

    def words(self, usual: str = "newest first") -> str:
        """Say it in a few words."""
        if not self.column:
            return usual
        return f"{self.column}, {WORDS[self.column][self.is_descending]}"

    def typed(self) -> str:
        """Give what `parse_order` reads it from."""
        if not self.column:
            return "usual"
        return f"{self.column} {'desc' if self.is_descending else 'asc'}"

    def turned(self) -> Order:
        """Give the other direction."""
        return Order(self.column, not self.is_descending) if self.column else self


def usual_order(column: str) -> Order:
    """Sort by a column in the direction one usually means."""
    return Order(column, column in _FIRST_DOWN)


def parse_order(text: str) -> Order:
    """Read `took`, `took asc`, `took desc` or `usual`; raises `ValueError` with one sentence."""
    words = text.lower().split()
    if not words or words == ["usual"]:
        return Order()
    column, *rest = words
    if column not in WORDS:
        raise ValueError(f"no column {column} to sort by; there are usual, {', '.join(WORDS)}")
    if rest not in ([], ["asc"], ["desc"]):
        raise ValueError("sort takes a column, and asc or desc")
    return Order(column, rest == ["desc"]) if rest else usual_order(column)


Recency = tuple[float, str]


def recency(execution: Execution) -> Recency:
    """Give the key that sorts executions by what STARTED shows: the start of the latest attempt.

    The server lists by when they were asked for, where what was resumed a moment ago stands far
    below. Where nothing is told, what has not ended has not begun either, so nothing is newer.
    """
    moment = execution.started_at or execution.created_at or execution.finished_at
    if moment is not None:
        return (moment.timestamp(), execution.id)
    return (0.0 if execution.status.is_finished else inf, execution.id)


def problems_first(
    executions: Iterable[Execution],
    *,
    show_all: bool = False,
    key: Callable[[Execution], Recency] | None = None,
) -> list[ExecutionId]:
    """Order by how much a person is needed, newest first; without what is done unless asked.

    `key` gives what `recency` does, from memory.
    """
    rows = [e for e in executions if show_all or e.status.is_problem]
    rows.sort(key=key or recency, reverse=True)
    if not show_all:
        rows.sort(key=lambda execution: URGENCY[execution.status])
    return [execution.id for execution in rows]


def sorted_ids(
    executions: Iterable[Execution],
    order: Order,
    now: datetime,
    why: Callable[[Execution], str] = lambda _: "",
    *,
    key: Callable[[Execution], Recency] | None = None,
) -> list[ExecutionId]:
    """Sort by a column; equal ones stay newest first, those without a value come last.

    `key` gives what `recency` does, from memory.
    """
    newest = sorted(executions, key=key or recency, reverse=True)
    value = _VALUES.get(order.column)
    if order.column == "why":
        value = lambda execution, _: why(execution).casefold() or None  # noqa: E731
    if value is None:
        return [execution.id for execution in newest]
    known: list[tuple[float | str, Execution]] = []
    unknown: list[Execution] = []
    for execution in newest:
        found = value(execution, now)
        if found is None:
            unknown.append(execution)
        else:
            known.append((found, execution))
    known.sort(key=lambda pair: pair[0], reverse=order.is_descending)
    return [*(execution.id for _, execution in known), *(execution.id for execution in unknown)]


def _took(execution: Execution, now: datetime) -> _Value:
    if execution.started_at is None:
        return None
    if execution.finished_at is not None:
        return (execution.finished_at - execution.started_at).total_seconds()
    return None if execution.status.is_finished else (now - execution.started_at).total_seconds()


def _moment(moment: datetime | None) -> _Value:
    return moment.timestamp() if moment is not None else None


_VALUES: dict[str, Callable[[Execution, datetime], _Value]] = {
    "status": lambda execution, _: float(URGENCY[execution.status]),
    "workflow": lambda execution, _: execution.workflow_name.casefold(),
    "started": lambda execution, _: _moment(execution.started_at or execution.created_at),
    "took": _took,
    "done": lambda execution, _: float(execution.jobs_done),
    "id": lambda execution, _: execution.id,
    "finished": lambda execution, _: _moment(execution.finished_at),
    "retries": lambda execution, _: float(execution.retry_count),
}
