"""The two commands that only the demo has: `:mail` and `:crash`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from console.backend.errors import BackendError
from console.commands.extras import CommandRefused, ExtraCommand
from console.demo.children import DemoFailed
from console.demo.crash import FindWorker, crash, see_heir
from console.demo.guide import after_crash
from console.demo.story import Story
from console.demo.traffic import Traffic


class DemoCommands:
    """What the person can do to the shop; refused until its server answers."""

    def __init__(self) -> None:
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
        return "the mail server takes mail again" if words[0] == "on" else "the mail server refuses"

    async def crash(self, words: Sequence[str]) -> str:
        """Kill the worker and tell who took over, once the card is charged."""
        story, traffic, find_worker = self._begun()
        if words:
            raise CommandRefused("crash takes no word")
        if self._is_crashing.locked():
            raise CommandRefused("one worker at a time")
        async with self._is_crashing:
            try:
                # The guide reads the story: it says that the worker is dead while nobody is there.
                story.crash = await crash(story, traffic, find_worker)
                story.crash = await see_heir(story, story.crash, find_worker)
            except (DemoFailed, BackendError) as failure:
                raise CommandRefused(str(failure)) from None
        return after_crash(story.crash)

    def _begun(self) -> tuple[Story, Traffic, FindWorker]:
        if self._parts is None:
            raise CommandRefused("the demo's server does not answer yet")
        return self._parts
