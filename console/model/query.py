"""What is asked of a backend, and the pages it answers with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

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


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a listing."""

    items: tuple[T, ...]
    next_token: str = ""
    """Empty when this is the last page."""
    total: int | None = None
    """How many match on the server; None where it does not say."""
