"""Resolvers: bodies that answer GraphQL queries and mutations, with JSON in and JSON out."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Literal, TypeVar, overload

from console.workflow.auth import AuthInvoker
from console.workflow.body import Body
from console.workflow.definitions import current_definitions, report
from console.workflow.errors import DefinitionError
from console.workflow.graphql_types import is_graphql_name
from console.workflow.job import active_runtime
from console.workflow.resolver_in_place import ResolverInPlace
from console.workflow.runtime import ResolverContext, current_runtime

Out = TypeVar("Out")
Operation = Literal["query", "mutation"]


class Resolver(Body[Any, Out]):
    """One field of `Query` or of `Mutation`: its arguments are the fields of the body's input."""

    kind = "resolver"
    context_type = ResolverContext

    def __init__(
        self,
        name: str,
        operation: Operation,
        body: Callable[..., Any],
        local_names: Mapping[str, Any],
        auth_invoker: str | None,
    ) -> None:
        super().__init__(name, body, local_names)
        self.operation: Operation = operation
        self.auth_invoker = auth_invoker
        """The machine user the body runs as; None leaves it to the request."""

    def context(self, env: Mapping[str, str], user: str | None) -> ResolverContext:
        """Give what the body sees of a request that names this machine user, or none."""
        return ResolverContext(env, self.auth_invoker or user, user)

    async def run(self, input: object = None) -> Out:
        """Run the body in place and give its result, with the JSON rules of a request: for tests.

        What a server refuses is refused here: a query only reads, and no resolver waits. Raises
        what the body raises, NotJson, InvalidInput, InvalidResult.
        """
        around = active_runtime()
        context = self.context(around.context.env, around.context.invoker)
        inside = ResolverInPlace(around, context, is_query=self.operation == "query")
        token = current_runtime.set(inside)
        try:
            text = await self.run_json(self.write_input(input), context)
        finally:
            current_runtime.reset(token)
        return self.read_result(text)


class ResolverMaker:
    """The decorator that turns a body into a resolver."""

    def __init__(
        self, name: str, operation: Operation, auth_invoker: AuthInvoker | str | None
    ) -> None:
        self._name = name
        self._operation: Operation = operation
        self._auth_invoker = auth_invoker

    @overload
    def __call__(self, body: Callable[..., Coroutine[Any, Any, Out]], /) -> Resolver[Out]: ...
    @overload
    def __call__(self, body: Callable[..., Out], /) -> Resolver[Out]: ...
    def __call__(self, body: Callable[..., Any], /) -> Resolver[Any]:
        """Make the resolver."""
        scope = sys._getframe(1).f_locals
        return _make_resolver(self._name, self._operation, body, scope, self._auth_invoker)


@overload
def create_resolver(
    *, name: str, operation: Operation, auth_invoker: AuthInvoker | str | None = None
) -> ResolverMaker: ...
@overload
def create_resolver(
    *,
    name: str,
    operation: Operation,
    body: Callable[..., Coroutine[Any, Any, Out]],
    auth_invoker: AuthInvoker | str | None = None,
) -> Resolver[Out]: ...
@overload
def create_resolver(
    *,
    name: str,
    operation: Operation,
    body: Callable[..., Out],
    auth_invoker: AuthInvoker | str | None = None,
) -> Resolver[Out]: ...
def create_resolver(
    *,
    name: str,
    operation: Operation,
    body: Callable[..., Any] | None = None,
    auth_invoker: AuthInvoker | str | None = None,
) -> Any:
    """Make a resolver of a body: `@create_resolver(name="…", operation="query")`, or with `body=`.

    A body is `async def` or `def`, and takes nothing, `input`, `context: ResolverContext`, or
    both. `auth_invoker` is the machine user it runs as, whoever asks. Raises DefinitionError with
    file and line.
    """
    if body is None:
        return ResolverMaker(name, operation, auth_invoker)
    return _make_resolver(name, operation, body, sys._getframe(1).f_locals, auth_invoker)


def _make_resolver(
    name: str,
    operation: Operation,
    body: Callable[..., Any],
    local_names: Mapping[str, Any],
    auth_invoker: AuthInvoker | str | None,
) -> Resolver[Any]:
    caller = sys._getframe(2)
    file, line = caller.f_code.co_filename, caller.f_lineno
    code = getattr(inspect.unwrap(body), "__code__", None) if callable(body) else None
    if code is not None:
        file, line = code.co_filename, code.co_firstlineno
    if not callable(body):
        raise DefinitionError(f"body of resolver {name!r} is not a function", file=file, line=line)
    if not is_graphql_name(name):
        rule = "letters, digits and _, not beginning with a digit or __"
        report(f"resolver name {name!r} is no name in GraphQL: {rule}", file, line)
    if operation not in ("query", "mutation"):
        problem = f'operation of resolver {name!r} is {operation!r}; write "query" or "mutation"'
        report(problem, file, line)
    if inspect.isasyncgenfunction(body) or inspect.isgeneratorfunction(body):
        report(f"body of resolver {name!r} has a `yield`; a body returns its result", file, line)
    user = auth_invoker.machine_user if isinstance(auth_invoker, AuthInvoker) else auth_invoker
    try:
        resolver: Resolver[Any] = Resolver(name, operation, body, local_names, user)
    except TypeError as error:
        raise DefinitionError(f"resolver {name!r}: {error}", file=file, line=line) from None
    definitions = current_definitions.get()
    if definitions is not None:
        definitions.resolvers.append(resolver)
    return resolver
