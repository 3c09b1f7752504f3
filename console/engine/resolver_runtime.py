"""What a resolver's body reaches through `current_runtime`: the server, and the databases."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from console.engine.project import Project
from console.workflow.errors import ResolverError, WorkflowMisuse
from console.workflow.in_place import NO_JOBS
from console.workflow.resolver import Resolver
from console.workflow.resolver_in_place import no_wait
from console.workflow.runtime import ResolverContext

Ask = Callable[..., Awaitable[str]]
"""Asks the server, and gives its answer. Raises EngineRefused."""


class ResolverRuntime:
    """The engine's side of one running resolver; nothing of it is journaled."""

    def __init__(
        self, project: Project, resolver: Resolver[Any], context: ResolverContext, ask: Ask
    ) -> None:
        self.context = context
        """What the body sees."""
        self._project = project
        self._resolver = resolver
        self._ask = ask

    async def call(self, job: Any, argument: str) -> str:
        """Refuse: a job runs in an execution."""
        raise WorkflowMisuse(NO_JOBS)

    async def start_child(self, workflow: str, argument: str, invoker: str | None) -> str:
        """Have the server start an execution; gives its id."""
        return await self._ask("start", workflow, argument, invoker or self.context.invoker or "")

    async def wait(self, key: str, payload: str) -> str:
        """Refuse: nobody would wait for the answer of the request."""
        raise WorkflowMisuse(no_wait(key))

    async def resolve(self, execution_id: str, key: str, result: str) -> None:
        """Have the server answer an execution's wait point."""
        await self._ask("resolve", execution_id, key, result)

    async def wait_payload(self, execution_id: str, key: str) -> str:
        """Ask the server what a wait point was given."""
        return await self._ask("payload", execution_id, key)

    def database(self, name: str) -> tuple[str, str]:
        """Give a database's URL and what may be done there: in a query, reading at most.

        Raises ResolverError where it is the request that names no machine user, or the wrong one.
        """
        user = self.context.invoker
        if user is None:
            raise ResolverError(
                "this needs a machine user: name one in the header wfc-invoker",
                code="permission_denied",
            )
        try:
            url, permission = self._project.database(name, user)
        except PermissionError:
            if self._resolver.auth_invoker is not None:
                raise
            raise ResolverError(
                f"machine user {user!r} may not do this", code="permission_denied"
            ) from None
        return url, "ro" if self._resolver.operation == "query" else permission
