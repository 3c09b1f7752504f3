"""Waiting for an execution: what ended it, and the exit code that tells.

WAITING ends a wait for the end as well: nothing goes on until somebody answers.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from console.backend.errors import BackendError, RateLimited
from console.backend.protocol import Backend
from console.cli.codes import ExitCode
from console.cli.documents import Document, execution_document, status_class
from console.cli.patience import LONGEST_PAUSE, is_transient
from console.commands.operations import is_same_state
from console.model.execution import Execution
from console.model.ids import ExecutionId
from console.model.states import ExecutionStatus
from console.present.errors import error_sentence

if TYPE_CHECKING:
    from console.clock import Clock

INTERVAL = 3.0
"""Seconds between two looks, unless told; the first ones are closer together."""
FIRST_INTERVAL = 0.1
TIMEOUT = 600.0


class Until(StrEnum):
    """What is waited for."""

    TERMINAL = "terminal"
    """It ended, or waits for somebody."""
    SUCCESS = "success"
    """It succeeded; waiting for somebody is waited for as well."""
    SUSPENDED = "suspended"
    """It waits for somebody."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How often is looked, and for how long."""

    until: Until = Until.TERMINAL
    interval: float | None = None
    """None begins quickly and slows down to `INTERVAL`."""
    timeout: float = TIMEOUT
    """0 for no end."""


@dataclass(frozen=True, slots=True)
class Waited:
    """What came of a wait."""

    execution_id: ExecutionId
    execution: Execution | None
    """As it was seen last; None where it never was."""
    elapsed: float
    looks: int
    timed_out: bool = False
    last_error: BackendError | None = None

    def exit_code(self, until: Until) -> ExitCode:
        """Give the exit code that tells a script what came of it."""
        if self.timed_out or self.execution is None:
            return ExitCode.TIMED_OUT
        match self.execution.status:
            case ExecutionStatus.WAITING:
                return ExitCode.DONE if until is Until.SUSPENDED else ExitCode.WAITING
            case ExecutionStatus.SUCCESS:
                return ExitCode.FAILED if until is Until.SUSPENDED else ExitCode.DONE
        return ExitCode.FAILED

    def document(self) -> Document:
        """Give it as JSON: the execution's keys, and what the wait was like."""
        if self.execution is None:
            empty = ("workflowName", "jobExecutions", "startedAt", "finishedAt")
            document: Document = {"id": self.execution_id, "status": "UNKNOWN"}
            document |= dict.fromkeys(empty)
        else:
            document = execution_document(self.execution)
        status = ExecutionStatus.UNKNOWN if self.execution is None else self.execution.status
        known = status_class(status)
        return document | {
            "statusClass": "unknown" if self.execution is None else known,
            "elapsedMs": round(self.elapsed * 1000),
            "attempts": self.looks,
            "timedOut": self.timed_out,
            "lastError": None if self.last_error is None else error_sentence(self.last_error),
        }


def has_ended(status: ExecutionStatus, until: Until) -> bool:
    """Tell whether a wait is over in this state."""
    if status is ExecutionStatus.WAITING:
        return until is not Until.SUCCESS
    return status.is_finished


class Watch:
    """Looks at one execution until it is over, or the time is.

    `before` is how it was before it was resumed.
    """

    def __init__(
        self,
        backend: Backend,
        clock: Clock,
        patience: Patience,
        *,
        on_look: Callable[[Execution], Awaitable[None]],
        on_trouble: Callable[[BackendError, float], None],
        before: Execution | None = None,
    ) -> None:
        self._backend, self._clock, self._patience = backend, clock, patience
        self._on_look, self._on_trouble = on_look, on_trouble
        self._before = before

    async def run(self, execution_id: ExecutionId) -> Waited:
        """Wait. Raises `BackendError` for what no waiting mends."""
        began = self._clock.monotonic()
        timeout = self._patience.timeout
        execution: Execution | None = None
        trouble: BackendError | None = None
        looks = 0
        while True:
            looks += 1
            pause = self._pause(looks)
            try:
                execution = await self._backend.get_execution(execution_id)
                await self._on_look(execution)
                trouble = None
            except BackendError as error:
                if not is_transient(error):
                    raise
                trouble = error
                pause = self._pause_after(error, pause)
                self._on_trouble(error, pause)
            elapsed = self._clock.monotonic() - began
            if execution is not None and trouble is None and self._is_over(execution):
                return Waited(execution_id, execution, elapsed, looks)
            if timeout and elapsed >= timeout:
                return Waited(execution_id, execution, elapsed, looks, True, trouble)
            await self._clock.sleep(min(pause, timeout - elapsed) if timeout else pause)

    def _is_over(self, execution: Execution) -> bool:
        # What was resumed and still is as it was before has not run yet.
        if self._before is not None and is_same_state(self._before, execution):
            return False
        return has_ended(execution.status, self._patience.until)

    def _pause(self, looks: int) -> float:
        if self._patience.interval is not None:
            return self._patience.interval
        return min(INTERVAL, FIRST_INTERVAL * 1.5 ** min(looks - 1, 20))

    def _pause_after(self, error: BackendError, pause: float) -> float:
        if isinstance(error, RateLimited) and error.retry_after is not None:
            return max(pause, min(error.retry_after, LONGEST_PAUSE))
        return max(pause, 1.0)
