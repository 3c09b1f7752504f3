"""Running a `def` body in a thread of its own."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


async def run_in_own_thread(function: Callable[[], T], name: str) -> T:
    """Run a function in a new thread, in a copy of this context, and wait for it.

    Not the loop's thread pool: callers wait in their thread while their callees run, and a pool
    of a fixed size would be full of callers at some depth. Raises what the function raises.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()
    context = contextvars.copy_context()

    def settle(result: Any, error: BaseException | None) -> None:
        if future.done():
            return
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)

    def main() -> None:
        result: T | None = None
        error: BaseException | None = None
        try:
            result = context.run(function)
        except StopIteration as stop:  # a future cannot hold one
            error = RuntimeError("the body raised StopIteration")
            error.__cause__ = stop
        except BaseException as raised:
            error = raised
        try:
            loop.call_soon_threadsafe(settle, result, error)
        except RuntimeError:
            return  # the loop is closed: nobody waits any more

    threading.Thread(target=main, name=name, daemon=True).start()
    return await future
