"""The rows of a job tree: live, folding, with a cursor that stays on its job.

`JobTreeView` adds what keys do to it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from textual.reactive import reactive

from console.model.execution import AttemptHistory, Execution, JobError
from console.model.ids import JobExecutionId
from console.model.states import JobStatus
from console.present.glyphs import UNICODE, Glyphs
from console.present.job_tree import JobTree
from console.present.line import Line, Span
from console.present.tree_rows import Folds, TreeRow
from console.ui.widgets.cursor_view import CursorView

GUTTER = 2
"""Cells left of the tree: the cursor and a blank."""


class JobRows(CursorView):
    """The jobs of one execution."""

    only_failed: reactive[bool] = reactive(False, init=False)
    """Only the path to what failed."""

    def __init__(
        self,
        now: Callable[[], datetime],
        *,
        glyphs: Glyphs = UNICODE,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(glyphs=glyphs, name=name, id=id, classes=classes)
        self._now = now
        self.empty: tuple[Line, ...] = ()
        self.job_tree: JobTree | None = None
        self._folds = Folds()
        self._source: tuple[Execution, AttemptHistory | None, Mapping[JobExecutionId, JobError]]
        self._moment = now()

    # Content

    @property
    def line_count(self) -> int:
        """How many rows there are."""
        return len(self.job_tree.rows) if self.job_tree else 0

    @property
    def rows(self) -> list[TreeRow]:
        """The rows, in order."""
        return list(self.job_tree.rows) if self.job_tree else []

    def show(
        self,
        execution: Execution | None,
        history: AttemptHistory | None = None,
        errors: Mapping[JobExecutionId, JobError] | None = None,
    ) -> None:
        """Show the jobs of an execution; for the same one cursor and folds stay."""
        if execution is None:
            self.job_tree = None
            self._cursor = 0
            self._take_over(None)
            return
        is_other = self.job_tree is None or self.job_tree.execution.id != execution.id
        self._source = (execution, history, errors or {})
        if is_other:
            self._folds = Folds()
        self._rebuild(keep_cursor=not is_other)

    def _rebuild(self, *, keep_cursor: bool = True) -> None:
        old_key = self._cursor_key if keep_cursor else None
        old_job = self.cursor_job
        execution, history, errors = self._source
        self.job_tree = JobTree(
            execution,
            history,
            errors=errors,
            folds=self._folds,
            height=self.size.height or None,
            only_failed=self.only_failed,
            glyphs=self.glyphs,
        )
        index = self.job_tree.index_of(old_key) if old_key is not None else None
        if index is None and old_job is not None and keep_cursor:
            index = self._row_holding(old_job)
        self._cursor = max(0, min(self._cursor, self.line_count - 1)) if index is None else index
        if not keep_cursor:
            self._cursor = 0
        self._take_over(old_job)

    def _take_over(self, old_job: JobExecutionId | None) -> None:
        self._moment = self._now()
        self.count_changed()
        self.scroll_into_view(self._cursor)
        self.refresh_changed()
        if self.cursor_job != old_job:
            self.announce_cursor()

    def _row_holding(self, job_id: JobExecutionId) -> int | None:
        for index, row in enumerate(self.rows):
            if any(node.job.id == job_id for node in row.members):
                return index
        return None

    def number_of(self, job_id: JobExecutionId) -> int:
        """Tell which of its equal siblings a job is, counted from 1; 0 where it stands alone."""
        index = self.job_tree.index_of(job_id) if self.job_tree is not None else None
        if index is not None:
            return self.rows[index].number
        folded = (row.members for row in self.rows if row.members and not self.only_failed)
        numbers = ((n, node.job.id) for nodes in folded for n, node in enumerate(nodes, 1))
        return next((number for number, one in numbers if one == job_id), 0)

    def tick(self) -> None:
        """Let running durations and bars go on."""
        if self.job_tree is not None and not self.job_tree.execution.status.is_finished:
            self._moment = self._now()
            self.refresh_changed()

    def watch_only_failed(self) -> None:
        """Show other rows."""
        if self.job_tree is not None:
            self._rebuild()

    # Cursor

    @property
    def cursor_row(self) -> TreeRow | None:
        """The row under the cursor."""
        if self.job_tree is None or self._cursor >= len(self.job_tree.rows):
            return None
        return self.job_tree.rows[self._cursor]

    @property
    def _cursor_key(self) -> str | None:
        return self.cursor_row.key if self.cursor_row else None

    @property
    def cursor_job(self) -> JobExecutionId | None:
        """The job under the cursor; of a group the last one that failed, or the last member."""
        row = self.cursor_row
        if row is None:
            return None
        if not row.members:
            return row.job_id
        failed = (n for n in reversed(row.members) if n.job.status is JobStatus.FAILED)
        return next(failed, row.members[-1]).job.id

    def cursor_to(self, job_id: JobExecutionId) -> bool:
        """Put the cursor on a job, or on the group that holds it."""
        if self.job_tree is None:
            return False
        index = self.job_tree.index_of(job_id)
        if index is None:
            index = self._row_holding(job_id)
        if index is None:
            return False
        self.put_cursor(index)
        return True

    def go_to_cause(self) -> bool:
        """Put the cursor on the deepest failed job."""
        cause = self.job_tree.cause if self.job_tree else None
        return cause is not None and self.cursor_to(cause.job.id)

    def move_by(self, lines: int) -> None:
        """Move the cursor by rows; error lines are passed over."""
        self.has_moved = True
        step = 1 if lines > 0 else -1
        target = max(0, min(self._cursor + lines, self.line_count - 1))
        rows = self.job_tree.rows if self.job_tree else ()
        while 0 <= target < len(rows) and rows[target].is_error:
            target += step
        if 0 <= target < len(rows):
            self.put_cursor(target)

    def move_to(self, index: int) -> None:
        """Move the cursor to a row; from an error line to its job."""
        self.has_moved = True
        rows = self.job_tree.rows if self.job_tree else ()
        if not rows:
            return
        index = max(0, min(index, len(rows) - 1))
        self.put_cursor(index - 1 if rows[index].is_error else index)

    def cursor_key(self) -> str | None:
        """Give the job under the cursor."""
        return self.cursor_job

    def fold(self, row: TreeRow, *, is_open: bool) -> None:
        """Fold or unfold a row."""
        self._folds = self._folds.toggled(row.key, is_open=is_open)
        self._rebuild()

    # Lines

    def compose_line(self, index: int) -> Line:
        """Give gutter and tree of a row."""
        assert self.job_tree is not None
        width = max(20, self.line_width - GUTTER)
        return (self.cursor_span(index), Span(" "), *self.job_tree.line(index, width, self._moment))

    def compose_empty(self, y: int) -> Line:
        """Say why there is nothing."""
        return (Span(" " * GUTTER), *self.empty[y]) if y < len(self.empty) else ()

    def keep_place(self) -> None:
        """Fold for the new height, and keep the cursor in view."""
        if self.job_tree is not None:
            self._rebuild()
