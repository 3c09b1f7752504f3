"""The executions list and what is below it: the widgets, and what their lines say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from console.model.execution import Execution
from console.present.executions import view_line
from console.present.line import Line
from console.present.list_notes import empty_lines
from console.present.story import story_lines
from console.ui.execution_rows import ExecutionRows
from console.ui.screens.acting import Acting
from console.ui.session import Session
from console.ui.widgets.execution_list import ExecutionList
from console.ui.widgets.execution_pane import ExecutionPane
from console.ui.widgets.line_bar import LineBar

STORY_HEIGHT = 5
TOO_SLOW = "its expression takes too long"


class Listing(Acting):
    """A list, and the execution under its cursor."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.rows = ExecutionRows(session)
        self.view = LineBar(lambda width: (self._view_line(width),), id="view")
        self.list = ExecutionList(
            self.rows.columns, self.rows.cells, glyphs=session.glyphs, id="list"
        )
        self.story = LineBar(self._story, height=STORY_HEIGHT, id="story")
        self.pane = ExecutionPane(session, id="pane")

    def focused_execution(self) -> Execution | None:
        """Give the one under the cursor."""
        return self.rows.get(self.list.cursor_id)

    def known_executions(self) -> Iterable[Execution]:
        """Give all that were read."""
        return self.rows.feed.executions.values() if self.rows.feed is not None else ()

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
            asked=rows.filter.asked,
            here=rows.filter.here,
            note="" if rows.show_all else marks,
            marked=self.marked_words(),
            unread=rows.unread()[1],
            trouble=TOO_SLOW if rows.is_given_up else "",
            order=rows.order.words(),
            glyphs=glyphs,
        )

    def marked_words(self) -> str:
        """Say how many rows are marked; empty for none."""
        return ""

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

    def show_empty(self) -> None:
        """Say why the list is empty, where it is."""
        keymap = self.session.keymap
        lines = empty_lines(
            self.freshness(),
            is_filtered=bool(self.rows.filter.text),
            is_showing_all=self.rows.show_all,
            refresh_key=keymap.shown("view.refresh") or ":refresh",
            escape_key=keymap.shown("nav.escape") or ":filter",
            all_key=keymap.shown("list.toggle-all") or ":all",
            start_key=keymap.shown("workflow.start") or ":start",
        )
        if self.list.empty != lines:
            self.list.empty = lines
            if self.list.is_mounted:
                self.list.refresh_changed()
