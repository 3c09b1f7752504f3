"""What every feed can be told."""

from __future__ import annotations

from typing import Any

from console.sync.freshness import Freshness
from console.sync.poller import Poller


class Feed:
    """Something a poller keeps fresh."""

    _poller: Poller[Any]

    @property
    def freshness(self) -> Freshness:
        """How old what is here is; between two calls of `on_freshness` only `as_of` moves."""
        return self._poller.freshness

    def start(self) -> None:
        """Begin to ask, at once."""
        self._poller.start()

    async def stop(self) -> None:
        """End at once, also while a request hangs."""
        await self._poller.stop()

    def ask_no_faster(self, seconds: float) -> None:
        """Let so many seconds pass between two polls; a poke does not wait."""
        self._poller.no_faster = seconds

    def poke(self) -> None:
        """Ask now: a person acted, or wants to see; also when paused, done or not signed in."""
        self._poller.poke()

    def pause(self) -> None:
        """Ask no more by itself."""
        self._poller.pause()

    def go_on(self) -> None:
        """Ask again by itself, beginning now."""
        self._poller.go_on()

    def set_visible(self, is_visible: bool) -> None:
        """Ask only while it is seen; a poke while it is not is kept until it is."""
        self._poller.set_visible(is_visible)
