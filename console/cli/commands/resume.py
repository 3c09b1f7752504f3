"""`wfc workflow resume`."""

from __future__ import annotations

from collections.abc import Callable

import click

from console.backend.errors import NotResumable
from console.cli import live_words
from console.cli.codes import ExitCode
from console.cli.commands.waiting import patience, patience_options, reason_option, wait_option
from console.cli.connected import Connected
from console.cli.documents import status_name
from console.cli.following import Following
from console.cli.identify import read_execution
from console.cli.reference import checked_reference
from console.cli.sending import sent
from console.cli.session import Session
from console.cli.several import Operate, change_several, rate_option
from console.cli.shared import Command
from console.commands.operations import Operations, Outcome
from console.model.execution import Execution
from console.model.states import ExecutionStatus
from console.present.clean import clean


@click.command("resume", cls=Command)
@click.argument(
    "executions", metavar="ID...", nargs=-1, required=True, shell_complete=live_words.executions()
)
@reason_option
@rate_option
@wait_option
@click.option("--logs", "-l", is_flag=True, help="Show the jobs' logs as they come; waits.")
@patience_options
@click.pass_obj
def resume(
    session: Session,
    executions: tuple[str, ...],
    reason: str,
    rate: float,
    wait: bool,
    logs: bool,
    until: str,
    timeout: float,
    interval: float | None,
) -> ExitCode:
    """Resume failed executions from their point of failure; their ids stay.

    With several IDs each has a line of its own that says what came of it.
    """
    if len(executions) > 1:
        if wait or logs:
            raise click.UsageError("--wait and --logs follow one execution; give one ID")
        return change_several(
            session,
            executions,
            action="resume",
            per_second=rate,
            reason=reason,
            operate=_resuming(reason),
        )
    (execution,) = executions
    checked_reference(execution)
    how = patience(until, timeout, interval)

    async def work(connected: Connected) -> ExitCode:
        output = connected.output
        before = await read_execution(connected, execution)
        _check(before)
        operations = await connected.operations(reason=reason)
        outcome = await sent(connected, lambda: operations.resume(before, reason=reason))
        identifier = outcome.execution_id or before.id
        if wait or logs:
            following = Following(connected, how, logs=logs)
            return await following.run(identifier, before=before)
        if session.is_text:
            output.line(clean(identifier))
        else:
            output.document({"executionId": identifier})
        return ExitCode.DONE

    return session.run(work, changes=True)


def _check(execution: Execution) -> None:
    # A state that this version does not know is the server's to judge.
    if not execution.status.can_resume and execution.status is not ExecutionStatus.UNKNOWN:
        raise NotResumable(f"{execution.id} is {status_name(execution)}")


def _resuming(reason: str) -> Operate:
    async def operate(
        operations: Operations, execution: Execution, on_send: Callable[[], None]
    ) -> Outcome:
        _check(execution)
        return await operations.resume(execution, reason=reason, on_send=on_send)

    return operate
