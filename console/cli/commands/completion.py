"""`wfc completion`: the script that teaches a shell to complete our words."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from console.cli.codes import ExitCode
from console.cli.session import Session
from console.cli.shared import Command


@click.command("completion", cls=Command)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> ExitCode:
    """Print the completion script: source <(wfc completion bash)."""
    from console.cli.program import COMPLETE

    kind = get_completion_class(shell)
    assert kind is not None
    root = context.find_root()
    session = context.find_object(Session)
    assert session is not None
    script = kind(root.command, {}, "wfc", COMPLETE)
    # Its source() asks which version of bash is on the PATH; the script is the same for all.
    session.output.line((script.source_template % script.source_vars()).rstrip("\n"))
    return ExitCode.DONE
