"""One run of the command line: its flags, what they point at, and the way to a backend."""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from console.cli.codes import ExitCode
from console.cli.format import Format
from console.config.flags import Flags

if TYPE_CHECKING:  # --help needs none of it; asyncio, which the clock imports, costs 20 ms
    from console.backend.protocol import Backend
    from console.cli.connected import Connected
    from console.cli.output import Output
    from console.cli.profile_book import ProfileBook
    from console.clock import Clock
    from console.config.load import UiSettings, UserConfig
    from console.config.target import Settled
    from console.model.target import Target

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Opening:
    """What the console is to be opened with."""

    target: Target
    ui: UiSettings
    execution: str = ""
    """An id, a unique prefix or a link; empty for the list."""
    notes: tuple[str, ...] = ()
    profiles: ProfileBook | None = None
    """Where else the console can be pointed."""
    reread: Callable[[], UiSettings] | None = None
    """Reads the person's files again; raises `ConfigError`."""


@dataclass(frozen=True, slots=True)
class Themes:
    """The themes that can be chosen, and what is wrong with the files of others."""

    names: tuple[str, ...]
    notes: tuple[str, ...] = ()
    """One line each: file, line, key."""


@dataclass(frozen=True, slots=True)
class Wiring:
    """What whoever starts the command line gives it: the parts it may not import."""

    prepare: Callable[[Target, Callable[[str], None]], Target]
    """Starts the server of a project that has none; gives the target with its address.

    It waits, outside any event loop, so that Ctrl-C ends it at once.
    """
    connect: Callable[[Target, Clock], Awaitable[Backend]]
    """Opens the backend of a prepared target."""
    open_console: Callable[[Opening], int]
    """Runs the console until it is left; gives the exit code."""
    run_demo: Callable[[bool, Session], int]
    """Runs the demo, with a screen or headless."""
    make_clock: Callable[[], Clock]
    find: Callable[[Target], Target | None] = lambda target: target
    """As `prepare`, but starts nothing and says nothing; None where no server answers."""
    look_at_themes: Callable[[], Themes] | None = None
    """Reads every theme there is; None where there is no screen to give one to."""


@dataclass(slots=True)
class Session:
    """What one invocation knows; commands get it as their context's object."""

    wiring: Wiring
    env: Mapping[str, str] = field(default_factory=lambda: os.environ)
    flags: Flags = field(default_factory=Flags)
    format: Format = Format.TEXT

    @property
    def output(self) -> Output:
        """Where this command prints."""
        from console.cli.output import Output

        return Output(self.format)

    @property
    def is_text(self) -> bool:
        """Tell whether a person reads the output."""
        return self.format is Format.TEXT

    def set_flag(self, name: str, value: str | bool) -> None:
        """Take what the command line says of the target."""
        self.flags = replace(self.flags, **{name: value})  # type: ignore[arg-type]

    def config(self) -> UserConfig:
        """Read the person's `config.toml`."""
        from console.config.load import load_config

        return load_config(self.env)

    def ui(self, config: UserConfig) -> UiSettings:
        """Read how the person wants the screen."""
        from console.config.load import ui_settings

        return ui_settings(config, self.env)

    def settle(self, config: UserConfig) -> Settled:
        """Find out which backend is meant."""
        from console.config.target import settle_target

        return settle_target(self.flags, self.env, Path.cwd(), config)

    def target(self, *, changes: bool = False) -> Target:
        """Give the backend that is meant; a read-only one refuses what `changes` something."""
        settled = self.settle(self.config())
        for note in settled.notes:
            self.output.warn(f"note: {note}")
        target = settled.target
        if changes and target.is_read_only:
            from console.cli.diagnostics import CliError

            words = f"{target.label} is read-only: nothing was sent"
            raise CliError(words, ExitCode.NOT_ALLOWED)
        return target

    def need_terminal(self, what: str) -> None:
        """Refuse to paint where nobody sees it; the screen is painted on stderr."""
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            from console.cli.diagnostics import CliError

            words = f"{what} needs a terminal; `wfc workflow --help` has what scripts need"
            raise CliError(words)
        if self.env.get("TERM") == "dumb":
            from console.cli.diagnostics import CliError

            words = f"{what} needs a terminal that can move its cursor, and TERM is dumb"
            raise CliError(f"{words}; `wfc workflow --help` has what goes without")

    def run(self, work: Callable[[Connected], Awaitable[T]], *, changes: bool = False) -> T:
        """Connect, do some work, and close the connection."""
        target = self.wiring.prepare(self.target(changes=changes), self.output.talk)
        from console.cli.connected import Connected
        from console.cli.ending import run_cancellable
        from console.config.paths import state_folder

        async def connected() -> T:
            clock = self.wiring.make_clock()
            backend = await self.wiring.connect(target, clock)
            try:
                state = state_folder(self.env)
                return await work(Connected(backend, target, clock, self.output, state))
            finally:
                await backend.aclose()

        return run_cancellable(connected())
