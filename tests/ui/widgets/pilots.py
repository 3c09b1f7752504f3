"""Tiny apps that hold one widget, and run a test inside."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.message import Message
from textual.pilot import Pilot
from textual.widget import Widget

W = TypeVar("W", bound=Widget)


class Bench(App[None], Generic[W]):
    """An app with nothing but the widget under test."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, widget: W) -> None:
        super().__init__()
        self.widget = widget
        self.posted: list[Message] = []

    def compose(self) -> ComposeResult:
        yield self.widget

    def on_mount(self) -> None:
        self.widget.focus()

    def screen_text(self) -> list[str]:
        """Give the rows of the widget as text."""
        width, height = self.widget.size
        rows = self.widget.render_lines(Region(0, 0, width, height))
        return [strip.text.rstrip() for strip in rows]

    def names(self, kind: type[Message]) -> list[Message]:
        """Give the messages of one kind, each once although it bubbles."""
        unique = {id(message): message for message in self.posted if isinstance(message, kind)}
        return list(unique.values())


def run(
    widget: W,
    body: Callable[[Bench[W], Pilot[None]], Awaitable[None]],
    size: tuple[int, int] = (80, 24),
) -> None:
    """Run a test body in an app that holds the widget."""

    async def main() -> None:
        app = Bench(widget)
        async with app.run_test(size=size, message_hook=app.posted.append) as pilot:
            await pilot.pause()
            await body(app, pilot)

    asyncio.run(main())


class Repaints:
    """Records what a widget asks to be repainted."""

    def __init__(self, widget: Widget) -> None:
        self.regions: list[tuple[int, int, int, int]] = []
        self.whole = 0
        self.layouts = 0
        plain_refresh = widget.refresh

        def refresh(*regions: Region, layout: bool = False, **options: bool) -> Widget:
            if layout:
                self.layouts += 1
            elif regions:
                self.regions += [tuple(region) for region in regions]
            else:
                self.whole += 1
            return plain_refresh(*regions, layout=layout, **options)

        widget.refresh = refresh  # type: ignore[method-assign, assignment]

    @property
    def cells(self) -> int:
        """How many cells were asked for."""
        return sum(width * height for _, _, width, height in self.regions)
