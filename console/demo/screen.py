"""The demo on the screen: the console, with its story running beside it."""

from __future__ import annotations

from pathlib import Path

from console.backend.errors import Unreachable
from console.backend.protocol import Backend
from console.clock import SystemClock
from console.demo.children import DemoFailed
from console.demo.commands import DemoCommands
from console.demo.guide import DemoGuide
from console.demo.parts import Tasks, open_parts
from console.demo.shop import Shop
from console.ui.launch import Launch, Preferences


def show(shop: Shop, folder: Path, preferences: Preferences | None) -> int:
    """Open the console on the shop and give its exit code."""
    from console.ui.app import run_console

    clock, guide, tasks = SystemClock(), DemoGuide(), Tasks()
    commands = DemoCommands()

    async def connect() -> Backend:
        try:
            parts = await open_parts(shop, clock)
        except DemoFailed as failure:
            raise Unreachable(str(failure)) from None
        if guide.story is None:
            guide.story = parts.story
            commands.begin(parts.story, parts.traffic, parts.workers.find)
            tasks.keep(parts.story.watch())
            tasks.keep(parts.traffic.run())
        return parts.backend

    return run_console(
        Launch(
            target=shop.target,
            connect=connect,
            preferences=preferences or Preferences(),
            clock=clock,
            extras=commands.commands(),
            guide=guide,
            state_folder=folder / "state",
        )
    )
