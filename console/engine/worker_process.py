"""One worker process, as the server sees it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from console.engine.descendants import kill_descendants
from console.engine.state import StateFolder
from console.model.ids import new_id


@dataclass(eq=False, slots=True)
class WorkerProcess:
    """A process and the pipe it is told things through."""

    id: str
    process: subprocess.Popen[bytes]
    commands: int
    """Where commands are written; -1 when it is closed."""
    started_at: datetime
    is_dead: asyncio.Event = field(default_factory=asyncio.Event)
    is_ready: bool = False
    """It has read the project and asked for work."""
    was_told: bool = False
    """It ends because we want it to: what it held is no loss of its own."""

    def tell(self, word: bytes) -> None:
        """Send a command; to a dead worker it is lost."""
        if self.commands >= 0:
            try:
                os.write(self.commands, word)
            except OSError:
                pass

    def hang_up(self) -> None:
        """Close the pipe: the worker ends."""
        if self.commands >= 0:
            os.close(self.commands)
            self.commands = -1

    def kill(self) -> None:
        """End it and its children at once."""
        if self.process.returncode is None:  # else the system may have given its number away
            kill_descendants(self.process.pid)
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass  # nobody is left in the group; macOS says so with EPERM

    @property
    def ending(self) -> str:
        """How it ended, in words."""
        code = self.process.returncode
        if code is None:
            return "was lost"
        if code >= 0:
            return f"ended with code {code}"
        try:
            return f"was ended by {signal.Signals(-code).name}"
        except ValueError:
            return f"was ended by signal {-code}"


def spawn_worker(
    project: Path,
    state: StateFolder,
    lease_seconds: float,
    started_at: datetime,
    on_news: Callable[[WorkerProcess, bytes], None],
) -> WorkerProcess:
    """Start a worker in a session of its own; `on_news` gets what it says. Raises OSError."""
    identifier = new_id()
    command = [
        sys.executable,
        # Without -P the project's folder would come before the standard library.
        *("-P", "-m", "console.engine.worker"),
        str(project),
        *("--state", str(state.folder), "--id", identifier, "--lease", str(lease_seconds)),
    ]
    their_commands, commands = os.pipe()
    news, their_news = os.pipe()
    try:
        with state.worker_log.open("ab") as log:
            process = subprocess.Popen(
                command,
                stdin=their_commands,
                stdout=their_news,
                stderr=log,
                cwd=project,
                start_new_session=True,
            )
    except OSError:
        os.close(commands)
        os.close(news)
        raise
    finally:
        os.close(their_commands)
        os.close(their_news)
    # A worker that does not listen must not hold up the server.
    os.set_blocking(commands, False)
    os.set_blocking(news, False)
    worker = WorkerProcess(identifier, process, commands, started_at)
    loop = asyncio.get_running_loop()
    loop.add_reader(news, _hear, loop, worker, news, on_news)
    threading.Thread(target=_wait_for, args=(worker, loop), daemon=True).start()
    return worker


def _hear(
    loop: asyncio.AbstractEventLoop,
    worker: WorkerProcess,
    news: int,
    on_news: Callable[[WorkerProcess, bytes], None],
) -> None:
    try:
        words = os.read(news, 4096)
    except BlockingIOError:
        return
    if words:
        on_news(worker, words)
    else:
        loop.remove_reader(news)
        os.close(news)


def _wait_for(worker: WorkerProcess, loop: asyncio.AbstractEventLoop) -> None:
    worker.process.wait()
    try:
        loop.call_soon_threadsafe(worker.is_dead.set)
    except RuntimeError:
        pass  # the loop is closed: nobody asks any more
