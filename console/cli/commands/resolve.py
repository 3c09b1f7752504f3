"""`wfc workflow resolve` and `cancel`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import click

from console.backend.errors import Conflict, NotFound
from console.cli import live_words
from console.cli.codes import ExitCode
from console.cli.commands.waiting import reason_option
from console.cli.connected import Connected
from console.cli.documents import status_name
from console.cli.identify import read_execution
from console.cli.reference import checked_reference
from console.cli.sending import sent
from console.cli.session import Session
from console.cli.several import change_several, rate_option
from console.cli.shared import Command
from console.cli.values import JsonText
from console.commands.operations import Operations, Outcome
from console.model.execution import Execution, WaitPoint
from console.model.states import ExecutionStatus
from console.present.clean import clean


@click.command("resolve", cls=Command)
@click.argument(
    "execution", metavar="ID", shell_complete=live_words.executions(ExecutionStatus.WAITING)
)
@click.argument("key")
@click.option(
    "--result",
    type=JsonText(),
    metavar="JSON",
    required=True,
    help="The answer; @file and - (stdin) too.",
)
@click.option(
    "--turn",
    type=click.IntRange(min=0),
    help="Which wait of its job, counted from 0 over all keys; without it the open one of KEY.",
)
@reason_option
@click.pass_obj
def resolve(
    session: Session, execution: str, key: str, result: str, turn: int | None, reason: str
) -> ExitCode:
    """Answer the wait point KEY of an execution; it can be answered once."""
    checked_reference(execution)

    async def work(connected: Connected) -> ExitCode:
        found = await read_execution(connected, execution)
        points = await connected.backend.wait_points(found.id)
        point = _meant(points, key, turn)
        operations = await connected.operations(reason=reason)
        await sent(connected, lambda: operations.resolve(found, point, result, reason=reason))
        return _done(session, connected, found, f"{clean(key)} resolved")

    return session.run(work, changes=True)


def _meant(points: Sequence[WaitPoint], key: str, turn: int | None) -> WaitPoint:
    """Give the wait point that is meant: the open one of that key."""
    named = [point for point in points if point.key == key and turn in (None, point.turn)]
    waiting = [point for point in named if point.resolved_at is None]
    if waiting:
        return waiting[0]
    if named:
        who = f" by {named[-1].actor}" if named[-1].actor else ""
        which = "" if turn is None else f" turn {turn}"
        raise Conflict(f"{key}{which} was answered already{who}")
    open_points = [point for point in points if point.resolved_at is None]
    if turn is None:
        keys = ", ".join(dict.fromkeys(point.key for point in open_points))
        raise NotFound(f"no wait point {key!r}; it waits for {keys or 'nothing'}")
    turns = ", ".join(f"{point.key} turn {point.turn}" for point in open_points)
    raise NotFound(f"{key} turn {turn} is not waited for; open: {turns or 'nothing'}")


@click.command("cancel", cls=Command)
@click.argument(
    "executions", metavar="ID...", nargs=-1, required=True, shell_complete=live_words.executions()
)
@reason_option
@rate_option
@click.pass_obj
def cancel(session: Session, executions: tuple[str, ...], reason: str, rate: float) -> ExitCode:
    """Cancel executions that have not ended.

    With several IDs each has a line of its own that says what came of it.
    """
    if len(executions) > 1:

        async def operate(
            operations: Operations, execution: Execution, on_send: Callable[[], None]
        ) -> Outcome:
            _check_running(execution)
            return await operations.cancel(execution, reason=reason, on_send=on_send)

        return change_several(
            session,
            executions,
            action="cancel",
            per_second=rate,
            reason=reason,
            operate=operate,
        )
    checked_reference(executions[0])

    async def work(connected: Connected) -> ExitCode:
        found = await read_execution(connected, executions[0])
        _check_running(found)
        operations = await connected.operations(reason=reason)
        await sent(connected, lambda: operations.cancel(found, reason=reason))
        return _done(session, connected, found, "cancel accepted")

    return session.run(work, changes=True)


def _check_running(execution: Execution) -> None:
    if execution.status.is_finished:
        raise Conflict(f"{execution.id} is {status_name(execution)}: it has ended")


def _done(session: Session, connected: Connected, execution: Execution, words: str) -> ExitCode:
    connected.output.talk(words)
    if session.is_text:
        connected.output.line(clean(execution.id))
    else:
        connected.output.document({"executionId": execution.id})
    return ExitCode.DONE
