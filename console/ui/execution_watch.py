"""Follows one execution, and the log of one of its jobs, for a pane that shows them.

The feeds end when another execution is watched or the pane goes; what was read to its end is kept
for a while, so going back to a row asks nothing again.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from textual.message_pump import MessagePump

from console.model.execution import AttemptHistory, Execution, JobAttempt, JobError, JobExecution
from console.model.ids import ExecutionId, FunctionExecutionId, JobExecutionId
from console.present.focus import job_to_watch
from console.ui.bridge import detail_feed, log_feed
from console.ui.session import Session

if TYPE_CHECKING:
    from console.sync.detail_feed import DetailFeed
    from console.sync.log_feed import LogFeed

KEPT = 12
"""Finished feeds that are kept, of each kind."""


class ExecutionWatch:
    """The feeds behind a pane."""

    def __init__(self, session: Session, listener: MessagePump) -> None:
        self._session = session
        self._listener = listener
        self.detail: DetailFeed | None = None
        self.log: LogFeed | None = None
        self.chosen_job: JobExecutionId | None = None
        """The job the person chose; None follows what is of interest."""
        self._chosen_run: FunctionExecutionId | None = None
        self._is_log_wanted = False
        self._is_visible = True
        self._is_paused = False
        self._details: OrderedDict[ExecutionId, DetailFeed] = OrderedDict()
        self._logs: OrderedDict[FunctionExecutionId, LogFeed] = OrderedDict()

    # What there is

    @property
    def execution(self) -> Execution | None:
        """The execution as it was read last."""
        return self.detail.execution if self.detail is not None else None

    @property
    def history(self) -> AttemptHistory | None:
        """What was tried for it, where the backend tells."""
        return self.detail.history if self.detail is not None else None

    @property
    def job(self) -> JobExecution | None:
        """The job whose log is shown: the chosen one, or the one of interest."""
        execution = self.execution
        if execution is None:
            return None
        chosen = (job for job in execution.jobs if job.id == self.chosen_job)
        return next(chosen, None) or job_to_watch(execution, self.history)

    @property
    def runs(self) -> list[JobAttempt]:
        """Every attempt that ran the job whose log is shown, oldest first."""
        history, job = self.history, self.job
        if history is None or job is None:
            return []
        own = (run for run in history.jobs if run.job_execution_id == job.id)
        return sorted(own, key=lambda run: run.attempt)

    @property
    def earlier_run(self) -> JobAttempt | None:
        """The attempt the person went back to; None shows the latest."""
        chosen = self._chosen_run
        return next((run for run in self.runs if run.function_execution_id == chosen), None)

    # Choosing

    def watch(self, identifier: ExecutionId, known: Execution | None) -> None:
        """Follow this execution from now on."""
        if self.detail is not None and self.detail.execution_id == identifier:
            if known is not None:
                self.detail.put(known)
            return
        self._leave_detail()
        self.chosen_job = self._chosen_run = None
        detail = self._details.pop(identifier, None)
        if detail is None:
            detail = detail_feed(self._session, self._listener, identifier, known)
            detail.start()
        elif known is not None:
            detail.put(known)
        detail.set_visible(self._is_visible)
        if self._is_paused:
            detail.pause()
        self.detail = detail
        self.choose_log()

    def unwatch(self) -> None:
        """Follow nothing."""
        self._leave_detail()
        self._leave_log()

    def want_log(self, is_wanted: bool) -> None:
        """Read the job's log only while it is shown."""
        self._is_log_wanted = is_wanted
        self.choose_log()

    def choose_job(self, job_id: JobExecutionId | None) -> None:
        """Show this job's log, or again the one of interest."""
        if job_id != self.chosen_job:
            self._chosen_run = None
        self.chosen_job = job_id
        self.choose_log()

    def choose_attempt(self, step: int) -> str:
        """Show the log of the attempt before, or of the one after; gives a complaint."""
        runs, log = self.runs, self.log
        if self.history is None:
            return "attempts are not available from this backend"
        shown = log.function_execution_id if log is not None else None
        places = [n for n, run in enumerate(runs) if run.function_execution_id == shown]
        if len(runs) < 2 or not places:
            return "this job was tried once"
        index = places[0] + step
        if not 0 <= index < len(runs):
            return "this is the latest attempt" if step > 0 else "this is the first attempt"
        self._chosen_run = runs[index].function_execution_id
        if index == len(runs) - 1:
            self._chosen_run = None
        self.choose_log()
        return ""

    def choose_log(self) -> bool:
        """Follow the log of the present job; True when it is another one than before."""
        job = self.job if self._is_log_wanted else None
        earlier = self.earlier_run if job is not None else None
        identifier = job.function_execution_id if job is not None else None
        if earlier is not None:
            identifier = earlier.function_execution_id
        if (self.log.function_execution_id if self.log is not None else None) == identifier:
            return False
        self._leave_log()
        if identifier is None:
            return True
        log = self._logs.pop(identifier, None)
        if log is None:
            log = log_feed(self._session, self._listener, identifier)
            log.start()
        log.set_visible(self._is_visible)
        if self._is_paused:
            log.pause()
        self.log = log
        return True

    # Leaving

    def _leave_detail(self) -> None:
        detail, self.detail = self.detail, None
        if detail is None:
            return
        if detail.freshness.state != "done":
            self._session.end_later(detail.stop())
            return
        self._details[detail.execution_id] = detail
        if len(self._details) > KEPT:
            _, oldest = self._details.popitem(last=False)
            self._session.end_later(oldest.stop())

    def _leave_log(self) -> None:
        log, self.log = self.log, None
        if log is None:
            return
        if not log.is_complete:
            self._session.end_later(log.stop())
            return
        self._logs[log.function_execution_id] = log
        if len(self._logs) > KEPT:
            _, oldest = self._logs.popitem(last=False)
            self._session.end_later(oldest.stop())

    def close(self) -> None:
        """End every feed."""
        feeds: list[DetailFeed | LogFeed] = [*self._details.values(), *self._logs.values()]
        feeds += [feed for feed in (self.detail, self.log) if feed is not None]
        self._details.clear()
        self._logs.clear()
        self.detail = self.log = None
        for feed in feeds:
            self._session.end_later(feed.stop())

    # Steering

    def set_visible(self, is_visible: bool) -> None:
        """Ask by itself only while it is seen."""
        self._is_visible = is_visible
        for feed in (self.detail, self.log):
            if feed is not None:
                feed.set_visible(is_visible)

    def set_paused(self, is_paused: bool) -> None:
        """Stop asking, or go on."""
        self._is_paused = is_paused
        for feed in (self.detail, self.log):
            if feed is not None:
                if is_paused:
                    feed.pause()
                else:
                    feed.go_on()

    def poke(self) -> None:
        """Ask now."""
        for feed in (self.detail, self.log):
            if feed is not None:
                feed.poke()


def cause_error(watch: ExecutionWatch) -> JobError | None:
    """Give the error of the job that the execution failed by."""
    execution, detail = watch.execution, watch.detail
    job = job_to_watch(execution, watch.history) if execution is not None else None
    return detail.errors.get(job.id) if detail is not None and job is not None else None
