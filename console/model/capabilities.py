"""What a backend can do; screens bind only that."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a backend says of itself."""

    label: str = ""
    """What the person calls it: the project's name, or the workspace's."""
    server: str = ""
    """Program and version of the server, where it says."""
    attempts: bool = False
    """`list_attempts` works: errors with tracebacks, inputs, actors and reasons."""
    log_offsets: bool = False
    """`read_log` sends only the bytes asked for; without it the whole log comes each time."""
    reasons: bool = False
    """A reason given with an action is kept by the server."""
    counts: bool = False
    """`counts` is one cheap request and knows a window; else totals of listings are taken."""
    changes: bool = False
    """`changes` works: a quiet poll costs almost nothing."""
    cancel: bool = False
    """An execution can be canceled."""
    wait_points: bool = False
    """Wait points can be listed and resolved."""
    schemas: bool = False
    """It tells what arguments and answers have to be, as JSON schemas."""
    is_local: bool = False
    """It runs on this machine: not protected unless a profile says so."""
    role: str = ""
    """What the caller's token allows, where the server says: `operator` or `read-only`."""
