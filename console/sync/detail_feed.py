"""One execution in full, kept fresh."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from console.backend.protocol import Backend
from console.clock import Clock
from console.model.execution import (
    AttemptHistory,
    Execution,
    FunctionExecution,
    JobError,
    WaitPoint,
)
from console.model.ids import ExecutionId, FunctionExecutionId, JobExecutionId
from console.sync.freshness import Freshness


class DetailFeed:
    """Polls one execution until it is finished."""

    def __init__(
        self,
        backend: Backend,
        clock: Clock,
        execution_id: ExecutionId,
        *,
        on_change: Callable[[], None],
        on_freshness: Callable[[Freshness], None],
        known: Execution | None = None,
        on_bug: Callable[[Exception], None] | None = None,
    ) -> None:
        self.execution_id: ExecutionId = execution_id
        self.execution: Execution | None = known
        self.history: AttemptHistory | None = None
        self.wait_points: tuple[WaitPoint, ...] = ()
        self.errors: Mapping[JobExecutionId, JobError] = {}
        """Of failed jobs, by job execution."""
        self.missing: str = ""
        """Why there is no history, in a sentence; empty when there is one or it is to come."""
        self.freshness: Freshness = Freshness()

    def start(self) -> None:
        """Begin to poll."""
        raise NotImplementedError

    async def stop(self) -> None:
        """End at once, also while a request hangs."""
        raise NotImplementedError

    def poke(self) -> None:
        """Ask now, also after it was done."""
        raise NotImplementedError

    def put(self, execution: Execution) -> None:
        """Take a newer reading from the list; a finished one that was resumed is polled again."""
        raise NotImplementedError

    def pause(self) -> None:
        """Ask no more by itself."""
        raise NotImplementedError

    def go_on(self) -> None:
        """Ask again by itself, beginning now."""
        raise NotImplementedError

    def set_visible(self, is_visible: bool) -> None:
        """Ask by itself only while it is seen."""
        raise NotImplementedError

    async def function(self, identifier: FunctionExecutionId) -> FunctionExecution:
        """Read one attempt of a job; kept when it has finished. Raises `BackendError`."""
        raise NotImplementedError
