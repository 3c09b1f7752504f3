"""A job: a named body that others trigger, with JSON in and JSON out."""

from __future__ import annotations

import sys
from collections.abc import Coroutine, Mapping
from typing import TYPE_CHECKING

from console.workflow.body import Body, In, Out
from console.workflow.errors import WorkflowMisuse
from console.workflow.frame import (
    call_site,
    refuse_in_loop,
    refuse_in_thread,
    run_step,
    run_step_sync,
)
from console.workflow.runtime import current_runtime

if TYPE_CHECKING:
    from console.workflow.runtime import JobRuntime

_ENGINES = ("console.engine.worker", "console.engine.resolver_process")
"""What a process that runs bodies was started as."""


class Job(Body[In, Out]):
    """A named body; `trigger` runs it and gives its result, once in an execution."""

    def trigger(
        self, input: In | Mapping[str, object] | None = None
    ) -> Coroutine[object, None, Out]:
        """Run the job and give its result; to be awaited in an `async def` body.

        Raises NotJson at once, and JobFailed when the job failed. Outside an execution the body
        runs in place.
        """
        site = call_site()
        what = f"{self._code_name}.trigger()"
        refuse_in_thread(what, f"{self._code_name}.trigger_sync()", site)
        argument = self.write_input(input)
        return run_step(what, site, lambda: self._call(argument))

    def trigger_sync(self, input: In | Mapping[str, object] | None = None) -> Out:
        """Run the job and give its result, from a `def` body. Raises as `trigger` does."""
        site = call_site()
        what = f"{self._code_name}.trigger_sync()"
        refuse_in_loop(what, f"await {self._code_name}.trigger()", site)
        argument = self.write_input(input)
        return run_step_sync(what, site, lambda: self._call(argument))

    async def _call(self, argument: str) -> Out:
        return self.read_result(await active_runtime().call(self, argument))


def active_runtime() -> JobRuntime:
    """Give the running engine, or what runs jobs in place where there is none.

    Raises WorkflowMisuse in a thread of a worker that does not know its execution: run in place,
    a job would be lost to the journal there.
    """
    runtime = current_runtime.get()
    if runtime is not None:
        return runtime
    if getattr(getattr(sys.modules.get("__main__"), "__spec__", None), "name", None) in _ENGINES:
        raise WorkflowMisuse(
            "this thread does not know which execution it belongs to; start it with "
            "asyncio.to_thread, or run it in contextvars.copy_context()"
        )
    from console.workflow.in_place import InPlaceRuntime

    return InPlaceRuntime()
