"""What every command has: the global options, and errors that say the nearest right word."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, NamedTuple

import click

from console.cli import live_words
from console.cli.format import Format
from console.cli.session import Session

SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


def session_of(context: click.Context) -> Session:
    """Give the session that `program.run` put into the context."""
    session = context.find_object(Session)
    assert session is not None
    return session


def _flag(name: str) -> Callable[[click.Context, click.Parameter, Any], Any]:
    def take(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
        if value:
            session_of(context).set_flag(name, value)
        return value

    return take


def _format(format: Format) -> Callable[[click.Context, click.Parameter, Any], Any]:
    def take(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
        if value:
            session_of(context).format = format
        return value

    return take


def shared_options(*, hidden: bool) -> list[click.Parameter]:
    """Make the global options anew; they stand before a command's name, or after it."""

    def option(*names: str, hidden: bool = hidden, **rest: Any) -> click.Option:
        return click.Option(names, expose_value=False, hidden=hidden, **rest)

    return [
        option("--url", metavar="URL", callback=_flag("url"),
               help="The server: http://host:port, https://…, unix:/path."),
        option("--profile", "-p", metavar="NAME", callback=_flag("profile"),
               shell_complete=live_words.profiles,
               help="A profile of config.toml."),
        option("--token", metavar="TOKEN", callback=_flag("token"),
               help="The token; WFC_TOKEN hides it from the process list."),
        option("--workspace", "--workspace-id", "-w", metavar="UUID", callback=_flag("workspace"),
               help="The workspace of the server."),
        option("--read-only", is_flag=True, callback=_flag("read_only"),
               help="Refuse everything that changes something."),
        option("--json", "-j", is_flag=True, hidden=False, callback=_format(Format.JSON),
               help="Print one JSON document."),
        option("--ndjson", is_flag=True, callback=_format(Format.NDJSON),
               help="Print JSON, one document a line, as it comes."),
    ]  # fmt: skip


class Command(click.Command):
    """A command with the global options."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        settings.setdefault("context_settings", SETTINGS)
        super().__init__(*arguments, **settings)
        self.params = [*self.params, *shared_options(hidden=True)]


class Later(NamedTuple):
    """A command that is imported when it is named: most runs need one of twenty."""

    place: str
    """`module:name`, below `console.cli.commands`."""
    summary: str
    """What the help of its group says: at most 60 cells."""
    is_hidden: bool = False


class Group(click.Group):
    """Commands below one word, with the global options."""

    command_class = Command

    def __init__(
        self,
        *arguments: Any,
        later: Mapping[str, Later] | None = None,
        shows_options: bool = False,
        **settings: Any,
    ) -> None:
        settings.setdefault("context_settings", SETTINGS)
        super().__init__(*arguments, **settings)
        self.later = dict(later or {})
        self.params = [*self.params, *shared_options(hidden=not shows_options)]

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the commands in the order they were written down, not by the alphabet."""
        return [name for name, one in self.later.items() if not one.is_hidden] + [*self.commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of that name."""
        later = self.later.get(cmd_name)
        if later is None:
            return super().get_command(ctx, cmd_name)
        module, _, name = later.place.partition(":")
        command: click.Command = getattr(import_module(f"console.cli.commands.{module}"), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that the next word names."""
        if self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], self.list_commands(ctx), n=1)
            hint = f"did you mean `{near[0]}`?" if near else f"see `{ctx.command_path} --help`"
            raise click.UsageError(f"there is no command {args[0]!r}; {hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands into the help, without importing them."""
        rows = [(name, one.summary) for name, one in self.later.items() if not one.is_hidden]
        rows += [(name, one.get_short_help_str(60)) for name, one in self.commands.items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)
