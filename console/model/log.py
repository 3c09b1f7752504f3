"""Pieces of a job's log."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LogChunk:
    """Bytes of one function execution's log, from a byte offset."""

    data: bytes
    """UTF-8 lines, each ended by a line feed; the last may be unfinished while the job runs."""
    next_offset: int
    """Where the next read goes on."""
    size: int
    """How many bytes the log had when it was read."""
    is_complete: bool
    """The job has ended and `next_offset` is the end: no byte will follow."""
    has_times: bool
    """Each line starts with its UTC time and one space: `2026-11-24T03:10:21.003Z text`."""
