"""One journal and one runner in this process: what a worker does, without the process."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from console.clock import SystemClock
from console.engine.capture import OpenLogs, captured
from console.engine.claims import Claim, Claims
from console.engine.database import Database, ReaderPool
from console.engine.deployment import check_start, running_limits, summary
from console.engine.logs import LogFolder
from console.engine.project import Project
from console.engine.reads import Reads
from console.engine.requests import Requests
from console.engine.runner import Run, Runner
from console.engine.writing import Answer, NewExecution
from console.model.execution import Execution
from console.model.ids import ExecutionId, new_id
from console.workflow import Job, Workflow
from console.workflow.errors import EngineStop
from tests.engine.blank import open_blank


def make_project(
    folder: Path, workflows: Iterable[Workflow[Any]], jobs: Iterable[Job[Any, Any]], **settings: Any
) -> Project:
    """Put definitions made in a test together, as reading a project does."""
    jobs = list(jobs)
    return Project(
        root=folder,
        name="bench",
        workflows={workflow.name: workflow for workflow in workflows},
        jobs={job.name: job for job in jobs},
        sources={job.name: job.source for job in jobs},
        **settings,
    )


class Bench:
    """A journal with everything that works on it."""

    def __init__(
        self, folder: Path, project: Project, database: Database | None = None, lease: float = 5.0
    ):
        self.clock = SystemClock()
        self.database = database or open_blank(folder)
        # Nothing here is to survive a loss of power.
        self.database.execute("PRAGMA synchronous = OFF")
        self.project = project
        self.logs = LogFolder(folder / "logs")
        self.requests = Requests(self.database, self.clock)
        self.claims = Claims(self.database, self.clock, lease)
        self.pool = ReaderPool(folder / "journal.db")
        self.reads = Reads(self.pool)
        self.open_logs = OpenLogs()
        self.runner = Runner(
            self.database, self.clock, project, self.logs, self.open_logs, patience=0.3
        )
        self.requests.deploy(summary(project))

    def close(self) -> None:
        """Close everything."""
        self.runner.close()
        self.pool.close()
        self.database.close()

    def start(self, workflow: str, argument: str = "{}", invoker: str | None = None) -> ExecutionId:
        """Start an execution."""
        identifier = new_id()
        text = check_start(self.project, workflow, argument, invoker)
        self.requests.start(NewExecution(identifier, workflow, text, invoker or "", "ann"))
        return ExecutionId(identifier)

    def claim(self, worker: str = "w") -> Claim | None:
        """Take the next execution, as a worker of that name."""
        return self.claims.claim(worker, running_limits(self.project))

    def execute(self, claim: Claim) -> EngineStop | None:
        """Run a claimed execution."""
        with captured(self.open_logs.sink):
            return asyncio.run(Run(self.runner, claim).execute())

    def work(self) -> int:
        """Run what there is to run; gives how many claims that took."""
        count = 0
        while claim := self.claim():
            self.execute(claim)
            count += 1
        return count

    def lose(self, is_loss: bool = True) -> None:
        """Take everything from the workers that hold it, as when they died."""
        for held in self.claims.held():
            self.claims.release(held, "the worker died", is_loss=is_loss)

    def resume(self, execution_id: str) -> None:
        """Resume a failed execution."""
        self.requests.resume(execution_id, "bob", "again")

    def answer(self, execution_id: str, key: str, result: str, turn: int | None = None) -> None:
        """Answer a wait point."""
        self.requests.resolve(Answer(execution_id, key, result, turn, "cy", "seen"))

    def get(self, execution_id: str) -> Execution:
        """Read an execution."""
        return self.reads.get(execution_id)

    def result(self, execution_id: str) -> str:
        """Give the result of an execution's main job."""
        function = self.get(execution_id).jobs[0].function_execution_id
        assert function is not None
        return self.reads.function_execution(function).record.result

    def log(self, execution_id: str, index: int = 0) -> str:
        """Give the log of one job of an execution."""
        function = self.get(execution_id).jobs[index].function_execution_id
        assert function is not None
        return self.logs.text(execution_id, function, 1_000_000)
