"""Why an execution failed: the error of its deepest failed job."""

from __future__ import annotations

from dataclasses import dataclass

from console.model.execution import JobError


@dataclass(frozen=True, slots=True)
class Cause:
    """What is known about the deepest failed job; meets `present.why.CauseFacts`."""

    job_stacked_name: str
    """Where it failed; empty when it failed outside of every job."""
    error: JobError | None
    """What it said, where the backend tells."""
    last_log_line: str
    """The end of its log, where there is no error: second best."""
