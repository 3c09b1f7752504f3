"""One execution: its title, and below it jobs with a log, the log alone, or the data.

order-processing 01f3…9a2c · failed after 42 s · attempt 2        1 Jobs   2 Log   3 Data
✗ process-order           42.1 s  ━━━━━━━━━━
└ ✗ send-notification     32.0 s      ━━━━━━
── send-notification · log ──────────────────────────────── following · 214 lines ──
03:10:53.118  421 too many connections from 10.2.0.7

   pane.show(execution)          follow this one;  show(None) follows nothing
   pane.tab = "jobs"             or "log", "data"
   ExecutionPane.Updated(pane)   what is known of it changed
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from console.model.execution import Execution, JobError
from console.model.ids import ExecutionId, JobExecutionId
from console.present.clean import clean
from console.present.errors import error_sentence
from console.present.line import Line, Span
from console.present.story import execution_title
from console.present.tone import Tone
from console.ui.bridge import DetailChanged, DetailFreshnessChanged, LogFreshnessChanged, LogGrew
from console.ui.data_reader import DataReader
from console.ui.execution_watch import ExecutionWatch, cause_error
from console.ui.session import Session
from console.ui.sturdy import Sturdy
from console.ui.tab import Tab
from console.ui.widgets.job_tree import JobTreeView
from console.ui.widgets.log_pane import LogPane
from console.ui.widgets.title_bar import TABS, TitleBar

if TYPE_CHECKING:
    from console.ui.widgets.data_view import DataView


class ExecutionPane(Sturdy, Vertical):
    """Shows one execution, live."""

    DEFAULT_CSS = """
    ExecutionPane {
        & #jobs, & #log-pane, & #data { height: 1fr; }
        &.-jobs #data { display: none; }
        &.-log #jobs, &.-log #data { display: none; }
        &.-data #jobs, &.-data #log-pane { display: none; }
        &.-jobs.-short #log-pane, &.-jobs.-tall #log-pane { display: none; }
    }
    """

    SHORT: ClassVar[int] = 14
    """Rows below which the jobs have the pane for themselves."""

    tab: reactive[Tab] = reactive("jobs", init=False)
    """What is below the title."""

    class Updated(Message):
        """What is known of the execution changed."""

        def __init__(self, pane: ExecutionPane) -> None:
            super().__init__()
            self.pane = pane

        def can_replace(self, message: Message) -> bool:
            """Only the last of several counts."""
            return isinstance(message, ExecutionPane.Updated)

    def __init__(self, session: Session, *, id: str | None = None) -> None:
        super().__init__(id=id, classes="-jobs")
        self.session = session
        self.watch_feeds = ExecutionWatch(session, self)
        glyphs = session.glyphs
        self.title_bar = TitleBar(self._title, lambda: self.tab, glyphs=glyphs, id="title")
        self.jobs = JobTreeView(session.now, glyphs=glyphs, id="jobs")
        self.log_pane = LogPane(session, self.watch_feeds, id="log-pane")
        self.log_pane.number_of = self.jobs.number_of
        self.reader = DataReader(session, self._data_changed, self.jobs.number_of)
        self._data: DataView | None = None
        self._known: Execution | None = None
        self._is_off = self._is_list_late = False
        self._is_composed = False

    @property
    def is_off(self) -> bool:
        """The pane is not shown: the execution is read for others, its log is not."""
        return self._is_off

    @is_off.setter
    def is_off(self, is_off: bool) -> None:
        if is_off != self._is_off:
            self._is_off = is_off
            self._want_log()

    @property
    def data(self) -> DataView:
        """The data; made when it is looked at first, which is long after the first frame."""
        if self._data is None:
            from console.ui.widgets.data_view import DataView

            sections, glyphs = lambda: self.reader.sections(self.watch_feeds), self.session.glyphs
            self._data = DataView(sections, glyphs=glyphs, id="data")
            if self._is_composed:
                self.mount(self._data)
        return self._data

    def compose(self) -> ComposeResult:
        """Give title, jobs, log and data."""
        yield self.title_bar
        yield self.jobs
        yield self.log_pane
        if self._data is not None:
            yield self._data
        self._is_composed = True

    # What is shown

    @property
    def execution(self) -> Execution | None:
        """The execution as it was read last."""
        return self.watch_feeds.execution or self._known

    def cause_error(self) -> JobError | None:
        """Give the error the latest attempt failed with."""
        from console.present.data import latest_error

        watch = self.watch_feeds
        if watch.execution is None:
            return None
        return latest_error(watch.execution, watch.history, cause_error(watch))

    def show(self, execution: Execution | None) -> None:
        """Follow an execution that is known already, or nothing."""
        if execution is None:
            self._known = None
            self.watch_feeds.unwatch()
            self._take_over()
            return
        self.open(execution.id, execution)

    def open(self, identifier: ExecutionId, known: Execution | None = None) -> None:
        """Follow an execution by its id."""
        watch = self.watch_feeds
        is_other = watch.detail is None or watch.detail.execution_id != identifier
        self._known = known
        watch.watch(identifier, known)
        self._want_log()
        if is_other:
            self.jobs.has_moved = False
            self.reader.forget()
            if self._data is not None:
                self._data.forget_documents()
        self._take_over()

    def watch_tab(self, tab: Tab) -> None:
        """Show the other part, with the focus in it if it was here."""
        had_focus = self.has_focus_within
        for name in TABS:
            self.set_class(name == tab, f"-{name}")
        self._want_log()
        if tab == "data":
            self._data_changed()
        self.title_bar.update()
        if had_focus:
            self.focus_part()

    def focus_part(self) -> None:
        """Put the focus on what the tab is about."""
        part: Widget = self.log_pane.view if self.tab == "log" else self.jobs
        (self.data if self.tab == "data" else part).focus()

    def on_resize(self) -> None:
        """Give the log its room where there is some."""
        self.set_class(self.size.height < self.SHORT, "-short")
        self._want_log()

    def _want_log(self) -> None:
        is_short = self.has_class("-short") or self.has_class("-tall") or self.is_off
        self.watch_feeds.want_log(self.tab == "log" or (self.tab == "jobs" and not is_short))
        self.log_pane.show()

    def make_tall(self, is_tall: bool) -> None:
        """Give the jobs the pane for themselves, or the log its room back."""
        self.set_class(is_tall, "-tall")
        self._want_log()

    def tick(self) -> None:
        """Let ages and running bars go on."""
        self.title_bar.update()
        self.jobs.tick()
        self.log_pane.tick()

    def times_changed(self) -> None:
        """Show times in the zone the person chose now."""
        self.log_pane.times_changed()
        if self._data is not None:
            self._data.update()
        self.tick()

    # From the feeds

    @on(DetailChanged)
    def _detail_changed(self, message: DetailChanged) -> None:
        message.stop()
        self.watch_feeds.choose_log()
        self._take_over()

    @on(DetailFreshnessChanged)
    def _detail_freshness_changed(self, message: DetailFreshnessChanged) -> None:
        message.stop()
        self._subdue()
        self.post_message(self.Updated(self))

    @on(LogGrew)
    def _log_changed(self, message: Message) -> None:
        message.stop()
        self.log_pane.show()

    @on(LogFreshnessChanged)
    def _log_freshness_changed(self, message: LogFreshnessChanged) -> None:
        message.stop()
        self.log_pane.show()
        self.post_message(self.Updated(self))  # how late it is goes on with the time

    def _take_over(self) -> None:
        watch, execution = self.watch_feeds, self.execution
        detail = watch.detail
        self.jobs.empty = self._no_jobs(execution)
        self.jobs.show(execution, watch.history, detail.errors if detail is not None else {})
        if not self.jobs.has_moved and watch.job is not None:
            self.jobs.cursor_to(watch.job.id)
        self.log_pane.show()
        self._subdue()
        self._data_changed()
        self.title_bar.update()
        self.post_message(self.Updated(self))

    def _no_jobs(self, execution: Execution | None) -> tuple[Line, ...]:
        if execution is not None:
            return ((Span("No job has started yet.", Tone.DIM),),)
        detail = self.watch_feeds.detail
        if detail is not None and detail.freshness.error is not None:
            error = detail.freshness.error
            advice = ((Span(clean(error.advice), Tone.DIM),),) if error.advice else ()
            return ((Span(error_sentence(error), Tone.WARNING),), *advice)
        return ((Span("Reading…", Tone.DIM),),) if detail is not None else ()

    @property
    def is_list_late(self) -> bool:
        """The list it was chosen from is late: what has ended is read no more, and as old."""
        return self._is_list_late

    @is_list_late.setter
    def is_list_late(self, is_late: bool) -> None:
        if is_late != self._is_list_late:
            self._is_list_late = is_late
            self._subdue()

    def _subdue(self) -> None:
        detail = self.watch_feeds.detail
        is_late = detail is not None and detail.freshness.state in ("stale", "lost")
        self.jobs.subdued = self.title_bar.subdued = is_late or self._is_list_late
        self.log_pane.is_list_late = self._is_list_late

    def _data_changed(self) -> None:
        if self.tab == "data":
            self.reader.want(self.watch_feeds)
            self.data.update()

    # Jobs

    def show_job(self, job_id: JobExecutionId) -> None:
        """Show this job's log."""
        self.jobs.has_moved = True
        self.jobs.cursor_to(job_id)
        self.watch_feeds.choose_job(job_id)
        self.log_pane.show()

    @on(JobTreeView.JobHighlighted)
    def _job_highlighted(self, message: JobTreeView.JobHighlighted) -> None:
        if self.jobs.has_moved and self.tab == "jobs":
            self.watch_feeds.choose_job(message.job_id)
            self.log_pane.show()

    def choose_job(self, step: int) -> str:
        """Show the log of the next job, or of the one before; gives a complaint at the ends."""
        execution, job = self.execution, self.watch_feeds.job
        if execution is None or job is None:
            return "there is no job yet"
        order = [row.node.job for row in self.jobs.rows if not row.is_error]
        jobs = order if job in order else list(execution.jobs)
        index = jobs.index(job) + step
        if not 0 <= index < len(jobs):
            return "this is the last job" if step > 0 else "this is the first job"
        self.show_job(jobs[index].id)
        return ""

    def _title(self) -> Line:
        execution, history = self.execution, self.watch_feeds.history
        if execution is None:
            return ()
        return execution_title(execution, self.session.now(), history, glyphs=self.session.glyphs)
