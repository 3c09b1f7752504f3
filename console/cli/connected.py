"""What a command works with once its backend is open."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from console.backend.protocol import Backend
    from console.cli.output import Output
    from console.clock import Clock
    from console.commands.operations import Operations
    from console.model.target import Target

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Connected:
    """An open backend and what goes with it."""

    backend: Backend
    target: Target
    clock: Clock
    output: Output
    state: Path

    async def ask(self, question: Callable[[], Awaitable[T]]) -> T:
        """Ask the backend; it may ask for fewer requests, and is asked again when it said."""
        from console.cli.patience import patiently

        return await patiently(question, self.clock, self.output.talk)

    async def operations(self, *, reason: str = "") -> Operations:
        """Give what changes the backend; each is written to the person's journal."""
        from console.commands.journal import Journal
        from console.commands.operations import Operations

        capabilities = await self.backend.capabilities()
        if reason and not capabilities.reasons:
            self.output.talk("note: this backend keeps no reasons; yours is in your own journal")
        folder: Path | None = self.state
        try:
            self.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError:
            folder = None
        if folder is None or not os.access(folder, os.W_OK):
            # A script on a machine without a writable home still has to get its work done.
            folder = None
            self.output.warn(f"no action journal: {self.state} cannot be written")
        journal = Journal(folder, self.target)
        return Operations(self.backend, self.target, capabilities, journal, self.clock)
