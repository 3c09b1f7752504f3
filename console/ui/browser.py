"""Opens an address in the person's browser, where there is one to be seen."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Mapping, Sequence

PATIENCE = 5.0
"""Seconds in which an opener that fails says so; one that goes on has opened it."""


def opener(environment: Mapping[str, str], platform: str = sys.platform) -> Sequence[str]:
    """Give the program that opens an address; none over SSH and where there is no display."""
    if any(environment.get(name) for name in ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY")):
        return ()
    name = "open" if platform == "darwin" else "xdg-open"
    has_display = platform == "darwin" or any(
        environment.get(variable) for variable in ("DISPLAY", "WAYLAND_DISPLAY")
    )
    path = shutil.which(name, path=environment.get("PATH")) if has_display else None
    return (path,) if path else ()


async def browse(program: Sequence[str], address: str) -> bool:
    """Open an address; False where the opener could not."""
    nothing = asyncio.subprocess.DEVNULL  # the console paints to stderr, which no child may have
    try:
        process = await asyncio.create_subprocess_exec(
            *program,
            address,
            stdin=nothing,
            stdout=nothing,
            stderr=nothing,
            start_new_session=True,
        )
    except OSError:
        return False
    try:
        return await asyncio.wait_for(asyncio.shield(process.wait()), PATIENCE) == 0
    except TimeoutError:
        return True
