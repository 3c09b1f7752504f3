"""What the console is started with; it is complete before Textual paints, and imports little."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from console.clock import Clock, SystemClock
from console.commands.extras import ExtraCommand, Guide
from console.model.target import Target

if TYPE_CHECKING:
    from console.backend.protocol import Backend
    from console.model.profile import Profile

Connect = Callable[[], Awaitable["Backend"]]
"""Imports the adapter and opens the backend. Raises `BackendError`."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """How the person wants the screen; the config's `[ui]`."""

    theme: str = ""
    """A theme's name; empty for the default."""
    theme_folders: tuple[Path, ...] = ()
    """Folders of the person's own themes, before the ones that ship."""
    glyphs: str = "auto"
    """`auto`, `unicode` or `ascii`."""
    mouse: bool = True
    refresh: float = 0.0
    """Seconds that are let pass between two polls of anything; 0 leaves it to the console."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Keys by command id, from keys.toml: `execution.resume = "R"`; empty text removes it."""
    notes: tuple[str, ...] = ()
    """Complaints about the configuration, shown once as messages."""
    files: tuple[Path, ...] = ()
    """What is read again when it changes, besides the themes: keys.toml."""


class ProfileSource(Protocol):
    """Where else the console can be pointed. Every method raises `CommandRefused`."""

    def profiles(self) -> Sequence[Profile]:
        """Give the profiles there are."""
        ...

    def open(self, name: str) -> tuple[Target, Connect]:
        """Give what a profile stands for, and the way to it; nothing is opened yet."""
        ...


@dataclass(frozen=True, slots=True)
class Launch:
    """One start of the console."""

    target: Target
    connect: Connect
    """Called after the first frame; it may start the project's server."""
    preferences: Preferences = field(default_factory=Preferences)
    clock: Clock = field(default_factory=SystemClock)
    jitter: Callable[[], float] = random.random
    """From 0 up to 1: how a poll's time is spread, so that many consoles do not ask at once."""
    open_execution: str = ""
    """An id, a unique prefix or a link to begin with; empty for the list."""
    extras: Sequence[ExtraCommand] = ()
    guide: Guide | None = None
    state_folder: Path | None = None
    """Where the action journal, command history and view state are kept; None keeps nothing."""
    profiles: ProfileSource | None = None
    """None where the console stays where it is, as in the demo."""
    reread: Callable[[], Preferences] | None = None
    """Reads the person's files again when one of them changed; None reads themes alone again.
    Raises `CommandRefused`."""
