"""What the program ends with; scripts hold on to these numbers."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The program's exit codes."""

    DONE = 0
    """Done; also: a FAILED execution was read, without waiting for it."""
    FAILED = 1
    """The execution ended FAILED or CANCELED, or the request was refused."""
    WRONG = 2
    """Usage, JSON, configuration or definitions are wrong."""
    WAITING = 3
    """The execution is WAITING for somebody."""
    TIMED_OUT = 4
    NOT_ALLOWED = 5
    """Not signed in, or not allowed."""
    UNREACHABLE = 6
    """The backend cannot be reached, or is faulty."""
    UNKNOWN = 7
    """A change was sent and no answer came."""
    BUG = 70
    """A mistake of ours."""
    INTERRUPTED = 130
    BROKEN_PIPE = 141
    TERMINATED = 143
