"""`wfc` alone, and `wfc ID`: the console."""

from __future__ import annotations

from pathlib import Path

import click

from console.cli.output import Format
from console.cli.profile_book import ProfileBook
from console.cli.reference import checked_reference
from console.cli.session import Opening, Session
from console.cli.shared import Command


@click.command("open", cls=Command, hidden=True)
@click.argument("execution", metavar="[ID]", required=False, default="")
@click.pass_obj
def open_(session: Session, execution: str) -> int:
    """Open the console, on one execution if its id is given."""
    if session.format is not Format.TEXT:
        raise click.UsageError("--json needs a command, such as `wfc workflow executions --json`")
    if execution:
        execution = checked_reference(execution)
    config = session.config()
    settled = session.settle(config)
    session.need_terminal("the console")
    opening = Opening(
        settled.target,
        session.ui(config),
        execution,
        settled.notes,
        profiles=ProfileBook(session.env, Path.cwd(), session.flags.read_only),
        reread=lambda: session.ui(session.config()),
    )
    return session.wiring.open_console(opening)
