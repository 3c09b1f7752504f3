"""A place the console can be pointed at, as the configuration names it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """One profile of the configuration, or the project one stands in."""

    name: str
    """What it is chosen by; no two have the same."""
    kind: str
    """`project`, `url` or `tailor`."""
    address: str = ""
    """Where it is: an address, a project's folder, a workspace."""
    is_protected: bool = False
    is_read_only: bool = False
    color: str = ""
    is_here: bool = False
    """It is the project one stands in, and not from the configuration."""
    problem: str = ""
    """Why it cannot be taken now; empty when it can."""
