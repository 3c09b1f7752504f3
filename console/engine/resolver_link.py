"""One resolver process, as the server sees it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from console.engine.interface import ResolverFailed

LONGEST_LINE = 16 << 20
"""Bytes of one message of a process; a result is far shorter."""

Message = Mapping[str, Any]


class ResolverProcess:
    """One process, as the server sees it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.is_retired = False
        """It has read an older project: not for another call."""

    @classmethod
    async def start(cls, project: Path, log: Path) -> ResolverProcess:
        """Start a process; it is ready when `hear` says so. Raises ResolverFailed."""
        # Without -P the project's folder would come before the standard library.
        program = ("-P", "-X", "faulthandler", "-m", "console.engine.resolver_process")
        try:
            with log.open("ab") as output:
                process = await asyncio.create_subprocess_exec(
                    sys.executable,
                    *program,
                    str(project),
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=output,
                    cwd=project,
                    start_new_session=True,
                    limit=LONGEST_LINE,
                )
        except OSError as error:
            raise ResolverFailed(f"no process could be started: {error.strerror}") from None
        return cls(process)

    @property
    def is_alive(self) -> bool:
        """Whether it has not ended."""
        return self._process.returncode is None

    async def hear(self) -> Message:
        """Read its next message. Raises ResolverFailed when there is none."""
        assert self._process.stdout is not None
        try:
            line = await self._process.stdout.readline()
        except ValueError:
            raise ResolverFailed(f"its process wrote more than {LONGEST_LINE} bytes") from None
        if not line:
            code = await self._process.wait()
            how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
            raise ResolverFailed(f"its process {self._process.pid} {how}; see .wfc/workers.log")
        message: Message = json.loads(line)
        return message

    async def tell(self, message: Message) -> None:
        """Send it a message; to a dead process it is lost."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(message).encode() + b"\n")
        try:
            await self._process.stdin.drain()
        except (BrokenPipeError, ConnectionResetError):
            pass  # that it has ended is heard next

    def kill(self) -> None:
        """End it and its children at once."""
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass  # nobody is left in the group; macOS says so with EPERM

    async def is_dead(self) -> None:
        """Wait for its end."""
        await self._process.wait()
