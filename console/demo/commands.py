"""The two commands that only the demo has: `:mail` and `:crash`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from console.backend.errors import BackendError
from console.commands.extras import CommandRefused, ExtraCommand
from console.demo.children import DemoFailed
from console.demo.crash import FindWorker, crash, see_heir
from console.demo.story import CHARGE, Story
from console.demo.traffic import Traffic


class DemoCommands:
    """What the person can do to the shop; refused until its server answers."""

    def __init__(self, keep: Callable[[Coroutine[Any, Any, None]], None]) -> None:
        self._keep = keep
        """Runs something beside the screen."""
        self._parts: tuple[Story, Traffic, FindWorker] | None = None
        self._is_crashing = asyncio.Lock()

    def begin(self, story: Story, traffic: Traffic, find_worker: FindWorker) -> None:
        """Take what the commands act on."""
        self._parts = story, traffic, find_worker

    def commands(self) -> tuple[ExtraCommand, ...]:
        """Give them to the console."""
        return (
            ExtraCommand(
                name="mail",
                usage="mail on|off",
                summary="Let the demo's mail server take mail, or refuse it",
                run=self.mail,
                choices=("on", "off"),
            ),
            ExtraCommand(
                name="crash",
                usage="crash",
                summary="Kill the worker that charges a card with SIGKILL",
                run=self.crash,
            ),
        )

    async def mail(self, words: Sequence[str]) -> str:
        """Switch the mail server."""
        story, _, _ = self._begun()
        if list(words) not in (["on"], ["off"]):
            raise CommandRefused("mail takes one word: on or off")
        try:
            await story.shop.switch_mail(words[0] == "on")
        except DemoFailed as failure:
            raise CommandRefused(str(failure)) from None
        return "the mail server takes mail" if words[0] == "on" else "the mail server refuses"

    async def crash(self, words: Sequence[str]) -> str:
        """Kill the worker; who takes over is told when it has happened."""
        story, traffic, find_worker = self._begun()
        if words:
            raise CommandRefused("crash takes no word")
        if self._is_crashing.locked():
            raise CommandRefused("one worker at a time")
        async with self._is_crashing:
            try:
                story.crash = await crash(story, traffic, find_worker)
            except (DemoFailed, BackendError) as failure:
                raise CommandRefused(str(failure)) from None
        self._keep(self._see_heir())
        return f"killed worker {story.crash.process_id} in {story.crash.order}'s {CHARGE}"

    async def _see_heir(self) -> None:
        story, _, find_worker = self._begun()
        caught = story.crash
        assert caught is not None
        try:
            seen = await see_heir(story, caught, find_worker)
        except (DemoFailed, BackendError) as failure:
            story.trouble = str(failure)
            return
        if story.crash is caught:
            story.crash = seen

    def _begun(self) -> tuple[Story, Traffic, FindWorker]:
        if self._parts is None:
            raise CommandRefused("the demo's server does not answer yet")
        return self._parts
