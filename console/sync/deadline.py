"""A request that is given up after a while."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from console.backend.errors import TimedOut
from console.clock import Clock

T = TypeVar("T")

GIVE_UP_AFTER = 30.0
"""Seconds after which an answer is not waited for any longer, whatever the adapter does."""


async def within(
    clock: Clock, request: Coroutine[Any, Any, T], seconds: float = GIVE_UP_AFTER
) -> T:
    """Await a request, for so long at most. Raises `TimedOut`, and what the request raises."""
    loop = asyncio.get_running_loop()
    asked = loop.create_task(request)
    limit = loop.create_task(clock.sleep(seconds))
    try:
        await asyncio.wait({asked, limit}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        limit.cancel()
        give_up(asked)
    if asked.done():
        return asked.result()
    raise no_answer(seconds)


def no_answer(seconds: float) -> TimedOut:
    """Say that nothing came."""
    return TimedOut(f"no answer for {seconds:.0f} s")


def give_up(task: asyncio.Task[Any]) -> None:
    """Cancel a request, if it goes on, and do not wait until it obeys.

    What it raises is of no interest to anybody any more.
    """
    task.cancel()
    task.add_done_callback(_swallow)


def _swallow(task: asyncio.Task[Any]) -> None:
    if not task.cancelled():
        task.exception()
