"""What is asked of a backend, and the pages it answers with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from console.model.execution import Execution
from console.model.ids import ExecutionId
from console.model.states import ExecutionStatus

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ExecutionQuery:
    """Which executions to list."""

    workflow: str | None = None
    """The exact workflow name; None for all."""
    statuses: frozenset[ExecutionStatus] = field(default_factory=frozenset)
    """Empty for all."""
    limit: int = 50
    token: str = ""
    """The `next_token` of the page before; empty for the first."""
    newest_first: bool = True
    since: datetime | None = None
    """Only those created at or after this time."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a listing."""

    items: tuple[T, ...]
    next_token: str = ""
    """Empty when this is the last page."""
    total: int | None = None
    """How many match on the server; None where it does not say."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many executions there are in each state."""

    by_status: Mapping[ExecutionStatus, int]
    """A state that is not named has none."""
    window: str = ""
    """Since when that is counted: `last 24 h`; empty for all there are."""

    def of(self, *statuses: ExecutionStatus) -> int:
        """Add up some states."""
        return sum(self.by_status.get(status, 0) for status in statuses)

    @property
    def failed(self) -> int:
        """FAILED."""
        return self.of(ExecutionStatus.FAILED)

    @property
    def waiting(self) -> int:
        """WAITING."""
        return self.of(ExecutionStatus.WAITING)

    @property
    def running(self) -> int:
        """RUNNING."""
        return self.of(ExecutionStatus.RUNNING)

    @property
    def pending(self) -> int:
        """PENDING and its relatives."""
        pending = (ExecutionStatus.PENDING, ExecutionStatus.PENDING_RESUME)
        return self.of(*pending, ExecutionStatus.PENDING_RETRY)

    @property
    def succeeded(self) -> int:
        """SUCCESS."""
        return self.of(ExecutionStatus.SUCCESS)


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """What happened to executions since a cursor."""

    cursor: str
    """Where to ask from the next time; opaque."""
    changed: tuple[Execution, ...] = ()
    """New or changed ones, each once, in the order of their last change."""
    gone: tuple[ExecutionId, ...] = ()
    """Ones that were pruned."""
    reset: bool = False
    """The cursor was too old or not known: list again; `cursor` is a fresh one."""
