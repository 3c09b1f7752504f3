"""Reading a request's body, all of it, before anything is answered.

hypercorn drops an HTTP/2 connection, with every other call on it, when data arrives for a stream
that was answered already; and a full queue of unread data stops an HTTP/1.1 one for good.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from console.server.codes import Code, ConnectError

Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]

READ_SECONDS = 30.0
"""A body that has not arrived by then is answered with an error."""
MOST_READ = 64 << 20
"""A sender that does not stop here is cut off in the middle."""


class ClientGone(Exception):
    """The client closed the connection; there is nobody to answer."""


class CutOff(ConnectError):
    """The body was not read to its end: what still comes has to be read while it is answered."""


async def read_body(receive: Receive, *, keep: int) -> bytes | None:
    """Read a whole body; None when it is longer than `keep` bytes, which are then not kept.

    Raises `ClientGone`; `CutOff` for a body that is too slow (`TimeoutError` of the caller's own
    clock is the caller's) or without an end.
    """
    parts: list[bytes] = []
    size = 0
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise ClientGone
        part = event.get("body", b"")
        size += len(part)
        if size <= keep:
            parts.append(part)
        else:
            parts.clear()
        if not event.get("more_body", False):
            return b"".join(parts) if size <= keep else None
        if size > MOST_READ:
            raise CutOff(
                Code.RESOURCE_EXHAUSTED, f"the request is larger than {MOST_READ >> 20} MiB"
            )


async def read_rest(receive: Receive) -> None:
    """Read and forget until the client is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
    # The caller cancels this where the client goes on for ever.


async def while_reading(receive: Receive, answer: Awaitable[None]) -> None:
    """Answer a request whose body has not come to its end."""
    reading = asyncio.ensure_future(read_rest(receive))
    try:
        await answer
        await asyncio.wait({reading}, timeout=1.0)
    finally:
        reading.cancel()
