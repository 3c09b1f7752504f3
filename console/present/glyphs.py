"""One cell per meaning: states and furniture, in Unicode and in ASCII.

No glyph has the Emoji property and each measures one cell; a test holds that.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from console.model.states import ExecutionStatus, JobStatus
from console.present.tone import Tone


@dataclass(frozen=True, slots=True)
class StateLook:
    """How a state looks: glyph, word and tone always stand together."""

    glyph: str
    word: str
    tone: Tone


_WORDS: dict[ExecutionStatus, tuple[str, str, Tone]] = {
    ExecutionStatus.FAILED: ("failed", "failed", Tone.FAILED),
    ExecutionStatus.RUNNING: ("running", "running", Tone.RUNNING),
    ExecutionStatus.PENDING: ("pending", "pending", Tone.PENDING),
    ExecutionStatus.PENDING_RESUME: ("pending", "resuming", Tone.RUNNING),
    ExecutionStatus.PENDING_RETRY: ("pending", "retry", Tone.RUNNING),
    ExecutionStatus.WAITING: ("waiting", "waiting", Tone.WAITING),
    ExecutionStatus.SUCCESS: ("success", "success", Tone.SUCCESS),
    ExecutionStatus.CANCELED: ("canceled", "canceled", Tone.CANCELED),
    ExecutionStatus.UNKNOWN: ("unknown", "unknown", Tone.WARNING),
}
_JOB_WORDS: dict[JobStatus, tuple[str, str, Tone]] = {
    JobStatus.FAILED: ("failed", "failed", Tone.FAILED),
    JobStatus.RUNNING: ("running", "running", Tone.RUNNING),
    JobStatus.SUSPEND: ("suspended", "suspended", Tone.DIM),
    JobStatus.WAITING: ("waiting", "waiting", Tone.WAITING),
    JobStatus.SUCCESS: ("success", "success", Tone.SUCCESS),
    JobStatus.CANCELED: ("canceled", "canceled", Tone.CANCELED),
    JobStatus.UNKNOWN: ("unknown", "unknown", Tone.WARNING),
}


@dataclass(frozen=True, slots=True)
class Glyphs:
    """A set of glyphs; `UNICODE` and `ASCII` are the two there are."""

    states: dict[str, str] = field(hash=False)
    """Glyph by the name of a state's shape."""
    cursor: str
    mark: str
    tee: str
    corner: str
    trunk: str
    rule: str
    own: str
    """A bar's own time."""
    callees: str
    """A bar's time in callees."""
    waits: str
    """A bar's time waiting for somebody."""
    folded: str
    unfolded: str
    down: str
    up: str
    warning: str
    same: str
    dash: str
    times: str
    dot: str
    """Between two facts of one line."""

    def execution(self, status: ExecutionStatus) -> StateLook:
        """Give the look of an execution's state."""
        shape, word, tone = _WORDS[status]
        return StateLook(self.states[shape], word, tone)

    def job(self, status: JobStatus) -> StateLook:
        """Give the look of a job execution's state."""
        shape, word, tone = _JOB_WORDS[status]
        return StateLook(self.states[shape], word, tone)


UNICODE = Glyphs(
    states={
        "failed": "✗",
        "running": "▸",
        "pending": "○",
        "waiting": "◇",
        "success": "✓",
        "canceled": "⊘",
        "suspended": "·",
        "unknown": "?",
    },
    cursor="┃",
    mark="*",
    tee="├",
    corner="└",
    trunk="│",
    rule="─",
    own="━",
    callees="─",
    waits="┄",
    folded="▹",
    unfolded="▿",
    down="↓",
    up="↑",
    warning="▲",
    same="″",
    dash="—",
    times="×",
    dot="·",
)
ASCII = Glyphs(
    states={
        "failed": "x",
        "running": ">",
        "pending": "o",
        "waiting": "w",
        "success": "+",
        "canceled": "-",
        "suspended": ".",
        "unknown": "?",
    },
    cursor="|",
    mark="*",
    tee="|",
    corner="`",
    trunk="|",
    rule="-",
    own="=",
    callees="-",
    waits=".",
    folded="+",
    unfolded="-",
    down="v",
    up="^",
    warning="!",
    same='"',
    dash="-",
    times="x",
    dot="-",
)
