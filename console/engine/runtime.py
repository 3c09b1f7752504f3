"""What one running job reaches through `current_runtime`: its triggers, waits and other steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.engine.deployment import check_start
from console.engine.fence import OpenJob
from console.engine.interface import EngineError
from console.engine.logs import LogWriter
from console.engine.progress import Trigger
from console.engine.steps import Step, Wait
from console.engine.stops import Parked
from console.engine.writing import Answer, NewExecution
from console.model.ids import new_id
from console.workflow.errors import JobFailed
from console.workflow.failure import Failure
from console.workflow.json_text import canonical, input_hash
from console.workflow.runtime import JobContext

if TYPE_CHECKING:
    from console.engine.runner import Run


class EngineRuntime:
    """The engine's side of one running job.

    Turns count by kind, in the order the steps get to run; the n-th of a kind finds what the n-th
    of an earlier run has left in the journal.
    """

    def __init__(self, run: Run, job: OpenJob, log: LogWriter):
        self.log = log
        """Where the body's lines go."""
        self._run = run
        self._job = job
        self._triggers = 0
        self._waits = 0
        self._starts = 0
        self._resolves = 0
        self.context = JobContext(
            env=run.project.env,
            invoker=run.claim.invoker,
            execution_id=run.claim.execution_id,
            job_name=job.name,
            stacked_name=job.stacked_name,
            attempt=run.claim.attempt,
        )
        """The run the job is part of."""

    async def call(self, job: Any, argument: str) -> str:
        """Run another job, or answer from the journal. Raises JobFailed."""
        self._run.project.require_job(job)
        turn, self._triggers = self._triggers, self._triggers + 1
        trigger = Trigger(turn, job.name, argument, input_hash(argument))
        begun = await self._run.journaled(lambda progress: progress.begin(self._job, trigger))
        if isinstance(begun, OpenJob):
            return await self._run.body(job, begun, argument)
        if begun.failure is not None:
            raise failed(begun.failure, f"{self._job.stacked_name}/{job.name}")
        return begun.result

    async def start_child(self, workflow: str, argument: str, invoker: str | None) -> str:
        """Start an execution of another workflow, once over all replays; gives its id."""
        turn, self._starts = self._starts, self._starts + 1
        user = invoker or self.context.invoker or ""
        request = canonical([workflow, argument, user])
        step = Step("start", turn, request, input_hash(request))
        known = await self._run.journaled(lambda progress: progress.steps.recorded(self._job, step))
        if known is not None:
            return known
        check_start(self._run.project, workflow, argument, user or None)
        who = f"execution {self.context.execution_id}"
        new = NewExecution(new_id(), workflow, argument, user, actor=who)
        await self._run.journaled(lambda progress: progress.steps.start(self._job, step, new))
        self._run.tell_news()
        return new.id

    async def wait(self, key: str, payload: str) -> str:
        """Give the answer, or park the execution until there is one."""
        turn, self._waits = self._waits, self._waits + 1
        wait = Wait(turn, key, payload, input_hash(payload))
        answer = await self._run.journaled(lambda progress: progress.steps.wait(self._job, wait))
        if answer is None:
            raise self._run.stop(Parked())
        return answer

    async def resolve(self, execution_id: str, key: str, result: str) -> None:
        """Answer another execution's wait point, once over all replays."""
        turn, self._resolves = self._resolves, self._resolves + 1
        request = canonical([execution_id, key, result])
        step = Step("resolve", turn, request, input_hash(request))
        known = await self._run.journaled(lambda progress: progress.steps.recorded(self._job, step))
        if known is not None:
            return
        who = f"execution {self.context.execution_id}"
        answer = Answer(execution_id, key, result, actor=who)
        try:
            await self._run.journaled(
                lambda progress: progress.steps.resolve(self._job, step, answer)
            )
        except EngineError as error:
            raise LookupError(str(error)) from None
        self._run.tell_news()

    async def wait_payload(self, execution_id: str, key: str) -> str:
        """Read what a wait point was given. Raises LookupError."""
        payload = await self._run.journaled(
            lambda progress: progress.steps.wait_payload(
                self._job, self._resolves, execution_id, key
            )
        )
        if payload is None:
            raise LookupError(f"execution {execution_id} does not wait at {key!r}")
        return payload

    def database(self, name: str) -> tuple[str, str]:
        """Give a database's URL and what the execution's machine user may do with it."""
        return self._run.project.database(name, self.context.invoker)


def failed(failure: Failure, place: str) -> JobFailed:
    """Make what a caller sees of a callee's failure, the same from the journal as at once."""
    return JobFailed(
        failure.message,
        type=failure.type,
        traceback=failure.traceback,
        place=place,
        cause_place=failure.cause_place or place,
    )
