"""Writes to the terminal only the cells that differ from what it shows, in few bytes.

    class ConsoleScreen(FrugalScreen): …

Textual writes a dirty region from its widget's left edge on, each segment with all of its style,
and a pane that scrolled by one line from top to bottom: over a slow line a person waits for that.
Here a copy of the terminal's cells is kept; what is to be painted is compared with it, a pane
that moved up or down is moved by the terminal itself, and of a style only what changes is said.

Full repaints write everything: a resize, another screen, `:redraw`, the return from the shell. Of
Textual's insides it needs `Screen._compositor`, `Compositor.render_partial_update` and
`render_full_update`; under a version not looked at, Textual's own compositor is left in place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import textual
from rich.console import COLOR_SYSTEMS, Console
from textual import events
from textual._compositor import ChopsUpdate, Compositor, CompositorUpdate, LayoutUpdate
from textual.screen import Screen
from textual.strip import Strip

from console.ui.cell_terminal import CellTerminal, Pen, Row

KNOWN = "8.2."
"""Textual's versions whose compositor was read: they begin so."""


def textual_version() -> str:
    """Read Textual's version from the folder beside it; empty where there is none.

    Its own `__version__` imports `importlib.metadata`: a tenth of the way to the first frame.
    """
    beside = Path(textual.__file__).parent.parent.glob("textual-*.dist-info")
    return next((folder.stem.removeprefix("textual-") for folder in beside), "")


class FrugalScreen(Screen[None]):
    """A screen that is painted by differences, where Textual is as known."""

    def __init__(self) -> None:
        super().__init__()
        if textual_version().startswith(KNOWN):
            self._compositor = FrugalCompositor()

    @property
    def is_current(self) -> bool:
        """Is it seen: on top, or through what is above it.

        Textual takes the second screen for seen also below one without any gap, and writes the
        whole of the upper one whenever a cell of the lower one changes.
        """
        stack = self.app.screen_stack
        if self not in stack:
            return False
        return all(above.styles.background.a < 1 for above in stack[stack.index(self) + 1 :])

    def on_screen_suspend(self, event: events.ScreenSuspend) -> None:
        """Know nothing any more: another screen writes now."""
        self._forget()

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Know nothing of what another screen wrote."""
        self._forget()

    def _forget(self) -> None:
        if isinstance(self._compositor, FrugalCompositor):
            self._compositor.forget()


class FrugalCompositor(Compositor):
    """Textual's compositor; what it gives is written by difference."""

    def __init__(self) -> None:
        super().__init__()
        self._terminal = CellTerminal()

    def forget(self) -> None:
        """Take nothing on the terminal for known."""
        self._terminal = CellTerminal()

    def render_full_update(self, simplify: bool = False) -> LayoutUpdate | FrugalUpdate:  # type: ignore[override]
        """Give everything; with `simplify` it is for a picture, not for the terminal."""
        update = super().render_full_update(simplify)
        if simplify:
            return update
        self.forget()
        width, height = self.size
        pieces = [(y, 0, width, list(strips)) for y, strips in enumerate(update.strips)]
        return FrugalUpdate(self._terminal, self._terminal.wanted(width, height, pieces))

    def render_partial_update(self) -> ChopsUpdate | FrugalUpdate | None:  # type: ignore[override]
        """Give what differs in the dirty spans; None where nothing does."""
        update = super().render_partial_update()
        if update is None:
            return None
        width, height = self.size
        pieces = [
            (y, x1, x2, list(_cut(update.chops[y].items(), update.chop_ends[y], x1, x2)))
            for y, x1, x2 in update.spans
            if y < height
        ]
        wanted = self._terminal.wanted(width, height, pieces)
        return FrugalUpdate(self._terminal, wanted) if wanted else None


def _cut(
    chops: Iterable[tuple[int, Strip | None]], ends: Sequence[int], x1: int, x2: int
) -> Iterator[Strip]:
    """Give what lies between two columns."""
    for (x, strip), end in zip(chops, ends, strict=False):
        if strip is not None and x < x2 and end > x1:
            yield strip.crop(max(0, x1 - x), min(end, x2) - x)


@dataclass(slots=True)
class FrugalUpdate(CompositorUpdate):
    """Rows that the terminal is to show."""

    terminal: CellTerminal
    wanted: dict[int, Row]

    def render_segments(self, console: Console) -> str:
        """Give the sequences that bring it there, and take that for done."""
        system = COLOR_SYSTEMS[console.color_system] if console.color_system else None
        return self.terminal.paint(self.wanted, Pen(system))
