"""When each job of an execution was at work, in every attempt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from console.model.execution import AttemptHistory, Execution, JobAttempt, JobExecution
from console.model.states import JobStatus
from console.model.tree import JobNode
from console.present.timeline import Axis, Interval, merged

ACTIVE = frozenset({JobStatus.RUNNING, JobStatus.SUSPEND, JobStatus.WAITING})
"""States in which a job's time goes on."""


class JobTimes:
    """Intervals in seconds since the epoch; what has not ended yet ends at `now`."""

    def __init__(
        self,
        execution: Execution,
        history: AttemptHistory | None,
        attempts: Mapping[str, Sequence[JobAttempt]],
        now: float,
    ) -> None:
        self.now = now
        self._execution = execution
        self._attempts = attempts
        self._latest: dict[str, Interval | None] = {}
        self.axis = Axis(self._segments(history))

    def _segments(self, history: AttemptHistory | None) -> list[Interval]:
        tried = [
            (a.started_at.timestamp(), a.finished_at.timestamp() if a.finished_at else self.now)
            for a in (history.attempts if history else ())
            if a.started_at is not None
        ]
        if tried:
            return tried
        whole = self._from_first_to_last()
        return [whole] if whole is not None else []

    def _from_first_to_last(self) -> Interval | None:
        """Give the time from the first job's start to the last one's end, without their intervals.

        Of ten thousand jobs a screen shows a few: only theirs are worked out.
        """
        begun = [job for job in self._execution.jobs if job.started_at is not None]
        started = [job.started_at for job in begun if job.started_at is not None]
        if not started:
            return None
        ended = [job.finished_at for job in begun if job.finished_at is not None]
        start, end = min(started).timestamp(), max([*started, *ended]).timestamp()
        if len(ended) < len(begun):
            spans = [self.latest(job) for job in begun if job.finished_at is None]
            end = max([end, *(span[1] for span in spans if span is not None)])
        return start, end

    def latest(self, job: JobExecution) -> Interval | None:
        """Give the interval of a job's latest attempt."""
        if job.id not in self._latest:
            self._latest[job.id] = self._interval(job)
        return self._latest[job.id]

    def _interval(self, job: JobExecution) -> Interval | None:
        attempts = self._attempts.get(job.id)
        started = (attempts[-1].started_at if attempts else None) or job.started_at
        if started is None:
            return None
        start = started.timestamp()
        if job.finished_at is not None:
            return start, max(start, job.finished_at.timestamp())
        if self.is_live(job):
            return start, max(start, self.now)
        end = self._execution.finished_at
        return start, max(start, end.timestamp()) if end else start

    def earlier(self, job: JobExecution) -> list[Interval]:
        """Give the intervals of a job's attempts before the latest."""
        return [
            (attempt.started_at.timestamp(), attempt.finished_at.timestamp())
            for attempt in self._attempts.get(job.id, ())[:-1]
            if attempt.started_at is not None and attempt.finished_at is not None
        ]

    def is_live(self, job: JobExecution) -> bool:
        """Its time goes on."""
        return (
            job.finished_at is None
            and job.status in ACTIVE
            and not self._execution.status.is_finished
        )

    def united(self, nodes: Iterable[JobNode], *, with_earlier: bool = False) -> list[Interval]:
        """Give the time in which any of these jobs was at work."""
        intervals: list[Interval] = []
        for node in nodes:
            latest = self.latest(node.job)
            if latest is not None:
                intervals.append(latest)
            if with_earlier:
                intervals += self.earlier(node.job)
        return merged(intervals)

    def seconds(self, node: JobNode) -> float | None:
        """Give how long a job took: a caller over all attempts, another in its latest."""
        latest = self.latest(node.job)
        if latest is None:
            return None
        start, end = latest
        if not node.children:
            return end - start
        return self.axis.between(min([s for s, _ in self.earlier(node.job)], default=start), end)
