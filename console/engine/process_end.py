"""How a process that runs bodies comes to an end, and lets go of what a body left behind."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine
from typing import Any, NoReturn

from console.engine.descendants import kill_descendants

GRACE_SECONDS = 1.0
"""How long a body may clean up when the server has gone, and what it left when it is over."""


def leave(loop: asyncio.AbstractEventLoop) -> None:
    """Close a body's loop without waiting for ever for what it left behind."""
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    endings: list[Coroutine[Any, Any, object]] = [loop.shutdown_asyncgens()]
    if tasks:
        endings.insert(0, asyncio.wait(tasks, timeout=GRACE_SECONDS))
    for ending in endings:
        loop.run_until_complete(ending)
    loop.close()


def end_process_group() -> NoReturn:
    """End this process and every child it has, at once."""
    sys.stderr.flush()
    kill_descendants(os.getpid())
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)
