"""Which executions a list shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from console.model.execution import Execution
from console.model.states import ExecutionStatus

if TYPE_CHECKING:  # the first frame needs none of it
    from console.model.query import ExecutionQuery


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What a list asks for; always newest first."""

    workflow: str | None = None
    """The exact workflow name; None for all."""
    statuses: frozenset[ExecutionStatus] = field(default_factory=frozenset)
    """Empty for all."""

    def matches(self, execution: Execution) -> bool:
        """Tell whether an execution belongs in this list now."""
        if self.workflow is not None and execution.workflow_name != self.workflow:
            return False
        return not self.statuses or execution.status in self.statuses

    def page(self, limit: int, token: str = "") -> ExecutionQuery:
        """Ask the backend for one page of it."""
        from console.model.query import ExecutionQuery

        return ExecutionQuery(self.workflow, self.statuses, limit, token)
