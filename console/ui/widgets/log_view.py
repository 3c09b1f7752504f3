"""A log as it is written: follows its end until the reader scrolls up; else as `LogNarrowed`.

    view = LogView(id="log")
    view.attach(spool, has_times=True)      show a LogSpool;  view.attach(None) shows `empty`
    view.grew()                             the spool has more; at most four repaints a second
    view.is_complete = True                 nothing more will come
    view.follow()                           go to the end and stay there
    view.is_following, view.new_lines       new_lines: how many came since the reader scrolled up
    view.subtitle()                         Line: `following · 214 lines` or `37 new lines ↓`

    LogView.StatusChanged(view)             subtitle() says something else
    view.beside = rule.update               painted with new lines, in the same frame

Keys: movement, space/b page, left/right or h/l sideways, G/F/end follow.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.timer import Timer

from console.present.glyphs import UNICODE, Glyphs
from console.present.line import Line
from console.ui.keymap import pane_bindings
from console.ui.widgets.log_narrowed import LogNarrowed

if TYPE_CHECKING:
    from console.sync.spool import LogSpool

PACE = 0.25
"""Seconds between two repaints while lines pour in."""


class LogView(LogNarrowed):
    """The lines of one log."""

    BINDINGS: ClassVar[list[BindingType]] = pane_bindings(
        {
            "log.follow": "bottom",
            "log.save": "screen.command('log.save')",
            "log.filter": "screen.command('log.filter')",
            "log.pretty": "screen.command('log.pretty')",
            "log.pipe": "screen.command('log.pipe')",
        }
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
        self._told = (0, 0)
        self._gate: Timer | None = None
        self._is_behind = False
        self._is_own_scroll = False

    # Content

    @property
    def _total(self) -> int:
        """Lines that the reader can come to: of the window, or those that a filter looks for."""
        return self._map.shown if self._map.kept is None else self._map.kept.matches

    @property
    def new_lines(self) -> int:
        """Lines to come to that were written since the reader left the end."""
        kept, rows = self._map.kept, self._map
        if self.is_following:
            return 0
        return kept.unread if kept else max(0, rows.stop - max(rows.first, self._seen))

    def _read_all(self) -> None:
        self._seen = self._map.lines
        if self._map.kept is not None:
            self._map.kept.read_until(self._seen)

    def attach(self, spool: LogSpool | None, *, has_times: bool = False, skipped: int = 0) -> None:
        """Show a log from its end; another one than before starts without search and offset.

        `skipped` is how many bytes of it, before its first line here, were not loaded.
        """
        self._map.skipped = skipped
        if spool is self._spool and has_times == self._has_times:
            self.grew()
            return
        self._spool = spool
        self._has_times = has_times
        self._left = 0
        self._search.begin("")
        self.marks = None
        self.is_following = True
        self.is_complete = False
        self._drop_filter()
        self.window = None
        self._map.lines = 0
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
        self._map.lines = self._spool.line_count if self._spool else 0
        self._window = (0, [])
        self._rows = None
        self._place()
        self._look()
        if self.is_following:
            self._read_all()
        self.count_changed()
        if self.is_following:
            self._scroll_to_end()
        self.refresh_changed()
        if (self._map.lines, self._total) != self._told:
            self._tell()

    def _tell(self) -> None:
        self._told = (self._map.lines, self._total)
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
        self._read_all()
        self.post_message(self.StatusChanged(self))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Follow while the last line is in view, and only then."""
        super().watch_scroll_y(old_value, new_value)
        is_own = self._is_own_scroll or self._anchor is not None
        if not is_own and self._spool is not None:
            self._set_following(new_value >= self.max_scroll_y)

    def _is_ended(self) -> bool:
        return self.is_complete

    def watch_is_complete(self) -> None:
        """Say so; the last line can be looked at now."""
        self._look()
        self.post_message(self.StatusChanged(self))

    def subtitle(self) -> Line:
        """Say where the reader is and what comes."""
        if self._spool is None:
            return ()
        from console.present.log_status import LogStatus, status_line

        facts = (self._map.lines, self.filter_text, self._total, self.new_lines)
        marked = len(self.marks) if self.marks is not None else 0
        window = self.window.text if self.window is not None else ""
        is_ended = self.is_complete or self._map.end is not None
        status = LogStatus(*facts, self.is_following, is_ended, self._left, marked, window)
        return status_line(status, self.glyphs)

    def marks_changed(self) -> None:
        """Say how many lines are marked."""
        self._tell()

    # Moving

    def move_to(self, index: int) -> None:
        """Scroll so that a line is the first in view."""
        target = max(0, min(index, int(self.max_scroll_y)))
        self.scroll_now(target)
        if target >= self.max_scroll_y:
            self._set_following(True)

    def action_sideways(self, steps: int) -> None:
        """Scroll to the side, and say so: lines that are short are out of view then."""
        super().action_sideways(steps)
        self._tell()

    def shape_changed(self) -> None:
        """Compose anew, from the first column on."""
        super().shape_changed()
        self._tell()

    def action_bottom(self) -> None:
        """Go to the end and follow."""
        self.follow()
