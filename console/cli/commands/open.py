"""`wfc` alone, and `wfc ID`: the console."""

from __future__ import annotations

import click

from console.cli import live_words
from console.cli.format import Format
from console.cli.plain import open_console
from console.cli.reference import checked_reference
from console.cli.session import Session
from console.cli.shared import Command


@click.command("open", cls=Command, hidden=True)
@click.argument(
    "execution", metavar="[ID]", required=False, default="", shell_complete=live_words.executions()
)
@click.pass_obj
def open_(session: Session, execution: str) -> int:
    """Open the console, on one execution if its id is given."""
    if session.format is not Format.TEXT:
        raise click.UsageError("--json needs a command, such as `wfc workflow executions --json`")
    return open_console(session, checked_reference(execution) if execution else "")
