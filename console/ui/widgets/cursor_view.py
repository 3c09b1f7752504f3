"""Lines with a cursor on one of them: what the list and the tree share."""

from __future__ import annotations

from textual import events

from console.present.glyphs import UNICODE, Glyphs
from console.present.line import Span
from console.present.tone import Tone
from console.ui.widgets.line_view import LineView


class CursorView(LineView):
    """A pane whose cursor is moved by key and by mouse.

    A subclass gives `moved_to`, `open_cursor`, and shows `cursor_span` at the start of each line.
    """

    def __init__(
        self,
        *,
        glyphs: Glyphs = UNICODE,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self.glyphs = glyphs
        self._cursor = 0
        self.has_moved = False
        """The person has moved the cursor."""

    @property
    def cursor_index(self) -> int:
        """The cursor's place, counted from 0."""
        return self._cursor

    def put_cursor(self, index: int) -> None:
        """Put the cursor on a line; what is beyond the ends is taken as the end."""
        index = max(0, min(index, self.line_count - 1))
        if index == self._cursor:
            return
        old_id = self.cursor_key()
        self._cursor = index
        self.scroll_into_view(index)
        self.refresh_changed()
        if self.cursor_key() != old_id:
            self.announce_cursor()

    def cursor_key(self) -> str | None:
        """Give the id under the cursor."""
        return None

    def announce_cursor(self) -> None:
        """Post that the cursor is on another id."""

    def open_cursor(self) -> None:
        """Open what is under the cursor."""

    def action_open(self) -> None:
        """Open what is under the cursor."""
        self.open_cursor()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor there; a double click opens."""
        index = event.y - self.header_height + self.scroll_offset.y
        if event.y < self.header_height or index >= self.line_count:
            return
        event.stop()
        self.move_to(index)
        if event.chain > 1:
            self.open_cursor()

    def watch_has_focus(self, has_focus: bool) -> None:
        """Show which pane the keys go to."""
        super().watch_has_focus(has_focus)
        self.refresh_changed()

    def keep_place(self) -> None:
        """Keep the cursor in view."""
        self.scroll_into_view(self._cursor)

    def cursor_span(self, index: int) -> Span:
        """Give the first cell of a line: a bar on the cursor's, seen without colour."""
        bar = self.glyphs.cursor if index == self._cursor else " "
        return Span(bar, Tone.ACCENT if self.has_focus else Tone.DIM)

    def ground_of(self, index: int) -> str:
        """Lift the cursor's line."""
        if index != self._cursor:
            return ""
        return Tone.SELECTION if self.has_focus else Tone.SELECTION_BLUR
