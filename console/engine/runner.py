"""Running one claimed execution from its main job's first line to its end, or to a stop.

The runner knows the journal, the project and the logs, and nothing of processes, so it runs
in a test as it does in a worker.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from console.clock import Clock
from console.engine.capture import OpenLogs
from console.engine.claims import Claim
from console.engine.database import Database, JournalBusy
from console.engine.fence import Fence, OpenJob
from console.engine.interface import EngineUnavailable
from console.engine.logs import LogFlusher, LogFolder, LogWriter
from console.engine.progress import YOURS, Progress
from console.engine.replay import Ask, Left, Replay
from console.engine.runtime import EngineRuntime, failed
from console.engine.stops import HandedOver, JournalGone, Parked, ReplayMismatch
from console.workflow.errors import EngineStop
from console.workflow.failure import Failure, describe_failure
from console.workflow.json_text import input_hash
from console.workflow.runtime import current_runtime

if TYPE_CHECKING:
    from console.engine.project import Project

T = TypeVar("T")

PATIENCE_SECONDS = 30.0
"""How long a write is tried again when the journal is broken for this process.

While it is locked or the disk is full nobody else could go on either: that has no end but the
server's.
"""


class Runner:
    """Runs executions, one after the other."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        project: Project,
        logs: LogFolder,
        open_logs: OpenLogs,
        *,
        tell_news: Callable[[], None] = lambda: None,
        is_handing_over: Callable[[], bool] = lambda: False,
        patience: float = PATIENCE_SECONDS,
    ):
        self.database = database
        self.clock = clock
        self.project = project
        self.logs = logs
        self.open_logs = open_logs
        self.tell_news = tell_news
        """Called when there is work for other workers."""
        self.is_handing_over = is_handing_over
        """Asked before a job begins: whether it is left to the next server."""
        self.patience = patience
        self.flusher = LogFlusher(clock.monotonic)

    def open_log(self, execution_id: str, job: OpenJob) -> LogWriter:
        """Open the log of a job that begins."""
        log = LogWriter(self.logs.path(execution_id, job.function_execution_id), self.flusher)
        self.open_logs.push(log)
        return log

    def close(self) -> None:
        """End the log's thread."""
        self.flusher.close()


class Run:
    """One claimed execution while it runs."""

    def __init__(self, runner: Runner, claim: Claim):
        self.claim = claim
        self.project = runner.project
        self.tell_news = runner.tell_news
        self._runner = runner
        self._progress = Progress(Fence(runner.database, runner.clock, claim))
        self._stopped: EngineStop | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_over = False
        self._parking: Callable[[Progress], None] | None = None

    async def execute(self) -> EngineStop | None:
        """Run the execution; gives what stopped it, None when it came to an end by itself."""
        self._task = asyncio.create_task(self._main())
        if self._stopped is not None:
            self._task.cancel()
        try:
            await self._task
        except (EngineStop, asyncio.CancelledError):
            if self._stopped is None:
                raise
        if isinstance(self._stopped, Parked) and self._parking is not None:
            await self._end_parked(self._parking)
        if isinstance(self._stopped, ReplayMismatch):
            return None  # it is in the journal as the execution's failure
        return self._stopped

    def stop(self, reason: EngineStop) -> EngineStop:
        """Note why nothing more is to be done, and give it back to be raised."""
        self._stopped = self._stopped or reason
        return self._stopped

    def park(self, write: Callable[[Progress], None]) -> EngineStop:
        """Note that the execution is to wait, once no body of it runs any more.

        `write` journals that. Until then it is RUNNING: nobody else may take its seat.
        """
        self._parking = write
        return self.stop(Parked())

    def interrupt(self, reason: EngineStop) -> None:
        """Stop from outside: the body that runs is cancelled where it awaits."""
        if self._is_over:
            return
        if isinstance(self._stopped, Parked):
            self._stopped = reason  # a body that cleans up counts as not run, like any other
        self.stop(reason)
        if self._task is not None:
            self._task.cancel()

    async def journaled(self, write: Callable[[Progress], T]) -> T:
        """Use the journal, again and again while it cannot be used.

        Raises LeaseLost and JournalGone, and nothing else once the run is stopped.
        """
        clock = self._runner.clock
        give_up = clock.monotonic() + self._runner.patience
        pause = 0.05
        while True:
            if self._stopped is not None:
                raise self._stopped
            try:
                return write(self._progress)
            except JournalBusy:
                give_up = clock.monotonic() + self._runner.patience
            except EngineUnavailable:
                if clock.monotonic() + pause > give_up:
                    raise self.stop(JournalGone()) from None
            except EngineStop as stop:
                raise self.stop(stop) from None
            await clock.sleep(pause)
            pause = min(2 * pause, 1.0)

    async def _main(self) -> None:
        workflow = self.project.workflows.get(self.claim.workflow)
        if workflow is None:
            failure = Failure(
                "UnknownWorkflow",
                f"workflow {self.claim.workflow!r} is not in the project any more;"
                " put it back, or cancel what is left of it",
                "",
            )
            await self.journaled(lambda progress: progress.reject(failure))
            return
        argument = self.claim.argument
        main = workflow.main_job
        ask = Ask(main.name, argument, input_hash(argument))
        left = await self.journaled(lambda progress: progress.left_triggers(None))
        try:
            _, known = Replay("trigger", left).match("the execution", ask, 0)
        except ReplayMismatch as mismatch:
            failure = mismatch.failure()
            await self.journaled(lambda progress: progress.reject(failure, YOURS))
            return
        opened = await self.journaled(lambda progress: progress.begin(None, 0, ask, known))
        try:
            await self.body(main, opened, argument)
        except Exception:
            pass  # kept in the journal, with the execution's end

    async def begin(self, caller: OpenJob, turn: int, ask: Ask, left: Left | None) -> OpenJob:
        """Begin a job that another one triggers. Raises HandedOver where none is to begin."""
        if self._runner.is_handing_over():
            raise self.stop(HandedOver())
        return await self.journaled(lambda progress: progress.begin(caller, turn, ask, left))

    async def body(self, job: Any, opened: OpenJob, argument: str) -> str:
        """Run a job's body and keep what came of it. Raises JobFailed."""
        log = self._runner.open_log(self.claim.execution_id, opened)
        runtime = EngineRuntime(self, opened, log)
        context = contextvars.copy_context()
        context.run(current_runtime.set, runtime)
        # A task of its own: what the callee sets in its context does not leak to its caller, and
        # so a replay, in which it does not run, finds the caller's context the same.
        task = asyncio.get_running_loop().create_task(
            job.run_json(argument, runtime.context), name=opened.stacked_name, context=context
        )
        try:
            result: str = await task
        except ReplayMismatch as mismatch:
            self._stopped = None
            await self._fail(opened, mismatch.failure(), log, may_retry=False)
            raise self.stop(mismatch) from None
        except EngineStop as stop:
            raise self.stop(stop) from None
        except asyncio.CancelledError:
            if self._stopped is not None:
                raise self._stopped from None
            # Its caller gave it up, by a timeout perhaps.
            await self._fail(opened, Failure("CancelledError", "its caller cancelled it", ""), log)
            raise
        except Exception as error:
            failure = describe_failure(error)
            await self._fail(opened, failure, log)
            raise failed(failure, opened.stacked_name) from error
        else:
            await self._settle(log)
            await self.journaled(lambda progress: progress.succeed(opened, result))
            self._is_over = opened.caller is None
            return result
        finally:
            self._runner.open_logs.close(log)

    async def _fail(
        self, opened: OpenJob, failure: Failure, log: LogWriter, *, may_retry: bool = True
    ) -> None:
        retry_in = self._retry_in() if may_retry and opened.caller is None else None
        await self._settle(log)
        await self.journaled(
            lambda progress: progress.fail(opened, failure, retry_in=retry_in, kind=YOURS)
        )
        self._is_over = opened.caller is None

    async def _settle(self, log: LogWriter) -> None:
        """Write a log out before its job's end is journaled, however long the disk is full."""
        self._runner.open_logs.settle(log)
        while not log.is_written and self._stopped is None:
            await self._runner.clock.sleep(0.2)
            log.flush()

    def _retry_in(self) -> float | None:
        policy = self.project.workflows[self.claim.workflow].retry_policy
        if policy is None or self.claim.retry_count >= policy.max_retries:
            return None
        return policy.delay(self.claim.retry_count + 1)

    async def _end_parked(self, write: Callable[[Progress], None]) -> None:
        self._stopped = None
        try:
            await self.journaled(write)
        except EngineStop:
            return  # it is what stopped us now
        self.stop(Parked())
        self._is_over = True
