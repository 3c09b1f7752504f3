"""What the engine's answers must be: its states, as one would keep them in a notebook."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

MAX_LOSSES = 3
RETRIES = 2
RETRY_MS = 2000
LIMITS = {"plain": None, "retrying": None, "narrow": 1}
OPEN = ("RUNNING", "SUSPEND", "WAITING")
RUNNABLE = ("PENDING", "PENDING_RESUME", "PENDING_RETRY")
FINISHED = ("SUCCESS", "FAILED", "CANCELED")


@dataclass
class Step:
    """One thing the main job's body does, again in each replay."""

    kind: str
    """`kid`, `wait` or `spawn`."""
    outcome: str = ""
    """Of a kid: `ok`, `fail`, or empty while it has not ended."""
    attempt: int = 0
    """Of a kid that failed: in which attempt."""


@dataclass
class Told:
    """One execution as it must be told."""

    id: str
    workflow: str
    created_at: int
    queued_at: int
    status: str = "PENDING"
    attempts: list[str] = field(default_factory=lambda: ["PENDING"])
    """The state of each attempt."""
    retry_count: int = 0
    due: int | None = None
    finished_at: int | None = None
    main: str = ""
    """The main job's state; empty before it has begun."""
    kids: list[str] = field(default_factory=list)
    script: list[Step] = field(default_factory=list)
    waits: list[bool] = field(default_factory=list)
    """For each wait point, whether it is answered."""
    is_cancel_asked: bool = False
    losses: int = 0
    retry_of_attempt: int = 0

    @property
    def attempt(self) -> int:
        """The number of the latest attempt."""
        return len(self.attempts)

    @property
    def jobs(self) -> list[tuple[str, str]]:
        """The jobs by their stacked names, with their states."""
        return [("main-job", self.main), *(("main-job/kid", kid) for kid in self.kids)][
            : None if self.main else 0
        ]

    def be(self, status: str) -> None:
        """Come into a state, with the latest attempt."""
        self.status = status
        self.attempts[-1] = status

    def begin(self) -> None:
        """A worker has taken it: its body begins again from the first line, up to where it stops.

        Kids that have succeeded are answered from the journal; one that has not runs again.
        """
        self.be("RUNNING")
        self.due = None
        self.main = "RUNNING"
        self.go_on()

    def go_on(self) -> None:
        """Say where the body stands after what it has been told so far."""
        number = 0
        for step in self.script:
            if step.kind == "kid":
                if step.outcome == "fail" and step.attempt != self.attempt:
                    step.outcome = ""
                if not step.outcome:
                    self.main = "SUSPEND"
                    self.kids[number:] = ["RUNNING"]
                    return
                number += 1
        self.main = "RUNNING"

    def close_jobs(self) -> None:
        """What ran, waited or was suspended counts as not run."""
        self.kids = ["CANCELED" if kid in OPEN else kid for kid in self.kids]
        self.main = "CANCELED" if self.main in OPEN else self.main

    def end(self, status: str, now: int) -> None:
        """Come to an end."""
        self.be(status)
        self.finished_at = now
        self.due = None
        if status == "CANCELED":
            self.close_jobs()
        else:
            self.losses = 0

    def fail(self, now: int) -> None:
        """The main job's body has raised."""
        self.main = "FAILED"
        if self.is_cancel_asked:
            # It was to end as canceled: that its body failed over it is no failure.
            self.main = "RUNNING"
            self.end("CANCELED", now)
            return
        self.end("FAILED", now)
        if self.workflow == "retrying" and self.retry_count < RETRIES:
            self.retry_count += 1
            self.attempts.append("PENDING_RETRY")
            self.be("PENDING_RETRY")
            self.finished_at = None
            self.due = self.queued_at = now + RETRY_MS

    def lose(self, now: int, *, is_loss: bool) -> None:
        """Its worker has died."""
        self.losses += is_loss
        if self.is_cancel_asked:
            self.end("CANCELED", now)
            return
        is_in_kid = "RUNNING" in self.kids
        self.close_jobs()
        if self.losses < MAX_LOSSES:
            self.be("PENDING_RESUME")
            return
        losses = self.losses
        self.end("FAILED", now)
        self.losses = losses
        self.main = "FAILED"
        if is_in_kid:
            self.kids[-1] = "FAILED"

    def resume(self, now: int) -> None:
        """Somebody resumes it."""
        self.attempts.append("")
        self.be("PENDING_RESUME")
        self.finished_at, self.queued_at = None, now
        self.retry_count = self.losses = 0


@dataclass
class Notebook:
    """All executions as they must be told."""

    executions: dict[str, Told] = field(default_factory=dict)

    def next_to_run(self, now: int) -> str | None:
        """Give which one a worker must get: the oldest that may run."""
        running = Counter(e.workflow for e in self.executions.values() if e.status == "RUNNING")
        heads = [
            (one.queued_at, one.id)
            for one in self.executions.values()
            if one.status in RUNNABLE
            and (one.due is None or one.due <= now)
            and (limit := LIMITS[one.workflow] or 1_000_000) > running[one.workflow]
            and limit
        ]
        return min(heads)[1] if heads else None

    def prune(self, before: int) -> int:
        """Forget what ended before a time."""
        old = [
            one.id
            for one in self.executions.values()
            if one.finished_at is not None and one.finished_at < before
        ]
        for identifier in old:
            del self.executions[identifier]
        return len(old)
