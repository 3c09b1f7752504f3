"""The log of one job under a rule that says whose it is, how long, and what is missing.

── send-notification · log ──────────────────────────────── following · 214 lines ──
03:10:53.118  421 too many connections from 10.2.0.7
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from console.model.ids import FunctionExecutionId, JobExecutionId
from console.present.clean import clean
from console.present.errors import error_sentence
from console.present.line import Line, Span, joined, line_width
from console.present.logs import split_time
from console.present.story import rule_line
from console.present.tone import Tone
from console.ui.execution_watch import ExecutionWatch
from console.ui.session import TIME_MODES, Session
from console.ui.sturdy import Sturdy
from console.ui.widgets.line_bar import LineBar
from console.ui.widgets.log_view import LogView

if TYPE_CHECKING:
    from console.backend.errors import BackendError
    from console.present.log_marks import LogMarks
    from console.sync.log_feed import LogFeed

TITLE_WIDTH = 16
"""Cells of the job's name that stay when the rule has more to say than fits."""


class LogPane(Sturdy, Vertical):
    """Shows the log that a watch follows."""

    DEFAULT_CSS = """
    LogPane #log { height: 1fr; }
    """

    def __init__(self, session: Session, watch: ExecutionWatch, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.session = session
        self.feeds = watch
        self._is_list_late = False
        self._marks: dict[FunctionExecutionId, LogMarks] = {}
        self.number_of: Callable[[JobExecutionId], int] = lambda _: 0
        """Tells which of its equal siblings a job is; 0 where it stands alone."""
        self.rule = LineBar(lambda width: (self._rule(width),), id="log-rule")
        self.view = LogView(glyphs=session.glyphs, zone=session.zone, id="log")
        self.view.beside = self.rule.update
        self.view.advise(self._advice())

    def compose(self) -> ComposeResult:
        """Give the rule and the lines."""
        yield self.rule
        yield self.view

    def show(self) -> None:
        """Show what there is now."""
        feed, view = self.feeds.log, self.view
        view.empty = ((Span(self._no_log(), Tone.DIM),),)
        if feed is None:
            view.attach(None)
        else:
            view.since = self._since(feed)
            view.all_lines = feed.all_lines
            view.attach(feed.spool, has_times=feed.has_times, skipped=feed.skipped)
            view.is_complete = feed.is_complete
            self._keep_marks(feed)
        self._subdue()
        if not view.line_count and view.is_mounted:
            view.refresh_changed()
        self.rule.update()

    def _keep_marks(self, feed: LogFeed) -> None:
        """Give each log the marks it had; not where its line numbers mean other lines now."""
        from console.present.log_marks import LogMarks

        marks = self._marks.setdefault(feed.function_execution_id, LogMarks())
        if feed.spool.size and marks.epoch != feed.epoch:
            marks.clear()
            marks.epoch = feed.epoch
        self.view.keep_marks(marks)

    @property
    def is_list_late(self) -> bool:
        """The list above is late: a log that is read no more is as old."""
        return self._is_list_late

    @is_list_late.setter
    def is_list_late(self, is_late: bool) -> None:
        self._is_list_late = is_late
        self._subdue()

    def _subdue(self) -> None:
        feed = self.feeds.log
        is_late = feed is not None and feed.freshness.state in ("stale", "lost")
        self.view.subdued = is_late or self._is_list_late

    def times_changed(self) -> None:
        """Show times in the zone the person chose now."""
        self.view.zone = self.session.zone
        if self.feeds.log is not None:
            self.view.since = self._since(self.feeds.log)
        self.view.refresh_changed()
        self.rule.update()

    def _advice(self) -> str:
        save = self.session.keymap.shown("log.save") or ":save"
        page = self.session.keymap.shown("log.pipe") or ":pipe"
        return f"{save} saves and {page} pages all of it"

    def _since(self, feed: LogFeed) -> datetime | None:
        """Give what times are told from: when the job began, else when it wrote its first line."""
        if self.session.time_mode != TIME_MODES[0] or not feed.has_times:
            return None
        job = self.feeds.earlier_run or self.feeds.job
        if job is not None and job.started_at is not None:
            return job.started_at
        first = feed.spool.lines(0, 1)
        return split_time(first[0])[0] if first else None

    def _times(self) -> str:
        """Name the times that the lines have."""
        feed = self.feeds.log
        if feed is None or not feed.has_times:
            return "no line times from this backend"
        if self.session.time_mode == TIME_MODES[0]:
            return "since it began"
        return self.session.zone_name

    @on(LogView.StatusChanged)
    def _status_changed(self, message: LogView.StatusChanged) -> None:
        message.stop()
        self.rule.update()

    def _is_unread(self) -> bool:
        """Nothing was ever read of it, and nothing is by itself."""
        feed, detail = self.feeds.log, self.feeds.detail
        asked = feed if self.feeds.job is not None else detail
        is_read = asked is None or bool(asked.freshness.as_of or asked.freshness.error)
        return self.session.is_paused and not is_read

    def _no_log(self) -> str:
        feed, job = self.feeds.log, self.feeds.job
        if self._is_unread():
            key = self.session.keymap.shown("view.refresh") or ":refresh"
            return f"Not read while paused; {key} reads it."
        if job is None:
            return "No job has started yet." if self.feeds.execution is not None else ""
        if feed is None:
            return f"This backend keeps no log for {clean(job.name)}."
        if feed.error is not None:
            return f"The log cannot be read: {error_sentence(feed.error)}"
        if feed.is_complete:
            return f"{clean(job.name)} wrote no log."
        return "Nothing is written yet."

    def _is_told_above(self, error: BackendError) -> bool:
        """The top line says of the list or of the execution what would be said of the log."""
        detail = self.feeds.detail
        of_detail = detail.freshness.error if detail is not None else None
        return self._is_list_late or str(of_detail) == str(error)

    def _rule(self, width: int) -> Line:
        job, feed, glyphs = self.feeds.job, self.feeds.log, self.session.glyphs
        name = clean(job.name) if job is not None else ""
        if job is not None and (number := self.number_of(job.id)):
            name = f"{name} #{number}"
        if (run := self.feeds.earlier_run) is not None:
            name = f"{name} {glyphs.dot} attempt {run.attempt}"
        title: Line = (Span(f"{name} {glyphs.dot} log" if name else "log", Tone.DIM),)
        right = () if self._is_unread() else self.view.subtitle()
        if feed is None:
            return rule_line(title, width, right, glyphs=glyphs, lead=2)
        dot = Span(f" {glyphs.dot} ", Tone.DIM)
        facts: list[Line] = [right] if right else []
        if self.view.line_count:
            facts.append((Span(self._times(), Tone.DIM),))
        if late := self._late(feed):
            facts.insert(0, late)
        elif self.view.line_count and feed.error and not self._is_told_above(feed.error):
            facts.insert(0, (Span(error_sentence(feed.error), Tone.WARNING),))
        room = width - min(line_width(title), TITLE_WIDTH) - 10
        while len(facts) > 1 and line_width(joined(facts, dot)) > room:
            facts.pop()  # how late it is matters most, what times are told from least
        return rule_line(title, width, joined(facts, dot), glyphs=glyphs, lead=2)

    # How late it is

    def _is_late(self) -> bool:
        feed = self.feeds.log
        if feed is None:
            return False
        is_trying = feed.freshness.state == "connecting" and feed.error is not None
        return is_trying or feed.freshness.state in ("stale", "lost")

    def _late(self, feed: LogFeed) -> Line:
        if not self._is_late():
            return ()
        from console.present.log_status import late_line

        error, clock = feed.error, self.session.clock
        return late_line(
            feed.freshness,
            clock.now(),
            clock.monotonic(),
            glyphs=self.session.glyphs,
            with_reason=bool(self.view.line_count and error and not self._is_told_above(error)),
        )

    def tick(self) -> None:
        """Let the age of a late log go on."""
        if self.changes_in() is not None:
            self.rule.update()

    def changes_in(self) -> float | None:
        """Give the seconds until a late log's age or next try reads differently."""
        feed, clock = self.feeds.log, self.session.clock
        if feed is None or not self._is_late():
            return None
        from console.present.status import freshness_changes_in

        return freshness_changes_in(feed.freshness, clock.now(), clock.monotonic())
