"""The views one has seen, in order: back, forward, and to and fro between the last two."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from console.ui.tab import Tab

Kind = Literal["executions", "execution", "workflows", "profiles", "journal"]
KEPT = 100


@dataclass(frozen=True, slots=True)
class View:
    """What a screen showed, as far as it can be shown again."""

    kind: Kind
    filter: str = ""
    show_all: bool = False
    execution: str = ""
    tab: Tab = "jobs"
    cursor: str = ""
    """The id under the cursor, or the job that was chosen; no part of which view it is."""

    def is_same(self, other: View) -> bool:
        """Tell whether it is the same view, wherever the cursor is."""
        return replace(self, cursor="") == replace(other, cursor="")


class ViewHistory:
    """Where one was; a view that is looked at after going back takes the place of what followed."""

    def __init__(self) -> None:
        self._views: list[View] = []
        self._index = -1
        self._last = -1

    @property
    def current(self) -> View | None:
        """The view that is shown."""
        return self._views[self._index] if self._views else None

    def visit(self, view: View) -> None:
        """Take note of what is shown; the same view again is only another place in it."""
        current = self.current
        if current is not None and view.is_same(current):
            self._views[self._index] = view
            return
        self._last = self._index
        del self._views[self._index + 1 :]
        self._views.append(view)
        if len(self._views) > KEPT:
            del self._views[0]
            self._last -= 1
        self._index = len(self._views) - 1

    def touch(self, view: View) -> None:
        """Remember where the cursor was in a view that is left."""
        self._views = [view if view.is_same(one) else one for one in self._views]

    def back(self) -> View | None:
        """Go to the view before; None when there is none."""
        return self._go(self._index - 1)

    def forward(self) -> View | None:
        """Go to the view after; None when there is none."""
        return self._go(self._index + 1)

    def last(self) -> View | None:
        """Go to the view that was shown before this one, however one came from it."""
        return self._go(self._last)

    def _go(self, index: int) -> View | None:
        if not 0 <= index < len(self._views) or index == self._index:
            return None
        self._last, self._index = self._index, index
        return self._views[index]
