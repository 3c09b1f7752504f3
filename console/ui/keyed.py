"""Takes keys one by one, as they were typed, and tells which of them came in one lump."""

from __future__ import annotations

import asyncio

from textual import events
from textual.app import App
from textual.driver import Driver
from textual.widgets import Input

from console.ui.burst import WAIT, Burst
from console.ui.keyboard import driver_class
from console.ui.screens.base import ConsoleScreen


class Keyed(App[int], inherit_bindings=False):
    """The application's part that takes keys."""

    burst: Burst
    """When the latest keys came."""
    is_plain = False
    """The terminal is to be written to in ASCII, as far as that is up to us."""

    def get_driver_class(self) -> type[Driver]:
        """Read the terminal so that a paste can be told from typing."""
        return driver_class(super().get_driver_class())

    async def on_event(self, event: events.Event) -> None:
        """Take note of when keys came, and do each before the next one is looked at.

        Textual hands a key to what has the focus when it comes, and finds out later that the key
        before it moved the focus: `:mail on`, delivered at once by a slow line, would be seven
        commands.
        """
        if isinstance(event, events.Key) and not event.is_forwarded:
            self.burst.key(event.time)
            if isinstance(self.screen, ConsoleScreen):
                self.screen.key_went_down()
            if await self._done_now(event):
                return
        await super().on_event(event)

    async def _done_now(self, event: events.Key) -> bool:
        """Type a letter, or do what the key is bound to."""
        focused = self.focused
        if isinstance(focused, Input) and event.is_printable and focused.selection.is_empty:
            focused.insert_text_at_cursor(event.character or "")
            return True
        return await self._check_bindings(event.key)

    def on_key(self, event: events.Key) -> None:
        """Say that a key does nothing; it comes this far when no widget took it."""
        screen = self.screen
        if not isinstance(screen, ConsoleScreen) or not event.character:
            return
        if event.is_printable and event.key not in screen.active_bindings:
            screen.key_is_idle(event.character)

    async def keys_at_once(self) -> int:
        """Give how many keys came in one lump with the latest one."""
        if not self.burst.gap:
            return 1
        time = self.burst.latest
        await asyncio.sleep(WAIT)
        return self.burst.count(time)
