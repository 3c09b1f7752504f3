"""A few lines that do not scroll: the top line, a rule, the story, the keys of a row.

bar = LineBar(lambda width: (top_line(…, width),), id="top")
bar.update()          compose again; only cells that changed are repainted
LineBar(lines_for, height=5)    height is fixed: lines beyond it are not shown
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.strip import Strip

from console.present.line import Line, clip_line
from console.ui.paint import Painter
from console.ui.sturdy import Sturdy, SturdyPaint
from console.ui.widgets.changed_cells import changed_spans


class LineBar(Sturdy, SturdyPaint):
    """Lines composed for the width there is."""

    DEFAULT_CSS = """
    LineBar {
        height: 1;
        width: 1fr;
    }
    """

    def __init__(
        self,
        lines_for: Callable[[int], Sequence[Line]],
        *,
        height: int = 1,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._lines_for = lines_for
        self._lines: Sequence[Line] | None = None
        self._painter: Painter | None = None
        self._variables: dict[str, str] | None = None
        self._base: Style | None = None
        self._is_subdued = False
        if height != 1:
            self.styles.height = height

    @property
    def subdued(self) -> bool:
        """What it says is late: everything steps back."""
        return self._is_subdued

    @subdued.setter
    def subdued(self, is_late: bool) -> None:
        if is_late != self._is_subdued:
            self._is_subdued = is_late
            self.refresh()

    def _composed(self, width: int) -> Sequence[Line]:
        """Give the lines; one that is wider shows that it goes on."""
        return tuple(clip_line(line, width) for line in self._lines_for(width))

    def update(self) -> None:
        """Compose again, and repaint the cells that read differently."""
        old = self._lines
        width, height = self.size
        if not self.is_mounted or not width:
            return
        self._lines = new = self._composed(width)
        if old is None:
            self.refresh()
            return
        for y in range(height):
            before = old[y] if y < len(old) else ()
            after = new[y] if y < len(new) else ()
            if before != after:
                for start, stop in changed_spans(before, after):
                    self.refresh(Region(start, y, min(stop, width) - start, 1))

    def render_line(self, y: int) -> Strip:
        """Paint one line."""
        width = self.size.width
        if self._lines is None:
            self._lines = self._composed(width)
        if self._painter is None or self._variables is not self.app.theme_variables:
            self._variables = self.app.theme_variables
            self._painter = Painter(self._variables)
            self._base = None
        if self._base is None:
            self._base = self.visual_style.rich_style
        line = self._lines[y] if y < len(self._lines) else ()
        return self._painter.strip(line, width, subdued=self._is_subdued).apply_style(self._base)

    def notify_style_update(self) -> None:
        """Take over a new theme."""
        super().notify_style_update()
        self._base = None

    def on_resize(self, event: events.Resize) -> None:
        """Compose for the new width."""
        self._lines = None
        self.refresh()
