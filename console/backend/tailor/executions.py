"""Listing and counting executions, on any server of the protocol.

A filter is a tree; ours has one node that all conditions hang from, as the platform's own command
sends it. States are compared by number, several of them under an `or`. A server that refuses the
workflow's name in the tree is asked again with the name beside it, which is the newer form.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

from console.backend.connect import Connect
from console.backend.errors import InvalidRequest, Unsupported
from console.backend.tailor import convert, methods, wire
from console.backend.tailor.convert import EXECUTION_NUMBERS
from console.backend.tailor.listing import readable, total_of
from console.backend.tailor.place import Place
from console.model.execution import Execution
from console.model.query import Counts, ExecutionQuery, Page
from console.model.states import ExecutionStatus

LARGEST_PAGE = 500
"""Rows asked for at once."""
_WORKFLOW = "workflow_name"
_FIRST_STATES = frozenset(
    {
        ExecutionStatus.PENDING,
        ExecutionStatus.PENDING_RESUME,
        ExecutionStatus.RUNNING,
        ExecutionStatus.SUCCESS,
        ExecutionStatus.FAILED,
    }
)
"""What every server knows."""


class Executions:
    """Lists and counts executions."""

    def __init__(self, calls: Connect, place: Place) -> None:
        self._calls = calls
        self._place = place
        self._wants_newer_form = False

    async def page(self, query: ExecutionQuery) -> Page[Execution]:
        """List executions.

        A server that is not ours knows no `since`: there the page is cut here, and is the last.
        """
        is_ours = query.since is None or await self._place.console() is not None
        workspace = await self._place.workspace_id()
        request = _request(workspace, query if is_ours else replace(query, since=None))
        answer = await self._list(request)
        rows = tuple(convert.execution(row) for row in readable(answer.executions))
        page = Page(rows, answer.next_page_token, total_of(answer, len(rows)))
        return page if is_ours else _cut(page, query)

    async def _list(self, request: wire.ListExecutionsRequest) -> wire.ListExecutionsResponse:
        newer = _newer_form(request)
        if newer is not None and self._wants_newer_form:
            return await self._calls.call(methods.LIST_EXECUTIONS, newer)
        try:
            return await self._calls.call(methods.LIST_EXECUTIONS, request)
        except InvalidRequest as refused:
            if newer is None:
                raise
            try:
                answer = await self._calls.call(methods.LIST_EXECUTIONS, newer)
            except InvalidRequest:
                raise refused from None
        self._wants_newer_form = True
        return answer

    async def counts(self) -> Counts:
        """Count by the total of a listing for each state."""
        workspace = await self._place.workspace_id()
        totals: dict[ExecutionStatus, int] = {}
        for status in EXECUTION_NUMBERS:
            totals[status] = await self._count(workspace, status)
        return Counts(totals)

    async def _count(self, workspace: str, status: ExecutionStatus) -> int:
        request = _request(workspace, ExecutionQuery(statuses=frozenset({status}), limit=1))
        try:
            answer = await self._calls.call(methods.COUNT_EXECUTIONS, request)
        except InvalidRequest:
            if status in _FIRST_STATES:
                raise
            return 0  # An older server does not know the state, so nothing is in it.
        if answer.total_count <= 0 and answer.executions:
            raise Unsupported("this server does not count")
        return max(0, answer.total_count)


def _cut(page: Page[Execution], query: ExecutionQuery) -> Page[Execution]:
    assert query.since is not None
    kept = tuple(
        row for row in page.items if row.created_at is None or row.created_at >= query.since
    )
    is_past = query.newest_first and len(kept) < len(page.items)
    return Page(kept, "" if is_past else page.next_token)


def _request(workspace: str, query: ExecutionQuery) -> wire.ListExecutionsRequest:
    """Write a query as a request; `since` is understood by our server only."""
    conditions: list[wire.Filter] = []
    if query.workflow is not None:
        conditions.append(_leaf(_WORKFLOW, "OPERATOR_EQ", query.workflow))
    numbers = sorted({EXECUTION_NUMBERS.get(status, 0) for status in query.statuses})
    if len(numbers) == 1:
        conditions.append(_leaf("status", "OPERATOR_EQ", numbers[0]))
    elif numbers:
        states = tuple(_leaf("status", "OPERATOR_EQ", number) for number in numbers)
        conditions.append(wire.Filter(any_of=states))
    if query.since is not None:
        since = query.since.astimezone(UTC).isoformat().replace("+00:00", "Z")
        conditions.append(_leaf("created_at", "OPERATOR_GE", since))
    return wire.ListExecutionsRequest(
        workspace_id=workspace,
        page_token=query.token,
        page_size=max(1, min(query.limit, LARGEST_PAGE)),
        page_direction=wire.DESCENDING if query.newest_first else wire.ASCENDING,
        filter=wire.Filter(all_of=tuple(conditions)) if conditions else None,
    )


def _newer_form(request: wire.ListExecutionsRequest) -> wire.ListExecutionsRequest | None:
    """Name the workflow beside the filter instead of in it; None where no workflow is asked for."""
    if request.filter is None:
        return None
    rest: list[wire.Filter] = []
    name = ""
    for node in request.filter.all_of:
        if node.condition is not None and node.condition.field == _WORKFLOW:
            name = str(node.condition.value)
        else:
            rest.append(node)
    if not name:
        return None
    others = wire.Filter(all_of=tuple(rest)) if rest else None
    return replace(request, workflow_name=name, filter=others)


def _leaf(field: str, operator: str, value: str | float) -> wire.Filter:
    return wire.Filter(condition=wire.Condition(field=field, operator=operator, value=value))
