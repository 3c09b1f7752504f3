"""The first screen: the list of executions, and below it the one under the cursor.

Wide, jobs with their bars and the log of the failing job stand below; at 80×24 it is the story in
a few lines. Both follow the cursor; a held key does not ask for every row it passes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType

from console.commands.availability import NEEDS_EXECUTION
from console.commands.catalogue import Command, Place
from console.commands.command_line import Typed
from console.commands.filters import Filter, FilterError, parse_filter
from console.model.execution import Execution
from console.model.ids import ExecutionId
from console.model.states import ExecutionStatus
from console.present.errors import error_lines
from console.present.executions import changes_in, view_line
from console.present.line import Line, Span
from console.present.story import story_lines
from console.present.tone import Tone
from console.ui.bridge import ListBridge, ListChanged, ListFreshnessChanged
from console.ui.execution_rows import ExecutionRows
from console.ui.keymap import screen_bindings
from console.ui.screens.acting import Acting
from console.ui.session import Session
from console.ui.tab import Tab
from console.ui.widgets.execution_list import ExecutionList
from console.ui.widgets.execution_pane import ExecutionPane
from console.ui.widgets.job_tree import JobTreeView
from console.ui.widgets.line_bar import LineBar
from console.ui.widgets.row_list import RowList
from console.ui.widgets.spool_view import SpoolView
from console.ui.widgets.text_view import TextView

WIDE = (100, 30)
"""Cells and rows from which jobs and log stand below the list."""
STORY_HEIGHT = 5
SETTLE = 0.12
"""Seconds a cursor that runs must rest before its row is asked for."""
MORE_BEFORE = 30
"""Rows before the end at which older ones are asked for."""


class ExecutionsScreen(Acting, inherit_bindings=False):
    """The list, live."""

    PLACES: ClassVar[tuple[Place, ...]] = (Place.EXECUTIONS,)
    BINDINGS: ClassVar[list[BindingType]] = screen_bindings(*PLACES)

    DEFAULT_CSS = """
    ExecutionsScreen {
        & #list { height: 2fr; }
        & #pane { height: 3fr; display: none; }
        &.-wide #pane { display: block; }
        &.-wide #story { display: none; }
        &.-full #list, &.-full #view { display: none; }
        &.-full-list #pane, &.-full-list #story { display: none; }
    }
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.rows = ExecutionRows(session)
        self.bridge: ListBridge | None = None
        self.view = LineBar(lambda width: (self._view_line(width),), id="view")
        self.list = ExecutionList(
            self.rows.columns, self.rows.cells, glyphs=session.glyphs, id="list"
        )
        self.story = LineBar(self._story, height=STORY_HEIGHT, id="story")
        self.pane = ExecutionPane(session, id="pane")
        self._followed_at = 0.0
        self._complaint = ""
        self._filter_before = Filter()

    def compose_body(self) -> ComposeResult:
        """Give the list and what is below it."""
        yield self.view
        yield self.list
        yield self.pane
        yield self.story

    def on_mount(self) -> None:
        """Begin with the list."""
        self.list.focus()
        self._show_empty()

    def begin(self) -> None:
        """Read the list: there is a connection."""
        self.bridge = ListBridge(self.session, self, self.rows.query())
        self.rows.feed = self.bridge.feed
        self.bridge.feed.start()
        self.update_lines()

    def connection_changed(self) -> None:
        """Say how the first connection goes."""
        self._show_empty()
        self.update_lines()

    def on_unmount(self) -> None:
        """End the feeds."""
        self.pane.watch_feeds.close()
        if self.bridge is not None:
            self.session.end_later(self.bridge.feed.stop())

    # What the base asks for

    def focused_execution(self) -> Execution | None:
        """Give the one under the cursor."""
        return self.rows.get(self.list.cursor_id)

    def known_executions(self) -> Iterable[Execution]:
        """Give all that were read."""
        return self.rows.feed.executions.values() if self.rows.feed is not None else ()

    def footer_items(self) -> Sequence[str | tuple[str, str]]:
        """Give the keys of this row."""
        find: Sequence[str | tuple[str, str]] = ("find.open",)
        if self.searched() is not None:
            find = (("find.open", "search"), "log.follow", "view.wrap")
        all_or = ("list.toggle-all", "problems" if self.rows.show_all else "all")
        look = ("execution.log", "list.open")
        return (*self.change_items(), *look, *find, all_or, "command.open", "help.open")

    def searched(self) -> SpoolView | TextView | None:
        """`/` searches the log only while the log has the focus."""
        focused = self.focused
        return focused if isinstance(focused, SpoolView) else None

    def wrapped_view(self) -> SpoolView | TextView | None:
        """The log below the list."""
        return self.pane.log_pane.view if self.has_class("-wide") else None

    async def run_command(self, command: Command, typed: Typed) -> None:
        """A person who acts on a row has chosen it."""
        if command.id in NEEDS_EXECUTION:
            self.list.has_moved = True
        await super().run_command(command, typed)

    # Layout

    def on_resize(self, event: events.Resize) -> None:
        """Show jobs and log where there is room, else the story."""
        wide, high = WIDE
        self.set_class(event.size.width >= wide and event.size.height >= high, "-wide")
        self.pane.is_off = not self.has_class("-wide")
        self.view.display = event.size.height >= 20
        self.call_after_refresh(self.rows_seen)

    def do_view_full(self, typed: Typed) -> None:
        """Give the focused pane the whole screen, or give it back."""
        is_full = self.has_class("-full") or self.has_class("-full-list")
        self.remove_class("-full", "-full-list")
        if not is_full:
            in_pane = self.pane.has_focus_within
            self.add_class("-full" if in_pane else "-full-list")

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
        self.console_app.list_read(read)
        self._hold()
        changed = self.rows.build() | delta.changed | delta.causes_changed
        self._set_rows(changed)
        self.follow_cursor()
        self.rows_seen()
        self.update_lines()

    @on(ListFreshnessChanged)
    def _freshness_changed(self, message: ListFreshnessChanged) -> None:
        message.stop()
        feed = self.rows.feed
        self.list.subdued = feed is not None and feed.freshness.state in ("stale", "lost")
        self._show_empty()
        self.console_app.check_sign_in(self.freshness().error)
        self.update_lines()

    def row_changed(self, identifier: ExecutionId | None) -> None:
        """Show what is under way with a row, before any poll tells of it."""
        if identifier is not None:
            self.list.patch([identifier])
        self.update_lines()

    def _set_rows(self, changed: Iterable[ExecutionId]) -> None:
        self._show_empty()
        if list(self.list.rows) != self.rows.ids:
            self.list.set_rows(self.rows.ids)
        self.list.patch(changed)
        if not self.list.has_moved:
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
        if feed is None or not rows:
            return
        top = self.list.scroll_offset.y
        seen = rows[top : top + self.list.page_height]
        cursor = self.list.cursor_id
        first = [ExecutionId(cursor)] if cursor is not None else []
        feed.want_causes([*first, *(one for one in seen if one != cursor)])
        if feed.has_more and self.list.cursor_index >= len(rows) - MORE_BEFORE:
            self.run_worker(feed.load_more(), group="more", exclusive=False, exit_on_error=False)

    # The cursor

    @on(RowList.RowHighlighted)
    def _row_highlighted(self, message: RowList.RowHighlighted) -> None:
        message.stop()
        held = self.rows.get(message.row_id)
        self.rows.hold(held)
        if self.rows.feed is not None:
            self.list.patch(self.rows.build())
            self.list.set_rows(self.rows.ids)
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
        self.console_app.hint_changed()

    @on(RowList.RowOpened)
    async def _row_opened(self, message: RowList.RowOpened) -> None:
        message.stop()
        self.open_focused("jobs")

    @on(JobTreeView.JobOpened)
    def _job_opened(self, message: JobTreeView.JobOpened) -> None:
        message.stop()
        execution = self.focused_execution()
        if execution is not None:
            self.console_app.open_execution(execution.id, execution, "log", message.job_id)

    def open_focused(self, tab: Tab) -> None:
        """Open the execution under the cursor on a tab."""
        execution = self.focused_execution()
        if execution is not None:
            self.list.has_moved = True
            self.console_app.open_execution(execution.id, execution, tab)

    # Lines

    def _view_line(self, width: int) -> Line:
        rows, feed, glyphs = self.rows, self.rows.feed, self.session.glyphs
        total = feed.total if feed is not None else None
        marks = " ".join(glyphs.states[n] for n in ("failed", "waiting", "pending", "running"))
        return view_line(
            "all" if rows.show_all else "problems",
            len(rows.ids),
            total,
            width,
            filter_text=rows.filter.text,
            note="" if rows.show_all else marks,
            glyphs=glyphs,
        )

    def _story(self, width: int) -> Sequence[Line]:
        execution = self.focused_execution()
        if execution is None:
            return ()
        watch = self.pane.watch_feeds
        is_read = watch.execution is not None and watch.execution.id == execution.id
        return story_lines(
            execution,
            self.session.now(),
            width,
            history=watch.history if is_read else None,
            cause=self.rows.cause(execution.id),
            zone=self.session.zone,
            glyphs=self.session.glyphs,
        )

    def _show_empty(self) -> None:
        freshness, feed = self.freshness(), self.rows.feed
        lines: list[Line] = []
        if freshness.error is not None and freshness.as_of is None:
            lines += error_lines(freshness.error)
            key = self.session.keymap.shown("view.refresh") or ":refresh"
            lines.append((Span(f"It is tried again by itself; {key} tries now.", Tone.DIM),))
        elif feed is None or freshness.as_of is None:
            lines.append((Span("Connecting…", Tone.DIM),))
        elif self.rows.filter.text:
            key = self.session.keymap.shown("nav.escape") or ":filter"
            lines.append((Span(f"Nothing matches. {key} clears the filter.", Tone.DIM),))
        elif self.rows.show_all:
            lines.append((Span("No executions yet. + starts one.", Tone.DIM),))
        else:
            lines.append((Span("No problems. z shows all executions.", Tone.SUCCESS),))
        if self.list.empty != tuple(lines):
            self.list.empty = tuple(lines)
            if self.list.is_mounted:
                self.list.refresh_changed()

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

    # Commands

    def do_list_toggle_all(self, typed: Typed) -> None:
        """Show problems or all executions."""
        wanted = {"all": True, "problems": False}.get(typed.word, not self.rows.show_all)
        self.rows.show_all = wanted
        self._ask_again()

    def do_list_more(self, typed: Typed) -> None:
        """Load older executions."""
        feed = self.rows.feed
        if feed is None or not feed.has_more:
            self.say("there are no older executions", Tone.DIM)
            return
        self.run_worker(feed.load_more(), group="more", exit_on_error=False)

    def do_list_next_failure(self, typed: Typed) -> None:
        """Go to the next failed execution."""
        self._go_to_failure(range(self.list.cursor_index + 1, len(self.rows.ids)), "below")

    def do_list_previous_failure(self, typed: Typed) -> None:
        """Go to the failed execution above."""
        self._go_to_failure(range(self.list.cursor_index - 1, -1, -1), "above")

    def _go_to_failure(self, indexes: Iterable[int], where: str) -> None:
        for index in indexes:
            execution = self.rows.get(self.rows.ids[index])
            if execution is not None and execution.status is ExecutionStatus.FAILED:
                self.list.move_to(index)
                return
        self.say(f"no failed execution {where}", Tone.DIM)

    def do_list_open(self, typed: Typed) -> None:
        """Open the execution under the cursor."""
        self.open_focused("jobs")

    def do_execution_log(self, typed: Typed) -> None:
        """Open it on its log."""
        self.open_focused("log")

    def do_execution_show_log(self, typed: Typed) -> None:
        """Open it on its log."""
        self.open_focused("log")

    def do_execution_jobs(self, typed: Typed) -> None:
        """Open it on its jobs."""
        self.open_focused("jobs")

    def do_execution_data(self, typed: Typed) -> None:
        """Open it on its data."""
        self.open_focused("data")

    # The filter

    async def do_find_open(self, typed: Typed) -> None:
        """Filter the list; search the log while that has the focus."""
        if self.searched() is not None:
            await super().do_find_open(typed)
        elif typed.word:
            self.filter_done(typed.rest)
        else:
            self._filter_before = self.rows.filter
            self.ask("filter", "/", self.rows.filter.text)

    def filter_typed(self, text: str) -> None:
        """Show what a filter would show; the server is asked when it is done."""
        try:
            self.rows.filter = parse_filter(text)
            self._complaint = ""
        except FilterError as error:
            self._complaint = f"column {error.column + 1}: {error}"
            return
        self._set_rows(self.rows.build())

    def filter_complaint(self) -> str:
        """Say what is wrong with the filter that is being typed."""
        return self._complaint

    def filter_done(self, text: str) -> None:
        """Filter by this from now on."""
        try:
            self.rows.filter = parse_filter(text)
        except FilterError as error:
            self.rows.filter = self._filter_before
            self.say(f"filter: column {error.column + 1}: {error}", Tone.WARNING)
        self._complaint = ""
        self._ask_again()

    def filter_cancelled(self) -> None:
        """Go back to the filter there was."""
        self.rows.filter, self._complaint = self._filter_before, ""
        self._set_rows(self.rows.build())

    def _ask_again(self) -> None:
        if self.rows.feed is not None:
            self.rows.feed.set_query(self.rows.query())
        self._set_rows(self.rows.build())
        self.update_lines()

    def peel(self) -> bool:
        """Undo full screen, the filter, the other pane."""
        if self.has_class("-full") or self.has_class("-full-list"):
            self.remove_class("-full", "-full-list")
        elif self.rows.filter.text:
            self.rows.filter = Filter()
            self._ask_again()
        elif self.focused is not self.list:
            self.list.focus()
        else:
            return False
        return True
