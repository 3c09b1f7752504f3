"""A workflow: a name, its main job, and how it is retried and limited."""

from __future__ import annotations

import sys
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from console.workflow.auth import AuthInvoker
from console.workflow.definitions import current_definitions, report
from console.workflow.frame import (
    call_site,
    refuse_in_loop,
    refuse_in_thread,
    run_step,
    run_step_sync,
)
from console.workflow.job import Job, active_runtime
from console.workflow.names import name_problem
from console.workflow.policies import ConcurrencyPolicy, RetryPolicy

In = TypeVar("In")

Args = Mapping[str, object] | None


class Workflow(Generic[In]):
    """A named definition with one main job; `trigger` starts an execution of it."""

    def __init__(
        self,
        name: str,
        main_job: Job[In, Any],
        *,
        retry_policy: RetryPolicy | None = None,
        concurrency_policy: ConcurrencyPolicy | None = None,
        file: str = "",
        line: int = 0,
    ) -> None:
        self.name = name
        self.main_job = main_job
        self.retry_policy = retry_policy
        self.concurrency_policy = concurrency_policy
        self.module_file = Path(file or "?")
        """The file the definition stands in."""
        self.line = line

    def __repr__(self) -> str:
        return f"<Workflow {self.name} at {self.module_file}:{self.line}>"

    def trigger(
        self, args: In | Args = None, *, auth_invoker: AuthInvoker | str | None = None
    ) -> Coroutine[object, None, str]:
        """Start an execution and give its id at once; to be awaited.

        In a job it is a journaled step: a replay gives the same id. Without an invoker it runs
        as the machine user of the execution that starts it.
        """
        site = call_site()
        what = f"trigger() of workflow {self.name}"
        refuse_in_thread(what, "trigger_sync()", site)
        argument, user = self.main_job.write_input(args), _machine_user(auth_invoker)
        return run_step(what, site, lambda: self._start(argument, user))

    def trigger_sync(
        self, args: In | Args = None, *, auth_invoker: AuthInvoker | str | None = None
    ) -> str:
        """Start an execution from a `def` body and give its id at once."""
        site = call_site()
        what = f"trigger_sync() of workflow {self.name}"
        refuse_in_loop(what, "await ….trigger()", site)
        argument, user = self.main_job.write_input(args), _machine_user(auth_invoker)
        return run_step_sync(what, site, lambda: self._start(argument, user))

    async def _start(self, argument: str, machine_user: str | None) -> str:
        return await active_runtime().start_child(self.name, argument, machine_user)


def _define_workflow(
    name: Any, main_job: Any, retry_policy: Any, concurrency_policy: Any
) -> Workflow[Any]:
    caller = sys._getframe(2)
    file, line = caller.f_code.co_filename, caller.f_lineno
    if problem := name_problem("workflow", name):
        report(problem, file, line)
    if main_job is None:
        report(f"workflow {name!r} has no main job: write main_job=…", file, line)
    elif not isinstance(main_job, Job):
        report(
            f"main_job of workflow {name!r} is a {type(main_job).__qualname__} and must be a job, "
            "made with create_workflow_job",
            file,
            line,
        )
    for word, policy, kind in (
        ("retry_policy", retry_policy, RetryPolicy),
        ("concurrency_policy", concurrency_policy, ConcurrencyPolicy),
    ):
        if policy is not None and not isinstance(policy, kind):
            report(f"{word} of workflow {name!r} must be a {kind.__name__}(…)", file, line)
    made: Workflow[Any] = Workflow(
        name,
        main_job,
        retry_policy=retry_policy,
        concurrency_policy=concurrency_policy,
        file=file,
        line=line,
    )
    definitions = current_definitions.get()
    if definitions is not None:
        definitions.workflows.append(made)
    return made


if TYPE_CHECKING:

    def create_workflow(
        *,
        name: str,
        main_job: Job[In, Any],
        retry_policy: RetryPolicy | None = None,
        concurrency_policy: ConcurrencyPolicy | None = None,
    ) -> Workflow[In]:
        """Define a workflow. Raises DefinitionError with file and line."""

else:

    def create_workflow(*, name=None, main_job=None, retry_policy=None, concurrency_policy=None):
        """Define a workflow. Raises DefinitionError with file and line.

        What is missing is told in our words, and not as a TypeError.
        """
        return _define_workflow(name, main_job, retry_policy, concurrency_policy)


def _machine_user(invoker: AuthInvoker | str | None) -> str | None:
    return invoker.machine_user if isinstance(invoker, AuthInvoker) else invoker
