"""Who hears of definitions while the files of a project are read."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from console.workflow.errors import DefinitionError

if TYPE_CHECKING:
    from console.workflow.job import Job
    from console.workflow.resolver import Resolver
    from console.workflow.wait_point import WaitPoint
    from console.workflow.workflow import Workflow


@dataclass(slots=True)
class Definitions:
    """Everything that was defined, and every rule that was broken, since reading began."""

    jobs: list[Job[Any, Any]] = field(default_factory=list)
    workflows: list[Workflow[Any]] = field(default_factory=list)
    resolvers: list[Resolver[Any]] = field(default_factory=list)
    wait_points: list[WaitPoint[Any, Any]] = field(default_factory=list)
    problems: list[DefinitionError] = field(default_factory=list)


current_definitions: ContextVar[Definitions | None] = ContextVar(
    "current_definitions", default=None
)
"""Set by the project loader, so that all mistakes of a project are told at once."""


def report(message: str, file: str, line: int) -> None:
    """Keep a broken rule for the loader that reads the project; without one, raise it."""
    error = DefinitionError(message, file=file, line=line)
    definitions = current_definitions.get()
    if definitions is None:
        raise error
    definitions.problems.append(error)
