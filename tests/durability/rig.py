"""A journal and its runner, whose bodies do one step whenever a test says so.

The main job's body does what its execution's script says, from the first line, and then waits to be
told more; so does the kid that it triggers. Any number of executions stand still in the middle.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from console.engine.capture import OpenLogs
from console.engine.claims import Claim, Claims, Held
from console.engine.database import ReaderPool
from console.engine.deployment import running_limits, summary
from console.engine.logs import LogFolder
from console.engine.prune import Pruning
from console.engine.reads import Reads
from console.engine.requests import Requests
from console.engine.runner import Run, Runner
from console.engine.stops import LeaseLost
from console.workflow import (
    ConcurrencyPolicy,
    JobContext,
    RetryPolicy,
    create_workflow,
    create_workflow_job,
    define_wait_point,
)
from tests.durability.model import LIMITS, Step
from tests.engine.bench import make_project
from tests.engine.blank import open_blank
from tests.engine.desk import StepClock

approval = define_wait_point("approval")


@dataclass
class Standing:
    """An execution that a worker holds, in the middle of its body."""

    claim: Claim
    run: Run
    task: asyncio.Task[Any]
    more: asyncio.Future[str] | None = None
    """Where its body waits to be told more."""


class Rig:
    """Everything that works on one journal."""

    def __init__(self, folder: Path, script_of: Callable[[str], list[Step]]) -> None:
        self.folder = folder
        self.clock = StepClock()
        self.loop = asyncio.new_event_loop()
        self.standing: dict[str, Standing] = {}
        self.spawned: list[str] = []
        self._script_of = script_of
        self.project = self._make_project()
        self._open()

    def _open(self) -> None:
        self.database = open_blank(self.folder)
        self.requests = Requests(self.database, self.clock)
        self.claims = Claims(self.database, self.clock, 1e6)
        self.pool = ReaderPool(self.folder / "journal.db")
        self.reads = Reads(self.pool)
        logs = LogFolder(self.folder / "logs")
        self.pruning = Pruning(self.database, logs, self.clock)
        self.runner = Runner(self.database, self.clock, self.project, logs, OpenLogs())
        self.requests.deploy(summary(self.project))

    def reopen(self) -> None:
        """Close the journal and open it again, as a server does that is started anew."""
        self.runner.close()
        self.pool.close()
        self.database.close()
        self._open()

    def close(self) -> None:
        """Close everything."""
        for identifier in list(self.standing):
            self.lose(identifier, is_loss=False)
        self.runner.close()
        self.pool.close()
        self.database.close()
        self.loop.close()

    def _make_project(self) -> Any:
        @create_workflow_job(name="kid")
        async def kid(input: dict[str, int], context: JobContext) -> None:
            step = self._script_of(context.execution_id)[input["n"]]
            if step.outcome == "fail" and step.attempt != context.attempt:
                step.outcome = ""
            if not step.outcome:
                step.outcome = await self._more(context.execution_id)
                step.attempt = context.attempt
            if step.outcome == "fail":
                raise ValueError("on purpose")

        @create_workflow_job(name="main-job")
        async def main_job(context: JobContext) -> None:
            script = self._script_of(context.execution_id)
            number = 0
            while True:
                if number == len(script):
                    what = await self._more(context.execution_id)
                    if what == "return":
                        return
                    if what == "raise":
                        raise ValueError("on purpose")
                    script.append(Step(what))
                step = script[number]
                if step.kind == "kid":
                    await kid.trigger({"n": number})
                elif step.kind == "wait":
                    await approval.wait({"n": number})
                else:
                    self.spawned.append(await flows["plain"].trigger())
                number += 1

        flows = {
            name: create_workflow(
                name=name,
                main_job=main_job,
                retry_policy=RetryPolicy(2, "2s", "2s", 1) if name == "retrying" else None,
                concurrency_policy=ConcurrencyPolicy(limit) if limit else None,
            )
            for name, limit in LIMITS.items()
        }
        return make_project(self.folder, flows.values(), [main_job, kid])

    async def _more(self, execution_id: str) -> str:
        standing = self.standing[execution_id]
        standing.more = self.loop.create_future()
        try:
            return await standing.more
        finally:
            standing.more = None

    def claim(self) -> str | None:
        """Let a worker take what is next, and its body run until it stands still or has ended."""
        claim = self.claims.claim("w", running_limits(self.project))
        if claim is None:
            return None
        run = Run(self.runner, claim)
        task = self.loop.create_task(run.execute())
        self.standing[claim.execution_id] = Standing(claim, run, task)
        self._settle(claim.execution_id)
        return claim.execution_id

    def tell(self, execution_id: str, what: str) -> None:
        """Let a standing body go on with this."""
        standing = self.standing[execution_id]
        assert standing.more is not None
        standing.more.set_result(what)
        standing.more = None
        self._settle(execution_id)

    def lose(self, execution_id: str, *, is_loss: bool) -> None:
        """Let a worker die: what it held is released, and it can write nothing any more."""
        standing = self.standing[execution_id]
        held = Held(standing.claim.execution_id, "w", standing.claim.epoch, 0)
        self.claims.release(held, "the worker died", is_loss=is_loss)
        standing.run.interrupt(LeaseLost())
        self._settle(execution_id)
        assert execution_id not in self.standing

    def _settle(self, execution_id: str) -> None:
        standing = self.standing[execution_id]

        async def stands() -> None:
            for _ in range(10_000):
                if standing.task.done() or standing.more is not None:
                    return
                await asyncio.sleep(0)
            raise AssertionError("it neither stands still nor ends")

        self.loop.run_until_complete(stands())
        if standing.task.done():
            standing.task.result()
            del self.standing[execution_id]
