"""Bare Textual apps: a stage of one widget, and the least an app with a cursor does."""

from __future__ import annotations

import asyncio
import gc
import socket
import time
from collections.abc import Callable
from typing import Any

from rich.segment import Segment
from textual import events
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from benchmarks.blocks import Blocks
from tests.quiet.stepped import Stepped

PACE = 0.05
"""Seconds between two keys: a key that is held down."""


class BareApp(Stepped, App[Any]):
    """Textual with one widget."""

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self.animation_level = "none"
        self.widget = widget

    def compose(self) -> ComposeResult:
        """Give the widget."""
        yield self.widget


class BareStage:
    """Steps of a bare app."""

    app: BareApp

    def make_widget(self) -> Widget:
        """Make what is shown."""
        raise NotImplementedError

    def make_app(self, line: socket.socket) -> BareApp:
        """Make the app."""
        self.app = BareApp(self.make_widget())
        self.app.stage, self.app.line = self, line
        return self.app

    async def settle(self) -> None:
        """Nothing is waited for."""

    async def ready(self) -> None:
        """Have the widget in focus, and modules out of the garbage collector's way."""
        self.app.widget.focus()
        gc.collect()
        gc.freeze()  # as the console does when it is connected

    async def painted(self, work: Callable[[], None]) -> float:
        """Do something; gives the CPU seconds until it is painted."""
        frames, before = self.app.frames, time.process_time()
        work()
        for _ in range(5000):
            if self.app.frames > frames:
                break
            await asyncio.sleep(0.001)
        return time.process_time() - before


class Lines(Widget, can_focus=True):
    """Forty lines, one of them marked: the least an app with a cursor does."""

    DEFAULT_CSS = "Lines { height: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self.cursor = 0

    def render_line(self, y: int) -> Strip:
        """Paint a line."""
        mark = "┃" if y == self.cursor else " "
        text = f"{mark} line {y} of a list that does nothing else".ljust(self.size.width)
        return Strip([Segment(text, self.rich_style)], self.size.width)

    def on_key(self, event: events.Key) -> None:
        """Move the mark."""
        old = self.cursor
        self.cursor = (old + (1 if event.key == "j" else -1)) % 40
        self.refresh(Region(0, old, self.size.width, 1), Region(0, self.cursor, self.size.width, 1))


class LinesStage(BareStage):
    """A bare app that moves one line."""

    def make_widget(self) -> Lines:
        """Make the lines."""
        return Lines()

    async def hold(self, *, seconds: float) -> dict[str, float]:
        """Hold a key down so long; gives the longest callbacks."""
        with Blocks() as blocks:
            for index in range(round(seconds / PACE)):
                self.app.simulate_key("j" if index % 80 < 40 else "k")
                await asyncio.sleep(PACE)
        return blocks.longest()
