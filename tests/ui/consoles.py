"""A whole console on a fake shop, driven by a test: pressed by command, read as text.

run(body, size=(80, 24))            body(console) is a coroutine
await console.do("execution.resume")    presses the key of a command
await console.press("tab", "enter")
await console.until(lambda: …)      lets things happen until it is so, or fails
console.text(), console.row("refund")   what the screen says
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from textual import events
from textual.pilot import Pilot
from textual.screen import Screen

from console.backend.protocol import Backend
from console.commands.extras import ExtraCommand, Guide
from console.commands.keymap import canonical_key
from console.model.execution import Execution
from console.model.target import Target
from console.present.glyphs import UNICODE, Glyphs
from console.ui.app import ConsoleApp
from console.ui.burst import Burst
from console.ui.launch import Launch, Preferences, ProfileSource
from tests.fakes.clock import ManualClock
from tests.ui.shop import Shop

PATIENCE = 30.0
"""Seconds something is waited for; it takes a few milliseconds."""


class Console:
    """A running console and the shop behind it."""

    def __init__(self, app: ConsoleApp, pilot: Pilot[int], shop: Shop) -> None:
        self.app = app
        self.pilot = pilot
        self.shop = shop
        self.bugs: list[BaseException] = []

    @property
    def backend(self) -> Any:
        """The fake backend."""
        return self.shop.backend

    @property
    def clock(self) -> ManualClock:
        """The clock that only the test moves."""
        return self.shop.clock

    @property
    def screen(self) -> Screen[Any]:
        """The screen that is shown."""
        return self.app.screen

    async def settle(self, seconds: float = 0.0) -> None:
        """Let time pass for the feeds, and everything follow from it."""
        await self.clock.advance(seconds)
        await self.pilot.pause()

    async def until(self, is_so: Callable[[], object], what: str = "") -> None:
        """Let things happen until it is so."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + PATIENCE
        step = 0.05
        while not is_so():
            assert loop.time() < deadline, f"{what or 'it'} never came:\n{self.text()}"
            await self.settle(step)
            step = min(0.5, step * 1.04)

    async def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def type(self, text: str) -> None:
        """Type a text, as fast as a terminal delivers it."""
        for char in text:
            event = events.Key("space" if char == " " else canonical_key(char), char)
            event.set_sender(self.app)
            self.app.post_message(event)
        await self.pilot.pause()
        await self.pilot.pause()

    async def do(self, identifier: str) -> None:
        """Press the key of a command."""
        await self.press(self.app.session.keymap.keys(identifier)[0])

    async def command(self, line: str) -> None:
        """Type a command line."""
        await self.do("command.open")
        await self.type(line)
        await self.press("enter")

    def lines(self) -> list[str]:
        """Give the rows of the screen as text."""
        compositor = self.app.screen._compositor
        width, height = compositor.size  # the screen's own is another while it is resized
        strips = compositor.render_strips()
        assert len(strips) >= height and width
        return [strip.text.rstrip() for strip in strips]

    def text(self) -> str:
        """Give the whole screen as text."""
        return "\n".join(self.lines())

    def row(self, part: str) -> str:
        """Give the first row that has this text."""
        return next((line for line in self.lines() if part in line), "")

    @property
    def footer(self) -> str:
        """The last row."""
        return self.lines()[-1]

    @property
    def notice(self) -> str:
        """The row above the footer."""
        return self.lines()[-2].strip()

    @property
    def focused(self) -> Execution:
        """The execution under the cursor of the list."""
        execution = self.app.first.focused_execution()
        assert execution is not None
        return execution


Body = Callable[[Console], Awaitable[None]]


def run(
    body: Body,
    *,
    size: tuple[int, int] = (80, 24),
    shop: Shop | None = None,
    target: Target | None = None,
    keys: Mapping[str, str] | None = None,
    theme: str = "wfc-dark",
    theme_folders: tuple[Path, ...] = (),
    notes: tuple[str, ...] = (),
    extras: Sequence[ExtraCommand] = (),
    guide: Guide | None = None,
    glyphs: Glyphs = UNICODE,
    state_folder: Path | None = None,
    open_execution: str = "",
    connect: Callable[[Shop], Awaitable[Backend]] | None = None,
    burst: Burst | None = None,
    profiles: ProfileSource | None = None,
    files: tuple[Path, ...] = (),
    reread: Callable[[], Preferences] | None = None,
    is_ready: bool = True,
    expects_bugs: bool = False,
    jitter: Callable[[], float] = random.random,
) -> ConsoleApp:
    """Run a test's body in a console on a shop."""
    its_shop = shop or Shop()

    async def usual() -> Backend:
        return its_shop.backend

    async def by_test() -> Backend:
        assert connect is not None
        return await connect(its_shop)

    launch = Launch(
        target or Target("url", "shop-prod", url="http://shop.example"),
        usual if connect is None else by_test,
        Preferences(
            theme=theme, theme_folders=theme_folders, keys=keys or {}, notes=notes, files=files
        ),
        its_shop.clock,
        jitter=jitter,
        open_execution=open_execution,
        extras=extras,
        guide=guide,
        state_folder=state_folder,
        profiles=profiles,
        reread=reread,
    )
    app = ConsoleApp(launch, glyphs, burst=burst or Burst(gap=0))

    async def main() -> None:
        async with app.run_test(size=size) as pilot:
            console = Console(app, pilot, its_shop)
            report = app.report_bug

            def note(bug: BaseException) -> None:
                console.bugs.append(bug)
                report(bug)

            app.report_bug = note  # type: ignore[method-assign]
            app.session.on_bug = note
            if is_ready:
                await console.until(lambda: app.first.rows.ids, "the first rows")
                await console.settle()
            await body(console)
            if console.bugs and not expects_bugs:
                raise console.bugs[0]

    asyncio.run(main())
    return app


__all__ = ["Console", "run"]
