"""What one running job reaches through `current_runtime`: its triggers, waits and other steps."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from console.engine.deployment import check_start
from console.engine.fence import OpenJob
from console.engine.logs import LogWriter
from console.engine.progress import Progress
from console.engine.replay import Ask, Left, Replay
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

    Calls count by kind, in the order they get to run; each is matched to what an earlier run of
    the body has left in the journal.
    """

    def __init__(self, run: Run, job: OpenJob, log: LogWriter):
        self.log = log
        """Where the body's lines go."""
        self._run = run
        self._job = job
        self._replays: dict[str, Replay] = {}
        self._newest = 0
        """The latest attempt in which one of the calls so far ran."""
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
        ask = Ask(job.name, argument, input_hash(argument))
        turn, left = await self._match("trigger", ask)
        if left is not None:
            recorded = await self._run.journaled(lambda progress: progress.recorded(left))
            if recorded is not None:
                self._newest = max(self._newest, left.attempt)
                if recorded.failure is not None:
                    raise failed(recorded.failure, f"{self._job.stacked_name}/{job.name}")
                return recorded.result
        self._newest = self._run.claim.attempt
        opened = await self._run.begin(self._job, turn, ask, left)
        return await self._run.body(job, opened, argument)

    async def start_child(self, workflow: str, argument: str, invoker: str | None) -> str:
        """Start an execution of another workflow, once over all replays; gives its id."""
        user = invoker or self.context.invoker or ""
        request = canonical([workflow, argument, user])
        ask = Ask("start", request, input_hash(request))
        turn, left = await self._match("start", ask)
        if left is not None:
            return str(left.row["result"])
        check_start(self._run.project, workflow, argument, user or None)
        new = NewExecution(new_id(), workflow, argument, user, actor=self._actor)
        await self._run.journaled(lambda progress: progress.steps.start(self._job, turn, ask, new))
        self._run.tell_news()
        return new.id

    async def wait(self, key: str, payload: str) -> str:
        """Give the answer, or park the execution until there is one."""
        ask = Ask(key, payload, input_hash(payload))
        turn, left = await self._match("wait", ask)
        if left is not None and left.row["resolved_at"] is not None:
            return str(left.row["result"])
        raise self._run.park(
            lambda progress: progress.steps.park(self._job, turn, ask, is_new=left is None)
        )

    async def resolve(self, execution_id: str, key: str, result: str) -> None:
        """Answer another execution's wait point, once over all replays. Raises LookupError."""
        request = canonical([execution_id, key, result])
        ask = Ask("resolve", request, input_hash(request))
        turn, known = await self._match_step(ask)
        if known is None:
            answer = Answer(execution_id, key, result, actor=self._actor)
            known = {
                "refused": await self._run.journaled(
                    lambda progress: progress.steps.resolve(self._job, turn, ask, answer)
                )
            }
            self._run.tell_news()
        if known.get("refused"):
            raise LookupError(known["refused"])

    async def wait_payload(self, execution_id: str, key: str) -> str:
        """Read what a wait point was given, the same in every replay. Raises LookupError."""
        request = canonical([execution_id, key])
        ask = Ask("look", request, input_hash(request))
        turn, known = await self._match_step(ask)
        payload = known.get("payload") if known is not None else None
        if known is None:
            payload = await self._run.journaled(
                lambda progress: progress.steps.look(self._job, turn, ask, execution_id, key)
            )
        if payload is None:
            raise LookupError(f"execution {execution_id} does not wait at {key!r}")
        return payload

    async def _match_step(self, ask: Ask) -> tuple[int, Mapping[str, str] | None]:
        """Give a step's turn and what came of it; None where it is to be done, or done again."""
        turn, left = await self._match(ask.name, ask)
        if left is None:
            return turn, None
        known: Mapping[str, str] = json.loads(left.row["result"])
        if "refused" not in known or left.attempt == self._run.claim.attempt:
            return turn, known
        # As with a trigger that had failed: what comes after may go another way now.
        self._newest = self._run.claim.attempt
        return turn, None

    async def _match(self, kind: str, ask: Ask) -> tuple[int, Left | None]:
        if kind not in self._replays:
            left = await self._run.journaled(lambda progress: self._left(progress, kind))
            self._replays[kind] = Replay(kind, left)
        return await self._run.journaled(
            lambda _: self._replays[kind].match(self._job.stacked_name, ask, self._newest)
        )

    def _left(self, progress: Progress, kind: str) -> Sequence[Left]:
        if not self._has_run_before:
            return ()
        if kind == "trigger":
            return progress.left_triggers(self._job)
        if kind == "wait":
            return progress.steps.left_waits(self._job)
        return progress.steps.left_steps(self._job, kind)

    @property
    def _has_run_before(self) -> bool:
        return self._job.has_run_before

    @property
    def _actor(self) -> str:
        return f"execution {self.context.execution_id}"

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
