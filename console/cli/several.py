"""One change for several executions: each with an outcome of its own, and no one's stops another's.

01f3…9a2c  accepted
01f3…11aa  refused  not resumable: 01f3…11aa is RUNNING
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import click

from console.backend.errors import BackendError, NotFound, RateLimited
from console.cli.codes import ExitCode
from console.cli.connected import Connected
from console.cli.diagnostics import backend_code, backend_line
from console.cli.format import Format
from console.cli.identify import read_execution
from console.cli.reference import checked_reference
from console.cli.session import Session
from console.commands.bulk import PER_SECOND, BulkRun, Item, parse_rate
from console.commands.fates import Fate
from console.commands.operations import Operations, Outcome, Result
from console.model.execution import Execution
from console.model.ids import ExecutionId
from console.present.clean import clean

Operate = Callable[[Operations, Execution, Callable[[], None]], Awaitable[Outcome]]
"""Does it to one; calls the last one when it is about to be sent. A BackendError refuses it."""


class Rate(click.ParamType):  # type: ignore[type-arg]  # generic since click 8.4
    """`2/s` or `30/min` as so many a second."""

    name = "rate"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read a rate."""
        try:
            return parse_rate(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


rate_option = click.option(
    "--rate",
    type=Rate(),
    default=f"{PER_SECOND:g}/s",
    show_default=True,
    metavar="RATE",
    help="With several IDs: how many are sent, 2/s or 30/min.",
)


def change_several(
    session: Session,
    words: Sequence[str],
    *,
    action: str,
    per_second: float,
    reason: str,
    operate: Operate,
) -> ExitCode:
    """Do it to each execution that is named, at a rate; tells of each as soon as it is through.

    Those whose turn never came are written to the journal as an `action` that was not sent.

    The exit code is 0 when all were accepted, 7 when the outcome of one is not known, and else that
    of the first one that was not accepted.
    """
    for word in words:
        checked_reference(word)

    async def work(connected: Connected) -> ExitCode:
        operations = await connected.operations(reason=reason)

        def unsent(executions: Sequence[Execution], why: str) -> None:
            operations.not_sent(action, executions, why, reason=reason)

        several = _Several(session, connected, operations, operate)
        return await several.run(words, per_second, unsent)

    return session.run(work, changes=True)


class _Several:
    """One run over several executions."""

    def __init__(
        self, session: Session, connected: Connected, operations: Operations, operate: Operate
    ) -> None:
        self._session = session
        self._connected = connected
        self._operations = operations
        self._operate = operate
        self._told: list[dict[str, str | None]] = []
        self._code = ExitCode.DONE

    async def run(
        self,
        words: Sequence[str],
        per_second: float,
        on_unsent: Callable[[Sequence[Execution], str], None],
    ) -> ExitCode:
        """Read them all, then send one after the other."""
        found = await self._found(words)

        def changed(identifier: ExecutionId) -> None:
            self._changed(run.items[identifier])

        clock = self._connected.clock
        run = BulkRun(
            found,
            self._act,
            clock,
            per_second=per_second,
            on_change=changed,
            on_unsent=on_unsent,
        )
        try:
            await run.run()
        finally:  # also when it is interrupted: what was sent is told
            if self._session.format is Format.JSON:
                self._connected.output.document(self._told)
        if run.halt:
            self._connected.output.warn(run.halt)
        return ExitCode.UNKNOWN if run.count(Fate.UNKNOWN) else self._code

    async def _found(self, words: Sequence[str]) -> list[Execution]:
        """Read all that are named; one that is not there is told, and stops no other."""
        found: dict[str, Execution] = {}
        for word in words:
            try:
                execution = await read_execution(self._connected, word)
            except NotFound as error:
                self._failed(error)
                self._tell(word, Fate.REFUSED, backend_line(error))
            else:
                found.setdefault(execution.id, execution)
        return list(found.values())

    async def _act(self, execution: Execution, on_send: Callable[[], None]) -> Outcome:
        async def once() -> Outcome:
            outcome = await self._operate(self._operations, execution, on_send)
            if isinstance(outcome.error, RateLimited):
                raise outcome.error
            return outcome

        try:
            outcome = await self._connected.ask(once)
        except BackendError as error:
            outcome = Outcome(Result.REFUSED, backend_line(error), execution.id, error=error)
        if outcome.result is not Result.DONE:
            self._failed(outcome.error)
        return outcome

    def _failed(self, error: BackendError | None) -> None:
        """Keep the exit code of the first one."""
        code = ExitCode.FAILED if error is None else backend_code(error)
        self._code = self._code or code

    def _changed(self, item: Item) -> None:
        if item.fate in (Fate.QUEUED, Fate.SENDING):
            return
        if item.fate is Fate.UNSENT:
            self._failed(None)
        detail = "" if item.fate is Fate.ACCEPTED else item.detail
        self._tell(item.execution.id, item.fate, detail)

    def _tell(self, identifier: str, fate: Fate, detail: str) -> None:
        output = self._connected.output
        told = {"executionId": identifier, "outcome": fate.value, "detail": detail or None}
        self._told.append(told)
        if self._session.is_text:
            output.line("  ".join(filter(None, (clean(identifier), fate.value, clean(detail)))))
            output.flush()
        elif self._session.format is Format.NDJSON:
            output.document(told)
