"""A console on a recording, in which time stands still: what a picture shows is always the same."""

from __future__ import annotations

import os
import re
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from console.model.execution import Execution
from console.model.target import Target
from console.ui.launch import ProfileSource
from screenshots.recording import Recording
from tests.fakes.backend import FakeBackend
from tests.fakes.clock import ManualClock
from tests.ui.consoles import Console, run

Size = tuple[int, int]
SIZES: tuple[Size, ...] = ((80, 24), (120, 40), (200, 60))


class StillClock(ManualClock):
    """Sleepers wake as time passes, and yet it is always the same time of day."""

    def __init__(self, moment: datetime) -> None:
        super().__init__(moment)
        self.is_still = True
        """Only a scene that shows how old something is lets the day go on."""

    def _pass(self, seconds: float) -> None:
        if self.is_still:
            self._monotonic += seconds
        else:
            super()._pass(seconds)

    def stand_at(self, monotonic: float) -> None:
        """Go to a reading of the monotonic clock, without waking anybody."""
        self._monotonic = monotonic


@dataclass(frozen=True, slots=True)
class Hint:
    """A guide that says what the demo's said at this moment."""

    text: str

    def hint(self, executions: Iterable[Execution], focused: Execution | None) -> str:
        """Give it."""
        return self.text

    def look_at(self) -> None:
        """Leave the cursor where the scene put it."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What the console's tests call a shop: a backend and its clock."""

    clock: StillClock
    backend: FakeBackend


Scene = Callable[[Console], AsyncIterator[str]]
"""Drives a console, and gives the name of a picture whenever one is to be taken."""


@dataclass(frozen=True, slots=True)
class Play:
    """Several scenes in one console."""

    scene: Scene
    target: Target
    moment: str = ""
    """The recording's moment; empty for a backend that holds nothing."""
    sizes: tuple[Size, ...] = SIZES
    theme: str = "wfc-dark"
    has_hint: bool = False
    profiles: ProfileSource | None = None


def pictures(play: Play, recording: Recording, size: Size) -> dict[str, str]:
    """Paint a play's pictures at a size: SVG by file name."""
    taken: dict[str, str] = {}

    async def body(console: Console) -> None:
        async for name in play.scene(console):
            await console.pilot.pause()
            svg = console.app.export_screenshot(simplify=True)
            taken[f"{name}-{size[0]}x{size[1]}.svg"] = _settled(svg)

    with _utc(), _home() as home:
        stage = _stage(play, recording)
        run(
            body,
            size=size,
            shop=stage,  # type: ignore[arg-type]
            target=play.target,
            theme=play.theme,
            guide=Hint(recording.at(play.moment).hint) if play.has_hint else None,
            profiles=play.profiles,
            state_folder=home / ".local/state/wfc",
            is_ready=bool(play.moment),
            jitter=lambda: 0.5,
        )
    return taken


def _stage(play: Play, recording: Recording) -> Stage:
    name = play.moment or next(iter(recording.moments))
    clock = StillClock(recording.at(name).now)
    backend = recording.backend(name, clock)
    if not play.moment:
        for identifier in list(backend.executions):
            backend.prune(identifier)
    return Stage(clock, backend)


def _settled(svg: str) -> str:
    """Take a checksum of Rich's own memory layout out of the names of the SVG's classes."""
    return re.sub(r"terminal-\d+", "wfc", svg)


@contextmanager
def _home() -> Iterator[Path]:
    """Be at home in an empty folder, whose path no picture shows."""
    before = os.environ.get("HOME")
    with TemporaryDirectory() as folder:
        os.environ["HOME"] = folder
        try:
            yield Path(folder)
        finally:
            if before is None:
                del os.environ["HOME"]
            else:
                os.environ["HOME"] = before


@contextmanager
def _utc() -> Iterator[None]:
    """Let the local zone be UTC, wherever this runs."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = "UTC"
    time.tzset()
    try:
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        time.tzset()
