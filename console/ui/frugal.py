"""Writes to the terminal only the cells that differ from what it shows, in few bytes.

    class ConsoleScreen(FrugalScreen): …

Textual writes a dirty region from its widget's left edge on, each segment with all of its style,
and a pane that scrolled by one line from top to bottom: over a slow line a person waits for that.
Here a copy of the terminal's cells is kept; what is to be painted is compared with it, a pane
that moved up or down is moved by the terminal itself, and of a style only what changes is said.

Full repaints write everything: a resize, another screen, `:redraw`, the return from the shell. Of
Textual's insides it needs `Screen._compositor` and the compositor's dirty regions and visible
widgets; under a version not looked at, Textual's own compositor is left in place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rich.console import COLOR_SYSTEMS, Console
from textual import events
from textual._compositor import Compositor, CompositorUpdate, LayoutUpdate
from textual.geometry import Region
from textual.screen import Screen

from console.ui.cell_terminal import CellTerminal, Pen, Piece, Row
from console.ui.textual_version import is_as_known


class FrugalScreen(Screen[None]):
    """A screen that is painted by differences, where Textual is as known."""

    def __init__(self) -> None:
        super().__init__()
        if is_as_known():
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

    def render_partial_update(self) -> FrugalUpdate | None:  # type: ignore[override]
        """Give what differs in the dirty spans; None where nothing does."""
        regions = self._dirty_regions.copy()
        self._dirty_regions.clear()
        width, height = self.size
        pieces = self._paint(self._regions_to_spans(regions))
        wanted = self._terminal.wanted(width, height, pieces)
        return FrugalUpdate(self._terminal, wanted) if wanted else None

    def _paint(self, spans: Iterable[tuple[int, int, int]]) -> Iterator[Piece]:
        """Ask the widgets for the lines that have dirty spans, front to back, and for no others.

        Textual asks every widget between the uppermost span and the lowest for all of its lines.
        """
        size = self.size.region
        missing: dict[int, list[tuple[int, int]]] = {}
        for y, x1, x2 in spans:
            if 0 <= y < size.height:
                missing.setdefault(y, []).append((x1, min(x2, size.width)))
        for widget, (region, clip) in self.visible_widgets.items():
            shown = region.intersection(clip).intersection(size)
            wanted = [
                y
                for y, gaps in missing.items()
                if shown.y <= y < shown.bottom
                and any(x1 < shown.right and x2 > shown.x for x1, x2 in gaps)
            ]
            for start, stop in _runs(wanted):
                crop = Region(shown.x - region.x, start - region.y, shown.width, stop - start)
                for y, strip in enumerate(widget.render_lines(crop), start):
                    gaps = []
                    for x1, x2 in missing[y]:
                        left, right = max(x1, shown.x), min(x2, shown.right)
                        if left >= right:
                            gaps.append((x1, x2))
                            continue
                        yield y, left, right, [strip.crop(left - shown.x, right - shown.x)]
                        gaps += [(x1, left)] if x1 < left else []
                        gaps += [(right, x2)] if right < x2 else []
                    missing[y] = gaps


def _runs(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Give rising numbers as runs, from and up to."""
    start = stop = -1
    for number in numbers:
        if number != stop:
            if stop > start:
                yield start, stop
            start = number
        stop = number + 1
    if stop > start:
        yield start, stop


@dataclass(slots=True)
class FrugalUpdate(CompositorUpdate):
    """Rows that the terminal is to show."""

    terminal: CellTerminal
    wanted: dict[int, Row]

    def render_segments(self, console: Console) -> str:
        """Give the sequences that bring it there, and take that for done."""
        system = COLOR_SYSTEMS[console.color_system] if console.color_system else None
        return self.terminal.paint(self.wanted, Pen(system))
