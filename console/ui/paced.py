"""Paints what a key changed at once, and everything else at most sixty times a second.

Textual's own timer ticks on a grid: what comes soon after a paint waits for one or two of its
sixtieths, so that a key is answered 33 ms late when a poll has just painted. Here a paint comes a
sixtieth after the one before, and what a key changed does not wait for the paints of other things.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from textual.screen import UPDATE_PERIOD, Screen
from textual.timer import Timer

from console.ui.textual_version import is_as_known

NEVER = float("-inf")


class Frames:
    """When a screen is painted next; it stands where Textual has the screen's timer."""

    def __init__(
        self,
        paint: Callable[[], None],
        loop: Callable[[], asyncio.AbstractEventLoop] = asyncio.get_running_loop,
    ) -> None:
        self._paint = paint
        self._running_loop = loop
        self._next: asyncio.TimerHandle | None = None
        self._painted_at = self._answered_at = NEVER
        self._is_answer = False

    def answer(self) -> None:
        """Take what is painted next for the answer to a key."""
        self._is_answer = True

    def resume(self) -> None:
        """There is something to paint: plan it."""
        loop = self._running_loop()
        before = self._answered_at if self._is_answer else self._painted_at
        at = max(loop.time(), before + UPDATE_PERIOD)
        if self._next is not None:
            if self._next.when() <= at:
                return
            self._next.cancel()
        self._next = loop.call_at(at, self._paint_now)

    def pause(self) -> None:
        """There is nothing to paint any more."""
        if self._next is not None:
            self._next.cancel()
            self._next = None

    def _paint_now(self) -> None:
        self._next = None
        self._painted_at = self._running_loop().time()
        if self._is_answer:
            self._answered_at, self._is_answer = self._painted_at, False
        self._paint()


class PacedScreen(Screen[None]):
    """A screen that answers keys at once, where Textual is as known."""

    def __init__(self) -> None:
        super().__init__()
        self._frames = Frames(self._paint_planned) if is_as_known() else None

    @property
    def _update_timer(self) -> Timer | Frames:  # type: ignore[override]
        return super()._update_timer if self._frames is None else self._frames

    def answer_key(self) -> None:
        """Paint what changes next without waiting for anything else's turn."""
        if self._frames is not None:
            self._frames.answer()

    def _paint_planned(self) -> None:
        if not self.is_running:
            return
        try:
            self._on_timer_update()
        except Exception as bug:  # a screen that cannot be painted can tell nobody of it
            self.app._handle_exception(bug)
