"""Resolvers, run in processes of their own: one call a process at a time, each with a time limit.

A body that blocks, crashes or does not end costs its process, its own caller an answer, and nobody
else anything. Processes are started when they are needed, and kept for the next call.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.engine import resolver_refusals
from console.engine.interface import (
    Engine,
    EngineError,
    ResolverFailed,
    ResolverRefused,
    UnknownWaitPoint,
)
from console.engine.resolver_link import Message, ResolverProcess
from console.model.ids import ExecutionId

if TYPE_CHECKING:
    from console.engine.project import Project
    from console.workflow.resolver import Resolver


class ResolverPool:
    """Runs the resolvers of one project, at most so many at a time: `count`, or what it says."""

    def __init__(
        self,
        project: Project,
        engine: Engine,
        log: Path,
        count: int,
        seconds: float | None = None,
    ) -> None:
        self.seconds: float = project.resolver_seconds if seconds is None else seconds
        """How long a call may take, and how long it may wait for a free process before."""
        self._project = project
        self._engine = engine
        self._log = log
        self._seats = asyncio.Semaphore(project.resolver_processes or count)
        self._idle: list[ResolverProcess] = []
        self._living: set[ResolverProcess] = set()
        self._is_closed = False

    @property
    def schema(self) -> str:
        """The GraphQL schema as text; empty where the project has no resolver."""
        return self._project.schema

    async def call(self, name: str, argument: str, *, user: str | None, actor: str) -> str:
        """Run a resolver on JSON text; gives JSON text.

        Raises ResolverRefused and ResolverFailed. What a call that is given up or stopped had done
        until then stays done.
        """
        resolver = self._project.resolvers[name]
        seconds = self.seconds
        try:
            async with asyncio.timeout(seconds) as clock:
                await self._seats.acquire()
        except TimeoutError:
            if not clock.expired():
                raise
            raise ResolverRefused(
                "every process for resolvers is busy; try again", code="resource_exhausted"
            ) from None
        try:
            # The time to run begins anew: what has waited long is not stopped halfway for it.
            async with asyncio.timeout(seconds) as clock:
                message = await self._run(resolver, argument, user, f"{actor} ({name})")
        except TimeoutError:
            if not clock.expired():
                raise
            raise ResolverRefused(
                f"resolver {name!r} took longer than {seconds:g} s and was stopped",
                code="deadline_exceeded",
            ) from None
        finally:
            self._seats.release()
        if "refused" in message:
            mistakes = [(tuple(place), words) for place, words in message.get("mistakes", ())]
            raise ResolverRefused(
                message["refused"],
                code=message.get("code", ""),
                mistakes=mistakes,
                inside=message.get("inside", ""),
            )
        if "failed" in message:
            raise ResolverFailed(message["failed"])
        return str(message["result"])

    async def _run(
        self, resolver: Resolver[Any], argument: str, user: str | None, actor: str
    ) -> Message:
        if self._is_closed:
            raise ResolverFailed("the server is ending")
        process = await self._take()
        try:
            await process.tell({"call": {"name": resolver.name, "input": argument, "user": user}})
            while "ask" in (message := await process.hear()):
                answer = await self._answer(resolver, message["what"], actor)
                await process.tell({"to": message["ask"], **answer})
        except BaseException:  # it is in the middle of a call that nobody waits for
            process.kill()
            raise
        if self._is_closed or process.is_retired:
            process.kill()
        else:
            self._idle.append(process)
        return message

    async def _take(self) -> ResolverProcess:
        """Give a process that waits for a call; a new one where there is none."""
        while self._idle:
            process = self._idle.pop()
            if process.is_alive:
                return process
            self._living.discard(process)
        process = await ResolverProcess.start(self._project.root, self._log)
        self._living = {other for other in self._living if other.is_alive} | {process}
        try:
            await process.hear()
            if self._is_closed:
                raise ResolverFailed("the server is ending")
        except BaseException:
            process.kill()
            raise
        return process

    async def _answer(self, resolver: Resolver[Any], what: Sequence[str], actor: str) -> Message:
        """Do what a running body asks of the server."""
        verb, *rest = what
        if resolver.operation == "query" and verb != "payload":
            return dict(resolver_refusals.QUERY_WRITES)
        try:
            if verb == "start":
                workflow, argument, user = rest
                invoker = user or None
                return {
                    "answer": await self._engine.start(
                        workflow, argument, invoker=invoker, actor=actor
                    )
                }
            if verb == "resolve":
                execution, key, result = rest
                await self._engine.resolve(ExecutionId(execution), key, result, actor=actor)
                return {"answer": ""}
            return await self._payload(*rest)
        except EngineError as error:
            return resolver_refusals.of_engine(error)

    async def _payload(self, execution: str, key: str) -> Message:
        for point in await self._engine.wait_points(ExecutionId(execution)):
            if point.key == key and point.resolved_at is None:
                return {"answer": point.payload}
        words = f"execution {execution} does not wait at {key!r}"
        return resolver_refusals.of_engine(UnknownWaitPoint(words))

    def renew(self, project: Project) -> None:
        """Take another reading of the project; a call that runs still has the one before."""
        self._project = project
        self.seconds = project.resolver_seconds
        for process in self._living:
            process.is_retired = True
        for process in self._idle:
            process.kill()
        self._idle.clear()

    async def close(self) -> None:
        """End all processes, and with them the calls that still run."""
        self._is_closed = True
        living = [process for process in self._living if process.is_alive]
        for process in living:
            process.kill()
        for process in living:
            await process.is_dead()
