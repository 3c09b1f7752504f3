"""The executions list, kept fresh, and its cursor followed below it."""

from __future__ import annotations

from collections.abc import Iterable

from textual import events, on

from console.model.ids import ExecutionId
from console.model.states import ExecutionStatus
from console.present.executions import changes_in
from console.ui.bridge import ListBridge, ListChanged, ListFreshnessChanged
from console.ui.screens.listing import Listing
from console.ui.session import Session
from console.ui.widgets.execution_pane import ExecutionPane
from console.ui.widgets.row_list import RowList

SETTLE = 0.12
"""Seconds a cursor that runs must rest before its row is asked for."""
WRITTEN = 0.01
"""Seconds after a paint in which nothing is done, so that the thread that writes gets its turn."""
MORE_BEFORE = 30
"""Rows before the end at which older ones are asked for."""


class Following(Listing):
    """A list whose cursor is followed."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.bridge: ListBridge | None = None
        self._followed_at = 0.0
        self._is_following = False
        self._is_lost = False
        self.wanted_row: str | None = None
        """A row to go to as soon as it is there, in a view that is gone back to."""

    def begin(self) -> None:
        """Read the list: there is a connection."""
        self.bridge = ListBridge(self.session, self, self.rows.query())
        self.rows.feed = self.bridge.feed
        self.bridge.feed.start()
        self.update_lines()

    def connection_changed(self) -> None:
        """Say how the first connection goes."""
        self.show_empty()
        self.update_lines()

    def on_unmount(self) -> None:
        """End the feeds."""
        self.pane.watch_feeds.close()
        if self.bridge is not None:
            self.session.end_later(self.bridge.feed.stop())

    # From the feed

    @on(ListChanged)
    def _list_changed(self, message: ListChanged) -> None:
        message.stop()
        if self.bridge is None:
            return
        delta, feed = self.bridge.take(), self.bridge.feed
        self.session.counts, self.session.skew = feed.counts, feed.skew
        read = [feed.executions[one] for one in delta.changed if one in feed.executions]
        for execution in read:
            self.session.settle(execution)
        left = delta.changed - feed.executions.keys()
        self.console_app.list_read(read, left)
        if self.list.cursor_id in left:  # it went on to a state this list does not show
            self.pane.watch_feeds.poke()
        self._hold()
        changed = self.rows.build() | delta.changed | delta.causes_changed
        self.set_rows(changed)
        self.follow_cursor()
        self.rows_seen()
        self.update_lines()

    @on(ListFreshnessChanged)
    def _freshness_changed(self, message: ListFreshnessChanged) -> None:
        message.stop()
        feed = self.rows.feed
        is_late = feed is not None and feed.freshness.state in ("stale", "lost")
        self._say_loss()
        self.list.subdued = self.story.subdued = self.pane.is_list_late = is_late
        self.show_empty()
        self.console_app.check_sign_in(self.freshness().error)
        self.update_lines()

    def _say_loss(self) -> None:
        """Say once, in a sentence, why the backend is lost and what to do."""
        fresh = self.freshness()
        is_lost = fresh.state == "lost" and fresh.error is not None
        if is_lost and not self._is_lost and fresh.error is not None:
            self.console_app.shown_screen().say_outage(fresh.error, "lost: ")
        self._is_lost = is_lost

    def row_changed(self, identifier: ExecutionId | None) -> None:
        """Show what is under way with a row, before any poll tells of it."""
        if identifier is not None:
            self.list.patch([identifier])
        self.update_lines()

    def set_rows(self, changed: Iterable[ExecutionId]) -> None:
        """Show the rows there are now; those named read differently."""
        self.show_empty()
        if list(self.list.rows) != self.rows.ids:
            self.list.set_rows(self.rows.ids)
        self.list.patch(changed)
        if self.wanted_row is not None and not self.list.has_moved:
            if self.list.cursor_to(self.wanted_row):
                self.list.has_moved = True
        elif not self.list.has_moved:
            self._rest_on_a_failure()
        self.view.update()

    def _rest_on_a_failure(self) -> None:
        here = self.focused_execution()
        if here is not None and here.status is ExecutionStatus.FAILED:
            return
        for identifier in self.rows.ids:
            execution = self.rows.get(identifier)
            if execution is not None and execution.status is ExecutionStatus.FAILED:
                self.list.cursor_to(identifier)
                return

    def _hold(self) -> None:
        """Keep the row under the cursor, as it was read last, wherever that was."""
        identifier = self.list.cursor_id
        feed = self.rows.feed
        if identifier is None or feed is None:
            self.rows.hold(None)
            return
        detail = self.pane.watch_feeds.execution
        held = feed.executions.get(ExecutionId(identifier))
        if held is None and detail is not None and detail.id == identifier:
            held = detail
        self.rows.hold(held or self.rows.get(identifier))

    def rows_seen(self) -> None:
        """Ask for what the visible rows need: why they failed, and older ones near the end."""
        feed, rows = self.rows.feed, self.rows.ids
        if feed is None or not (rows or self.rows.filter.reads_why):
            return
        top = self.list.scroll_offset.y
        seen = rows[top : top + self.list.page_height]
        cursor = self.list.cursor_id
        first = [ExecutionId(cursor)] if cursor is not None else []
        unread, _ = self.rows.unread()
        feed.want_causes([*first, *(one for one in seen if one != cursor), *unread])
        if rows and feed.has_more and self.list.cursor_index >= len(rows) - MORE_BEFORE:
            self.run_worker(feed.load_more(), group="more", exclusive=False, exit_on_error=False)

    # The cursor

    @on(RowList.RowHighlighted)
    def _row_highlighted(self, message: RowList.RowHighlighted) -> None:
        message.stop()
        self.rows.hold(self.rows.get(message.row_id))
        if self.rows.feed is not None and self.rows.is_held_apart:
            self.list.patch(self.rows.build())
            self.list.set_rows(self.rows.ids)
        # The cursor is painted first: what follows it takes longer than a key may.
        if not self._is_following:
            self._is_following = True
            self.call_after_refresh(self.set_timer, WRITTEN, self._row_is_painted)

    def _row_is_painted(self) -> None:
        self._is_following = False
        self.story.update()
        self.footer.update()
        now = self.session.clock.monotonic()
        is_running, self._followed_at = now - self._followed_at < SETTLE, now
        if is_running:
            self.set_timer(SETTLE, self.follow_cursor)
        else:
            self.follow_cursor()
        self.rows_seen()

    def follow_cursor(self) -> None:
        """Show the execution under the cursor below the list."""
        if self.session.backend is not None:
            self.pane.show(self.focused_execution())
        self.story.update()

    @on(ExecutionPane.Updated)
    def _pane_updated(self, message: ExecutionPane.Updated) -> None:
        message.stop()
        execution, feed = self.pane.watch_feeds.execution, self.rows.feed
        if execution is not None and feed is not None:
            self.session.settle(execution)
            known = feed.executions.get(execution.id)
            if known is not None and known != execution:
                feed.put(execution)
            elif known is None and self.rows.get(execution.id) not in (None, execution):
                self.rows.hold(execution)
                self.list.patch([execution.id])
        self.story.update()
        self.footer.update()
        self.plan_tick()
        self.console_app.guidance.changed()

    # Time

    def tick(self) -> None:
        """Let ages go on."""
        self.list.patch()
        self.story.update()
        if self.has_class("-wide"):
            self.pane.tick()

    def changes_in(self) -> Iterable[float | None]:
        """Ages of the visible rows, and of what runs below them."""
        top = self.list.scroll_offset.y
        seen = [self.rows.get(i) for i in self.rows.ids[top : top + self.list.page_height]]
        now = self.session.now()
        yield changes_in([e for e in seen if e is not None], now)
        execution = self.focused_execution()
        if execution is not None and not execution.status.is_finished:
            yield 1.0
        if self.has_class("-wide"):
            yield self.pane.log_pane.changes_in()

    def times_changed(self) -> None:
        """Show times in the mode the person chose now."""
        self.list.reset_columns()
        self.pane.times_changed()
        self.story.update()

    # Steering

    def set_paused(self, is_paused: bool) -> None:
        """Stop asking, or go on."""
        if self.bridge is not None:
            feed = self.bridge.feed
            (feed.pause if is_paused else feed.go_on)()
        self.pane.watch_feeds.set_paused(is_paused)

    def poke(self) -> None:
        """Ask now."""
        if self.bridge is not None:
            self.bridge.feed.poke()
        self.pane.watch_feeds.poke()

    @on(events.ScreenSuspend)
    def _suspended(self) -> None:
        """The list goes on being read: its counts are on every screen's top line."""
        self.pane.watch_feeds.set_visible(False)

    @on(events.ScreenResume)
    def _resumed_list(self) -> None:
        self.pane.watch_feeds.set_visible(True)
