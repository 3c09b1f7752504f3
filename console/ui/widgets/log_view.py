"""A log as it is written: follows its end until the reader scrolls up.

    view = LogView(id="log")
    view.attach(spool, has_times=True)      show a LogSpool;  view.attach(None) shows `empty`
    view.grew()                             the spool has more; at most four repaints a second
    view.is_complete = True                 nothing more will come
    view.follow()                           go to the end and stay there
    view.is_following, view.new_lines       new_lines: how many came since the reader scrolled up
    view.subtitle()                         Line: `following · 214 lines` or `37 new lines ↓`
    await view.search("text") -> bool       highlights, goes to the first match from here on
    await view.next_match(), previous_match() -> bool;   view.clear_search()
    view.is_wrapped = True                  long lines go on below
    view.zone                               tzinfo of the time column; None is local
    view.empty = (line, …)                  what is said when there is no log: the reason

    LogView.StatusChanged(view)             subtitle() says something else

Keys: movement, space/b page, left/right or h/l sideways, G/F/end follow.
"""

from __future__ import annotations

from datetime import tzinfo
from typing import ClassVar

from textual.binding import BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.timer import Timer

from console.present.glyphs import UNICODE, Glyphs
from console.present.line import Line, Span, cut_line
from console.present.log_lines import highlighted, wrapped
from console.present.logs import log_line
from console.present.tone import Tone
from console.sync.spool import LogSpool
from console.ui.keymap import pane_bindings
from console.ui.widgets.line_view import LineView
from console.ui.widgets.log_search import LogSearch

PACE = 0.25
"""Seconds between two repaints while lines pour in."""
GUTTER = 1
TIME_WIDTH = 14
"""Cells of the time column and the blanks after it."""
SIDE_STEP = 16
WINDOW = 256
"""Lines read from the spool at once."""


class LogView(LineView):
    """The lines of one log."""

    BINDINGS: ClassVar[list[BindingType]] = pane_bindings(
        {
            "text.page-down": "page(1)",
            "text.page-up": "page(-1)",
            "text.left": "sideways(-1)",
            "text.right": "sideways(1)",
            "log.follow": "bottom",
        }
    )

    is_wrapped: reactive[bool] = reactive(False, init=False)
    """Long lines go on below instead of to the right."""
    is_complete: reactive[bool] = reactive(False, init=False)
    """The job has ended and all of its log is here."""

    class StatusChanged(Message):
        """Following began or ended, or lines came."""

        def __init__(self, view: LogView) -> None:
            super().__init__()
            self.view = view

        @property
        def control(self) -> LogView:
            """The log."""
            return self.view

        def can_replace(self, message: Message) -> bool:
            """Only the last of several counts."""
            return isinstance(message, LogView.StatusChanged)

    def __init__(
        self,
        *,
        glyphs: Glyphs = UNICODE,
        zone: tzinfo | None = None,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self.glyphs = glyphs
        self.zone = zone
        self.empty: tuple[Line, ...] = ()
        self.is_following = True
        self._spool: LogSpool | None = None
        self._has_times = False
        self._count = 0
        self._seen = 0
        self._left = 0
        self._search = LogSearch()
        self._rows: tuple[tuple[object, ...], list[Line]] | None = None
        self._window: tuple[int, list[bytes]] = (0, [])
        self._gate: Timer | None = None
        self._is_behind = False
        self._is_own_scroll = False

    # Content

    @property
    def line_count(self) -> int:
        """How many lines are shown; the spool may have more for a quarter of a second."""
        return self._count

    @property
    def spool(self) -> LogSpool | None:
        """What is shown."""
        return self._spool

    @property
    def new_lines(self) -> int:
        """Lines that came since the reader left the end."""
        return 0 if self.is_following else self._count - self._seen

    def attach(self, spool: LogSpool | None, *, has_times: bool = False) -> None:
        """Show a log from its end; another one than before starts without search and offset."""
        if spool is self._spool and has_times == self._has_times:
            self.grew()
            return
        self._spool = spool
        self._has_times = has_times
        self._left = 0
        self._search.begin("")
        self.is_following = True
        self.is_complete = False
        self._count = 0
        self._take_over()
        self.refresh()

    def grew(self) -> None:
        """Show what the spool has got, now or when the pace allows it."""
        if self._gate is not None:
            self._is_behind = True
            return
        self._gate = self.set_timer(PACE, self._open_gate)
        self._take_over()

    def _open_gate(self) -> None:
        self._gate = None
        if self._is_behind:
            self._is_behind = False
            self.grew()

    def _take_over(self) -> None:
        before = self._count
        self._count = self._spool.line_count if self._spool else 0
        self._window = (0, [])
        self._rows = None
        if self.is_following:
            self._seen = self._count
        self.count_changed()
        if self.is_following:
            self._scroll_to_end()
        self.refresh_changed()
        if self._count != before:
            self.post_message(self.StatusChanged(self))

    def _scroll_to_end(self) -> None:
        end = int(self.max_scroll_y)
        if self.scroll_offset.y != end:
            self._is_own_scroll = True
            self.scroll_now(end)
            self._is_own_scroll = False

    def forget_lines(self) -> None:
        """Wrap anew."""
        self._rows = None

    def keep_place(self) -> None:
        """Keep the end in view while it is followed."""
        if self.is_following:
            self._scroll_to_end()

    # Following

    def follow(self) -> None:
        """Go to the end and stay there."""
        self._set_following(True)
        self._scroll_to_end()

    def _set_following(self, is_following: bool) -> None:
        if is_following == self.is_following:
            return
        self.is_following = is_following
        self._seen = self._count
        self.post_message(self.StatusChanged(self))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Follow while the last line is in view, and only then."""
        super().watch_scroll_y(old_value, new_value)
        if not self._is_own_scroll and self._spool is not None:
            self._set_following(new_value >= self.max_scroll_y)

    def watch_is_complete(self) -> None:
        """Say so."""
        self.post_message(self.StatusChanged(self))

    def subtitle(self) -> Line:
        """Say where the reader is and what comes."""
        if self._spool is None:
            return ()
        lines = f"{self._count:,} line{'' if self._count == 1 else 's'}"
        dot = f" {self.glyphs.dot} "
        if not self.is_following and self.new_lines:
            plural = "" if self.new_lines == 1 else "s"
            text = f"{self.new_lines:,} new line{plural} {self.glyphs.down}"
            return (Span(text, Tone.ACCENT), Span(f"{dot}{lines}", Tone.DIM))
        if self.is_complete:
            return (Span(lines, Tone.DIM),)
        word = "following" if self.is_following else "not following"
        return (Span(f"{word}{dot}{lines}", Tone.DIM),)

    # Moving

    def move_by(self, lines: int) -> None:
        """Scroll by lines."""
        self.move_to(self.scroll_offset.y + lines)

    def move_to(self, index: int) -> None:
        """Scroll so that a line is the first in view."""
        target = max(0, min(index, int(self.max_scroll_y)))
        self.scroll_now(target)
        if target >= self.max_scroll_y:
            self._set_following(True)

    def action_bottom(self) -> None:
        """Go to the end and follow."""
        self.follow()

    def action_sideways(self, steps: int) -> None:
        """Scroll to the side."""
        if not self.is_wrapped:
            self._left = max(0, self._left + steps * SIDE_STEP)
            self.refresh_changed()

    # Wrapping: the view still scrolls by line, and a line takes as many rows as it needs

    def watch_is_wrapped(self) -> None:
        """Show long lines the other way, from the same place."""
        self._left = 0
        self._rows = None
        self.count_changed()
        if self.is_following:
            self._scroll_to_end()
        self.refresh_changed()

    @property
    def extra_height(self) -> int:
        """The last page holds fewer lines than rows when some of them are wrapped."""
        if not self.is_wrapped:
            return 0
        room, fitting = self.page_height, 0
        for index in range(self._count - 1, -1, -1):
            room -= len(self._wrapped(index))
            if room < 0:
                break
            fitting += 1
        return self.page_height - max(1, fitting) if fitting < self._count else 0

    def _wrapped(self, index: int) -> list[Line]:
        indent = GUTTER + (TIME_WIDTH if self._has_times else 0)
        return wrapped(self.compose_line(index), self.size.width, indent)

    def row_at(self, y: int) -> tuple[Line, str]:
        """Give the row at `y`, which may be the continuation of a line above it."""
        if not self.is_wrapped or not self._count:
            return super().row_at(y)
        search = self._search
        top, width = self.scroll_offset.y, self.size.width
        key = (top, width, self._count, search.pattern, search.match)
        if self._rows is None or self._rows[0] != key:
            rows: list[Line] = []
            index = top
            while len(rows) < self.page_height and index < self._count:
                rows += self._wrapped(index)
                index += 1
            self._rows = (key, rows)
        return (self._rows[1][y], "") if y < len(self._rows[1]) else ((), "")

    # Search

    async def search(self, pattern: str) -> bool:
        """Highlight a text and go to its first line from the top of the view on."""
        self._search.begin(pattern)
        self.refresh_changed()
        return await self._go_match(self.scroll_offset.y, forward=True)

    async def next_match(self) -> bool:
        """Go to the next line that matches."""
        return await self._step(1)

    async def previous_match(self) -> bool:
        """Go to the line before that matches."""
        return await self._step(-1)

    async def _step(self, step: int) -> bool:
        match = self._search.match
        here = match + step if match is not None else self.scroll_offset.y
        return await self._go_match(here, forward=step > 0)

    async def _go_match(self, start: int, *, forward: bool) -> bool:
        spool = self._spool
        if spool is None or not await self._search.go(spool, start, forward=forward):
            return False
        found = self._search.match
        assert found is not None
        top = self.scroll_offset.y
        if not top <= found < top + self.page_height:
            self.move_to(found - self.page_height // 3)
        self.refresh_changed()
        return True

    def clear_search(self) -> None:
        """Highlight nothing."""
        self._search.begin("")
        self.refresh_changed()

    # Lines

    def raw_line(self, index: int) -> bytes:
        """Give a line's bytes, read a window at a time."""
        assert self._spool is not None
        first, lines = self._window
        if not first <= index < first + len(lines):
            first = max(0, index - WINDOW // 4)
            lines = self._spool.lines(first, first + WINDOW)
            self._window = (first, lines)
        return lines[index - first]

    def compose_line(self, index: int) -> Line:
        """Give the visible part of a line."""
        line = log_line(self.raw_line(index), has_times=self._has_times, zone=self.zone)
        if self._search.pattern:
            is_current = index == self._search.match
            line = highlighted(line, self._search.pattern, is_current=is_current)
        time, text = (line[:1], line[1:]) if self._has_times else ((), line)
        if self._left:
            text = cut_line(text, self._left, self._left + self.size.width)
        return (Span(" " * GUTTER), *time, *text)

    def compose_empty(self, y: int) -> Line:
        """Say why there is nothing."""
        return (Span(" " * GUTTER), *self.empty[y]) if y < len(self.empty) else ()
