"""GraphQL at `/query`: the project's resolvers, behind the same door as the services.

POST /query      {"query", "variables", "operationName"} → {"data", "errors"}
wfc-invoker: X   the machine user that resolvers without `auth_invoker` run as
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from concurrent.futures import CancelledError, ThreadPoolExecutor, wait
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from console.engine.interface import Engine, ResolverFailed, Resolvers
from console.server import checks
from console.server.access import Caller, Role
from console.server.codec import JSON
from console.server.codes import Code, ConnectError
from console.server.graphql_request import GraphQLRequest, read_request
from console.server.response import Response

if TYPE_CHECKING:
    from console.server.graphql_schema import ResolverFields

PATH = "/query"
INVOKER_HEADER = "wfc-invoker"
NEWER_JSON = "application/graphql-response+json"
"""What a client accepts that wants status 400 for a request that was not executed."""
THREADS = 32
"""Requests at a time; they wait in them for their resolvers."""
LOOK_UP_SECONDS = 5.0
"""How often a thread that waits for a resolver looks whether the server has ended meanwhile."""


class GraphQLPage:
    """Answers GraphQL requests with the resolvers of an engine."""

    def __init__(self, engine: Engine, resolvers: Resolvers) -> None:
        self._engine = engine
        self._resolvers = resolvers
        self._threads = ThreadPoolExecutor(THREADS, "graphql")
        self._fields: ResolverFields | None = None

    def close(self) -> None:
        """Take no more requests."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def refusal(self, error: ConnectError) -> bytes:
        """Write a refusal of the whole request as GraphQL has it."""
        told = {"message": error.message, "extensions": {"code": str(error.code)}}
        return json.dumps({"errors": [told]}).encode()

    async def answer(self, body: bytes, headers: Mapping[str, str], caller: Caller) -> Response:
        """Answer a request. Raises ConnectError."""
        if not self._resolvers.schema:
            raise ConnectError(Code.NOT_FOUND, "the project has no resolvers")
        request = read_request(body)
        user = self._user(headers.get(INVOKER_HEADER, ""))
        loop = asyncio.get_running_loop()
        fields = await loop.run_in_executor(
            self._threads, self._execute, request, user, caller, loop
        )
        accepts_newer = NEWER_JSON in headers.get("accept", "")
        status = 400 if accepts_newer and "data" not in fields else 200
        kind = NEWER_JSON if accepts_newer else JSON
        return Response(status, kind, json.dumps(fields).encode())

    def _execute(
        self,
        request: GraphQLRequest,
        user: str | None,
        caller: Caller,
        loop: asyncio.AbstractEventLoop,
    ) -> dict[str, Any]:
        """Do the work of GraphQL, in a thread; resolvers are called in the server's loop."""
        # Imported with the first request: it costs 0.3 s.
        from console.server.graphql_schema import MutationRefused, ResolverFields

        def call(name: str, argument: str) -> str:
            if loop.is_closed():
                raise ResolverFailed("the server has ended")
            calling = self._resolvers.call(name, argument, user=user, actor=caller.actor)
            answer = asyncio.run_coroutine_threadsafe(calling, loop)
            try:
                while not wait([answer], LOOK_UP_SECONDS).done:
                    if not loop.is_running():
                        raise CancelledError
                return answer.result()
            except CancelledError:
                answer.cancel()
                raise ResolverFailed("the server is ending") from None

        fields = self._fields
        if fields is None or fields.text != self._resolvers.schema:
            fields = self._fields = ResolverFields(self._resolvers.schema)
        may_change = caller.role is Role.OPERATOR
        try:
            return fields.answer(request, call, may_change=may_change)
        except MutationRefused:
            message = f"a {caller.role} token does not allow mutations"
            raise ConnectError(Code.PERMISSION_DENIED, message) from None

    def _user(self, name: str) -> str | None:
        """Check the machine user a request names; None where it names none."""
        if not name:
            return None
        known = self._engine.project.machine_users
        if checks.name(INVOKER_HEADER, name) not in known:
            near = get_close_matches(name, known, 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise ConnectError(Code.INVALID_ARGUMENT, f"there is no machine user {name!r}{hint}")
        return name
