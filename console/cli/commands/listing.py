"""`wfc workflow list` and `get`."""

from __future__ import annotations

import click

from console.backend.errors import NotFound
from console.cli import live_words
from console.cli.codes import ExitCode
from console.cli.connected import Connected
from console.cli.documents import workflow_document, workflow_row
from console.cli.paging import read_pages
from console.cli.session import Session
from console.cli.shared import Command
from console.cli.summary import print_workflow, print_workflows

PAGE = 100


@click.command("list", cls=Command)
@click.option(
    "--limit", "-l", type=click.IntRange(min=0), default=0, help="At most so many; 0 for all."
)
@click.pass_obj
def list_(session: Session, limit: int) -> ExitCode:
    """List workflow definitions."""

    async def work(connected: Connected) -> ExitCode:
        output, backend = connected.output, connected.backend
        found = await read_pages(
            connected,
            lambda token, wanted: backend.list_workflows(token=token, limit=wanted),
            limit=limit,
            page=PAGE,
        )
        if not session.is_text:
            output.documents(workflow_row(workflow) for workflow in found.items)
        elif found.items:
            print_workflows(output, found.items, connected.clock.now())
        else:
            output.talk("no workflows")
        return ExitCode.DONE

    return session.run(work)


@click.command("get", cls=Command)
@click.argument("name", shell_complete=live_words.workflows)
@click.pass_obj
def get(session: Session, name: str) -> ExitCode:
    """Show one workflow definition."""

    async def work(connected: Connected) -> ExitCode:
        output = connected.output
        try:
            workflow = await connected.ask(lambda: connected.backend.get_workflow(name))
        except NotFound as error:
            raise NotFound(error.detail or f"there is no workflow {name!r}") from error
        if session.is_text:
            print_workflow(output, workflow)
        else:
            output.document(workflow_document(workflow))
        return ExitCode.DONE

    return session.run(work)
