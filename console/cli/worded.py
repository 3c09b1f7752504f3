"""The command line as click reads it; what click complains of is one clear line."""

from __future__ import annotations

from collections.abc import Sequence

import click

from console.cli.codes import ExitCode
from console.cli.main import wfc
from console.cli.output import say
from console.cli.session import Session
from console.present.clean import clean


def invoke(arguments: Sequence[str], session: Session) -> int:
    """Run the command that the words name and give the exit code."""
    try:
        with wfc.make_context("wfc", list(arguments), obj=session) as context:
            code = wfc.invoke(context)
            return code if isinstance(code, int) else ExitCode.DONE
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.ClickException as error:
        return _usage(error)


def complete(session: Session, variable: str, instruction: str) -> int:
    """Answer a shell that asks how a word may go on."""
    from click.shell_completion import shell_complete

    return shell_complete(wfc, {"obj": session}, "wfc", variable, instruction)


def _usage(error: click.ClickException) -> int:
    if isinstance(error, click.NoSuchOption):
        message = f"there is no option {error.option_name!r}"
        if error.possibilities:
            message += f"; did you mean `{sorted(error.possibilities)[0]}`?"
    else:
        message = " ".join(error.format_message().split())
        # click begins with a capital; what is no sentence of its own, such as JSON, is left alone.
        message = message[:1].lower() + message[1:] if message[:2].istitle() else message
    message = clean(message)
    context = error.ctx if isinstance(error, click.UsageError) else None
    hint = ""
    if context is not None and "--help" not in message and "did you mean" not in message:
        hint = f"; see `{context.command_path} --help`"
    say(f"wfc: {message.rstrip('.')}{hint}")
    return ExitCode.WRONG
