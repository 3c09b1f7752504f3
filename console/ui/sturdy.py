"""Keeps a screen alive when one of its handlers has a bug.

Textual ends the whole program on any exception. Here the message that could not be handled is
dropped, the bug is reported, and the next message is handled as ever.
"""

from __future__ import annotations

from asyncio import CancelledError
from typing import Protocol, cast

from textual.geometry import Region
from textual.message import Message
from textual.message_pump import MessagePump
from textual.strip import Strip
from textual.widget import Widget
from textual.worker import Worker, WorkerState


class _Reports(Protocol):
    def report_bug(self, bug: BaseException) -> None: ...


class SturdyPaint(Widget):
    """Paints blanks where its own painting has a bug."""

    def render_lines(self, crop: Region) -> list[Strip]:
        """Paint these lines."""
        try:
            return super().render_lines(crop)
        except Exception as bug:  # the program ends here otherwise
            if not hasattr(self.app, "report_bug"):
                raise
            cast("_Reports", self.app).report_bug(bug)
            return [Strip.blank(crop.width)] * crop.height


class Sturdy(MessagePump):
    """Goes on after a bug in a handler."""

    async def _dispatch_message(self, message: Message) -> None:
        try:
            await super()._dispatch_message(message)
        except CancelledError:
            raise
        except Exception as bug:  # the program ends here otherwise
            if not hasattr(self.app, "report_bug"):
                raise
            cast("_Reports", self.app).report_bug(bug)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Report what ended a worker; nobody would learn of it otherwise."""
        error = event.worker.error
        if event.state is WorkerState.ERROR and error is not None:
            cast("_Reports", self.app).report_bug(error)
