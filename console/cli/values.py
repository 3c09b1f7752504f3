"""Values of options, checked before anything is asked of a backend."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from console.model.states import ExecutionStatus

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_DURATION = re.compile(r"(\d+)(ms|s|m)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0}
STATUSES = tuple(status for status in ExecutionStatus if status is not ExecutionStatus.UNKNOWN)


class Duration(click.ParamType):  # type: ignore[type-arg]  # generic since click 8.4
    """`<int>ms|s|m` as seconds."""

    name = "duration"

    def __init__(self, *, zero: bool = False) -> None:
        self._zero = zero

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read a duration; zero only where it means something."""
        if isinstance(value, float):
            return value
        match = _DURATION.fullmatch(str(value).strip())
        if match is None:
            self.fail(f"{value!r} is not a duration such as 500ms, 3s or 10m", param, ctx)
        seconds = int(match[1]) * _SECONDS[match[2]]
        if seconds == 0 and not self._zero:
            self.fail("it must be more than nothing", param, ctx)
        return seconds


class JsonText(click.ParamType):  # type: ignore[type-arg]
    """JSON text: itself, `@file`, or `-` for stdin; it is sent exactly as it was given."""

    name = "json"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read the text and check that it is JSON."""
        text, place = str(value), ""
        if text == "-":
            text, place = sys.stdin.read(), "stdin: "
        elif text.startswith("@"):
            place = f"{text[1:]}: "
            try:
                text = Path(text[1:]).read_text(encoding="utf-8-sig")
            except OSError as error:
                self.fail(f"{place}{(error.strerror or str(error)).lower()}", param, ctx)
            except UnicodeDecodeError:
                self.fail(f"{place}not UTF-8 text", param, ctx)
        try:
            json.loads(text, parse_constant=_refuse_constant)
        except json.JSONDecodeError as error:
            where = f"line {error.lineno} column {error.colno}"
            self.fail(f"{place}not JSON at {where}: {error.msg.lower()}", param, ctx)
        except ValueError as error:
            self.fail(f"{place}not JSON: {error}", param, ctx)
        except RecursionError:
            self.fail(f"{place}nested too deeply", param, ctx)
        return text.strip()


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number there")


class Status(click.ParamType):  # type: ignore[type-arg]
    """The name of a state, in any case."""

    name = "status"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> ExecutionStatus:
        """Read a state's name."""
        word = str(value).strip().upper().replace("-", "_")
        try:
            status = ExecutionStatus(word)
        except ValueError:
            status = ExecutionStatus.UNKNOWN
        if status is ExecutionStatus.UNKNOWN:
            from difflib import get_close_matches

            near = get_close_matches(word, STATUSES, n=1)
            hint = f"did you mean {near[0]}? " if near else ""
            valid = ", ".join(STATUSES)
            self.fail(f"{value!r} is no state; {hint}valid: {valid}", param, ctx)
        return status

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Complete a state's name."""
        from click.shell_completion import CompletionItem

        start = incomplete.upper()
        return [CompletionItem(status.value) for status in STATUSES if status.startswith(start)]


class Order(click.Choice):  # type: ignore[type-arg]
    """`asc` or `desc`."""

    def __init__(self) -> None:
        super().__init__(["asc", "desc"], case_sensitive=False)
