"""Reading what a body takes and gives from its signature."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from console.workflow.runtime import JobContext, RunContext

_EMPTY = inspect.Parameter.empty


@dataclass(frozen=True, slots=True)
class Signature:
    """What a body takes and gives."""

    input_type: Any
    """What the input is validated to; None where the body takes no input."""
    output_type: Any
    """What the result is validated to; `Any` where nothing is said."""
    input_name: str | None = None
    context_name: str | None = None
    positional_only: tuple[str, ...] = ()

    def arguments(
        self, value: object, context: RunContext
    ) -> tuple[list[object], dict[str, object]]:
        """Lay out the call's arguments, positional and by name."""
        named: dict[str, object] = {}
        if self.input_name is not None:
            named[self.input_name] = value
        if self.context_name is not None:
            named[self.context_name] = context
        return [named.pop(name) for name in self.positional_only], named


def read_signature(
    body: Callable[..., Any],
    local_names: Mapping[str, Any],
    context_type: type[RunContext] = JobContext,
) -> Signature:
    """Read a body's signature; the parameter for the context is known by annotation or name.

    Raises TypeError for a shape no body can have, NameError for an annotation that cannot be found.
    """
    input_type: Any = None
    input_name: str | None = None
    context_name: str | None = None
    positional_only: list[str] = []
    signature = inspect.signature(body)
    for parameter in signature.parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            raise TypeError(f"a body takes no *args and no **kwargs, and this has {parameter}")
        if _is_context(parameter, body, local_names, context_type):
            if context_name is not None:
                raise TypeError("the body takes the context twice")
            context_name = parameter.name
        elif input_name is None:
            input_name = parameter.name
            input_type = _resolve(parameter.annotation, body, local_names)
        elif parameter.default is not _EMPTY:
            continue
        else:
            raise TypeError(
                f"a body takes `input` and `context: {context_type.__name__}`, and this takes "
                f"`{input_name}` and `{parameter.name}` besides"
            )
        if parameter.kind is parameter.POSITIONAL_ONLY:
            positional_only.append(parameter.name)
    return Signature(
        input_type=input_type,
        output_type=_resolve(signature.return_annotation, body, local_names),
        input_name=input_name,
        context_name=context_name,
        positional_only=tuple(positional_only),
    )


def _is_context(
    parameter: inspect.Parameter,
    body: Callable[..., Any],
    local_names: Mapping[str, Any],
    context_type: type[RunContext],
) -> bool:
    annotation = parameter.annotation
    if annotation is _EMPTY:
        return parameter.name == "context"
    if isinstance(annotation, str):
        # Not resolved when it reads like ours: it may stand under `if TYPE_CHECKING`.
        if annotation.rpartition(".")[2] == context_type.__name__:
            return True
        annotation = _resolve(annotation, body, local_names)
    return annotation is context_type


def _resolve(annotation: Any, body: Callable[..., Any], local_names: Mapping[str, Any]) -> Any:
    if annotation is _EMPTY:
        return Any
    function = inspect.unwrap(body)
    names = getattr(function, "__globals__", None)
    if names is None:
        names = getattr(type(function).__call__, "__globals__", {})
    holder = SimpleNamespace(__annotations__={"value": annotation})
    hints = typing.get_type_hints(holder, names, dict(local_names), include_extras=True)
    found = hints["value"]
    return None if found is type(None) else found
