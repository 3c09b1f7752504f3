"""Making jobs: `create_workflow_job`, as a decorator and with `body=`."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, TypeVar, overload

from console.workflow.definitions import current_definitions, report
from console.workflow.errors import DefinitionError
from console.workflow.job import Job
from console.workflow.names import name_problem
from console.workflow.runtime import JobContext

In = TypeVar("In")
Out = TypeVar("Out")
Steps = Coroutine[Any, Any, Out]
"""What calling an `async def` body gives."""


class JobMaker:
    """The decorator that turns a body into a job of a given name."""

    def __init__(self, name: str) -> None:
        self._name = name

    @overload
    def __call__(self, body: Callable[[], Steps[Out]], /) -> Job[None, Out]: ...
    @overload
    def __call__(self, body: Callable[[JobContext], Steps[Out]], /) -> Job[None, Out]: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]
        self, body: Callable[[In], Steps[Out]], /
    ) -> Job[In, Out]: ...
    @overload
    def __call__(self, body: Callable[[In, JobContext], Steps[Out]], /) -> Job[In, Out]: ...
    @overload
    def __call__(self, body: Callable[[JobContext, In], Steps[Out]], /) -> Job[In, Out]: ...
    @overload
    def __call__(self, body: Callable[[], Out], /) -> Job[None, Out]: ...
    @overload
    def __call__(self, body: Callable[[JobContext], Out], /) -> Job[None, Out]: ...
    @overload
    def __call__(self, body: Callable[[In], Out], /) -> Job[In, Out]: ...
    @overload
    def __call__(self, body: Callable[[In, JobContext], Out], /) -> Job[In, Out]: ...
    @overload
    def __call__(self, body: Callable[[JobContext, In], Out], /) -> Job[In, Out]: ...
    def __call__(self, body: Callable[..., Any], /) -> Job[Any, Any]:
        """Make the job."""
        return _make_job(self._name, body, sys._getframe(1).f_locals)


@overload
def create_workflow_job(*, name: str) -> JobMaker: ...
@overload
def create_workflow_job(*, name: str, body: Callable[[], Steps[Out]]) -> Job[None, Out]: ...
@overload
def create_workflow_job(
    *, name: str, body: Callable[[JobContext], Steps[Out]]
) -> Job[None, Out]: ...
@overload
def create_workflow_job(  # type: ignore[overload-overlap]
    *, name: str, body: Callable[[In], Steps[Out]]
) -> Job[In, Out]: ...
@overload
def create_workflow_job(
    *, name: str, body: Callable[[In, JobContext], Steps[Out]]
) -> Job[In, Out]: ...
@overload
def create_workflow_job(
    *, name: str, body: Callable[[JobContext, In], Steps[Out]]
) -> Job[In, Out]: ...
@overload
def create_workflow_job(*, name: str, body: Callable[[], Out]) -> Job[None, Out]: ...
@overload
def create_workflow_job(*, name: str, body: Callable[[JobContext], Out]) -> Job[None, Out]: ...
@overload
def create_workflow_job(*, name: str, body: Callable[[In], Out]) -> Job[In, Out]: ...
@overload
def create_workflow_job(*, name: str, body: Callable[[In, JobContext], Out]) -> Job[In, Out]: ...
@overload
def create_workflow_job(*, name: str, body: Callable[[JobContext, In], Out]) -> Job[In, Out]: ...
def create_workflow_job(*, name: str, body: Callable[..., Any] | None = None) -> Any:
    """Make a job of a body: `@create_workflow_job(name="…")`, or with `body=`.

    A body is `async def` or `def`, and takes nothing, `input`, `context: JobContext`, or both in
    any order. Raises DefinitionError with file and line.
    """
    if body is None:
        return JobMaker(name)
    return _make_job(name, body, sys._getframe(1).f_locals)


def _make_job(name: str, body: Callable[..., Any], local_names: Mapping[str, Any]) -> Job[Any, Any]:
    caller = sys._getframe(2)
    file, line = caller.f_code.co_filename, caller.f_lineno
    code = getattr(inspect.unwrap(body), "__code__", None) if callable(body) else None
    if code is not None:
        file, line = code.co_filename, code.co_firstlineno
    if not callable(body):
        raise DefinitionError(f"body of job {name!r} is not a function", file=file, line=line)
    if problem := name_problem("job", name):
        report(problem, file, line)
    if inspect.isasyncgenfunction(body) or inspect.isgeneratorfunction(body):
        report(f"body of job {name!r} has a `yield`; a body returns its result", file, line)
    try:
        job: Job[Any, Any] = Job(name, body, local_names)
    except TypeError as error:
        raise DefinitionError(f"job {name!r}: {error}", file=file, line=line) from None
    definitions = current_definitions.get()
    if definitions is not None:
        definitions.jobs.append(job)
    return job
