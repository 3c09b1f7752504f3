"""Whatever a server answers, a call gives a record or raises `BackendError`, and nothing else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from console.backend.errors import BackendError
from console.backend.tailor import TailorBackend
from console.model.ids import ExecutionId, FunctionExecutionId, new_id
from console.model.query import ExecutionQuery
from console.model.workflow import Invoker
from tests.backend.offices import office
from tests.fakes.clock import START
from tests.fakes.operator import EXECUTION_STATES, WORKSPACE, Answer, FakeOperator

ONE = ExecutionId(new_id())
RUN = FunctionExecutionId(new_id())
CALLS: dict[str, Callable[[TailorBackend], Awaitable[object]]] = {
    "capabilities": lambda backend: backend.capabilities(),
    "list_workflows": lambda backend: backend.list_workflows(),
    "get_workflow": lambda backend: backend.get_workflow("order-processing"),
    "list_executions": lambda backend: backend.list_executions(ExecutionQuery(workflow="a-b")),
    "list_since": lambda backend: backend.list_executions(ExecutionQuery(since=START)),
    "get_execution": lambda backend: backend.get_execution(ONE),
    "counts": lambda backend: backend.counts(START),
    "changes": lambda backend: backend.changes("7"),
    "get_function_execution": lambda backend: backend.get_function_execution(RUN),
    "list_attempts": lambda backend: backend.list_attempts(ONE),
    "read_log": lambda backend: backend.read_log(RUN, offset=3),
    "machine_users": lambda backend: backend.machine_users(),
    "wait_points": lambda backend: backend.wait_points(ONE),
    "schema": lambda backend: backend.schema(workflow="a-b"),
    "start": lambda backend: backend.start("a-b", invoker=Invoker("u"), argument="{}"),
    "resume": lambda backend: backend.resume(ONE),
    "cancel": lambda backend: backend.cancel(ONE),
    "resolve": lambda backend: backend.resolve(ONE, "some-key", "{}"),
}

_WORDS = """
id name workflow workflows execution executions jobExecutions nextPageToken totalCount status
stackedJobName executionId startedAt finishedAt retryCount retryAfter logs result error errorKind
workspaces applications application authNamespace machineUsers jobFunctions createdAt updatedAt
retryPolicy initialBackoff maxRetries concurrencyPolicy byStatus changed gone cursor reset
attempts jobs number input invoker data nextOffset size eof waitPoints key turn payload resolvedAt
features server project isLocal role code message details type traceback kind actor reason
"""
NAMES = tuple(_WORDS.split())
TEXTS = (
    st.text(max_size=12)
    | st.sampled_from([f"STATUS_{name}" for name in EXECUTION_STATES])
    | st.sampled_from(["0", "5", "9", "-1", "12", "1e9", "NaN", "AAAA", "====", "1.5s"])
    | st.sampled_from(["2026-11-24T03:10:21.003Z", "0001-01-01T00:00:00+09:00", "yesterday"])
    | st.datetimes().map(datetime.isoformat)
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS
KEYS = st.sampled_from(NAMES) | st.text(max_size=5)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=25,
)
DOCUMENTS = st.dictionaries(KEYS, VALUES, max_size=8)


def ask(call: str, answer: Answer, *, console: bool) -> None:
    """Call with that answer to everything but what tells which services there are."""

    async def main() -> None:
        async with office(FakeOperator(console=console), workspace_id=WORKSPACE) as shop:
            if call != "capabilities":
                await shop.backend.capabilities()
            shop.operator.answer(answer)
            running = asyncio.ensure_future(_settled(CALLS[call](shop.backend)))
            while not running.done():
                await shop.clock.advance(1)
                await asyncio.sleep(0)
            await running

    asyncio.run(main())


async def _settled(call: Awaitable[Any]) -> None:
    try:
        await call
    except BackendError as error:
        assert str(error)
        assert "\n" not in error.detail


@given(st.sampled_from(sorted(CALLS)), DOCUMENTS | VALUES, st.booleans())
def test_any_json_document_is_read_or_refused(call: str, document: Any, console: bool) -> None:
    ask(call, Answer.json(document), console=console)


@given(
    st.sampled_from(sorted(CALLS)),
    st.integers(200, 599),
    st.binary(max_size=40) | DOCUMENTS.map(lambda value: json.dumps(value).encode()),
    st.dictionaries(
        st.sampled_from(["content-type", "retry-after", "location"]),
        st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20),
        max_size=3,
    ),
)
def test_any_http_answer_is_read_or_refused(
    call: str, status: int, body: bytes, headers: dict[str, str]
) -> None:
    ask(call, Answer(status, body, headers), console=True)


def test_every_method_of_the_backend_is_tried() -> None:
    offered = {name for name in vars(TailorBackend) if not name.startswith("_")} - {"aclose"}
    assert offered <= set(CALLS)
