"""`wfc workflow`: the verbs of the platform's own command, for any backend."""

from __future__ import annotations

import click

from console.cli.codes import ExitCode
from console.cli.shared import Group, Later

COMMANDS = {
    "list": Later("listing:list_", "List workflow definitions"),
    "get": Later("listing:get", "Show one workflow definition"),
    "start": Later("start:start", "Start a workflow"),
    "executions": Later("executions:executions", "List executions, or show one"),
    "resume": Later("resume:resume", "Resume a failed execution from its point of failure"),
    "wait": Later("wait:wait", "Wait until an execution ended, or waits for somebody"),
    "resolve": Later("resolve:resolve", "Answer a wait point"),
    "cancel": Later("resolve:cancel", "Cancel an execution that has not ended"),
    "logs": Later("logs:logs", "Print the logs of an execution's jobs"),
}


@click.group(cls=Group, later=COMMANDS, invoke_without_command=True)
@click.pass_context
def workflow(context: click.Context) -> ExitCode | None:
    """List, start, watch and resume workflows; alone it lists them."""
    if context.invoked_subcommand is not None:
        return None
    from console.cli.commands.listing import list_

    done: ExitCode = context.invoke(list_, limit=0)
    return done
