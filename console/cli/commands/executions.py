"""`wfc workflow executions`: the listing, or one execution."""

from __future__ import annotations

from dataclasses import replace

import click

from console.cli import live_words
from console.cli.codes import ExitCode
from console.cli.commands.waiting import patience, patience_options, wait_option
from console.cli.connected import Connected
from console.cli.documents import execution_document, job_details
from console.cli.following import Following
from console.cli.identify import find_execution
from console.cli.paging import read_pages
from console.cli.records import print_records, read_records
from console.cli.reference import checked_reference
from console.cli.session import Session
from console.cli.shared import Command
from console.cli.summary import print_execution, print_executions
from console.cli.values import Order, Status
from console.cli.watch import Patience
from console.model.query import ExecutionQuery
from console.model.states import ExecutionStatus

PAGE = 200


@click.command("executions", cls=Command)
@click.argument("execution", metavar="[ID]", required=False, shell_complete=live_words.executions())
@click.option(
    "--workflow-name",
    "-n",
    metavar="NAME",
    shell_complete=live_words.workflows,
    help="Only those of one workflow.",
)
@click.option("--status", "-s", type=Status(), multiple=True, help="Only those in this state.")
@click.option(
    "--limit",
    "-l",
    type=click.IntRange(min=0),
    default=50,
    show_default=True,
    help="At most so many; 0 for all.",
)
@click.option("--order", type=Order(), default="desc", show_default=True, help="By start.")
@click.option("--logs", is_flag=True, help="With ID: the logs and results of its jobs.")
@wait_option
@patience_options
@click.pass_obj
def executions(
    session: Session,
    execution: str | None,
    workflow_name: str | None,
    status: tuple[ExecutionStatus, ...],
    limit: int,
    order: str,
    logs: bool,
    wait: bool,
    until: str,
    timeout: float,
    interval: float | None,
) -> ExitCode:
    """List executions, or show one.

    ID is an id, the start of one, @latest, or a link.
    """
    if execution is None:
        for name, is_given in (("--wait", wait), ("--logs", logs)):
            if is_given:
                raise click.UsageError(f"{name} needs the ID of an execution")
        query = ExecutionQuery(
            workflow=workflow_name,
            statuses=frozenset(status),
            limit=limit,
            newest_first=order.lower() == "desc",
        )
        return session.run(lambda connected: _list(connected, session, query))
    checked_reference(execution)
    if workflow_name or status:
        raise click.UsageError("--workflow-name and --status are for the listing, without ID")
    how = patience(until, timeout, interval) if wait else None
    return session.run(lambda connected: _show(connected, session, execution, how, logs))


async def _list(connected: Connected, session: Session, query: ExecutionQuery) -> ExitCode:
    output, backend = connected.output, connected.backend
    found = await read_pages(
        connected,
        lambda token, wanted: backend.list_executions(replace(query, token=token, limit=wanted)),
        limit=query.limit,
        page=PAGE,
    )
    if not session.is_text:
        output.documents(execution_document(execution) for execution in found.items)
    elif not found.items:
        output.talk("no executions")
    else:
        print_executions(output, found.items, connected.clock.now())
        if found.has_more:
            of = f" of {found.total:,}" if found.total is not None else ""
            output.talk(f"{len(found.items):,}{of} shown; --limit 0 for all")
    return ExitCode.DONE


async def _show(
    connected: Connected, session: Session, word: str, patience: Patience | None, logs: bool
) -> ExitCode:
    output, backend = connected.output, connected.backend
    execution_id = await connected.ask(lambda: find_execution(backend, word))
    if patience is not None:
        return await Following(connected, patience, logs=logs).run(execution_id)
    execution = await connected.ask(lambda: backend.get_execution(execution_id))
    records = await read_records(backend, execution) if logs else []
    if session.is_text:
        await print_execution(output, backend, execution)
        print_records(output, records)
        return ExitCode.DONE
    document = execution_document(execution)
    if logs:
        document["jobDetails"] = job_details(records)
    output.document(document)
    return ExitCode.DONE
