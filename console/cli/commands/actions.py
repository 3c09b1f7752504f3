"""`wfc actions`: what was done from this account, and what came of it."""

from __future__ import annotations

import click

from console.cli.codes import ExitCode
from console.cli.output import Cell, Heading
from console.cli.session import Session
from console.cli.shared import Command
from console.commands.journal import FILE_NAME, Entry, Journal
from console.config.paths import state_folder
from console.model.target import Target
from console.present.journal import NO_ANSWER, OUTCOME_TONES, moment_text
from console.present.tone import Tone

MOST = 10_000


@click.command("actions", cls=Command)
@click.option(
    "--limit",
    "-n",
    type=click.IntRange(1, MOST),
    default=50,
    show_default=True,
    help="How many, the newest first.",
)
@click.option("--commands", is_flag=True, help="Print the shell command of each instead of why.")
@click.pass_obj
def actions(session: Session, limit: int, commands: bool) -> ExitCode:
    """List what was started, resumed, resolved and canceled from here, newest first.

    The list is the person's own action journal, of every profile; no backend is asked.
    """  # fmt: skip
    folder = state_folder(session.env)
    entries = Journal(folder, Target("", "")).entries(limit)
    if not session.is_text:
        session.output.documents(_document(entry) for entry in entries)
        return ExitCode.DONE
    if not entries:
        session.output.talk(f"nothing was changed from here yet: {folder / FILE_NAME}")
        return ExitCode.DONE
    headings = [
        Heading("WHEN"),
        Heading("OUTCOME"),
        Heading("ACTION"),
        Heading("WORKFLOW", can_shrink=True),
        Heading("EXECUTION"),
        Heading("WHERE", can_shrink=True),
        Heading("COMMAND" if commands else "REASON", can_shrink=not commands),
    ]
    session.output.table(headings, [_row(entry, commands) for entry in entries])
    return ExitCode.DONE


def _row(entry: Entry, commands: bool) -> list[Cell]:
    action = entry.action
    outcome = entry.outcome or NO_ANSWER
    last = action.command if commands else action.reason or entry.detail
    return [
        Cell(moment_text(entry.time), Tone.DIM),
        Cell(outcome, OUTCOME_TONES.get(entry.outcome, Tone.WARNING)),
        Cell(action.name),
        Cell(action.workflow),
        Cell(action.execution),
        Cell(entry.target, Tone.DIM),
        Cell(last),
    ]


def _document(entry: Entry) -> dict[str, str | None]:
    action = entry.action
    return {
        "time": entry.time,
        "target": entry.target,
        "action": action.name,
        "workflowName": action.workflow or None,
        "executionId": action.execution or None,
        "reason": action.reason or None,
        "outcome": entry.outcome or None,
        "detail": entry.detail or None,
        "command": action.command,
    }
