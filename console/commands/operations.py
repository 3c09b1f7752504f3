"""What changes the backend: the only place of the console that calls such a method.

Each operation is refused on a read-only target, looks again where the state decides, is written to
the journal before it is sent and after it is answered, and says what came of it in one line.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from console.backend.errors import (
    BackendError,
    Conflict,
    NotFound,
    NotResumable,
    OutcomeUnknown,
)
from console.backend.protocol import Backend
from console.clock import Clock
from console.commands.extras import CommandRefused
from console.commands.journal import Action, Journal
from console.commands.twins import Twins
from console.model.capabilities import Capabilities
from console.model.execution import Execution, WaitPoint
from console.model.ids import ExecutionId, short_id
from console.model.target import Target
from console.model.workflow import Invoker
from console.present.errors import error_sentence

T = TypeVar("T")


class Result(StrEnum):
    """What came of an operation."""

    DONE = "done"
    MOVED = "moved"
    """Its state is another than the person saw; nothing was sent."""
    REFUSED = "refused"
    FAILED = "failed"
    UNKNOWN = "unknown"
    """It was sent and no answer came."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an operation, and the line that says it."""

    result: Result
    message: str
    execution_id: ExecutionId | None = None
    execution: Execution | None = None
    """The state that was read just before, where it was."""
    error: BackendError | None = None


def _nothing() -> None:
    pass


class Operations:
    """Start, resume, cancel and resolve, on one backend."""

    def __init__(
        self,
        backend: Backend,
        target: Target,
        capabilities: Capabilities,
        journal: Journal,
        clock: Clock,
    ) -> None:
        self._backend = backend
        self._target = target
        self._twins = Twins(target)
        self._capabilities = capabilities
        self._journal = journal
        self._clock = clock

    async def start(
        self, workflow: str, *, machine_user: str, argument: str | None, reason: str = ""
    ) -> Outcome:
        """Start a workflow."""
        action = Action(
            "start",
            self._twins.start(workflow, machine_user, argument, reason),
            workflow=workflow,
            reason=reason,
        )
        invoker = Invoker(machine_user) if machine_user else None
        return await self._send(
            action,
            lambda: self._backend.start(
                workflow, invoker=invoker, argument=argument, reason=self._sent_reason(reason)
            ),
            lambda identifier: Outcome(
                Result.DONE, f"started {short_id(identifier)}", ExecutionId(identifier)
            ),
        )

    async def resume(
        self, shown: Execution, *, reason: str = "", on_send: Callable[[], None] = _nothing
    ) -> Outcome:
        """Resume a failed execution, if it still is what the person saw.

        `on_send` is called when it was looked at again and is about to be sent.
        """
        self._refuse_read_only("resume")
        action = self._action("resume", shown, reason)
        moved = await self._moved(shown, action)
        if moved is not None:
            return moved
        return await self._send(
            action,
            lambda: self._backend.resume(shown.id, reason=self._sent_reason(reason)),
            lambda identifier: Outcome(
                Result.DONE, f"resume of {short_id(shown.id)} accepted", ExecutionId(identifier)
            ),
            on_send,
        )

    async def cancel(
        self, shown: Execution, *, reason: str = "", on_send: Callable[[], None] = _nothing
    ) -> Outcome:
        """Cancel an execution that has not ended."""
        self._refuse_read_only("cancel")
        action = self._action("cancel", shown, reason)
        fresh = await self._read(shown, action)
        if isinstance(fresh, Outcome):
            return fresh
        if fresh.status.is_finished:
            return self._moved_to(action, shown, fresh)
        return await self._send(
            action,
            lambda: self._backend.cancel(shown.id, reason=self._sent_reason(reason)),
            lambda _: Outcome(Result.DONE, f"cancel of {short_id(shown.id)} accepted", shown.id),
            on_send,
        )

    async def resolve(
        self,
        shown: Execution,
        wait: WaitPoint,
        result: str,
        *,
        reason: str = "",
        on_send: Callable[[], None] = _nothing,
    ) -> Outcome:
        """Answer a wait point, once."""
        action = Action(
            "resolve",
            self._twins.resolve(shown.id, wait.key, result, reason),
            workflow=shown.workflow_name,
            execution=shown.id,
            reason=reason,
        )
        return await self._send(
            action,
            lambda: self._backend.resolve(
                shown.id, wait.key, result, turn=wait.turn, reason=self._sent_reason(reason)
            ),
            lambda _: Outcome(Result.DONE, f"{wait.key} resolved", shown.id),
            on_send,
        )

    def not_sent(
        self, name: str, executions: Sequence[Execution], why: str, *, reason: str = ""
    ) -> None:
        """Write down the executions of a run, `resume` or `cancel`, whose turn never came."""
        actions = [self._action(name, shown, reason) for shown in executions]
        text = f"the run ended before its turn: {why}"
        self._journal.unsent(actions, self._clock.now(), text)

    # What they share

    def _action(self, name: str, shown: Execution, reason: str) -> Action:
        twin = {"resume": self._twins.resume, "cancel": self._twins.cancel}[name]
        return Action(
            name,
            twin(shown.id, reason),
            workflow=shown.workflow_name,
            execution=shown.id,
            reason=reason,
        )

    def _sent_reason(self, reason: str) -> str:
        """Send a reason only where the server keeps it; the journal keeps it always."""
        return reason if self._capabilities.reasons else ""

    def _refuse_read_only(self, name: str) -> None:
        if self._target.is_read_only:
            raise CommandRefused(f"{name}: {self._target.label} is read-only")

    async def _read(self, shown: Execution, action: Action) -> Execution | Outcome:
        try:
            return await self._backend.get_execution(shown.id)
        except BackendError as error:
            text = f"nothing was sent: the state could not be read ({error_sentence(error)})"
            self._journal.unsent([action], self._clock.now(), text, Result.FAILED.value)
            return Outcome(Result.REFUSED, text, shown.id, error=error)

    async def _moved(self, shown: Execution, action: Action) -> Outcome | None:
        fresh = await self._read(shown, action)
        if isinstance(fresh, Outcome):
            return fresh
        return None if is_same_state(shown, fresh) else self._moved_to(action, shown, fresh)

    def _moved_to(self, action: Action, shown: Execution, fresh: Execution) -> Outcome:
        news = _news(shown, fresh)
        self._journal.unsent([action], self._clock.now(), news)
        return Outcome(Result.MOVED, f"nothing was sent: {news}", fresh.id, execution=fresh)

    async def _send(
        self,
        action: Action,
        call: Callable[[], Awaitable[T]],
        done: Callable[[T], Outcome],
        on_send: Callable[[], None] = _nothing,
    ) -> Outcome:
        self._refuse_read_only(action.name)
        number = self._journal.sent(action, self._clock.now())
        on_send()
        try:
            outcome = done(await call())
        except OutcomeUnknown as error:
            text = f"outcome unknown: {action.name} was sent and no answer came; look before again"
            outcome = Outcome(Result.UNKNOWN, text, error=error)
        except (NotResumable, Conflict, NotFound) as error:
            text = f"{action.name} was refused: {error_sentence(error)}"
            outcome = Outcome(Result.REFUSED, text, error=error)
        except BackendError as error:
            text = f"{action.name} failed: {error_sentence(error)}"
            outcome = Outcome(Result.FAILED, text, error=error)
        if outcome.execution_id is None and action.execution:
            outcome = replace(outcome, execution_id=ExecutionId(action.execution))
        self._journal.answered(
            number,
            self._clock.now(),
            outcome.result.value,
            "" if outcome.error is None else error_sentence(outcome.error),
            outcome.execution_id or "",
        )
        return outcome


def is_same_state(shown: Execution, fresh: Execution) -> bool:
    """Tell whether nothing happened to an execution since it was shown."""
    return (shown.status, shown.started_at, shown.finished_at, _jobs(shown)) == (
        fresh.status,
        fresh.started_at,
        fresh.finished_at,
        _jobs(fresh),
    )


def _jobs(execution: Execution) -> tuple[tuple[object, ...], ...]:
    return tuple((j.id, j.status, j.function_execution_id) for j in execution.jobs)


def _news(shown: Execution, fresh: Execution) -> str:
    """Say what happened to an execution since it was shown."""
    state = fresh.status_word or fresh.status.value
    if fresh.status is not shown.status:
        return f"it changed meanwhile and is {state} now"
    is_other = (fresh.started_at, fresh.finished_at) != (shown.started_at, shown.finished_at)
    what = "a new attempt ended" if is_other else "its jobs went on"
    return f"{what} meanwhile; it is {state} again"
