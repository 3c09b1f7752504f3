"""What is wrong with a project: every mistake at once, each with its place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake, where it is, and what to write instead."""

    file: Path
    line: int
    """Counted from 1; 0 where the whole file is meant."""
    message: str
    """One line."""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else str(self.file)
        return f"{place}: {self.message}"


class ProjectInvalid(Exception):
    """A project breaks rules; `problems` are all of them, in file and line order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))
