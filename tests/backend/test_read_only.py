"""A read-only target: no request leaves that changes anything, and none for the sake of one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from console.backend.connect import Connect, FixedToken, Method
from console.backend.errors import Forbidden
from console.backend.tailor import TailorBackend, methods
from console.backend.tailor.console_wire import ActionRequest
from console.model.ids import ExecutionId, new_id
from console.model.query import ExecutionQuery
from console.model.target import Target
from tests.backend.offices import URL, office
from tests.fakes.clock import ManualClock
from tests.fakes.loop import in_loop
from tests.fakes.operator import FakeOperator

ONE = ExecutionId(new_id())
ACTIONS: dict[str, Callable[[TailorBackend], Awaitable[object]]] = {
    "start": lambda backend: backend.start("order-processing", invoker=None, argument=None),
    "resume": lambda backend: backend.resume(ONE),
    "cancel": lambda backend: backend.cancel(ONE),
    "resolve": lambda backend: backend.resolve(ONE, "manager-approval", "{}"),
}


@pytest.mark.parametrize("console", [True, False])
@pytest.mark.parametrize("action", ACTIONS)
@in_loop
async def test_no_action_sends_anything(action: str, console: bool) -> None:
    async with office(FakeOperator(console=console), is_read_only=True) as shop:
        with pytest.raises(Forbidden) as caught:
            await ACTIONS[action](shop.backend)
        assert shop.operator.requests == []
        assert caught.value.detail == "shop is read-only here"


@in_loop
async def test_reads_go_through() -> None:
    async with office(is_read_only=True) as shop:
        shop.operator.add()
        assert len((await shop.backend.list_executions(ExecutionQuery())).items) == 1


def every_method() -> list[str]:
    """Name all methods the adapter can call."""
    return [name for name, value in vars(methods).items() if isinstance(value, Method)]


@pytest.mark.parametrize("name", every_method())
@in_loop
async def test_a_method_that_changes_something_cannot_be_called_at_all(name: str) -> None:
    method = getattr(methods, name)
    verb = method.path.rpartition("/")[2]
    is_read = verb.startswith(("List", "Get", "Read")) or verb == "Changes"
    assert method.idempotent is is_read
    if is_read:
        return
    operator = FakeOperator()
    target = Target(kind="url", label="shop", url=URL, is_read_only=True)
    token = FixedToken()
    calls = Connect(target, ManualClock(), token=token, transport=operator.transport)
    with pytest.raises(Forbidden):
        await calls.call(method, ActionRequest(execution_id=ONE))
    assert operator.requests == []
    await calls.aclose()
