"""The log of one job under a rule that says whose it is, how long, and what is missing.

── send-notification · log ──────────────────────────────── following · 214 lines ──
03:10:53.118  421 too many connections from 10.2.0.7
"""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from console.present.clean import clean
from console.present.errors import error_sentence
from console.present.line import Line, Span
from console.present.story import rule_line
from console.present.tone import Tone
from console.ui.execution_watch import ExecutionWatch
from console.ui.session import Session
from console.ui.sturdy import Sturdy
from console.ui.widgets.line_bar import LineBar
from console.ui.widgets.log_view import LogView


class LogPane(Sturdy, Vertical):
    """Shows the log that a watch follows."""

    DEFAULT_CSS = """
    LogPane #log { height: 1fr; }
    """

    def __init__(self, session: Session, watch: ExecutionWatch, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.session = session
        self.feeds = watch
        self.rule = LineBar(lambda width: (self._rule(width),), id="log-rule")
        self.view = LogView(glyphs=session.glyphs, zone=session.zone, id="log")
        self.view.beside = self.rule.update

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
            view.attach(feed.spool, has_times=feed.has_times)
            view.is_complete = feed.is_complete
            view.subdued = feed.freshness.state in ("stale", "lost")
        if not view.line_count and view.is_mounted:
            view.refresh_changed()
        self.rule.update()

    def times_changed(self) -> None:
        """Show times in the zone the person chose now."""
        self.view.zone = self.session.zone
        self.view.refresh_changed()

    @on(LogView.StatusChanged)
    def _status_changed(self, message: LogView.StatusChanged) -> None:
        message.stop()
        self.rule.update()

    def _no_log(self) -> str:
        feed, job = self.feeds.log, self.feeds.job
        if job is None:
            return "No job has started yet." if self.feeds.execution is not None else ""
        if feed is None:
            return f"This backend keeps no log for {clean(job.name)}."
        if feed.error is not None:
            return f"The log cannot be read: {error_sentence(feed.error)}"
        if feed.is_complete:
            return f"{clean(job.name)} wrote no log."
        return "Nothing is written yet."

    def _rule(self, width: int) -> Line:
        job, feed, glyphs = self.feeds.job, self.feeds.log, self.session.glyphs
        name = clean(job.name) if job is not None else ""
        title: Line = (Span(f"{name} {glyphs.dot} log" if name else "log", Tone.DIM),)
        right = self.view.subtitle()
        if feed is not None and self.view.line_count:
            if not feed.has_times:
                right = (Span(f"no line times {glyphs.dot} ", Tone.DIM), *right)
            if feed.skipped:
                gap = f"… {feed.skipped:,} earlier bytes not loaded {glyphs.dot} "
                right = (Span(gap, Tone.WARNING), *right)
            if feed.error is not None:
                text = f"{error_sentence(feed.error)} {glyphs.dot} "
                right = (Span(text, Tone.WARNING), *right)
        return rule_line(title, width, right, glyphs=glyphs, lead=2)
