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
    view.beside = rule.update               painted with new lines, in the same frame

Keys: movement, space/b page, left/right or h/l sideways, G/F/end follow.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from typing import ClassVar

from textual.binding import BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.timer import Timer

from console.present.glyphs import UNICODE, Glyphs
from console.present.line import Line, Span
from console.present.tone import Tone
from console.sync.spool import LogSpool
from console.ui.keymap import pane_bindings
from console.ui.widgets.spool_view import SpoolView

PACE = 0.25
"""Seconds between two repaints while lines pour in."""


class LogView(SpoolView):
    """The lines of one log."""

    BINDINGS: ClassVar[list[BindingType]] = pane_bindings(
        {"log.follow": "bottom", "log.save": "screen.command('log.save')"}
    )

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
        super().__init__(glyphs=glyphs, zone=zone, name=name, id=id, classes=classes)
        self.is_following = True
        self.beside: Callable[[], None] | None = None
        """Paints what tells of the lines; a message would come a frame later."""
        self._seen = 0
        self._gate: Timer | None = None
        self._is_behind = False
        self._is_own_scroll = False

    # Content

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
            if self.beside is not None:
                self.beside()
            self.post_message(self.StatusChanged(self))

    def _scroll_to_end(self) -> None:
        end = int(self.max_scroll_y)
        if self.scroll_offset.y != end:
            self._is_own_scroll = True
            self.scroll_now(end)
            self._is_own_scroll = False

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

    def move_to(self, index: int) -> None:
        """Scroll so that a line is the first in view."""
        target = max(0, min(index, int(self.max_scroll_y)))
        self.scroll_now(target)
        if target >= self.max_scroll_y:
            self._set_following(True)

    def action_bottom(self) -> None:
        """Go to the end and follow."""
        self.follow()
