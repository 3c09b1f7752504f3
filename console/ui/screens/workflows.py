"""The workflows that are deployed, asked for slowly, and only while they are seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from textual import events, on
from textual.binding import BindingType
from textual.message import Message

from console.commands.catalogue import Place
from console.commands.command_line import Typed
from console.model.workflow import Workflow
from console.present.columns import Column
from console.present.durations import next_change
from console.present.errors import error_lines
from console.present.line import Line, Span
from console.present.status import FreshnessFacts
from console.present.tone import Tone
from console.present.workflows import (
    NO_TALLY,
    counted_note,
    tally,
    workflow_cells,
    workflow_columns,
    workflow_story,
)
from console.sync.freshness import Freshness
from console.sync.workflow_feed import WorkflowFeed
from console.ui.keymap import screen_bindings
from console.ui.screens.rows import RowsScreen
from console.ui.session import Session
from console.ui.view_history import View


class WorkflowsChanged(Message):
    """The definitions, or how fresh they are, changed."""

    def can_replace(self, message: Message) -> bool:
        """A newer one stands for this one."""
        return isinstance(message, WorkflowsChanged)


class WorkflowsScreen(RowsScreen, inherit_bindings=False):
    """Every workflow with its policies, and how many of its executions run and failed."""

    PLACES: ClassVar[tuple[Place, ...]] = (Place.WORKFLOWS,)
    BINDINGS: ClassVar[list[BindingType]] = screen_bindings(*PLACES)
    NAME: ClassVar[str] = "workflows"

    def __init__(
        self, session: Session, *, cursor: str | None = None, filter_text: str = ""
    ) -> None:
        super().__init__(session, cursor=cursor, filter_text=filter_text)
        self.feed: WorkflowFeed | None = None
        self._tally = tally(())
        self._counted = 0
        self._name_width = 32

    def on_mount(self) -> None:
        """Begin to read."""
        self.executions_read()
        self.connected()

    def connected(self) -> None:
        """Read the definitions: there is a connection."""
        if self.feed is not None or self.session.backend is None:
            return
        session = self.session
        self.feed = WorkflowFeed(
            self.session.backend,
            session.clock,
            on_change=self._changed,
            on_freshness=self._freshness_changed,
            on_bug=session.on_bug,
        )
        self.feed.ask_no_faster(session.launch.preferences.refresh)
        self.feed.start()
        if session.is_paused:
            self.feed.pause()

    def on_unmount(self) -> None:
        """End the feed."""
        if self.feed is not None:
            self.session.end_later(self.feed.stop())

    def _changed(self) -> None:
        self.post_message(WorkflowsChanged())

    def _freshness_changed(self, freshness: Freshness) -> None:
        self.post_message(WorkflowsChanged())

    @on(WorkflowsChanged)
    def _take_changes(self, message: WorkflowsChanged) -> None:
        message.stop()
        freshness = self.freshness()
        self.list.subdued = freshness.state in ("stale", "lost")
        self.console_app.check_sign_in(freshness.error)
        self.rows_changed()

    def executions_read(self) -> None:
        """Count again: the list has read more."""
        known = list(self.console_app.known_executions())
        counted = tally(known)
        if counted == self._tally and len(known) == self._counted:
            return
        self._tally, self._counted = counted, len(known)
        if self.is_mounted:
            self.list.patch()
            self.view.update()

    # Rows

    def names(self) -> Sequence[str]:
        """Give their names, by the alphabet."""
        return sorted(self._workflows(), key=str.casefold)

    def _workflows(self) -> Mapping[str, Workflow]:
        return self.feed.workflows if self.feed is not None else {}

    def words_of(self, name: str) -> str:
        """Look in the names of workflow and main job."""
        return f"{name} {self._workflows()[name].main_job}"

    def columns(self, width: int) -> Sequence[Column]:
        """Give the columns for a width."""
        columns = workflow_columns(width, time_mode=self.session.time_mode)
        self._name_width = columns[0].width
        return columns

    def cells(self, name: str) -> Mapping[str, Line]:
        """Give the cells of a workflow."""
        session, workflow = self.session, self._workflows().get(name)
        if workflow is None:
            return {}
        return workflow_cells(
            workflow,
            session.now(),
            self._tally.get(name, NO_TALLY),
            name_width=self._name_width,
            time_mode=session.time_mode,
            zone=session.zone,
            glyphs=session.glyphs,
        )

    def story_of(self, name: str, width: int) -> Sequence[Line]:
        """Tell its policies and the versions of its jobs."""
        workflow = self._workflows().get(name)
        if workflow is None:
            return ()
        return workflow_story(workflow, self.session.now(), width, glyphs=self.session.glyphs)

    def note(self) -> str:
        """Say what is counted."""
        return counted_note(self._counted)

    def empty_lines(self) -> Sequence[Line]:
        """Say why there are none."""
        freshness = self.freshness()
        if freshness.error is not None:
            return error_lines(freshness.error)
        if self.feed is None or not self.feed.is_read:
            return ((Span("Reading the workflows…", Tone.DIM),),)
        return ((Span("No workflow is deployed here.", Tone.DIM),),)

    def opened(self, name: str) -> None:
        """Show its executions."""
        self.console_app.travel.show_workflow(name)

    # What the base asks for

    def shown_view(self) -> View:
        """Remember the filter and the row."""
        return View("workflows", self.filter_text, cursor=self.list.cursor_id or "")

    def freshness(self) -> FreshnessFacts:
        """Tell how fresh the definitions are."""
        return self.feed.freshness if self.feed is not None else super().freshness()

    def footer_items(self) -> Sequence[str | tuple[str, str]]:
        """Give the keys of a workflow."""
        rest = ("find.open", "nav.back", "command.open", "help.open")
        if self.list.cursor_id is None:
            return (*self.change_items(), *rest)
        return (*self.change_items(), ("row.open", "executions"), *rest)

    def changes_in(self) -> Iterable[float | None]:
        """The ages of the visible rows."""
        top = self.list.scroll_offset.y
        seen = self.list.rows[top : top + self.list.page_height]
        workflows = self._workflows()
        moments = [workflows[name].updated_at for name in seen if name in workflows]
        yield next_change(self.session.now(), [moment for moment in moments if moment is not None])

    def set_paused(self, is_paused: bool) -> None:
        """Stop asking, or go on."""
        if self.feed is not None:
            (self.feed.pause if is_paused else self.feed.go_on)()

    def poke(self) -> None:
        """Ask now."""
        if self.feed is not None:
            self.feed.poke()

    @on(events.ScreenSuspend)
    def _suspended(self) -> None:
        if self.feed is not None:
            self.feed.set_visible(False)

    @on(events.ScreenResume)
    def _resumed_feed(self) -> None:
        if self.feed is not None:
            self.feed.set_visible(True)

    def do_workflow_start(self, typed: Typed) -> None:
        """Start the workflow under the cursor, or the one that is named."""
        from console.ui.dialogs.start import StartDialog

        name = typed.words[0] if typed.words else self.list.cursor_id
        if name is None:
            self.say("there is no workflow under the cursor")
        else:
            self.app.push_screen(StartDialog(self.session, name))
