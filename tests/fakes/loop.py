"""Runs an async test from start to end, and sees that it leaves nothing running."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec

P = ParamSpec("P")


def in_loop(test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Make a test of a coroutine; a task that outlives it, or dies unseen, fails it."""

    @functools.wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        troubles: list[str] = []

        async def body() -> None:
            loop = asyncio.get_running_loop()
            loop.set_exception_handler(lambda _, context: troubles.append(str(context)))
            await test(*args, **kwargs)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            left = asyncio.all_tasks() - {asyncio.current_task()}
            assert not left, f"still running: {left}"

        asyncio.run(body())
        assert not troubles, troubles

    return run
