"""Going from view to view: through what was seen, and from a workflow to its executions and back.

A view that is gone back to is shown anew, by what is remembered of it: its filter, its execution,
its tab, the id under its cursor.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.screen import Screen

from console.model.ids import ExecutionId, JobExecutionId
from console.ui.screens.everywhere import Everywhere
from console.ui.view_history import View, ViewHistory

if TYPE_CHECKING:
    from console.ui.app import ConsoleApp


class Travel:
    """Knows where one was."""

    def __init__(self, app: ConsoleApp) -> None:
        self._app = app
        self._history = ViewHistory()
        self._way_back: tuple[View, View, View] | None = None
        """From the executions of one workflow: what is left, the workflows, the list before."""

    def note(self) -> None:
        """Take note of what is shown now."""
        view = self._shown()
        if view is not None:
            self._history.visit(view)

    def left(self, screen: Everywhere) -> None:
        """Take note of where the cursor was on a screen that is covered or goes."""
        view = screen.shown_view()
        if view is not None:
            self._history.touch(view)

    def _shown(self) -> View | None:
        screen = self._app.screen
        return screen.shown_view() if isinstance(screen, Everywhere) else None

    # Through what was seen

    def back(self) -> bool:
        """Show the view before; False when there is none."""
        return self._take(self._history.back)

    def forward(self) -> bool:
        """Show the view after; False when there is none."""
        return self._take(self._history.forward)

    def last(self) -> bool:
        """Show the view that was shown before this one; False when there is none."""
        return self._take(self._history.last)

    def _take(self, step: Callable[[], View | None]) -> bool:
        self.note()
        view = step()
        if view is None:
            return False
        self.go(view)
        return True

    # To a view

    def go(self, view: View) -> None:
        """Show a view."""
        app = self._app
        if view.kind == "executions":
            self._to_first()
            app.first.show_view(view)
            return
        here = app.screen
        if view.kind == "execution":
            from console.ui.screens.execution import ExecutionScreen

            job = JobExecutionId(view.cursor) if view.cursor else None
            if isinstance(here, ExecutionScreen) and here.execution_id == view.execution:
                here.show_tab(view.tab, job)
                return
            known = app.first.rows.get(view.execution)
            self._replace(
                ExecutionScreen(
                    app.session, ExecutionId(view.execution), known, tab=view.tab, job=job
                )
            )
            return
        self._replace(self._screen_of(view))

    def _screen_of(self, view: View) -> Screen[None]:
        session, cursor, text = self._app.session, view.cursor or None, view.filter
        if view.kind == "workflows":
            from console.ui.screens.workflows import WorkflowsScreen

            return WorkflowsScreen(session, cursor=cursor, filter_text=text)
        if view.kind == "profiles":
            from console.ui.screens.profiles import ProfilesScreen

            return ProfilesScreen(session, cursor=cursor, filter_text=text)
        from console.ui.screens.journal import JournalScreen

        return JournalScreen(session, cursor=cursor, filter_text=text)

    def open(self, kind: str) -> None:
        """Show one of the lists above what is shown, unless it is shown already."""
        view = self._shown()
        if view is None or view.kind != kind:
            self._app.push_screen(self._screen_of(View(kind)))  # type: ignore[arg-type]

    def _to_first(self) -> None:
        while len(self._app.screen_stack) > 1:
            self._app.pop_screen()

    def _replace(self, screen: Screen[None]) -> None:
        """Put a screen in the place of all that stand above the list."""
        while len(self._app.screen_stack) > 2:
            self._app.pop_screen()
        if len(self._app.screen_stack) == 2:
            self._app.switch_screen(screen)
        else:
            self._app.push_screen(screen)

    # Workflows

    def show_workflow(self, name: str) -> None:
        """Show the executions of a workflow; `go_back` leads to the workflows again."""
        workflows, before = self._shown(), self._app.first.shown_view()
        view = View("executions", workflow_filter(name), show_all=True)
        self.go(view)
        if workflows is not None:
            self._way_back = (view, workflows, before)

    def go_back(self) -> bool:
        """Go from a workflow's executions to the workflows; False where one did not come so."""
        way, self._way_back = self._way_back, None
        if way is None or not self._app.first.shown_view().is_same(way[0]):
            return False
        _, workflows, before = way
        self._app.first.show_view(before)
        self.go(workflows)
        return True


def workflow_filter(name: str) -> str:
    """Give the filter for one exact workflow."""
    return f'wf="{name}"' if " " in name else f"wf={name}"
