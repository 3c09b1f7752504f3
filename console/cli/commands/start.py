"""`wfc workflow start`."""

from __future__ import annotations

import click

from console.cli import live_words
from console.cli.codes import ExitCode
from console.cli.commands.waiting import patience, patience_options, reason_option, wait_option
from console.cli.connected import Connected
from console.cli.following import Following
from console.cli.sending import sent
from console.cli.session import Session
from console.cli.shared import Command
from console.cli.values import JsonText
from console.config.machine_users import machine_users_of
from console.config.mistakes import ConfigError
from console.present.clean import clean

VARIABLE = "TAILOR_PLATFORM_MACHINE_USER_NAME"


@click.command("start", cls=Command)
@click.argument("name", shell_complete=live_words.workflows)
@click.option(
    "--machine-user",
    "--machineuser",
    "-m",
    envvar=VARIABLE,
    metavar="NAME",
    help=f"The machine user it runs as; else {VARIABLE}.",
)
@click.option(
    "--arg", "-a", type=JsonText(), metavar="JSON", help="The argument; @file and - (stdin) too."
)
@reason_option
@wait_option
@click.option("--logs", "-l", is_flag=True, help="Show the jobs' logs as they come; waits.")
@patience_options
@click.pass_obj
def start(
    session: Session,
    name: str,
    machine_user: str | None,
    arg: str | None,
    reason: str,
    wait: bool,
    logs: bool,
    until: str,
    timeout: float,
    interval: float | None,
) -> ExitCode:
    """Start a workflow; prints the id of the execution."""
    if not machine_user:
        raise click.UsageError(_no_machine_user(session))
    how = patience(until, timeout, interval)

    async def work(connected: Connected) -> ExitCode:
        operations = await connected.operations(reason=reason)
        outcome = await sent(
            connected,
            lambda: operations.start(name, machine_user=machine_user, argument=arg, reason=reason),
        )
        identifier = outcome.execution_id
        assert identifier is not None
        if wait or logs:
            connected.output.talk(f"execution {clean(identifier)}")
            return await Following(connected, how, logs=logs).run(identifier)
        if session.is_text:
            connected.output.line(clean(identifier))
        else:
            connected.output.document({"executionId": identifier})
        return ExitCode.DONE

    return session.run(work, changes=True)


def _no_machine_user(session: Session) -> str:
    words = f"-m MACHINE_USER is missing, and {VARIABLE} is not set"
    try:
        project = session.settle(session.config()).target.project
    except ConfigError:  # one thing after the other
        project = None
    known = machine_users_of(project) if project is not None else ()
    return f"{words}; this project has: {', '.join(known)}" if known else words
