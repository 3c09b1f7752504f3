"""What is tried again: reads and refusals for now, never a change that may have been made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from console.backend.errors import (
    BackendError,
    RateLimited,
    ServerFault,
    TimedOut,
    Unreachable,
)
from console.present.errors import error_sentence

if TYPE_CHECKING:
    from console.clock import Clock

T = TypeVar("T")

PATIENCE = 60.0
"""Seconds a single request waits in all when the server asks for fewer requests."""
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
"""A server that asks for more than this, in a wait, is asked again after it all the same."""


def is_transient(error: BackendError) -> bool:
    """Tell whether the same question may well be answered later."""
    return isinstance(error, (Unreachable, TimedOut, RateLimited, ServerFault))


async def patiently(
    ask: Callable[[], Awaitable[T]], clock: Clock, tell: Callable[[str], None]
) -> T:
    """Ask again, as late as the server says, while it asks for fewer requests."""
    waited, pause = 0.0, FIRST_PAUSE
    while True:
        try:
            return await ask()
        except RateLimited as error:
            wanted = pause if error.retry_after is None else max(error.retry_after, 0.1)
            if waited + wanted > PATIENCE:
                raise
            tell(f"{error_sentence(error)}; trying again in {wanted:.3g} s")
            await clock.sleep(wanted)
            waited += wanted
            pause = min(pause * 2, LONGEST_PAUSE)
