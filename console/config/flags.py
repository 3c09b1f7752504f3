"""What the command line says of the backend that is meant."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Flags:
    """The flags that choose a target; empty where the command line says nothing."""

    url: str = ""
    profile: str = ""
    token: str = field(default="", repr=False)
    workspace: str = ""
    read_only: bool = False
