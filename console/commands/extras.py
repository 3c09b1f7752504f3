"""What a host of the console adds to it: commands and one quiet line of guidance."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from console.model.execution import Execution
from console.model.ids import ExecutionId


class CommandRefused(Exception):
    """A command cannot be done now; the text says why, in one line."""


@dataclass(frozen=True, slots=True)
class ExtraCommand:
    """A `:` command that only this host has."""

    name: str
    usage: str
    """`mail on|off`"""
    summary: str
    run: Callable[[Sequence[str]], Awaitable[str]]
    """Takes the words after the name; gives the message to show. Raises `CommandRefused`."""
    choices: tuple[str, ...] = ()
    """What completes the first word."""


class Guide(Protocol):
    """Watches what the person sees and says the next step, in one line."""

    def hint(self, executions: Iterable[Execution], focused: Execution | None) -> str:
        """Give the line to show now; empty for none."""
        ...

    def look_at(self) -> ExecutionId | None:
        """Give the execution that is to be seen now; each new one takes the list's cursor once."""
        ...
