"""A body: somebody's function with JSON in and JSON out, as jobs and resolvers have it."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from console.workflow.errors import DefinitionError, InvalidResult, WorkflowMisuse
from console.workflow.frame import Frame, current_frame
from console.workflow.json_text import one_line
from console.workflow.json_types import JsonType
from console.workflow.runtime import JobContext, RunContext
from console.workflow.signature import Signature, read_signature
from console.workflow.thread import run_in_own_thread

In = TypeVar("In")
Out = TypeVar("Out")


class Body(Generic[In, Out]):
    """A named function; its input and its result are checked against their annotations."""

    kind: ClassVar[str] = "job"
    """What messages call it."""
    context_type: ClassVar[type[RunContext]] = JobContext

    def __init__(
        self, name: str, body: Callable[..., Any], local_names: Mapping[str, Any] | None = None
    ) -> None:
        function = inspect.unwrap(body)
        code = getattr(function, "__code__", None)
        self.name = name
        self.body = body
        self.module: str = getattr(function, "__module__", "") or ""
        self.module_file = Path(code.co_filename) if code else Path("?")
        """The file the body stands in."""
        self.line: int = code.co_firstlineno if code else 0
        """The line the body begins at, its decorators included."""
        self.is_async = _is_async(function)
        called = getattr(function, "__name__", "")
        self._code_name = called if called.isidentifier() else name
        """What it is probably called in the code; for messages."""
        self._source: str | None = None
        self._signature: Signature | None = None
        self._input: JsonType | None = None
        self._output: JsonType | None = None
        try:
            self._signature = read_signature(body, local_names or {}, self.context_type)
        except NameError:
            pass  # an annotation that is defined further down; looked up again when it is needed

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name} at {self.module_file}:{self.line}>"

    @property
    def signature(self) -> Signature:
        """What the body takes and gives. Raises DefinitionError for an unknown annotation."""
        if self._signature is None:
            try:
                self._signature = read_signature(self.body, {}, self.context_type)
            except NameError as error:
                raise DefinitionError(
                    f"{self.kind} {self.name!r}: {error}; an annotation of the body must be a name "
                    f"that can be found when the {self.kind} runs",
                    file=str(self.module_file),
                    line=self.line,
                ) from None
        return self._signature

    @property
    def input_type(self) -> Any:
        """The type the input is validated to; None where the body takes no input."""
        return self.signature.input_type

    @property
    def output_type(self) -> Any:
        """The type the result is validated to; `Any` where nothing is said."""
        return self.signature.output_type

    @property
    def source(self) -> str:
        """The body's source text, its decorators included; empty where it cannot be read."""
        if self._source is None:
            try:
                self._source = inspect.getsource(self.body)
            except (OSError, TypeError):
                self._source = ""
        return self._source

    def check(self) -> None:
        """Read every annotation now. Raises DefinitionError for one that cannot be a border."""
        try:
            self._input_type()
            self._output_type()
        except DefinitionError:
            raise
        except Exception as error:  # whatever pydantic or the author's type raises
            raise DefinitionError(
                f"{self.kind} {self.name!r}: an annotation of the body cannot be read from JSON: "
                f"{type(error).__name__}: {one_line(error)}",
                file=str(self.module_file),
                line=self.line,
            ) from None

    def input_schema(self) -> dict[str, Any]:
        """Give the JSON schema of the input; it has no properties where the body takes none."""
        if self.signature.input_name is None:
            return {"type": "object", "properties": {}}
        return self._input_type().schema("validation")

    def write_input(self, value: object) -> str:
        """Write what the body is to be given as JSON text. Raises NotJson with the path."""
        return self._input_type().write_input(value)

    def read_input(self, argument: str) -> Any:
        """Validate JSON text as the body's input. Raises InvalidInput with the paths."""
        if self.signature.input_name is None:
            return None
        return self._input_type().read(argument, f"input of {self.name}")

    def read_result(self, result: str) -> Out:
        """Validate JSON text as the result. Raises InvalidInput with the paths."""
        value: Out = self._output_type().read(result, f"result of {self.name}")
        return value

    async def run_json(self, argument: str, context: RunContext) -> str:
        """Run the body here: JSON text in, canonical JSON text out.

        Raises InvalidInput, and what `run_value` raises.
        """
        return await self.run_value(self.read_input(argument), context)

    async def run_value(self, value: object, context: RunContext) -> str:
        """Run the body here on its validated input; gives canonical JSON text.

        Raises what the body raises, InvalidResult, WorkflowMisuse for a step that was never
        awaited, and EngineStop when the engine stopped a step, caught or not.
        """
        frame = Frame(self.name, context, asyncio.get_running_loop(), current_frame.get())
        token = current_frame.set(frame)
        try:
            result = await self._run_body(value, context)
        except BaseException as error:
            await frame.end()
            if frame.stopped is not None and error is not frame.stopped:
                raise frame.stopped from None
            if isinstance(error, SystemExit):
                raise RuntimeError(f"the body called sys.exit({error.code!r})") from error
            if isinstance(error, asyncio.CancelledError) and not _is_cancelling():
                raise RuntimeError("the body was cancelled from inside") from error
            raise
        finally:
            current_frame.reset(token)
        left = await frame.end()
        if frame.stopped is not None:
            raise frame.stopped
        if left:
            first = left[0]
            raise WorkflowMisuse(
                f"{first.site}: {first.what} was never awaited; write `await` before it"
            )
        return self._output_type().dump(result, f"result of {self.name}")

    async def _run_body(self, value: object, context: RunContext) -> object:
        positional, named = self.signature.arguments(value, context)
        if self.is_async:
            return await self.body(*positional, **named)
        result = await run_in_own_thread(lambda: self.body(*positional, **named), self.name)
        if inspect.iscoroutine(result):
            result.close()
            raise InvalidResult(
                f"{self.module_file}:{self.line}: the body of {self.name} gave a coroutine; "
                "write it as `async def`"
            )
        return result

    def _input_type(self) -> JsonType:
        if self._input is None:
            takes_input = self.signature.input_name is not None
            self._input = JsonType(self.input_type if takes_input else Any)
        return self._input

    def _output_type(self) -> JsonType:
        if self._output is None:
            self._output = JsonType(self.output_type)
        return self._output


def _is_async(function: Any) -> bool:
    call = type(function).__call__
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(call)


def _is_cancelling() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
