"""A worker process: `python -m console.engine.worker PROJECT --id ID`.

It takes the oldest execution that may run, runs it, and takes the next. It is started by the
supervisor, in a session of its own, and ends with it: see `channel`.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from console.clock import SystemClock
from console.engine.capture import OpenLogs, captured
from console.engine.channel import NEWS, READY, WorkerChannel
from console.engine.child_output import ChildOutput
from console.engine.claims import Claims
from console.engine.deployment import running_limits
from console.engine.interface import EngineUnavailable
from console.engine.lease import LeaseKeeper
from console.engine.logs import LogFolder
from console.engine.presence import Presence
from console.engine.process_end import GRACE_SECONDS, end_process_group, leave
from console.engine.project import Project, ProjectInvalid, load_project
from console.engine.project_text import kept_text
from console.engine.runner import Run, Runner
from console.engine.state import StateFolder
from console.engine.stops import Canceled, LeaseLost, Parked, ServerGone
from console.engine.upgrade import open_journal
from console.workflow.errors import EngineStop

IDLE_SECONDS = 1.0
"""How often an idle worker looks for work that nobody told it of."""


class Worker:
    """Runs executions until it is told to end."""

    def __init__(
        self, channel: WorkerChannel, state: StateFolder, name: str, lease: float, note: Notes
    ):
        self._channel = channel
        self._note = note
        self._name = name
        self._clock = SystemClock()
        self._database = open_journal(state.journal, is_checked=False)
        self._claims = Claims(self._database, self._clock, lease)
        self._keeper = LeaseKeeper(state.journal, self._clock, lease)
        self._logs = LogFolder(state.logs)
        self._running: tuple[asyncio.AbstractEventLoop, Run] | None = None
        self._lock = threading.Lock()
        self._is_ending = False

    def serve(self, project: Project, open_logs: OpenLogs) -> None:
        """Run what there is to run, until the server says to quit."""
        limits = running_limits(project)
        home = Path.cwd()
        runner = Runner(
            self._database,
            self._clock,
            project,
            self._logs,
            open_logs,
            tell_news=lambda: self._channel.tell(NEWS),
            is_handing_over=lambda: self._channel.is_handing_over,
        )
        self._channel.tell(READY)
        while not self._channel.is_quitting:
            try:
                claim = self._claims.claim(self._name, limits)
                due = None if claim else self._claims.next_due()
            except EngineUnavailable as error:
                self._note(str(error))
                self._channel.wait(IDLE_SECONDS)
                continue
            if claim is None:
                self._channel.wait(IDLE_SECONDS if due is None else min(due, IDLE_SECONDS))
            else:
                # A body before may have gone elsewhere.
                os.chdir(home)
                self._run(Run(runner, claim))
                self._channel.tell(NEWS)

    def _run(self, run: Run) -> None:
        loop = asyncio.new_event_loop()
        with self._lock:
            self._running = (loop, run)
            if self._is_ending:
                run.stop(ServerGone())
        self._keeper.hold(run.claim, lambda: self.interrupt(LeaseLost()))
        try:
            loop.run_until_complete(self._to_its_end(run))
            leave(loop)
        finally:
            self._keeper.drop()
            with self._lock:
                self._running = None

    async def _to_its_end(self, run: Run) -> None:
        stop = await run.execute()
        if stop is None or isinstance(stop, Parked):
            return
        # A thread or a child of the body may still be at work: they end with the process, and what
        # it held is released when it has.
        self._note(f"{type(stop).__name__}: the execution {run.claim.execution_id} was stopped")
        end_process_group()

    def interrupt(self, reason: EngineStop) -> None:
        """Stop what runs, from another thread."""
        with self._lock:
            running = self._running
        if running is not None:
            loop, run = running
            try:
                loop.call_soon_threadsafe(run.interrupt, reason)
            except RuntimeError:
                pass  # it came to its end, and its loop is closed

    def cancel_asked(self, claims: Claims) -> None:
        """Stop what runs when it was canceled."""
        with self._lock:
            running = self._running
        if running is not None and claims.is_canceled(running[1].claim):
            self.interrupt(Canceled())

    def server_gone(self) -> None:
        """Stop what runs, and end this process after a short grace, whatever the body does."""
        with self._lock:
            self._is_ending = True
            is_idle = self._running is None
        if not is_idle:
            self.interrupt(ServerGone())
            time.sleep(GRACE_SECONDS)
        end_process_group()


class Notes:
    """Writes lines into the workers' file."""

    def __init__(self, file: int):
        self._file = file

    def __call__(self, text: str) -> None:
        """Write a line, with the time and who says it."""
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        try:
            os.write(self._file, f"{stamp} worker {os.getpid()}: {text}\n".encode())
        except OSError:
            pass  # the disk is what is wrong


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve one project until the server ends; gives the exit code."""
    parser = argparse.ArgumentParser(prog="console.engine.worker")
    parser.add_argument("project", type=Path)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--id", required=True)
    parser.add_argument("--lease", type=float, required=True)
    given = parser.parse_args(arguments)
    channel = WorkerChannel.take_over_stdio()
    open_logs = OpenLogs()
    output = ChildOutput(open_logs.sink)
    open_logs.drain = output.drain
    note = Notes(output.workers_file)
    if not Presence(StateFolder(given.state).workers).announce(given.id):
        note("its lock cannot be taken; a takeover will have to wait for its lease")
    with captured(open_logs.sink, output.outside()):
        try:
            worker = Worker(channel, StateFolder(given.state), given.id, given.lease, note)
            listening = open_journal(StateFolder(given.state).journal, is_checked=False)
            claims = Claims(listening, SystemClock())
            channel.listen(lambda: worker.cancel_asked(claims), worker.server_gone)
            text = kept_text(StateFolder(given.state).definitions, given.project)
            worker.serve(load_project(given.project, text), open_logs)
        except EngineUnavailable as error:
            note(str(error))
            return 6
        except ProjectInvalid as error:
            note(str(error))
            return 2
        finally:
            output.give_back()
    return 0


if __name__ == "__main__":
    sys.exit(main())
