"""What the list, the tree and the log have in common: lines, a cursor, and small repaints.

A subclass gives `compose_line(index) -> Line`; this class paints the visible ones, and
`refresh_changed()` repaints only the cells whose text or tone is another than what was painted.
Nothing here is animated, and the layout runs only when the scrollbar comes or goes.

    view.subdued = True      data is late: everything steps back
    view.line_count          lines there are (subclass)
    view.refresh_changed()   after the data behind the lines changed, or time went on
"""

from __future__ import annotations

from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from console.present.line import Line
from console.ui.keymap import pane_bindings
from console.ui.paint import Painter
from console.ui.sturdy import Sturdy, SturdyPaint
from console.ui.widgets.changed_cells import changed_spans


class LineView(Sturdy, SturdyPaint, ScrollView, can_focus=True, inherit_bindings=False):
    """A scrolled pane of lines."""

    DEFAULT_CSS = """
    LineView {
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        scrollbar-size-horizontal: 0;
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = pane_bindings(
        {
            "move.down": "move(1)",
            "move.up": "move(-1)",
            "move.page-down": "page(1)",
            "move.page-up": "page(-1)",
            "move.half-down": "half_page(1)",
            "move.half-up": "half_page(-1)",
            "move.top": "top",
            "move.bottom": "bottom",
        }
    )

    subdued: reactive[bool] = reactive(False)
    """The data is late: it stays, and steps back."""

    class Said(Message):
        """Something to be said in a line: a key found nothing to do."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    header_height: ClassVar[int] = 0
    """Rows at the top that do not scroll."""

    def __init__(
        self,
        *,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes, disabled=disabled)
        self._shown: dict[int, tuple[Line, str]] = {}
        self._painter: Painter | None = None
        self._variables: dict[str, str] | None = None
        self._base: Style | None = None
        self._composed_width = -1

    # What a subclass gives

    @property
    def line_count(self) -> int:
        """How many lines there are."""
        return 0

    def compose_line(self, index: int) -> Line:
        """Give the line at an index; its width should be `self.line_width`."""
        return ()

    def compose_header(self) -> Line:
        """Give the row that does not scroll."""
        return ()

    def compose_empty(self, y: int) -> Line:
        """Give the row at `y` of a pane without lines."""
        return ()

    def ground_of(self, index: int) -> str:
        """Give the ground tone of a line; empty for the pane's own."""
        return ""

    def keep_place(self) -> None:
        """Bring back into view what the reader looked at: the pane has another size."""

    def forget_lines(self) -> None:
        """Drop cached lines: the width or the theme changed."""

    @property
    def extra_height(self) -> int:
        """Rows to scroll beyond one for each line: wrapped lines at the end need them."""
        return 0

    def say(self, text: str) -> None:
        """Have the screen say something."""
        self.post_message(self.Said(text))

    # Painting

    @property
    def line_width(self) -> int:
        """How many cells a line has: what the scrollbar leaves of the pane."""
        return max(0, self.size.width - self.scrollbar_gutter.right)

    @property
    def page_height(self) -> int:
        """How many lines are seen at once."""
        return max(1, self.size.height - self.header_height)

    @property
    def painter(self) -> Painter:
        """The painter of the app's current theme."""
        variables = self.app.theme_variables
        if self._painter is None or self._variables is not variables:
            self._painter = Painter(variables)
            self._variables = variables
            self._base = None
        return self._painter

    def row_at(self, y: int) -> tuple[Line, str]:
        """Give line and ground of the row at `y` in the pane."""
        if y < self.header_height:
            return self.compose_header(), ""
        count = self.line_count
        index = y - self.header_height + self.scroll_offset.y
        if index < count:
            return self.compose_line(index), self.ground_of(index)
        if not count:
            return self.compose_empty(y - self.header_height), ""
        return (), ""

    def render_line(self, y: int) -> Strip:
        """Paint one row of the pane."""
        painter = self.painter
        self._fit_width()
        row = self.row_at(y)
        self._shown[y] = row
        if self._base is None:
            self._base = self.visual_style.rich_style
        line, ground = row
        strip = painter.strip(line, self.size.width, ground=ground, subdued=self.subdued)
        return strip.apply_style(self._base)

    def _fit_width(self) -> None:
        """Compose anew when the scrollbar came or went."""
        if self.line_width != self._composed_width:
            self._composed_width = self.line_width
            self.forget_lines()

    def refresh_changed(self) -> None:
        """Repaint the cells that show something else than what is now true."""
        if not self._shown:  # scrolled, resized or not painted yet: all of it is to be painted
            self.refresh(self.size.region)
            return
        self._fit_width()
        width = self.size.width
        for y in range(self.size.height):
            shown = self._shown.get(y)
            row = self.row_at(y)
            if shown == row:
                continue
            if shown is None or shown[1] != row[1]:
                self.refresh(Region(0, y, width, 1))
            else:
                for start, stop in changed_spans(shown[0], row[0]):
                    self.refresh(Region(start, y, min(stop, width) - start, 1))
            self._shown[y] = row

    def count_changed(self) -> None:
        """Take over a new number of lines, without a layout unless the scrollbar comes or goes."""
        size = Size(0, self.line_count + self.header_height + self.extra_height)
        old = self.virtual_size
        if size == old:
            return
        needs_bar = size.height > self.size.height
        if not self.is_mounted or needs_bar != self.show_vertical_scrollbar:
            self.virtual_size = size
            return
        self.set_reactive(LineView.virtual_size, size)
        if needs_bar:
            self.vertical_scrollbar.window_virtual_size = size.height
        if self.scroll_y > self.max_scroll_y:
            self.scroll_now(self.max_scroll_y)

    def scroll_now(self, y: int) -> None:
        """Scroll so that line `y` is the first, at once."""
        self.scroll_to(y=y, animate=False, force=True)

    def scroll_into_view(self, index: int) -> None:
        """Scroll as little as needed to see a line."""
        top = self.scroll_offset.y
        if index < top:
            self.scroll_now(index)
        elif index >= top + self.page_height:
            self.scroll_now(index - self.page_height + 1)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Paint the other lines."""
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self._shown.clear()

    def watch_show_vertical_scrollbar(self, is_shown: bool) -> None:
        """Put the thumb where the view is; it may have scrolled before the bar came."""
        if is_shown:
            self.vertical_scrollbar.position = self.scroll_y

    def watch_subdued(self) -> None:
        """Repaint in the other strength."""
        self.refresh()

    def notify_style_update(self) -> None:
        """Take over a new theme."""
        super().notify_style_update()
        self._base = None
        self._shown.clear()
        self.forget_lines()

    def on_resize(self, event: events.Resize) -> None:
        """Compose for the new width, and keep the place."""
        self._shown.clear()
        self.forget_lines()
        self.count_changed()
        self.keep_place()
        self.refresh()

    # Moving; a subclass moves its cursor or its window

    def move_by(self, lines: int) -> None:
        """Move by that many lines."""

    def move_to(self, index: int) -> None:
        """Move to a line; what is beyond the ends is taken as the end."""

    def action_move(self, lines: int) -> None:
        """Move by lines."""
        self.move_by(lines)

    def action_page(self, pages: int) -> None:
        """Move by pages, keeping one line of the old one."""
        self.move_by(pages * max(1, self.page_height - 1))

    def action_half_page(self, halves: int) -> None:
        """Move by half pages."""
        self.move_by(halves * max(1, self.page_height // 2))

    def action_top(self) -> None:
        """Move to the first line."""
        self.move_to(0)

    def action_bottom(self) -> None:
        """Move to the last line."""
        self.move_to(self.line_count - 1)
