"""The job tree: live, folding, one cursor that stays on its job.

    view = JobTreeView(clock.now, id="jobs")
    view.show(execution, history, errors)     errors: {job id: JobError} where there is no history
    view.show(None)                           nothing selected
    view.tick()                               time went on: running bars and durations
    view.cursor_job                           job id or None;  view.cursor_to(job_id) -> bool
    view.has_moved                            the person has moved the cursor
    view.go_to_cause()                        cursor on the deepest failed job, if there is one
    view.next_failure(), previous_failure()   -> bool
    view.only_failed = True                   only the failed path
    view.job_tree                             present.job_tree.JobTree or None
    view.empty = (line, …)                    what an empty tree says

    JobTreeView.JobHighlighted(view, job_id)  the cursor is on another job
    JobTreeView.JobOpened(view, job_id)       enter on a job (on a group it unfolds)

Keys: movement, left/h folds, right unfolds, space toggles, e/E go to the next/previous failure.
"""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType
from textual.message import Message

from console.model.ids import JobExecutionId
from console.model.states import JobStatus
from console.ui.keymap import pane_bindings
from console.ui.widgets.job_rows import JobRows


class JobTreeView(JobRows):
    """The jobs of one execution, and what keys do to them."""

    BINDINGS: ClassVar[list[BindingType]] = pane_bindings(
        {
            "tree.open": "open",
            "tree.fold": "fold",
            "tree.unfold": "unfold",
            "tree.toggle": "toggle_fold",
            "tree.next-failure": "next_failure",
            "tree.previous-failure": "previous_failure",
            "tree.only-failed": "only_failed",
        }
    )

    class JobHighlighted(Message):
        """The cursor is on another job."""

        def __init__(self, view: JobTreeView, job_id: JobExecutionId | None) -> None:
            super().__init__()
            self.view = view
            self.job_id = job_id

        @property
        def control(self) -> JobTreeView:
            """The tree."""
            return self.view

        def can_replace(self, message: Message) -> bool:
            """Only the last of several counts."""
            return isinstance(message, JobTreeView.JobHighlighted)

    class JobOpened(Message):
        """A job was opened."""

        def __init__(self, view: JobTreeView, job_id: JobExecutionId) -> None:
            super().__init__()
            self.view = view
            self.job_id = job_id

        @property
        def control(self) -> JobTreeView:
            """The tree."""
            return self.view

    def announce_cursor(self) -> None:
        """Post which job it is."""
        self.post_message(self.JobHighlighted(self, self.cursor_job))

    def next_failure(self) -> bool:
        """Go to the next failed job below; False if there is none."""
        return self._go_failure([i for i in self._failed if i > self._cursor][:1])

    def previous_failure(self) -> bool:
        """Go to the failed job above; False if there is none."""
        return self._go_failure([i for i in self._failed if i < self._cursor][-1:])

    @property
    def _failed(self) -> list[int]:
        return list(self.job_tree.failed_rows) if self.job_tree else []

    def _go_failure(self, indexes: list[int]) -> bool:
        self.has_moved = True
        for index in indexes:
            row = self.rows[index]
            failed = [n.job.id for n in row.members if n.job.status is JobStatus.FAILED]
            wanted = failed[0 if index > self._cursor else -1] if failed else None
            if wanted is not None:  # folded away there: go to the job itself
                self.fold(row, is_open=True)
                self.cursor_to(wanted)
            else:
                self.put_cursor(index)
        return bool(indexes)

    # Actions

    def open_cursor(self) -> None:
        """Open the job, or unfold the group."""
        row = self.cursor_row
        if row is None:
            return
        if row.members:
            self.action_toggle_fold()
        else:
            self.post_message(self.JobOpened(self, row.job_id))

    def action_fold(self) -> None:
        """Fold this row; where there is nothing to fold, go to the caller."""
        row = self.cursor_row
        if row is not None and row.is_foldable and row.is_open:
            self.fold(row, is_open=False)
            return
        if row is not None and self.job_tree is not None:
            above = range(self._cursor - 1, -1, -1)
            parents = (i for i in above if len(self.job_tree.rows[i].prefix) < len(row.prefix))
            self.move_to(next(parents, self._cursor))

    def action_unfold(self) -> None:
        """Unfold this row."""
        row = self.cursor_row
        if row is not None and row.is_foldable and not row.is_open:
            self.fold(row, is_open=True)

    def action_toggle_fold(self) -> None:
        """Fold or unfold this row."""
        row = self.cursor_row
        if row is not None and row.is_foldable:
            self.fold(row, is_open=not row.is_open)

    def action_next_failure(self) -> None:
        """Go to the next failed job."""
        if not self.next_failure():
            self.say("no failed job below")

    def action_previous_failure(self) -> None:
        """Go to the previous failed job."""
        if not self.previous_failure():
            self.say("no failed job above")

    def action_only_failed(self) -> None:
        """Show only the path to what failed, or all again."""
        self.only_failed = not self.only_failed
