"""Which execution a person means: an id, a unique prefix of one, `@latest`, or a link."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from console.backend.errors import NotFound
from console.backend.protocol import Backend
from console.cli.codes import ExitCode
from console.cli.connected import Connected
from console.cli.diagnostics import CliError
from console.cli.documents import iso, status_name
from console.cli.reference import LATEST, checked_reference, is_whole_id
from console.model.execution import Execution
from console.model.ids import ExecutionId
from console.model.query import ExecutionQuery
from console.present.clean import clean

PAGE = 500
SEARCHED = 10_000
"""How many of the newest executions are looked through for a prefix."""
SHOWN = 10
"""How many of several matches are named."""


async def find_execution(backend: Backend, word: str) -> ExecutionId:
    """Find the execution a person means; only a whole UUID is taken without looking.

    Raises:
        CliError: several match; they are named.
        NotFound: none does.
    """
    reference = checked_reference(word)
    if reference == LATEST:
        page = await backend.list_executions(ExecutionQuery(limit=1))
        if not page.items:
            raise NotFound("there are no executions yet")
        return page.items[0].id
    if is_whole_id(reference):
        return ExecutionId(str(UUID(reference)))
    found, is_searched_out = await _search(backend, reference)
    if len(found) > 1:
        raise CliError(*_ambiguous(reference, found))
    if not found:
        where = "" if is_searched_out else f" among the newest {SEARCHED:,}"
        raise NotFound(f"no execution starts with {reference!r}{where}")
    return found[0].id


async def read_execution(connected: Connected, word: str) -> Execution:
    """Find the execution a person means, and read it; raises as `find_execution`."""
    backend = connected.backend
    execution_id = await connected.ask(lambda: find_execution(backend, word))
    return await connected.ask(lambda: backend.get_execution(execution_id))


async def _search(backend: Backend, prefix: str) -> tuple[list[Execution], bool]:
    """Look through the listing, newest first; tells whether all of it was seen."""
    start = prefix.lower()
    found: list[Execution] = []
    token, seen = "", 0
    while seen < SEARCHED and len(found) <= SHOWN:
        page = await backend.list_executions(ExecutionQuery(limit=PAGE, token=token))
        for execution in page.items:
            if execution.id.lower() == start:
                return [execution], True
            if execution.id.lower().startswith(start):
                found.append(execution)
        seen += len(page.items)
        token = page.next_token
        if not token:
            return found, True
    return found, False


def _ambiguous(prefix: str, found: Sequence[Execution]) -> tuple[str, int, *tuple[str, ...]]:
    many = f"{len(found)}" if len(found) <= SHOWN else "many"
    lines = [
        f"  {clean(one.id)}  {status_name(one)}  {clean(one.workflow_name)}  {iso(one.created_at)}"
        for one in found[:SHOWN]
    ]
    return (f"{many} executions start with {prefix!r}: type more of it", ExitCode.WRONG, *lines)
