"""What can be copied of an execution, as texts: nothing in them controls what they are pasted into.

copy_choices(…)     CopyChoice("id", "Id", "01f3…"), CopyChoice("row", "Row", "FAILED  order-…"), …
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from console.model.execution import Execution, JobError
from console.present.clean import clean, clean_lines
from console.present.durations import format_duration, seconds_between
from console.present.errors import job_error_text


@dataclass(frozen=True, slots=True)
class CopyChoice:
    """One thing that can be copied."""

    id: str
    label: str
    text: str
    """Lines end with a line feed between them; there is none at the end."""

    @property
    def said(self) -> str:
        """What is said once it is copied: short texts themselves, of long ones how long."""
        lines = self.text.count("\n") + 1
        if lines == 1 and len(self.text) <= 60:
            return self.text
        size = f"{lines:,} lines" if lines > 1 else f"{len(self.text):,} characters"
        return f"{self.label.lower()}, {size}"


def row_text(execution: Execution, error: JobError | None = None) -> str:
    """Give a row as one line of text, with times that mean the same everywhere."""
    took = seconds_between(execution.started_at, execution.finished_at)
    parts = [
        execution.status_word or execution.status.value,
        execution.workflow_name,
        execution.id,
        f"started {_utc(execution.started_at)}" if execution.started_at else "",
        f"took {format_duration(took)}" if took is not None else "",
        job_error_text(error) if error is not None else "",
    ]
    return "  ".join(clean(part) for part in parts if part)


def error_text(error: JobError) -> str:
    """Give type and message, and the traceback below."""
    return "\n".join([job_error_text(error), *clean_lines(error.traceback)])


def log_text(lines: Sequence[bytes]) -> str:
    """Give lines of a log as they were written, but safe to paste."""
    return "\n".join(clean(line.rstrip(b"\r").decode("utf-8", "replace")) for line in lines)


def _utc(when: datetime) -> str:
    return when.isoformat(timespec="seconds").replace("+00:00", "Z")
