"""What one round changed in a list, exactly: what is not named here reads as before."""

from __future__ import annotations

from dataclasses import dataclass

from console.model.ids import ExecutionId


@dataclass(frozen=True, slots=True)
class ListDelta:
    """The difference between a list before and after."""

    changed: frozenset[ExecutionId] = frozenset()
    """Rows that came, went, or read differently; those that went are not in `executions`."""
    order_changed: bool = False
    """`order` is not the same sequence as before."""
    counts_changed: bool = False
    """`counts`, `total` or `has_more` differ."""
    causes_changed: frozenset[ExecutionId] = frozenset()
    """Executions whose cause came or went."""

    def __bool__(self) -> bool:
        """Something differs."""
        return bool(
            self.changed or self.order_changed or self.counts_changed or self.causes_changed
        )
