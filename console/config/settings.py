"""One setting and where it came from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Setting:
    """A value with its origin, for `wfc config show --origin`."""

    key: str
    value: object
    """A secret is never here; only that there is one."""
    origin: str
    """A flag, a variable, `file:line`, or `default`."""
