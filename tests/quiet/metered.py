"""A console in a terminal whose bytes are counted, step by step.

    with Metered("rows") as console:
        step = console.step("age", seconds=1)
        step.size, step.data, step.frames, step.given

`size` is exact: all that the terminal got between the mark of the step before and this step's own.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from tests.acceptance.terminal import Terminal
from tests.quiet.mark import mark

PATIENCE = 60.0
"""Seconds for a step; on an idle machine it takes some hundredths."""
ROWS, COLUMNS = 43, 120


@dataclass(frozen=True, slots=True)
class Step:
    """What one step wrote to the terminal."""

    data: bytes
    frames: int
    """Times the screen was written to."""
    given: Any
    """What the scene's method gave."""

    @property
    def size(self) -> int:
        """How many bytes."""
        return len(self.data)


class Metered:
    """A child that runs the console, and its terminal."""

    def __init__(
        self,
        scene: str,
        *,
        rows: int = ROWS,
        columns: int = COLUMNS,
        program: str = "tests.quiet.child",
        is_drawn: bool = True,
    ) -> None:
        """Start a program on a scene; not drawn, its bytes are counted and its screen unknown."""
        ours, theirs = socket.socketpair()
        theirs.set_inheritable(True)
        self._line = ours
        self._answers = ours.makefile("rb")
        self._data = bytearray()
        self._begin = 0
        self._number = 0
        command = [sys.executable, "-m", program, scene, str(theirs.fileno())]
        # Nothing of whoever runs this: no colours forbidden, no settings, no other time zone.
        environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            "PYTHONPATH": os.pathsep.join(sys.path),
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
        }
        self.terminal = Terminal(
            command,
            rows=rows,
            columns=columns,
            env=environment,
            tap=self._data.extend,
            is_drawn=is_drawn,
        )
        theirs.close()

    def __enter__(self) -> Metered:
        self.step("ready")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._answers.close()
        self._line.close()
        self.terminal.__exit__(kind, error, trace)

    def cells(self) -> list[list[Any]]:
        """Give what each cell of the terminal shows; of a plain blank only its ground counts."""
        return [
            [
                c._replace(fg="", bold=False)
                if c.data == " " and not (c.reverse or c.underscore)
                else c
                for c in row
            ]
            for row in self.terminal.cells
        ]

    def read(self, seconds: float) -> bytes:
        """Give what it writes next, within so many seconds."""
        before = len(self._data)
        self.terminal.read(seconds)
        return bytes(self._data[before:])

    def begin(self, name: str, **arguments: Any) -> None:
        """Start a step and do not wait for it."""
        self._number += 1
        request = {"number": self._number, "step": name, "with": arguments}
        self._line.sendall(json.dumps(request).encode() + b"\n")

    def end(self) -> Step:
        """Wait for the step that was begun last, and give it."""
        sign = mark(self._number).encode()
        self.terminal.wait_for(lambda text: sign in self._data, seconds=PATIENCE)
        answer = json.loads(self._answers.readline())
        assert not answer["bugs"], answer["bugs"]
        end = self._data.index(sign)
        data = bytes(self._data[self._begin : end])
        self._begin = end + len(sign)
        return Step(data, answer["frames"], answer["given"])

    def step(self, name: str, **arguments: Any) -> Step:
        """Do one step of the scene, and give what it wrote."""
        self.begin(name, **arguments)
        return self.end()
