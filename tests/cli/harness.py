"""The command line in this process, with a backend in memory and a clock that leaps.

result = wfc("workflow", "list", "--json")
result.code, result.out, result.err, result.document
wfc.clock.at(5, lambda: backend.end(one))        happens when somebody has slept that long
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from console.backend.errors import BackendError
from console.backend.protocol import Backend
from console.cli.program import run
from console.cli.session import Opening, Session, Wiring
from console.clock import Clock
from console.model.target import Target
from tests.fakes.backend import FakeBackend
from tests.fakes.clock import START

LONGEST = 24 * 3600.0


class LeapingClock:
    """Sleeping takes no time; what was planned for the time slept over happens meanwhile."""

    def __init__(self) -> None:
        self.elapsed = 0.0
        self.slept: list[float] = []
        self._plan: list[tuple[float, Callable[[], object]]] = []

    def at(self, seconds: float, happens: Callable[[], object]) -> None:
        """Let something happen so long after the start."""
        self._plan.append((seconds, happens))
        self._plan.sort(key=lambda entry: entry[0])

    def now(self) -> datetime:
        return START + timedelta(seconds=self.elapsed)

    def monotonic(self) -> float:
        return 1000.0 + self.elapsed

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        until = self.elapsed + seconds
        assert until < LONGEST, "the command waits and waits"
        while self._plan and self._plan[0][0] <= until:
            self.elapsed, happens = self._plan.pop(0)
            happens()
        self.elapsed = until


@dataclass(frozen=True, slots=True)
class Result:
    """What one run printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout."""
        (line,) = self.out.splitlines()
        return json.loads(line)

    @property
    def documents(self) -> list[Any]:
        """The documents of stdout, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def rows(self) -> list[list[str]]:
        """The words of each line of stdout."""
        return [line.split() for line in self.out.splitlines()]


@dataclass
class Cli:
    """Runs command lines."""

    capture: pytest.CaptureFixture[str]
    patch: pytest.MonkeyPatch
    clock: LeapingClock = field(default_factory=LeapingClock)
    backend: FakeBackend = field(init=False)
    targets: list[Target] = field(default_factory=list)
    openings: list[Opening] = field(default_factory=list)
    demos: list[bool] = field(default_factory=list)
    unreachable: BackendError | None = None
    is_terminal: bool = False
    arguments: tuple[str, ...] = ("--url", "http://127.0.0.1:8787")
    """What every run begins with."""

    def __post_init__(self) -> None:
        self.backend = FakeBackend(self.clock)

    def __call__(self, *words: str, stdin: str = "") -> Result:
        """Run `wfc` with these words."""
        self.patch.setattr(sys, "stdin", Stdin(stdin, is_terminal=self.is_terminal))
        if self.is_terminal:
            self.patch.setattr(sys.stderr, "isatty", lambda: True)
        self.capture.readouterr()
        code = run([*self.arguments, *words], self.wiring())
        printed = self.capture.readouterr()
        assert "Traceback" not in printed.err
        return Result(int(code), printed.out, printed.err)

    def wiring(self) -> Wiring:
        """What `__main__` would give, with fakes."""

        async def connect(target: Target, clock: Clock) -> Backend:
            self.targets.append(target)
            if self.unreachable is not None:
                raise self.unreachable
            return self.backend

        def open_console(opening: Opening) -> int:
            self.openings.append(opening)
            return 0

        def run_demo(headless: bool, session: Session) -> int:
            self.demos.append(headless)
            return 0

        def prepare(target: Target, tell: Callable[[str], None]) -> Target:
            return target

        return Wiring(prepare, connect, open_console, run_demo, lambda: self.clock)


class Stdin(io.StringIO):
    """Standard input, which may be a terminal."""

    def __init__(self, text: str, *, is_terminal: bool) -> None:
        super().__init__(text)
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal
