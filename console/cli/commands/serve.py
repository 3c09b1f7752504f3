"""`wfc serve`: a project's server in the foreground."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from console.cli.codes import ExitCode
from console.cli.diagnostics import CliError
from console.cli.output import say
from console.cli.session import Session
from console.cli.shared import Command
from console.config.paths import PROJECT_FILE, find_project

if TYPE_CHECKING:
    from console.server.record import ServerRecord


@click.command("serve", cls=Command)
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option("--listen", metavar="HOST:PORT", help="Listen on TCP, beside the Unix socket.")
@click.option("--workers", type=click.IntRange(min=1), metavar="N", help="Worker processes.")
@click.option(
    "--open",
    "is_open",
    is_flag=True,
    help="For trying other clients: no token, and any workspace id; on loopback only.",
)
@click.option("--no-token", is_flag=True, help="Ask for no token; on loopback only.")
@click.option(
    "--token-file",
    type=click.Path(path_type=Path),
    metavar="F",
    help="Where the tokens for TCP are; else one is made in .wfc/.",
)
@click.option("--until-eof", is_flag=True, hidden=True, help="End when stdin does.")
@click.pass_obj
def serve(
    session: Session,
    folder: Path | None,
    listen: str | None,
    workers: int | None,
    is_open: bool,
    no_token: bool,
    token_file: Path | None,
    until_eof: bool,
) -> ExitCode:
    """Serve the project in DIR, or the one you stand in, until told to end."""
    project = folder if folder is not None else find_project(Path.cwd())
    if project is None:
        raise CliError(f"there is no {PROJECT_FILE} here or above; name a project: wfc serve DIR")
    if not (project / PROJECT_FILE).is_file():
        raise CliError(f"there is no {PROJECT_FILE} in {project}")
    if (is_open or no_token) and token_file:
        raise click.UsageError("--token-file and --no-token exclude each other")
    import asyncio

    from console.server.serve import serve as serve_project

    asyncio.run(
        serve_project(
            project,
            listen=listen,
            workers=workers,
            is_open=is_open,
            no_token=no_token or is_open,
            token_file=token_file,
            until_eof=until_eof,
            ready=lambda record: _announce(session, record),
        )
    )
    return ExitCode.DONE


def _announce(session: Session, record: ServerRecord) -> None:
    places = " and ".join(str(place) for place in (record.url, record.socket) if place)
    say(f"serving {record.project} on {places}; Ctrl-C ends it")
    if record.token_file is not None:
        say(f"tokens: {record.token_file}")
    if not session.is_text:
        session.output.document(
            {
                "pid": record.pid,
                "url": record.url or None,
                "socket": str(record.socket) if record.socket else None,
                "workspaceId": record.workspace_id,
            }
        )
        session.output.flush()
