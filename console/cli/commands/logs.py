"""`wfc workflow logs`."""

from __future__ import annotations

import click

from console.backend.errors import BackendError, Unsupported
from console.backend.protocol import Backend
from console.cli import live_words
from console.cli.codes import ExitCode
from console.cli.connected import Connected
from console.cli.diagnostics import CliError, backend_code
from console.cli.documents import job_details
from console.cli.format import Format
from console.cli.identify import read_execution
from console.cli.job_logs import JobLogs, check_job, matching_jobs
from console.cli.log_printer import LogPrinter
from console.cli.records import read_records
from console.cli.reference import checked_reference
from console.cli.session import Session
from console.cli.shared import Command
from console.cli.values import Duration
from console.cli.watch import Patience, Until, Watch
from console.model.cause import failed_job
from console.model.execution import Execution
from console.present.errors import error_sentence


@click.command("logs", cls=Command)
@click.argument("execution", metavar="ID", shell_complete=live_words.executions())
@click.argument("job", metavar="[JOB]", required=False, default="")
@click.option("--failed", is_flag=True, help="Only of the job the execution failed in.")
@click.option("--follow", "-f", is_flag=True, help="Go on until the execution has ended.")
@click.option("--interval", "-i", type=Duration(), help="Time between two looks, with --follow.")
@click.pass_obj
def logs(
    session: Session, execution: str, job: str, failed: bool, follow: bool, interval: float | None
) -> ExitCode:
    """Print the logs of an execution's jobs, or of one JOB by name or stacked name."""
    checked_reference(execution)
    if failed and (job or follow):
        raise click.UsageError("--failed finds the job itself, and in what has ended")
    if follow and session.format is Format.JSON:
        raise click.UsageError("--json is one document and cannot follow; use --ndjson")
    patience = Patience(Until.SUCCESS, interval or 1.0, timeout=0)
    return session.run(lambda connected: _logs(connected, execution, job, failed, follow, patience))


async def _logs(
    connected: Connected, word: str, job: str, failed: bool, follow: bool, patience: Patience
) -> ExitCode:
    backend, clock, output = connected.backend, connected.clock, connected.output
    execution = await read_execution(connected, word)
    if failed:
        job = await _failed(backend, execution)
    if not follow or execution.status.is_finished:
        check_job(execution, job)
    if output.format is Format.JSON:
        records = await read_records(backend, execution)
        meant = {one.id for one in matching_jobs(execution, job)}
        output.document(job_details([one for one in records if one.job.id in meant]))
        return ExitCode.DONE
    reader, printer = JobLogs(backend), LogPrinter(output)
    printer.has_headings = len(matching_jobs(execution, job)) > 1 or (follow and not job)

    async def look(seen: Execution) -> None:
        async for piece in reader.new_lines(seen, job=job, is_last=seen.status.is_finished):
            printer.print(piece)
        output.flush()

    def trouble(error: BackendError, pause: float) -> None:
        output.talk(f"{error_sentence(error)}; trying again in {pause:.3g} s")

    if follow:
        watch = Watch(backend, clock, patience, on_look=look, on_trouble=trouble)
        await watch.run(execution.id)
    else:
        async for piece in reader.new_lines(execution, job=job, is_last=True):
            printer.print(piece)
    if printer.failures and not printer.last:
        return backend_code(printer.failures[0])
    return ExitCode.DONE


async def _failed(backend: Backend, execution: Execution) -> str:
    """Find the job an execution failed in; gives its id. Raises `CliError` where none failed."""
    try:
        history = await backend.list_attempts(execution.id)
    except Unsupported:
        history = None
    job = failed_job(execution, history)
    if job is None:
        words = f"no job failed in this execution; it is {execution.status}"
        raise CliError(words, ExitCode.FAILED)
    return job.id
