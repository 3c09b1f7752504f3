"""One execution on the whole screen: its jobs, its log, its data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType

from console.commands.catalogue import Place
from console.commands.command_line import Typed
from console.commands.twins import Twins
from console.model.execution import Execution
from console.model.ids import ExecutionId, JobExecutionId
from console.present.copying import CopyChoice
from console.present.executions import changes_in
from console.present.status import FreshnessFacts
from console.present.tone import Tone
from console.ui.clipboard import copy
from console.ui.keymap import screen_bindings
from console.ui.screens.acting import Acting
from console.ui.session import Session
from console.ui.tab import Tab
from console.ui.view_history import View
from console.ui.widgets.execution_pane import ExecutionPane
from console.ui.widgets.job_tree import JobTreeView
from console.ui.widgets.spool_view import SpoolView
from console.ui.widgets.text_view import TextView
from console.ui.widgets.title_bar import TitleBar


class ExecutionScreen(Acting, inherit_bindings=False):
    """One execution, live."""

    PLACES: ClassVar[tuple[Place, ...]] = (Place.EXECUTION,)
    BINDINGS: ClassVar[list[BindingType]] = screen_bindings(*PLACES)

    DEFAULT_CSS = """
    ExecutionScreen #pane { height: 1fr; }
    """

    def __init__(
        self,
        session: Session,
        identifier: ExecutionId,
        known: Execution | None = None,
        *,
        tab: Tab = "jobs",
        job: JobExecutionId | None = None,
    ) -> None:
        super().__init__(session)
        self.execution_id = identifier
        self.pane = ExecutionPane(session, id="pane")
        self._known = known
        self._first_tab = tab
        self._job = job

    def compose_body(self) -> ComposeResult:
        """Give the pane."""
        yield self.pane

    def on_mount(self) -> None:
        """Begin to read."""
        self.pane.open(self.execution_id, self._known)
        if self._job is not None:
            self.pane.show_job(self._job)
        self.pane.tab = self._first_tab
        self.pane.focus_part()
        self.set_paused(self.session.is_paused)

    def on_unmount(self) -> None:
        """End the feeds."""
        self.pane.watch_feeds.close()

    # What the base asks for

    def focused_execution(self) -> Execution | None:
        """Give the one that is shown."""
        return self.pane.execution

    def known_executions(self) -> Iterable[Execution]:
        """Give it, and those of the list behind."""
        return self.console_app.known_executions()

    def freshness(self) -> FreshnessFacts:
        """Tell how fresh it is; what has ended is as fresh as the list, which hears of a resume."""
        detail = self.pane.watch_feeds.detail
        if detail is None or detail.freshness.state == "done":
            return super().freshness()
        if detail.freshness.state != "connecting":
            return detail.freshness
        of_list = super().freshness()  # what it was opened with came from there
        is_late = of_list.state in ("stale", "lost")
        return of_list if is_late or detail.freshness.error is None else detail.freshness

    def footer_items(self) -> Sequence[str | tuple[str, str]]:
        """Give the keys of this tab."""
        tabs = {"jobs": "execution.jobs", "log": "execution.show-log", "data": "execution.data"}
        others = [identifier for tab, identifier in tabs.items() if tab != self.pane.tab]
        own: tuple[str | tuple[str, str], ...] = ()
        if isinstance(self.focused, JobTreeView):
            own = ("tree.open", "tree.next-failure", "tree.only-failed")
        elif isinstance(self.focused, SpoolView):
            own = (
                ("find.open", "search"),
                "log.filter",
                "log.follow",
                "log.next-error",
                "job.next",
            )
        elif self.pane.tab == "data" and self.focused is self.pane.data:
            own = (("find.open", "search"), "data.fold", ("copy.id", "copy value"))
        return (*self.change_items(), *own, *others, "nav.back", "command.open", "help.open")

    def searched(self) -> SpoolView | TextView | None:
        """`/` searches what the tab shows; on the jobs the log below them."""
        if self.pane.tab == "data":
            return self.pane.data
        return self.pane.log_pane.view

    def copied_pane(self) -> ExecutionPane:
        """Give the pane."""
        return self.pane

    def log_name(self) -> str:
        """Name the file after the job and the execution."""
        job = self.pane.watch_feeds.job
        return f"{job.name if job is not None else 'job'}-{self.execution_id[:8]}.log"

    def list_read(self, execution: Execution | None) -> None:
        """Take over what the list has read of it."""
        detail = self.pane.watch_feeds.detail
        if detail is not None and execution is not None:
            detail.put(execution)
        self.update_lines()

    def shown_view(self) -> View:
        """Remember tab and job."""
        tab = self.pane.tab if self.is_mounted else self._first_tab
        job = self.pane.watch_feeds.chosen_job or self._job
        return View("execution", execution=self.execution_id, tab=tab, cursor=job or "")

    # From the pane

    @on(ExecutionPane.Updated)
    def _pane_updated(self, message: ExecutionPane.Updated) -> None:
        message.stop()
        execution = self.pane.watch_feeds.execution
        if execution is not None:
            self.session.settle(execution)
            self.console_app.was_read(execution)
        self.console_app.check_sign_in(self.freshness().error)
        self.update_lines()

    @on(JobTreeView.JobOpened)
    def _job_opened(self, message: JobTreeView.JobOpened) -> None:
        message.stop()
        self.pane.show_job(message.job_id)
        self._show("log")

    @on(TitleBar.TabChosen)
    def _tab_chosen(self, message: TitleBar.TabChosen) -> None:
        message.stop()
        self._show(message.tab)

    # Time and steering

    def tick(self) -> None:
        """Let ages and bars go on."""
        self.pane.tick()

    def changes_in(self) -> Iterable[float | None]:
        """The age in the title, and what runs."""
        execution = self.pane.execution
        if execution is None:
            return
        if self.pane.tab != "data":
            yield self.pane.log_pane.changes_in()
        if not execution.status.is_finished:
            yield 1.0
        yield changes_in([execution], self.session.now())

    def times_changed(self) -> None:
        """Show times in the mode the person chose now."""
        self.pane.times_changed()

    def set_paused(self, is_paused: bool) -> None:
        """Stop asking, or go on."""
        self.pane.watch_feeds.set_paused(is_paused)

    def poke(self) -> None:
        """Ask now."""
        self.pane.watch_feeds.poke()

    @on(events.ScreenSuspend)
    def _suspended(self) -> None:
        self.pane.watch_feeds.set_visible(False)

    @on(events.ScreenResume)
    def _resumed_pane(self) -> None:
        self.pane.watch_feeds.set_visible(True)

    # Commands

    def _show(self, tab: Tab) -> None:
        self.show_tab(tab)

    def show_tab(self, tab: Tab, job: JobExecutionId | None = None) -> None:
        """Show a tab, and the log of a job where one is named."""
        if job is not None:
            self.pane.show_job(job)
        self.pane.tab = tab
        self.pane.focus_part()
        self.footer.update()
        self.console_app.travel.note()

    def do_execution_jobs(self, typed: Typed) -> None:
        """Show its jobs."""
        self._show("jobs")

    def do_execution_show_log(self, typed: Typed) -> None:
        """Show the log."""
        self._show("log")

    def do_execution_log(self, typed: Typed) -> None:
        """Show the log."""
        self._show("log")

    def do_execution_data(self, typed: Typed) -> None:
        """Show its data."""
        self._show("data")

    def do_view_full(self, typed: Typed) -> None:
        """Give the jobs all of the screen, or the log; or give it back."""
        if self.pane.tab != "jobs":
            self.say(f"the {self.pane.tab} has the whole screen", Tone.DIM)
        elif self.pane.log_pane.has_focus_within:
            self._show("log")
        else:
            self.pane.make_tall(not self.pane.has_class("-tall"))

    def peel(self) -> bool:
        """Undo full screen."""
        is_tall = self.pane.has_class("-tall") and self.pane.tab == "jobs"
        if is_tall:
            self.pane.make_tall(False)
        return is_tall

    def do_job_next(self, typed: Typed) -> None:
        """Show the log of the next job."""
        self._step(1)

    def do_job_previous(self, typed: Typed) -> None:
        """Show the log of the job before."""
        self._step(-1)

    def _step(self, step: int) -> None:
        complaint = self.pane.choose_job(step)
        if complaint:
            self.say(complaint, Tone.DIM)

    def do_attempt_previous(self, typed: Typed) -> None:
        """Show the log of the attempt before."""
        self._try(-1)

    def do_attempt_next(self, typed: Typed) -> None:
        """Show the log of the attempt after."""
        self._try(1)

    def _try(self, step: int) -> None:
        complaint = self.pane.watch_feeds.choose_attempt(step)
        self.pane.log_pane.show()
        if complaint:
            self.say(complaint, Tone.DIM)

    def do_copy_id(self, typed: Typed) -> None:
        """Copy the value under the cursor of the data, else the execution's id."""
        value = self.pane.data.value if self.pane.tab == "data" else ""
        if value:
            self.copy_text(value, CopyChoice("value", "Value", value).said)
        else:
            super().do_copy_id(typed)

    def do_copy_command(self, typed: Typed) -> None:
        """Copy the shell command that shows what is on the screen."""
        text = Twins(self.session.target).show(self.execution_id, logs=self.pane.tab == "log")
        self.say(copy(self.app, text, self.session.launch.state_folder))
