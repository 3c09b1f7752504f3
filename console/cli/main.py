"""The root of the command line: `wfc`."""

from __future__ import annotations

from typing import Any

import click

from console import __version__
from console.cli.reference import looks_like_execution
from console.cli.shared import Group, Later

EPILOG = """\
Exit codes: 0 done, 1 failed or refused, 2 wrong usage or settings, 3 it is WAITING, 4 timed out,
5 not allowed, 6 unreachable, 7 outcome unknown, 70 a bug.
"""

COMMANDS = {
    "workflow": Later("workflow:workflow", "List, start, watch and resume workflows"),
    "up": Later("local:up", "Start the project's server in the background"),
    "down": Later("local:down", "End the project's server"),
    "status": Later("local:status", "Tell how the backend is"),
    "reload": Later("local:reload", "Have the server read the project's definitions anew"),
    "prune": Later("local:prune", "Remove executions that ended long ago"),
    "serve": Later("serve:serve", "Serve a project in the foreground"),
    "demo": Later("demo:demo", "Try the console on a shop with real orders"),
    "actions": Later("actions:actions", "List what was changed from here, and what came of it"),
    "config": Later("settings:config", "Show the settings, and where each came from"),
    "profile": Later("settings:profile", "List the profiles"),
    "completion": Later("completion:completion", "Teach a shell to complete the words of wfc"),
    "open": Later("open:open_", "", is_hidden=True),
}


class Root(Group):
    """Takes an execution where a command's name could stand."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or the execution that is to be opened."""
        if args[0] not in self.later and looks_like_execution(args[0]):
            return "open", self.get_command(ctx, "open"), args
        return super().resolve_command(ctx, args)


@click.group(
    cls=Root, later=COMMANDS, invoke_without_command=True, shows_options=True, epilog=EPILOG
)
@click.version_option(__version__, "--version", "-V", message=f"wfc {__version__}")
@click.pass_context
def wfc(context: click.Context) -> Any:
    """Watch durable workflows, and start, resume and answer them.

    Alone it opens the console; with the ID of an execution, the start of one or a link to it, it
    opens the console there.
    """
    if context.invoked_subcommand is None:
        from console.cli.commands.open import open_

        return context.invoke(open_, execution="")
    return None
