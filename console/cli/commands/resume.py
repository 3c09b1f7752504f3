"""`wfc workflow resume`."""

from __future__ import annotations

import click

from console.backend.errors import NotResumable
from console.cli.codes import ExitCode
from console.cli.commands.waiting import patience, patience_options, reason_option, wait_option
from console.cli.documents import status_name
from console.cli.following import Following
from console.cli.identify import read_execution
from console.cli.reference import checked_reference
from console.cli.sending import sent
from console.cli.session import Connected, Session
from console.cli.shared import Command
from console.model.states import ExecutionStatus
from console.present.clean import clean


@click.command("resume", cls=Command)
@click.argument("execution", metavar="ID")
@reason_option
@wait_option
@click.option("--logs", "-l", is_flag=True, help="Show the jobs' logs as they come; waits.")
@patience_options
@click.pass_obj
def resume(
    session: Session,
    execution: str,
    reason: str,
    wait: bool,
    logs: bool,
    until: str,
    timeout: float,
    interval: float | None,
) -> ExitCode:
    """Resume a failed execution from its point of failure; its id stays."""
    checked_reference(execution)
    how = patience(until, timeout, interval)

    async def work(connected: Connected) -> ExitCode:
        output = connected.output
        before = await read_execution(connected, execution)
        # A state that this version does not know is the server's to judge.
        if not before.status.can_resume and before.status is not ExecutionStatus.UNKNOWN:
            raise NotResumable(f"{before.id} is {status_name(before)}")
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
