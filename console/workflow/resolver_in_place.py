"""A resolver that runs in place: what a server refuses it is refused here too."""

from __future__ import annotations

from typing import Any

from console.workflow.errors import EngineRefused, WorkflowMisuse
from console.workflow.in_place import NO_JOBS, QUERY_CHANGES_NOTHING
from console.workflow.runtime import JobRuntime, ResolverContext


class ResolverInPlace:
    """Hands what a resolver may do on to what runs around it: a test, or nothing."""

    def __init__(self, around: JobRuntime, context: ResolverContext, *, is_query: bool) -> None:
        self.context = context
        """What the body sees."""
        self._around = around
        self._is_query = is_query

    async def call(self, job: Any, argument: str) -> str:
        """Refuse: a job runs in an execution."""
        raise WorkflowMisuse(NO_JOBS)

    async def start_child(self, workflow: str, argument: str, invoker: str | None) -> str:
        """Start a workflow, in a mutation. Raises EngineRefused in a query."""
        self._refuse_in_query()
        return await self._around.start_child(workflow, argument, invoker)

    async def wait(self, key: str, payload: str) -> str:
        """Refuse: nobody would wait for the answer of the request."""
        raise WorkflowMisuse(no_wait(key))

    async def resolve(self, execution_id: str, key: str, result: str) -> None:
        """Answer an execution's wait, in a mutation. Raises EngineRefused in a query."""
        self._refuse_in_query()
        await self._around.resolve(execution_id, key, result)

    async def wait_payload(self, execution_id: str, key: str) -> str:
        """Ask what a wait point was given."""
        return await self._around.wait_payload(execution_id, key)

    def database(self, name: str) -> tuple[str, str]:
        """Give a database's URL and what may be done there: in a query, reading at most."""
        url, permission = self._around.database(name)
        return url, "ro" if self._is_query else permission

    def _refuse_in_query(self) -> None:
        if self._is_query:
            raise EngineRefused(QUERY_CHANGES_NOTHING)


def no_wait(key: str) -> str:
    """Say that a resolver cannot wait."""
    return f"a resolver cannot wait at {key!r}; start a workflow that does"
