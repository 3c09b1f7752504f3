"""Bodies that end, that do not, and answers given while one still arrives; without sockets."""

from __future__ import annotations

import asyncio
import json

import pytest

from console.server import body
from console.server.access import Access
from console.server.body import ClientGone, CutOff, Event, read_body, while_reading
from console.server.connect import ConnectApp
from console.server.routes import routes
from tests.fakes.engine import WORKSPACE, FakeEngine
from tests.fakes.loop import in_loop
from tests.server.serving import OPERATOR


def pieces(*parts: bytes, ends: bool = True) -> asyncio.Queue[Event]:
    """Queue the events of a body."""
    queue: asyncio.Queue[Event] = asyncio.Queue()
    for part in parts:
        queue.put_nowait({"type": "http.request", "body": part, "more_body": True})
    if ends:
        queue.put_nowait({"type": "http.request", "body": b"", "more_body": False})
    return queue


@in_loop
async def test_a_body_is_put_together_or_too_long_to_keep() -> None:
    assert await read_body(pieces(b"ab", b"cd").get, keep=4) == b"abcd"
    queue = pieces(b"ab", b"cd", b"e")
    assert await read_body(queue.get, keep=4) is None
    assert queue.empty()
    assert await read_body(pieces().get, keep=0) == b""


@in_loop
async def test_a_client_that_goes_in_the_middle_is_gone() -> None:
    queue = pieces(b"ab", ends=False)
    queue.put_nowait({"type": "http.disconnect"})
    with pytest.raises(ClientGone):
        await read_body(queue.get, keep=4)


@in_loop
async def test_a_body_without_an_end_is_cut_off() -> None:
    whole = b"x" * (body.MOST_READ // 2)
    with pytest.raises(CutOff):
        await read_body(pieces(whole, whole, b"x", ends=False).get, keep=4)


@in_loop
async def test_an_answer_is_given_though_what_still_arrives_fills_the_queue() -> None:
    """hypercorn tells of the end of an answer through the queue it puts the body into."""
    queue: asyncio.Queue[Event] = asyncio.Queue(1)
    queue.put_nowait({"type": "http.request", "body": b"x", "more_body": True})
    answered = []

    async def answer() -> None:
        await queue.put({"type": "http.disconnect"})
        answered.append(True)

    async with asyncio.timeout(5):
        await while_reading(queue.get, answer())
    assert answered == [True]
    await asyncio.sleep(0)


@in_loop
async def test_a_request_that_comes_while_the_server_ends_is_unavailable() -> None:
    app = ConnectApp(routes(FakeEngine(stalls=True)), Access())
    app.close()
    sent: list[Event] = []

    async def send(event: Event) -> None:
        sent.append(event)

    scope = {"type": "http", "method": "POST", "path": OPERATOR + "ListWorkflows"}
    scope |= {"headers": [(b"content-type", b"application/json")], "client": None, "server": None}
    arriving = pieces(json.dumps({"workspaceId": WORKSPACE}).encode())
    arriving.put_nowait({"type": "http.disconnect"})
    async with asyncio.timeout(5):
        await app(scope, arriving.get, send)
    assert sent[0]["status"] == 503
    assert json.loads(sent[1]["body"])["code"] == "unavailable"
