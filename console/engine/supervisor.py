"""Worker processes: started, woken, told to stop, buried, started again.

A worker's death is seen at once, what it held is released, and another takes its place. Where the
server died with its workers, a sweep releases what they held: as soon as their locks are free, or
else when nobody has renewed their leases.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from console.clock import Clock
from console.engine.channel import CANCEL, HAND_OVER, NEWS, QUIT, READY, WAKE
from console.engine.claims import Claims, Held
from console.engine.interface import EngineUnavailable, WorkerInfo
from console.engine.presence import Presence
from console.engine.state import StateFolder
from console.engine.sweep import Sweep, Write
from console.engine.worker_process import WorkerProcess, spawn_worker
from console.model.ids import ExecutionId

SWEEP_SECONDS = 1.0
"""How often what is held is looked at, at least; more often where leases are short."""
TAKEOVER_SECONDS = 0.1
"""How often it is looked whether the workers of the server before have ended."""
CANCEL_GRACE_SECONDS = 3.0
"""How long a body may clean up when its execution is canceled."""
END_GRACE_SECONDS = 3.0
"""How long workers may take to end; a little more than they give their bodies."""
LONGEST_BACKOFF_SECONDS = 10.0


class Supervisor:
    """Keeps a number of workers alive, and what they held from being lost."""

    def __init__(
        self,
        project: Path,
        state: StateFolder,
        count: int,
        claims: Claims,
        write: Write,
        clock: Clock,
    ):
        self._project = project
        self._state = state
        self._count = count
        self._claims = claims
        self._write = write
        self._clock = clock
        self._presence = Presence(state.workers)
        self._sweep = Sweep(claims, self._presence, write, clock)
        self._workers: set[WorkerProcess] = set()
        self._own: dict[str, WorkerProcess] = {}
        """Those, and the dead ones that may still hold something, by id."""
        self._tasks: list[asyncio.Task[None]] = []
        self._closing = asyncio.Event()

    def start(self) -> None:
        """Start the workers."""
        self._tasks = [
            asyncio.create_task(self._keep_one(), name=f"worker {number}")
            for number in range(self._count)
        ]
        self._tasks.append(asyncio.create_task(self._keep_sweeping(), name="sweep"))

    def wake(self) -> None:
        """Tell the workers that there may be work."""
        for worker in self._workers:
            worker.tell(WAKE)

    def recycle(self) -> None:
        """Let each worker end when it is idle; the ones after them read the project anew."""
        for worker in self._workers:
            worker.was_told = True
            worker.tell(QUIT)

    async def close(self, grace: float, hurry: asyncio.Event) -> None:
        """End all workers; what they still held can be taken by the next server at once.

        For `grace` seconds, or until `hurry`, the jobs that run may come to their end; no other
        begins.
        """
        self._closing.set()
        workers = list(self._workers)
        for worker in workers:
            worker.was_told = True
        ended = asyncio.create_task(_all_dead(workers))
        if grace > 0 and not hurry.is_set():
            for worker in workers:
                worker.tell(HAND_OVER)
            hurried = asyncio.create_task(hurry.wait())
            reasons: set[asyncio.Task[Any]] = {ended, hurried}
            await asyncio.wait(reasons, timeout=grace, return_when=asyncio.FIRST_COMPLETED)
            hurried.cancel()
        for worker in workers:
            worker.hang_up()
        await asyncio.wait({ended}, timeout=END_GRACE_SECONDS)
        for worker in workers:
            worker.kill()
        await ended
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def workers(self) -> list[WorkerInfo]:
        """List the live workers and what each runs."""
        held = {entry.worker: entry.execution_id for entry in await self._held()}
        return [
            WorkerInfo(worker.process.pid, worker.started_at, held.get(worker.id))
            for worker in sorted(self._workers, key=lambda worker: worker.started_at)
        ]

    @property
    def alive(self) -> int:
        """How many worker processes live."""
        return len(self._workers)

    async def stop(self, execution_id: ExecutionId) -> None:
        """Stop the worker that runs a canceled execution, with a grace to clean up in."""
        give_up = self._clock.monotonic() + CANCEL_GRACE_SECONDS
        told: WorkerProcess | None = None
        while True:
            held = [entry for entry in await self._held() if entry.execution_id == execution_id]
            worker = self._own.get(held[0].worker) if held else None
            if worker is None:
                break
            if worker in self._workers:  # else it is dead, and what it held about to be released
                if told is not worker:
                    told = worker
                    worker.tell(CANCEL)
                if self._clock.monotonic() >= give_up:
                    worker.was_told = True
                    worker.kill()
            await self._clock.sleep(0.02)

    async def _held(self) -> list[Held]:
        return await self._write(self._claims.held)

    async def _keep_one(self) -> None:
        failures = 0
        while not self._closing.is_set():
            try:
                worker = self._spawn()
            except OSError as error:
                self._note(f"a worker could not be started: {error.strerror}")
                failures += 1
            else:
                try:
                    await worker.is_dead.wait()
                finally:
                    worker.hang_up()
                    worker.kill()
                    self._workers.discard(worker)
                await self._bury(worker)
                failures = 0 if worker.is_ready else failures + 1
            if failures:
                await self._pause(min(0.1 * 2**failures, LONGEST_BACKOFF_SECONDS))

    def _spawn(self) -> WorkerProcess:
        worker = spawn_worker(
            self._project,
            self._state,
            self._claims.lease_seconds,
            self._clock.now(),
            self._hear,
        )
        self._workers.add(worker)
        self._own[worker.id] = worker
        return worker

    def _hear(self, worker: WorkerProcess, words: bytes) -> None:
        if READY in words:
            worker.is_ready = True
        if NEWS in words:
            for other in self._workers - {worker}:
                other.tell(WAKE)

    async def _bury(self, worker: WorkerProcess) -> None:
        """Release what a dead worker held, as soon as the journal can be written."""
        why = f"the worker process {worker.process.pid} {worker.ending}"
        is_loss = not worker.was_told and worker.process.returncode != -signal.SIGTERM
        if self._closing.is_set():
            why = "the server was stopped while this job ran"
        while True:
            try:
                for entry in await self._held():
                    if entry.worker == worker.id:
                        await self._write(_releasing(self._claims, entry, why, is_loss))
                break
            except EngineUnavailable as error:
                self._note(str(error))
                if self._closing.is_set():
                    return  # the next server finds its lock free
                await self._pause(SWEEP_SECONDS)
        del self._own[worker.id]
        self._presence.forget(worker.id)
        self.wake()

    async def _pause(self, seconds: float) -> None:
        """Wait, but not longer than until the engine closes."""
        try:
            await asyncio.wait_for(self._closing.wait(), seconds)
        except TimeoutError:
            pass

    async def _keep_sweeping(self) -> None:
        has_others = True
        while not self._closing.is_set():
            try:
                has_others = await self._sweep.look(self._own, self.wake)
            except EngineUnavailable as error:
                self._note(str(error))
            self._state.trim_worker_log()
            seldom = min(SWEEP_SECONDS, self._claims.lease_seconds / 5)
            await self._pause(TAKEOVER_SECONDS if has_others else seldom)

    def _note(self, text: str) -> None:
        try:
            with self._state.worker_log.open("a") as log:
                log.write(f"{self._clock.now():%Y-%m-%dT%H:%M:%SZ} supervisor: {text}\n")
        except OSError:
            pass  # the disk is what is wrong


async def _all_dead(workers: Sequence[WorkerProcess]) -> None:
    for worker in workers:
        await worker.is_dead.wait()


def _releasing(claims: Claims, held: Held, why: str, is_loss: bool) -> Callable[[], object]:
    return lambda: claims.release(held, why, is_loss=is_loss)
