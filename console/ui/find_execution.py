"""From what a person typed, an id, the beginning of one or a link, to one execution."""

from __future__ import annotations

from collections.abc import Iterable

from console.backend.errors import BackendError, InvalidRequest, NotFound
from console.backend.protocol import Backend
from console.commands.command_line import execution_reference
from console.commands.extras import CommandRefused
from console.model.execution import Execution
from console.model.ids import ExecutionId
from console.model.query import ExecutionQuery
from console.present.errors import error_sentence

LOOKED_AT = 500
"""How many of the latest executions are looked at for a beginning."""
LATEST = "@latest"
"""Stands for the newest execution, as on the command line."""
WHOLE = 36
"""Characters of a whole id, a UUID."""


class SeveralFound(CommandRefused):
    """More than one execution begins like this."""

    def __init__(self, prefix: str, count: int) -> None:
        super().__init__(f"{count} executions begin with {prefix}; type more of it, or choose")
        self.prefix = prefix


async def find_execution(
    text: str, backend: Backend | None, known: Iterable[Execution]
) -> tuple[ExecutionId, Execution | None]:
    """Give the id, and the execution where it is at hand.

    Raises `CommandRefused`: `SeveralFound` for a beginning that is not enough.
    """
    prefix = execution_reference(text.strip()) or text.strip()
    if not prefix:
        raise CommandRefused("open needs an id, the beginning of one, or a link")
    found = _beginning(prefix, known)
    if len(found) == 1 and (len(prefix) >= WHOLE or found[0].id == prefix):
        return found[0].id, found[0]
    if backend is None:
        raise CommandRefused("not connected yet")
    try:
        if prefix == LATEST:
            newest = await backend.list_executions(ExecutionQuery(limit=1))
            if not newest.items:
                raise CommandRefused("there is no execution yet")
            return newest.items[0].id, newest.items[0]
        if len(prefix) >= WHOLE:
            execution = await backend.get_execution(ExecutionId(prefix))
            return execution.id, execution
        if not found:
            page = await backend.list_executions(ExecutionQuery(limit=LOOKED_AT))
            found = _beginning(prefix, page.items)
    except (NotFound, InvalidRequest):
        found = []
    except BackendError as error:
        raise CommandRefused(error_sentence(error)) from error
    if not found:
        which = "" if len(prefix) >= WHOLE else f" among the latest {LOOKED_AT}"
        raise CommandRefused(f"no execution begins with {prefix}{which}")
    if len(found) > 1:
        raise SeveralFound(prefix, len(found))
    return found[0].id, found[0]


def _beginning(prefix: str, executions: Iterable[Execution]) -> list[Execution]:
    return [execution for execution in executions if execution.id.startswith(prefix)]
