"""The job tree with its bars.

tree = JobTree(execution, history, errors={}, folds=Folds(), height=20)
len(tree.rows)                    TreeRow each: key, job_id, is_error, is_foldable, …
tree.line(index, width, now)      Line of exactly `width` cells
tree.index_of(key)                row of a key (a job execution's id), or None
tree.cause                        JobNode of the deepest failed job, or None
tree.failed_rows                  indexes for next/previous failure

    ✗ process-order        42.1 s  ━━────────━━
    └ ✗ send-notification  32.0 s      ━━━━━━━━  attempt 2 · your code
        SMTPServerError: 421 too many connections
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property

from console.model.execution import (
    AttemptHistory,
    Execution,
    JobAttempt,
    JobError,
    JobExecution,
)
from console.model.ids import JobExecutionId
from console.model.states import ExecutionStatus, JobStatus
from console.model.tree import JobNode, build_tree
from console.present.clean import clean
from console.present.durations import WIDTH as DURATION_WIDTH
from console.present.durations import format_age, format_duration
from console.present.glyphs import UNICODE, Glyphs
from console.present.job_times import JobTimes
from console.present.line import Line, Span, cell_width, clip_middle, fit, line_width, pad_left
from console.present.timeline import bar_cells, bar_line
from console.present.tone import Tone
from console.present.tree_rows import Folds, RowPlan, TreeRow, count_words, find_cause

NOTE_WIDTH = 24
LONGEST_BAR = 56
SHORTEST_BAR = 8


class JobTree:
    """The rows of one execution's jobs, each composed when it is painted."""

    def __init__(
        self,
        execution: Execution,
        history: AttemptHistory | None = None,
        *,
        errors: Mapping[JobExecutionId, JobError] | None = None,
        folds: Folds | None = None,
        height: int | None = None,
        only_failed: bool = False,
        glyphs: Glyphs = UNICODE,
    ) -> None:
        self.execution = execution
        self.history = history
        self.glyphs = glyphs
        self._errors = errors or {}
        self._attempts: dict[str, list[JobAttempt]] = {}
        for attempt in history.jobs if history else ():
            self._attempts.setdefault(attempt.job_execution_id, []).append(attempt)
        roots = build_tree(execution.jobs)
        self.cause = find_cause(roots, history) if self._is_settled else None
        self._above_cause = self._callers(roots)
        cause_id = self.cause.job.id if self.cause else None
        plan = RowPlan(
            glyphs=glyphs,
            folds=folds or Folds(),
            height=height,
            only_failed=only_failed,
            error_below=cause_id if cause_id and self.error_of(cause_id) else None,
        )
        self.rows: Sequence[TreeRow] = plan.rows(roots)
        self._times: JobTimes | None = None

    @property
    def _is_settled(self) -> bool:
        """No later attempt is on its way, so what failed is why the execution failed."""
        return self.execution.status not in (
            ExecutionStatus.PENDING_RESUME,
            ExecutionStatus.SUCCESS,
        )

    def _callers(self, roots: Sequence[JobNode]) -> frozenset[str]:
        if self.cause is None:
            return frozenset()
        name = self.cause.job.stacked_name
        return frozenset(
            node.job.id
            for root in roots
            for node in root.walk()
            if node.job.status is JobStatus.FAILED
            and node is not self.cause
            and name.startswith(node.job.stacked_name + "/")
        )

    # Looking up

    def index_of(self, key: str) -> int | None:
        """Give the row of a key."""
        return self._index.get(key)

    @cached_property
    def _index(self) -> dict[str, int]:
        return {row.key: index for index, row in enumerate(self.rows)}

    @cached_property
    def failed_rows(self) -> Sequence[int]:
        """Rows of failed jobs, and groups that hide some; callers above the cause are left out."""
        shown = {row.node.job.id for row in self.rows if not row.members and not row.is_error}
        return [
            index
            for index, row in enumerate(self.rows)
            if not row.is_error
            and row.node.job.id not in (() if row.members else self._above_cause)
            and any(
                node.job.status is JobStatus.FAILED and not (row.members and node.job.id in shown)
                for node in row.members or (row.node,)
            )
        ]

    def error_of(self, job_id: JobExecutionId) -> JobError | None:
        """Give a job's latest error, where it is known."""
        for attempt in reversed(self._attempts.get(job_id, [])):
            if attempt.error is not None:
                return attempt.error
        return self._errors.get(job_id)

    # Lines

    def line(self, index: int, width: int, now: datetime) -> Line:
        """Compose one row, exactly that wide."""
        row = self.rows[index]
        if row.is_error:
            return fit(self._error_line(row), width)
        head_width, bar_width, note_width = self._widths(width)
        spans = [*fit(self._head(row, head_width), head_width), Span(" ")]
        spans.append(Span(pad_left(self._duration(row, now), DURATION_WIDTH), Tone.DIM))
        if bar_width:
            spans += [Span("  "), *fit(self._bar(row, bar_width, now), bar_width)]
        if note_width:
            spans += [Span("  "), *fit(self._note(row), note_width)]
        return fit(tuple(spans), width)

    def _widths(self, width: int) -> tuple[int, int, int]:
        most = width * (45 if self._has_notes else 60) // 100
        head = max(12, min(self._longest_head, most, width - DURATION_WIDTH - 1))
        rest = width - head - 1 - DURATION_WIDTH
        note = NOTE_WIDTH if self._has_notes and rest - NOTE_WIDTH - 4 >= SHORTEST_BAR else 0
        bar = min(LONGEST_BAR, rest - 2 - (note + 2 if note else 0))
        return head, bar if bar >= SHORTEST_BAR else 0, note

    @cached_property
    def _longest_head(self) -> int:
        """In steps of eight, so that the bars rarely move while a tree grows."""
        longest = max((self._head_width(row) for row in self.rows if not row.is_error), default=0)
        return -(-longest // 8) * 8

    def _head_width(self, row: TreeRow) -> int:
        width = len(row.prefix) + 2 + cell_width(row.node.job.name)
        if row.members:
            return width + sum(cell_width(span.text) for span in self._counts(row))
        return width + (12 if row.hidden else 6 if row.number else 0)

    @cached_property
    def _has_notes(self) -> bool:
        if self.history is not None and self.history.current > 1:
            return True
        return any(attempt.error and attempt.error.kind for attempt in self._latest.values())

    @cached_property
    def _latest(self) -> dict[str, JobAttempt]:
        return {job_id: attempts[-1] for job_id, attempts in self._attempts.items()}

    def _head(self, row: TreeRow, width: int) -> Line:
        job = row.node.job
        status = _worst(row.members) if row.members else job.status
        look = self.glyphs.job(status)
        tone = self._tone(job, status)
        is_cause = self.cause is not None and job.id == self.cause.job.id and not row.members
        head: list[Span] = [Span(row.prefix, Tone.RULE), Span(look.glyph + " ", tone)]
        tail = self._tail(row, width - len(row.prefix) - 2 - cell_width(clean(job.name)))
        room = width - len(row.prefix) - 2
        name = clip_middle(clean(job.name), max(8, room - sum(len(s.text) for s in tail)))
        name_tone = Tone.MUTED if tone is Tone.MUTED else Tone.TEXT
        head.append(Span(name, name_tone, bold=is_cause))
        return (*head, *tail)

    def _tail(self, row: TreeRow, room: int) -> Line:
        """Give what follows the name: of a group as many counts as there is room for."""
        if row.members:
            counts = self._counts(row)
            choices = (counts, (counts[0], *counts[3:]) if len(counts) > 3 else counts, counts[:1])
            fitting = (line for line in choices if line_width(line) <= room)
            return next(fitting, counts[:1])
        if row.number:
            return (Span(f" #{row.number:,}", Tone.DIM),)
        if row.hidden:
            return (Span(f" {self.glyphs.dot} {row.hidden:,} jobs", Tone.DIM),)
        return ()

    def _counts(self, row: TreeRow) -> Line:
        spans = [Span(f" {self.glyphs.times} {len(row.members):,}", Tone.DIM)]
        for status, count in count_words(row.members):
            look = self.glyphs.job(status)
            word = "ok" if status is JobStatus.SUCCESS else look.word
            tone = Tone.DIM if status is JobStatus.SUCCESS else look.tone
            spans += [Span(f" {self.glyphs.dot} ", Tone.DIM), Span(f"{count:,} {word}", tone)]
        return tuple(spans)

    def _tone(self, job: JobExecution, status: JobStatus) -> Tone:
        if status is JobStatus.FAILED and (job.id in self._above_cause or self._runs_again(job)):
            return Tone.MUTED
        return self.glyphs.job(status).tone

    def _runs_again(self, job: JobExecution) -> bool:
        """It failed in an earlier attempt, and the present one is on its way to it."""
        if self.history is None or self.execution.status.is_finished:
            return False
        latest = self._latest.get(job.id)
        return latest is not None and latest.attempt < self.history.current

    def _error_line(self, row: TreeRow) -> Line:
        error = self.error_of(row.node.job.id)
        assert error is not None
        text = f"{error.type}: {error.message}" if error.type else error.message
        return (Span(row.prefix, Tone.RULE), Span(clean(text), Tone.FAILED))

    def _note(self, row: TreeRow) -> Line:
        if row.members or self.history is None:
            return ()
        if row.node.children and not self._runs_again(row.node.job):
            return ()
        job = row.node.job
        latest = self._latest.get(job.id)
        if latest is None:
            return ()
        current = self.history.current
        if latest.status is JobStatus.SUCCESS:
            if latest.attempt < current:
                return (Span(f"reused from attempt {latest.attempt}", Tone.DIM),)
            return (Span(f"attempt {latest.attempt}", Tone.DIM),) if current > 1 else ()
        if self._runs_again(job):
            return (Span(f"failed in attempt {latest.attempt}", Tone.DIM),)
        words = [f"attempt {latest.attempt}"] if current > 1 else []
        if latest.error is not None and latest.error.kind:
            words.append(clean(latest.error.kind))
        return (Span(f" {self.glyphs.dot} ".join(words), Tone.DIM),) if words else ()

    # Time

    def times(self, now: datetime) -> JobTimes:
        """Give when each job was at work, as of a moment."""
        moment = now.timestamp()
        if self._times is None or self._times.now != moment:
            self._times = JobTimes(self.execution, self.history, self._attempts, moment)
        return self._times

    def _duration(self, row: TreeRow, now: datetime) -> str:
        times = self.times(now)
        seconds: float | None
        if row.members:
            seconds = sum(end - start for start, end in times.united(row.members))
            is_live = any(times.is_live(node.job) for node in row.members)
        else:
            seconds = times.seconds(row.node)
            is_live = times.is_live(row.node.job)
        if seconds is None:
            return ""
        return format_age(seconds) if is_live else format_duration(seconds)

    def _bar(self, row: TreeRow, width: int, now: datetime) -> Line:
        times = self.times(now)
        job = row.node.job
        if row.members:
            return self._group_bar(row, width, times)
        latest = times.latest(job)
        cells = bar_cells(
            times.axis,
            width,
            own=[latest] if latest else [],
            earlier=times.earlier(job),
            callees=times.united(row.node.children, with_earlier=True),
            is_waiting=job.status is JobStatus.WAITING,
        )
        return bar_line(cells, self._bar_tone(job, row), self.glyphs)

    def _group_bar(self, row: TreeRow, width: int, times: JobTimes) -> Line:
        failed = [node for node in row.members if node.job.status is JobStatus.FAILED]
        cells = bar_cells(
            times.axis, width, own=times.united(row.members), failed=times.united(failed)
        )
        is_live = any(times.is_live(node.job) for node in row.members)
        return bar_line(cells, Tone.RUNNING if is_live else Tone.SUCCESS, self.glyphs)

    def _bar_tone(self, job: JobExecution, row: TreeRow) -> Tone:
        tone = self._tone(job, job.status)
        return Tone.DIM if row.node.children and tone is not Tone.FAILED else tone


def _worst(members: Sequence[JobNode]) -> JobStatus:
    order = (
        JobStatus.FAILED,
        JobStatus.RUNNING,
        JobStatus.SUSPEND,
        JobStatus.WAITING,
        JobStatus.UNKNOWN,
        JobStatus.CANCELED,
        JobStatus.SUCCESS,
    )
    statuses = {node.job.status for node in members}
    return next(status for status in order if status in statuses)
