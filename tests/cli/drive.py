"""A `wfc` process with a backend in memory: python -m tests.cli.drive SCENE WORDS…"""

from __future__ import annotations

import sys

from console.backend.protocol import Backend
from console.cli.program import run
from console.cli.session import Opening, Session, Wiring
from console.clock import Clock, SystemClock
from console.model.ids import ExecutionId
from console.model.states import ExecutionStatus
from console.model.target import Target
from tests.fakes.backend import FakeBackend

EXECUTION = "01932f5e-aaaa-7000-8000-00000000abcd"


class Silent(FakeBackend):
    """Says that it was asked to cancel, and then nothing more."""

    async def cancel(self, execution_id: ExecutionId, *, reason: str = "") -> None:
        print("asked", file=sys.stderr, flush=True)
        await super().cancel(execution_id, reason=reason)


def main(scene: str, *words: str) -> int:
    """Run one command line in a scene."""
    backend = FakeBackend(SystemClock())
    backend.add(status=ExecutionStatus.RUNNING, identifier=EXECUTION)
    if scene == "many":
        for number in range(5000):
            backend.add(f"workflow-{number}")
    if scene == "names":
        backend.add("café-€")
    if scene == "silent":
        backend = Silent(SystemClock())
        backend.add(status=ExecutionStatus.RUNNING, identifier=EXECUTION)
        backend.hold("cancel")
    if scene == "bug":
        backend.fail_next(KeyError("a\x1b[31m secret place"))

    async def connect(target: Target, clock: Clock) -> Backend:
        return backend

    def open_console(opening: Opening) -> int:
        return 0

    def run_demo(headless: bool, session: Session) -> int:
        return 0

    arguments = ["--url", "http://127.0.0.1:8787", *words]
    return run(
        arguments, Wiring(lambda target, tell: target, connect, open_console, run_demo, SystemClock)
    )


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
