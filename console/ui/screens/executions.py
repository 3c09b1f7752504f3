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
from textual.geometry import Size

from console.commands.availability import NEEDS_EXECUTION
from console.commands.catalogue import Command, Place
from console.commands.command_line import Typed
from console.commands.filters import Filter
from console.model.states import ExecutionStatus
from console.present.tone import Tone
from console.ui.keymap import screen_bindings
from console.ui.screens.bulking import Bulking
from console.ui.tab import Tab
from console.ui.view_history import View
from console.ui.widgets.execution_pane import ExecutionPane
from console.ui.widgets.job_tree import JobTreeView
from console.ui.widgets.row_list import RowList
from console.ui.widgets.spool_view import SpoolView
from console.ui.widgets.text_view import TextView
from console.ui.widgets.title_bar import TitleBar

WIDE = (100, 30)
"""Cells and rows from which jobs and log stand below the list."""


class ExecutionsScreen(Bulking, inherit_bindings=False):
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

    def compose_body(self) -> ComposeResult:
        """Give the list and what is below it, as the terminal's size has it from the start."""
        self._choose_layout(self.app.size)
        yield self.view
        yield self.list
        yield self.pane
        yield self.story
        yield self.progress

    def on_mount(self) -> None:
        """Begin with the list."""
        self.list.focus()
        self.show_empty()

    def footer_items(self) -> Sequence[str | tuple[str, str]]:
        """Give the keys of this row."""
        changes = self.change_items()
        if self.searched() is not None:
            own = (("find.open", "search"), "log.follow", "log.next-error", "view.wrap")
            return (*changes, *own, "view.full", "command.open", "help.open")
        all_or = ("list.toggle-all", "problems" if self.rows.show_all else "all")
        if isinstance(self.focused, JobTreeView):
            own_keys = ("tree.open", "tree.next-failure", "tree.only-failed", "view.full")
            return (*changes, *own_keys, "command.open", "help.open")
        is_on_row = self.focused_execution() is not None
        look = ("execution.log", "list.open", "find.open") if is_on_row else ("find.open",)
        return (*changes, *look, all_or, "command.open", "help.open")

    def searched(self) -> SpoolView | TextView | None:
        """`/` searches the log only while the log has the focus."""
        focused = self.focused
        return focused if isinstance(focused, SpoolView) else None

    def copied_pane(self) -> ExecutionPane:
        """Give what is below the list."""
        return self.pane

    def wrapped_view(self) -> SpoolView | TextView | None:
        """The log below the list."""
        return self.pane.log_pane.view if self.has_class("-wide") else None

    async def run_command(self, command: Command, typed: Typed) -> None:
        """A person who acts on a row has chosen it."""
        if command.id in NEEDS_EXECUTION:
            self.list.has_moved = True
        await super().run_command(command, typed)

    def on_resize(self, event: events.Resize) -> None:
        """Show jobs and log where there is room, else the story."""
        self._choose_layout(event.size)
        if not self.has_class("-wide"):
            self.remove_class("-full")  # the pane that had the whole screen is not shown now
        self.pane.is_off = not self.has_class("-wide")
        self.view.display = event.size.height >= 20
        self.call_after_refresh(self.rows_seen)

    def _choose_layout(self, size: Size) -> None:
        wide, high = WIDE
        self.set_class(size.width >= wide and size.height >= high, "-wide")

    def do_view_full(self, typed: Typed) -> None:
        """Give the focused pane the whole screen, or give it back."""
        is_full = self.has_class("-full") or self.has_class("-full-list")
        self.remove_class("-full", "-full-list")
        if not is_full:
            in_pane = self.pane.has_focus_within
            self.add_class("-full" if in_pane else "-full-list")

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

    @on(TitleBar.TabChosen)
    def _tab_chosen(self, message: TitleBar.TabChosen) -> None:
        message.stop()
        self.open_focused(message.tab)

    def open_focused(self, tab: Tab) -> None:
        """Open the execution under the cursor on a tab."""
        execution = self.focused_execution()
        if execution is not None:
            self.list.has_moved = True
            self.console_app.open_execution(execution.id, execution, tab)

    def do_list_toggle_all(self, typed: Typed) -> None:
        """Show problems or all executions."""
        wanted = {"all": True, "problems": False}.get(typed.word, not self.rows.show_all)
        self.rows.show_all = wanted
        self.ask_again()

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

    def shown_view(self) -> View:
        """Remember the filter and the row."""
        rows = self.rows
        return View("executions", rows.filter.text, rows.show_all, cursor=self.list.cursor_id or "")

    def show_view(self, view: View) -> None:
        """Show the list as it was once: its filter, and the row as soon as it is read."""
        if not view.is_same(self.shown_view()):
            self.rows.show_all = view.show_all
            self.filter_done(view.filter)
        if view.cursor:
            self.wanted_row = view.cursor
            self.list.has_moved = self.list.cursor_to(view.cursor)
        self.list.focus()

    def focus_list(self) -> None:
        """Have the keys go to the list again, unless a pane has the whole screen."""
        if not self.has_class("-full"):
            self.set_focus(self.list)

    def filter_done(self, text: str) -> None:
        """Filter by this from now on: what follows is about the list."""
        super().filter_done(text)
        self.focus_list()

    def do_nav_back(self, typed: Typed) -> None:
        """Go back from a pane to the list; from the list as everywhere."""
        if not self.pane.has_focus_within:
            super().do_nav_back(typed)
            return
        self.remove_class("-full")
        self.list.focus()

    def peel(self) -> bool:
        """Stop a run; undo full screen, the filter, what a run said, the other pane; marks stay."""
        if self.stop_run():
            pass
        elif self.has_class("-full") or self.has_class("-full-list"):
            self.remove_class("-full", "-full-list")
        elif self.rows.filter.text and self.console_app.travel.go_back():
            pass
        elif self.rows.filter.text:
            self.rows.filter = Filter()
            self.ask_again()
        elif self.has_ended_run:
            self.forget_run()
            self.say_marks_stay()
        elif self.focused is not self.list:
            self.list.focus()
        elif self.list.marks:
            self.say_marks_stay()
        else:
            return False
        return True
