"""An app that does, step by step, what comes over a socket, and marks the end of each step.

A step is a line of JSON, `{"number": 3, "step": "age", "with": {"seconds": 1}}`: the stage's method
of that name. When everything that follows from it is painted, a mark is written to the terminal,
behind every byte of it, and what the step gave is sent back.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from collections.abc import Callable, Mapping
from inspect import isawaitable
from typing import Any, Protocol

from rich.console import RenderableType
from textual.app import App
from textual.screen import Screen

from tests.quiet.mark import mark

TURN = 1 / 60
"""Seconds between two paints at most often."""
STILL = 3
"""Turns in which nothing is to be painted, after which a step is over."""


class Staged(Protocol):
    """What is shown, with the steps that move it."""

    def make_app(self, line: socket.socket) -> App[Any]:
        """Make the app, which is stepped over this socket."""
        ...

    async def settle(self) -> None:
        """Let everything happen that needs no time."""
        ...


class Stepped(App[Any]):
    """To be mixed into an app: counted and steered."""

    stage: Staged
    line: socket.socket
    frames = 0
    """Times it wrote to the screen."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.bugs: list[str] = []

    def report_bug(self, bug: BaseException) -> None:
        """Remember it for the step's answer."""
        self.bugs.append(repr(bug))

    def on_mount(self) -> None:
        """Begin to listen."""
        self.run_worker(self._listen(), exit_on_error=True)

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        self.frames += renderable is not None
        super()._display(screen, renderable)

    async def _listen(self) -> None:
        reader, writer = await asyncio.open_unix_connection(sock=self.line)
        while line := await reader.readline():
            step = json.loads(line)
            frames = self.frames
            given = getattr(self.stage, step["step"])(**step["with"])
            if isawaitable(given):
                given = await given
            await self.still()
            assert self._driver is not None
            self._driver.write(mark(step["number"]))
            answer = {"given": given, "frames": self.frames - frames, "bugs": self.bugs}
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()
        self.exit(0)

    async def still(self) -> None:
        """Wait until nothing is on its way to the screen."""
        turns = 0
        while turns < STILL:
            await self.stage.settle()
            is_busy = self.message_queue_size != 0 or bool(self.screen._dirty_widgets)
            is_busy = is_busy or any(w.message_queue_size for w in self.screen.walk_children())
            turns = 0 if is_busy else turns + 1
            await asyncio.sleep(TURN)


def run(stages: Mapping[str, Callable[..., Staged]]) -> int:
    """Run the stage that the command line names, `name` or `name:argument`, on its socket."""
    name, _, argument = sys.argv[1].partition(":")
    stage = stages[name](*[argument] if argument else [])
    app = stage.make_app(socket.socket(fileno=int(sys.argv[2])))
    return app.run() or 0
