"""Running jobs where they stand, without an engine: a unit test, a script, a REPL."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from console.workflow.errors import WorkflowMisuse
from console.workflow.failure import job_failed
from console.workflow.frame import current_frame
from console.workflow.runtime import JobContext, ResolverContext, RunContext

QUERY_CHANGES_NOTHING = 'a query changes nothing; write operation="mutation"'
NO_JOBS = "a resolver starts workflows, not jobs: write `await ….trigger()` of a workflow"


def callee_context(caller: RunContext, job_name: str) -> JobContext:
    """Give the context of a triggered job: its caller's, one place deeper."""
    above = caller if isinstance(caller, JobContext) else JobContext(caller.env, caller.invoker)
    stacked = f"{above.stacked_name}/{job_name}" if above.stacked_name else job_name
    return replace(above, job_name=job_name, stacked_name=stacked)


class InPlaceRuntime:
    """Runs bodies at once and keeps nothing; what needs an engine besides needs `testing`."""

    @property
    def context(self) -> JobContext:
        """The context of the job that was triggered first."""
        return JobContext()

    async def call(self, job: Any, argument: str) -> str:
        """Run the job's body. Raises JobFailed, caused by what the body raised."""
        frame = current_frame.get()
        caller = frame.context if frame else self.context
        if isinstance(caller, ResolverContext):
            raise WorkflowMisuse(NO_JOBS)
        context = callee_context(caller, job.name)
        try:
            result: str = await job.run_json(argument, context)
        except Exception as error:
            raise job_failed(error, context.stacked_name) from error
        return result

    async def start_child(self, workflow: str, argument: str, invoker: str | None) -> str:
        """Ask the running server, from a script; refuse in a job, which is a test then."""
        if current_frame.get() is None:
            from console.workflow import script

            return await script.start(workflow, argument, invoker)
        raise WorkflowMisuse(
            f"no engine runs here to start workflow {workflow!r}; "
            "in a test, use console.workflow.testing.run_in_place"
        )

    async def wait(self, key: str, payload: str) -> str:
        """Refuse: there is nobody who could answer."""
        raise WorkflowMisuse(
            f"no engine runs here to wait at {key!r}; in a test, give the answer with "
            "console.workflow.testing.run_in_place"
        )

    async def resolve(self, execution_id: str, key: str, result: str) -> None:
        """Ask the running server, from a script; refuse in a job, which is a test then."""
        if current_frame.get() is None:
            from console.workflow import script

            return await script.resolve(execution_id, key, result)
        raise WorkflowMisuse(
            f"no engine runs here to resolve {key!r} of {execution_id}; "
            "in a test, use console.workflow.testing.run_in_place"
        )

    async def wait_payload(self, execution_id: str, key: str) -> str:
        """Ask the running server, from a script; refuse in a job, which is a test then."""
        if current_frame.get() is None:
            from console.workflow import script

            return await script.wait_payload(execution_id, key)
        raise WorkflowMisuse(
            f"no engine runs here to ask what {execution_id} waits for at {key!r}; "
            "in a test, use console.workflow.testing.run_in_place"
        )

    def database(self, name: str) -> tuple[str, str]:
        """Refuse: no project says where the database is."""
        raise LookupError(
            f"no project says where the database {name!r} is; "
            "in a test, give it to console.workflow.testing.run_in_place"
        )
