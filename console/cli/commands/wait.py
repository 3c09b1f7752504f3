"""`wfc workflow wait`."""

from __future__ import annotations

import click

from console.cli import live_words
from console.cli.codes import ExitCode
from console.cli.commands.waiting import patience, patience_options
from console.cli.connected import Connected
from console.cli.following import Following
from console.cli.identify import find_execution
from console.cli.reference import checked_reference
from console.cli.session import Session
from console.cli.shared import Command


@click.command("wait", cls=Command)
@click.argument("execution", metavar="ID", shell_complete=live_words.executions())
@patience_options
@click.pass_obj
def wait(
    session: Session, execution: str, until: str, timeout: float, interval: float | None
) -> ExitCode:
    """Wait until an execution ended, or waits for somebody."""
    checked_reference(execution)
    how = patience(until, timeout, interval)

    async def work(connected: Connected) -> ExitCode:
        execution_id = await connected.ask(lambda: find_execution(connected.backend, execution))
        return await Following(connected, how).run(execution_id)

    return session.run(work)
