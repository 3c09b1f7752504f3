"""The host's guidance: its line below the list, and what it points the cursor to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.model.ids import ExecutionId
from console.ui.screens.base import ConsoleScreen

if TYPE_CHECKING:
    from console.ui.app import ConsoleApp

EVERY = 0.5
"""Seconds between two looks at a host's guidance."""


class Guidance:
    """Follows the guide of the launch; without one it says nothing."""

    def __init__(self, app: ConsoleApp) -> None:
        self._app = app
        self._guide = app.session.launch.guide
        self._looked_at: ExecutionId | None = None

    def begin(self) -> None:
        """Look again and again: a host learns things between two polls.

        The line repaints only what reads differently.
        """
        if self._guide is not None:
            self._app.set_interval(EVERY, self.changed)

    def hint(self) -> str:
        """Give the line of guidance."""
        if self._guide is None:
            return ""
        screen = self._app.screen
        focused = screen.focused_execution() if isinstance(screen, ConsoleScreen) else None
        return self._guide.hint(self._app.known_executions(), focused)

    def changed(self) -> None:
        """Ask for the guidance again."""
        self._look()
        if isinstance(self._app.screen, ConsoleScreen):
            self._app.screen.notice.update()

    def _look(self) -> None:
        """Put the cursor once on what is pointed to, unless another screen covers the list."""
        wanted = self._guide.look_at() if self._guide is not None else None
        if wanted is None or wanted == self._looked_at:
            return
        first = self._app.first
        if self._app.screen is not first or first.list.cursor_to(wanted):
            self._looked_at = wanted
            first.list.has_moved = True
