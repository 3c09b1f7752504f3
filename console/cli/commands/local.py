"""`wfc up`, `down`, `status`, `reload`, `prune`: the server of a project on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from console.backend.errors import BackendError
from console.cli.codes import ExitCode
from console.cli.connected import Connected
from console.cli.diagnostics import CliError, backend_code, backend_line
from console.cli.documents import iso
from console.cli.output import Cell, Output
from console.cli.session import Session
from console.cli.shared import Command
from console.model.query import Counts
from console.model.states import ExecutionStatus
from console.present.glyphs import ASCII
from console.present.tone import Tone

if TYPE_CHECKING:
    from console.server.record import ServerRecord


@click.command("up", cls=Command)
@click.option("--workers", type=click.IntRange(min=1), metavar="N", help="Worker processes.")
@click.option("--listen", metavar="HOST:PORT", help="Listen on TCP too, with a token.")
@click.pass_obj
def up(session: Session, workers: int | None, listen: str | None) -> ExitCode:
    """Start the project's server in the background; one that runs is left as it is."""
    from console.server import background, presence

    name, project = _project(session)
    was_up = presence.status(project) is not None
    record = background.up(project, workers=workers, listen=listen)
    if session.is_text:
        word = "was up already" if was_up else "is up"
        session.output.line(f"{name} {word}: {_address(record)}")
    else:
        session.output.document(_document(record))
    return ExitCode.DONE


@click.command("down", cls=Command)
@click.option("--now", "at_once", is_flag=True, help="Give running jobs no time to end.")
@click.pass_obj
def down(session: Session, at_once: bool) -> ExitCode:
    """End the project's server; what is left then is taken up again at the next start.

    Jobs that run may come to their end first, for `grace_seconds` of wfc.toml; no other begins.
    """
    from console.server import background

    name, project = _project(session)
    was_up = background.down(project, at_once=at_once)
    if session.is_text:
        session.output.line(f"{name} {'is down' if was_up else 'was not up'}")
    else:
        session.output.document({"wasUp": was_up})
    return ExitCode.DONE


@click.command("reload", cls=Command)
@click.pass_obj
def reload(session: Session) -> ExitCode:
    """Have the project's server read its definitions anew, without an end.

    What runs goes on with the definitions it began with. A project with mistakes changes nothing:
    they are told, and the server keeps the definitions it has.
    """
    from console.server import presence, upkeep

    name, project = _project(session, changes=True)
    record = presence.status(project)
    if record is None:
        silent = presence.silence(project)
        if silent is not None:
            raise CliError(f"{name} was not read anew: {silent}", ExitCode.UNREACHABLE)
        raise CliError(f"{name} is not up; `wfc up` reads its definitions", ExitCode.UNREACHABLE)
    answer = upkeep.reload(record)
    mistakes = upkeep.problems_of(name, answer)
    if mistakes is not None:
        raise mistakes
    notes = [str(note) for note in answer.get("notes", [])]
    for note in notes:
        session.output.warn(f"note: {note}")
    count = int(answer.get("workflows", 0))
    if session.is_text:
        session.output.line(f"{name} has {count} {'workflow' if count == 1 else 'workflows'}")
    else:
        session.output.document({"workflows": count, "notes": notes})
    return ExitCode.DONE


@click.command("prune", cls=Command)
@click.option(
    "--days",
    type=click.IntRange(min=0, max=36500),
    metavar="N",
    help="Keep what ended in the last N days; without it [retention] of wfc.toml says.",
)
@click.option("--dry-run", is_flag=True, help="Count, and remove nothing.")
@click.pass_obj
def prune(session: Session, days: int | None, dry_run: bool) -> ExitCode:
    """Remove executions that ended long ago, with their logs.

    The server does so by itself every six hours.
    """
    from console.server import background, upkeep

    name, project = _project(session, changes=True)
    before: str | None = None
    if days is not None:
        from datetime import timedelta

        before = iso(session.wiring.make_clock().now() - timedelta(days=days))
    record = background.ensure_up(project)
    answer = upkeep.prune(record, before, dry_run=dry_run)
    count, limit = int(answer.get("executions", 0)), str(answer["before"])
    if session.is_text:
        verb = "would remove" if dry_run else "removed"
        what = "execution that ended" if count == 1 else "executions that ended"
        session.output.line(f"{name}: {verb} {count:,} {what} before {limit}")
    else:
        session.output.document({"executions": count, "before": limit, "dryRun": dry_run})
    return ExitCode.DONE


@click.command("status", cls=Command)
@click.pass_obj
def status(session: Session) -> ExitCode:
    """Tell how the backend is; a project's server is not started for that."""
    target = session.target()
    record: ServerRecord | None = None
    fault = ""
    if target.project is not None:
        from console.server import presence, room

        record = presence.status(target.project)
        if record is None:
            _tell_that_none_answers(session, target.label, target.project)
            return ExitCode.UNREACHABLE
        fault = room.write_fault(target.project)
    return session.run(lambda connected: _tell(connected, record, fault))


def _tell_that_none_answers(session: Session, name: str, project: Path) -> None:
    """Say whether there is no server, or one that says nothing."""
    from console.server import presence

    silent = presence.silence(project)
    if session.is_text:
        words = "is not up; `wfc up` starts it" if silent is None else f"does not answer: {silent}"
        session.output.line(f"{name} {words}")
        return
    document: dict[str, object] = {"isUp": False, "project": str(project)}
    if silent is not None:
        document |= {"pid": silent.process, "isStopped": silent.is_stopped, "log": str(silent.log)}
    session.output.document(document)


async def _tell(connected: Connected, record: ServerRecord | None, fault: str) -> ExitCode:
    output, backend, target = connected.output, connected.backend, connected.target
    try:
        known = await backend.capabilities()
        workflows = await backend.list_workflows(limit=1)
        counts = await backend.counts()
    except BackendError as error:
        raise CliError(f"{target.label}: {backend_line(error)}", backend_code(error)) from error
    code = ExitCode.UNREACHABLE if fault else ExitCode.DONE
    if output.format is not output.format.TEXT:
        document: dict[str, object] = {"isUp": True, "label": known.label, "server": known.server}
        document |= _document(record) if record else {"url": target.url}
        document |= {"workflows": workflows.total, "executions": dict(counts.by_status)}
        if fault:
            document["journalFault"] = fault
        output.document(document)
        return code
    pairs: dict[str, Cell | str] = {"name": known.label or target.label}
    if known.server:
        pairs["server"] = known.server
    if record is not None:
        pairs |= {
            "process": str(record.pid),
            "since": iso(record.started_at) or "",
            "project": str(record.project),
            "socket": str(record.socket or ""),
        }
    url = record.url if record is not None else target.url
    if url:
        pairs["url"] = url
    if workflows.total is not None:
        pairs["workflows"] = str(workflows.total)
    if fault:
        words = f"cannot be written: {fault}; until it can, starts fail and running jobs wait"
        pairs["journal"] = Cell(words, Tone.FAILED)
    output.pairs(pairs)
    _print_counts(output, counts)
    return code


def _print_counts(output: Output, counts: Counts) -> None:
    rows: dict[str, Cell | str] = {
        status.value: Cell(f"{counts.of(status):,}", ASCII.execution(status).tone)
        for status in ExecutionStatus
        if counts.of(status)
    }
    if rows:
        output.line()
        output.pairs(rows)


def _project(session: Session, *, changes: bool = False) -> tuple[str, Path]:
    """Give the project that is meant, and its name: the one one stands in, unless a flag says."""
    # A variable that points the console elsewhere does not move the folder one works in.
    session.env = {k: v for k, v in session.env.items() if k not in ("WFC_URL", "WFC_PROFILE")}
    target = session.target(changes=changes)
    if target.project is None:
        raise CliError(f"{target.label} is no project on this machine: no server to manage here")
    return target.label, target.project


def _address(record: ServerRecord) -> str:
    where = str(record.socket or record.url)
    return f"process {record.pid}, {where}"


def _document(record: ServerRecord) -> Mapping[str, object]:
    return {
        "pid": record.pid,
        "socket": str(record.socket) if record.socket else None,
        "url": record.url or None,
        "workspaceId": record.workspace_id,
        "project": str(record.project),
        "version": record.version,
        "startedAt": iso(record.started_at),
    }
