"""The body that runs now, and the steps it takes: one at a time, each of them awaited."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

from console.workflow.errors import EngineStop, WorkflowMisuse
from console.workflow.runtime import RunContext

T = TypeVar("T")

_HOPS = 64
"""Rounds of the event loop; a failure needs two or three for each `gather` around it."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where in somebody's code a call stands."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


def call_site(depth: int = 2) -> Site:
    """Find who called the function that asks: 2 is the caller of its caller's body."""
    frame = sys._getframe(depth)
    return Site(frame.f_code.co_filename, frame.f_lineno)


@dataclass(slots=True, eq=False)
class Step:
    """One `trigger`, `wait` or `resolve` that a body made."""

    what: str
    """As it is written: `fetch-customer.trigger()`."""
    site: Site
    coroutine: Coroutine[Any, Any, Any] | None = None
    task: asyncio.Task[Any] | None = None
    """Who awaits it; None until somebody does."""
    has_turn: bool = False
    """It runs; before that it waits for the steps before it."""


@dataclass(slots=True, eq=False)
class Frame:
    """One running body: the steps it made, and the lock that keeps them in a row."""

    name: str
    """The job's or the resolver's name."""
    context: RunContext
    loop: asyncio.AbstractEventLoop
    parent: Frame | None = None
    steps: list[Step] = field(default_factory=list)
    """Those that are not over."""
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    stopped: EngineStop | None = None
    """What the engine raised to end the body, once it has."""
    is_over: bool = False
    open_databases: list[str] = field(default_factory=list)
    """The SQLite files this body holds a transaction on."""

    def begin(
        self, what: str, site: Site, work: Callable[[], Awaitable[T]]
    ) -> Coroutine[Any, Any, T]:
        """Note that a step was made; what is returned runs it, when it is awaited."""
        if self.is_over:
            raise WorkflowMisuse(f"{site}: {what} comes too late: {self.name} is over")
        step = Step(what, site)
        coroutine = self._run(step, work)
        step.coroutine = coroutine
        self.steps.append(step)
        return coroutine

    async def _run(self, step: Step, work: Callable[[], Awaitable[T]]) -> T:
        step.task = asyncio.current_task()
        try:
            await self.lock.acquire()
            try:
                if self.is_over:
                    raise asyncio.CancelledError(f"{self.name} is over")
                if self.stopped is not None:
                    raise self.stopped
                step.has_turn = True
                result = await work()
            except BaseException as error:
                if isinstance(error, EngineStop):
                    self.stopped = self.stopped or error
                self._pass_turn(_HOPS)
                raise
            self.lock.release()
            return result
        finally:
            self.steps.remove(step)

    def _pass_turn(self, hops: int) -> None:
        """Let the next step run once the body has seen that this one failed.

        Under `gather` a failure reaches the body some rounds of the event loop later; until then
        the steps beside it must not begin, or jobs would run after the one that failed.
        """
        if hops:
            self.loop.call_soon(self._pass_turn, hops - 1)
        else:
            self.lock.release()

    async def end(self) -> list[Step]:
        """Close the frame; give the steps that were made and never awaited to their end.

        What has begun is let finish, so that no job runs beside its caller's end; what has not
        begun never will.
        """
        self.is_over = True
        left = list(self.steps)
        if left:
            await asyncio.sleep(0)  # a task made just now enters its step, and finds the frame over
        for step in list(self.steps):
            if step.task is None and step.coroutine is not None:
                step.coroutine.close()  # no "never awaited" warning beside our own error
            elif step.task is not None and not step.has_turn:
                step.task.cancel()
        running = [step.task for step in self.steps if step.task is not None]
        if running:
            await asyncio.wait(running)
        self.steps.clear()
        return left


current_frame: ContextVar[Frame | None] = ContextVar("current_frame", default=None)
"""The body that runs in this context; None outside of bodies."""


def in_event_loop() -> bool:
    """Tell whether this thread runs an event loop now: true in `async def`, false in `def`."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def refuse_in_thread(what: str, instead: str, site: Site) -> None:
    """Raise WorkflowMisuse for an asynchronous call in a `def` body."""
    frame = current_frame.get()
    if frame is not None and not in_event_loop():
        raise WorkflowMisuse(
            f"{site}: {what} is for `async def` bodies; in a `def` body write `{instead}`"
        )


def refuse_in_loop(what: str, instead: str, site: Site) -> None:
    """Raise WorkflowMisuse for a blocking call where an event loop runs."""
    if in_event_loop():
        raise WorkflowMisuse(
            f"{site}: {what} is for `def` bodies; in an `async def` body write `{instead}`"
        )


def run_step(
    what: str, site: Site, work: Callable[[], Coroutine[Any, Any, T]]
) -> Coroutine[Any, Any, T]:
    """Make a step of the body that runs now, or plain work where none does."""
    frame = current_frame.get()
    return work() if frame is None else frame.begin(what, site, work)


def run_step_sync(what: str, site: Site, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a step to its end from a thread that has no event loop."""
    frame = current_frame.get()
    if frame is None:
        return asyncio.run(work())
    step = frame.begin(what, site, work)
    return asyncio.run_coroutine_threadsafe(step, frame.loop).result()
