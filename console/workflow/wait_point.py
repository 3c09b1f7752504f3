"""Wait points: named places where an execution parks until somebody answers."""

from __future__ import annotations

import sys
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar, overload

from console.workflow.definitions import current_definitions, report
from console.workflow.errors import DefinitionError
from console.workflow.frame import (
    Site,
    call_site,
    refuse_in_loop,
    refuse_in_thread,
    run_step,
    run_step_sync,
)
from console.workflow.job import active_runtime
from console.workflow.json_types import JsonType
from console.workflow.names import name_problem, nearest_name

Payload = TypeVar("Payload")
Result = TypeVar("Result")
Points = TypeVar("Points")


class WaitPoint(Generic[Payload, Result]):
    """A place to wait: what is asked there, and what the answer looks like."""

    def __init__(self, key: str, payload: Any, result: Any, site: Site) -> None:
        self.key = key
        self.payload_type = payload
        self.result_type = result
        self.site = site
        self._payload = JsonType(payload)
        self._result = JsonType(result)

    def __repr__(self) -> str:
        return f"<WaitPoint {self.key}>"

    def wait(self, payload: Payload | None = None) -> Coroutine[object, None, Result]:
        """Park the execution until the point is resolved; gives the answer. To be awaited."""
        site = call_site()
        what = f"wait() at {self.key}"
        refuse_in_thread(what, "wait_sync()", site)
        text = self._asked(payload)
        return run_step(what, site, lambda: self._wait(text))

    def wait_sync(self, payload: Payload | None = None) -> Result:
        """Park the execution from a `def` body until the point is resolved."""
        site = call_site()
        what = f"wait_sync() at {self.key}"
        refuse_in_loop(what, "await ….wait()", site)
        text = self._asked(payload)
        return run_step_sync(what, site, lambda: self._wait(text))

    def resolve(
        self, execution_id: str, answer: Result | Callable[[Payload], Result]
    ) -> Coroutine[object, None, None]:
        """Answer another execution's wait, once; a function gets what was asked. To be awaited."""
        site = call_site()
        what = f"resolve() at {self.key}"
        refuse_in_thread(what, "resolve_sync()", site)
        return run_step(what, site, lambda: self._resolve(execution_id, answer))

    def resolve_sync(self, execution_id: str, answer: Result | Callable[[Payload], Result]) -> None:
        """Answer another execution's wait from a `def` body, once."""
        site = call_site()
        what = f"resolve_sync() at {self.key}"
        refuse_in_loop(what, "await ….resolve()", site)
        run_step_sync(what, site, lambda: self._resolve(execution_id, answer))

    def read_result(self, text: str) -> Result:
        """Validate JSON text as an answer. Raises InvalidInput with the paths."""
        value: Result = self._result.read(text, f"answer at wait point {self.key}")
        return value

    def result_schema(self) -> dict[str, Any]:
        """Give the JSON schema of an answer."""
        return self._result.schema("validation")

    def _asked(self, payload: object) -> str:
        """Write what is asked. Raises NotJson, and InvalidInput where it is another thing."""
        text = self._payload.write_input(payload)
        self._payload.read(text, f"payload at wait point {self.key}")
        return text

    async def _wait(self, payload: str) -> Result:
        return self.read_result(await active_runtime().wait(self._named(), payload))

    def _named(self) -> str:
        if not self.key:
            raise DefinitionError(
                "a wait point outside of define_wait_points needs a key: "
                'write define_wait_point("…")',
                file=self.site.file,
                line=self.site.line,
            )
        return self.key

    async def _resolve(self, execution_id: str, answer: Any) -> None:
        runtime, key = active_runtime(), self._named()
        if callable(answer):
            asked = await runtime.wait_payload(execution_id, key)
            answer = answer(self._payload.read(asked, f"payload at wait point {self.key}"))
        text = self._result.dump(answer, f"answer at wait point {self.key}")
        await runtime.resolve(execution_id, key, text)


@overload
def define_wait_point(key: str = "") -> WaitPoint[Any, Any]: ...
@overload
def define_wait_point(key: str = "", *, payload: type[Payload]) -> WaitPoint[Payload, Any]: ...
@overload
def define_wait_point(key: str = "", *, result: type[Result]) -> WaitPoint[Any, Result]: ...
@overload
def define_wait_point(
    key: str = "", *, payload: type[Payload], result: type[Result]
) -> WaitPoint[Payload, Result]: ...
def define_wait_point(
    key: str = "", *, payload: Any = Any, result: Any = Any
) -> WaitPoint[Any, Any]:
    """Define a wait point; in a class of `define_wait_points` its name is its key.

    Raises DefinitionError.
    """
    caller = sys._getframe(1)
    site = Site(caller.f_code.co_filename, caller.f_lineno)
    if key and (problem := name_problem("wait point", key)):
        report(problem, site.file, site.line)
    point: WaitPoint[Any, Any] = WaitPoint(key, payload, result, site)
    definitions = current_definitions.get()
    if definitions is not None:
        definitions.wait_points.append(point)
    return point


def define_wait_points(points: type[Points]) -> type[Points]:
    """Define a group of wait points, as a class decorator: each attribute's name is its key.

    `manager_approval` has the key `manager-approval`. Raises DefinitionError.
    """
    for name, point in list(vars(points).items()):
        if isinstance(point, WaitPoint) and not point.key:
            point.key = nearest_name(name.replace("_", "-"))
            if not point.key:
                problem = name_problem("wait point", name) or ""
                report(problem, point.site.file, point.site.line)
    return points
