"""The program `wfc`: the one place that knows both front ends and the adapter, and wires them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from console.backend.protocol import Backend
    from console.cli.profile_book import ProfileBook
    from console.cli.session import Opening, Session, Themes
    from console.clock import Clock
    from console.config.load import UiSettings
    from console.model.profile import Profile
    from console.model.target import Target
    from console.server.record import ServerRecord
    from console.ui.launch import Connect, Preferences


def main() -> int:
    """Run the command line; the console script's entry point."""
    import signal

    # Ctrl-C while the program is loaded just ends it; later it is an exception that is handled.
    is_heard = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if is_heard:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from console.cli.program import run
    from console.cli.session import Wiring

    wiring = Wiring(
        prepare=prepare,
        connect=connect,
        open_console=open_console,
        run_demo=run_demo,
        make_clock=make_clock,
        find=find,
        look_at_themes=look_at_themes,
    )
    if is_heard:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    return run(sys.argv[1:], wiring)


def make_clock() -> Clock:
    """Give the machine's clock."""
    from console.clock import SystemClock

    return SystemClock()


def prepare(target: Target, tell: Callable[[str], None]) -> Target:
    """Start the server of a project that has none; gives the target with its address.

    Raises `ServeError`.
    """
    if target.project is None:
        return target
    from console.server.presence import status

    record = status(target.project)
    if record is None:
        from console.server.background import ensure_up

        record = ensure_up(target.project)
        tell(f"started the server of {target.label}, process {record.pid}; `wfc down` ends it")
    return _addressed(target, record)


def find(target: Target) -> Target | None:
    """Give the target with its address, as `prepare` does, but start nothing."""
    if target.project is None:
        return target
    from console.server.presence import status

    record = status(target.project)
    return _addressed(target, record) if record is not None else None


def _addressed(target: Target, record: ServerRecord) -> Target:
    from dataclasses import replace

    from console.config.address import SOCKET_URL

    return replace(
        target,
        socket=record.socket,
        url=SOCKET_URL if record.socket is not None else record.url,
        workspace_id=target.workspace_id or record.workspace_id,
    )


async def connect(target: Target, clock: Clock) -> Backend:
    """Open the backend of a prepared target."""
    from console.backend.tailor.adapter import open_backend

    return open_backend(target, clock, actor=_person())


def _person() -> str:
    """Name whoever acts, for servers that keep it."""
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a user id without a name
        return ""


def connector(target: Target, clock: Clock) -> Connect:
    """Give the way to a target for the console, which never waits outside its event loop."""

    async def connect_for_screen() -> Backend:
        import asyncio

        from console.backend.errors import Unreachable
        from console.server.errors import ServeError

        try:
            prepared = await asyncio.to_thread(prepare, target, lambda words: None)
        except ServeError as error:
            raise Unreachable(error.message) from error
        return await connect(prepared, clock)

    return connect_for_screen


class Profiles:
    """The person's profiles, as the console takes them."""

    def __init__(self, book: ProfileBook, clock: Clock) -> None:
        self._book = book
        self._clock = clock

    def profiles(self) -> Sequence[Profile]:
        """Give the profiles there are. Raises `CommandRefused`."""
        return self._book.profiles()

    def open(self, name: str) -> tuple[Target, Connect]:
        """Give a profile's target and the way to it. Raises `CommandRefused`."""
        target = self._book.target(name)
        return target, connector(target, self._clock)


def open_console(opening: Opening) -> int:
    """Run the console until it is left."""
    import gc
    import os

    gc.disable()  # until the first frame: looking for garbage among modules takes a fifth of it

    from console.clock import SystemClock
    from console.config.paths import state_folder
    from console.ui.app import run_console
    from console.ui.launch import Launch

    clock, reread = SystemClock(), opening.reread
    return run_console(
        Launch(
            target=opening.target,
            connect=connector(opening.target, clock),
            preferences=preferences(opening.ui, notes=opening.notes),
            clock=clock,
            open_execution=opening.execution,
            state_folder=state_folder(os.environ),
            profiles=Profiles(opening.profiles, clock) if opening.profiles else None,
            reread=(lambda: preferences_again(reread)) if reread else None,
        )
    )


def preferences(ui: UiSettings, *, notes: tuple[str, ...] = ()) -> Preferences:
    """Give the screen's settings as the screen takes them."""
    import os

    from console.config.paths import keys_file, themes_folder
    from console.ui.launch import Preferences

    return Preferences(
        theme=ui.theme,
        theme_folders=(themes_folder(os.environ),),
        glyphs=ui.glyphs,
        mouse=ui.mouse,
        refresh=ui.refresh,
        keys=ui.keys,
        notes=(*notes, *ui.notes),
        files=(keys_file(os.environ),),
    )


def look_at_themes() -> Themes:
    """Read every theme there is, ours and the person's, with what is wrong in them."""
    import os

    from console.cli.session import Themes
    from console.config.paths import themes_folder
    from console.resources import resource

    own, ours = themes_folder(os.environ), resource("themes")
    if not any(own.glob("*.toml")):  # ours are right and named as their files: no screen is loaded
        return Themes(tuple(path.stem for path in ours.glob("*.toml")))
    from console.ui.themes import load_themes

    shelf = load_themes([own, ours])
    return Themes(tuple(shelf.themes), shelf.notes)


def preferences_again(reread: Callable[[], UiSettings]) -> Preferences:
    """Read the screen's settings again. Raises `CommandRefused`."""
    from console.commands.extras import CommandRefused
    from console.config.mistakes import ConfigError

    try:
        return preferences(reread())
    except ConfigError as error:
        raise CommandRefused(str(error.mistakes[0])) from error


def run_demo(headless: bool, session: Session) -> int:
    """Run the demo, with the person's own look."""
    from console import demo

    if headless:
        return demo.run(headless=True)
    return demo.run(preferences=preferences(session.ui(session.config())))


if __name__ == "__main__":
    sys.exit(main())
