"""The real console in this process's terminal, on a scene, moved a step at a time from outside.

    python -m tests.quiet.child night 5        scene, and the descriptor of a socket

A step is a line of JSON, `{"number": 3, "step": "age", "with": {"seconds": 1}}`: the scene's method
of that name. When everything that follows from it is painted, a mark is written to the terminal,
behind every byte of it, and what the step gave is sent back.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from inspect import isawaitable
from typing import Any

from rich.console import RenderableType
from textual.screen import Screen

from console.present.glyphs import UNICODE
from console.ui.app import ConsoleApp
from console.ui.burst import Burst
from tests.quiet.mark import mark
from tests.quiet.scenes import SCENES, Scene

TURN = 1 / 60
"""Seconds between two paints at most often."""
STILL = 3
"""Turns in which nothing is to be painted, after which a step is over."""


class SteppedConsole(ConsoleApp):
    """The console as it is, counted and steered."""

    def __init__(self, scene: Scene, line: socket.socket) -> None:
        super().__init__(scene.launch(), UNICODE, burst=Burst(gap=0))
        self.scene = scene
        self.line = line
        self.frames = 0
        self.bugs: list[str] = []
        scene.app = self

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
            given = getattr(self.scene, step["step"])(**step["with"])
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
            await self.scene.settle()
            is_busy = self.message_queue_size != 0 or bool(self.screen._dirty_widgets)
            is_busy = is_busy or any(w.message_queue_size for w in self.screen.walk_children())
            turns = 0 if is_busy else turns + 1
            await asyncio.sleep(TURN)


def main() -> int:
    """Run the scene until the socket is closed."""
    scene = SCENES[sys.argv[1]]()
    line = socket.socket(fileno=int(sys.argv[2]))
    app = SteppedConsole(scene, line)
    return app.run() or 0


if __name__ == "__main__":
    sys.exit(main())
