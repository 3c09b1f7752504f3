"""Unary calls of the Connect protocol over ASGI, in JSON and in binary.

    POST /<package.Service>/<Method>      200 with the request's own content type
                                          else the code's HTTP status and {"code", "message"}
    POST /<a page's path>                 JSON, and whatever the page answers, behind the same door

What a call raises: `ConnectError` goes to the client as it is, `EngineError` by its kind, anything
else as `internal` with no word of it; that is for the server's own log.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from google.protobuf.message import Message

from console.engine import interface as engine
from console.server import codec
from console.server.access import Access, Caller, Role
from console.server.body import (
    READ_SECONDS,
    ClientGone,
    CutOff,
    Event,
    Receive,
    read_body,
    while_reading,
)
from console.server.codes import Code, ConnectError
from console.server.response import Page, Response

Scope = MutableMapping[str, Any]
Send = Callable[[Event], Awaitable[None]]
T = TypeVar("T")
Handler = Callable[[Any, Caller], Awaitable[Message]]

BODY_LIMIT = 4 << 20
"""Bytes of a request, before and after decompression."""

log = logging.getLogger("wfc.server")


@dataclass(frozen=True, slots=True)
class Method:
    """One method of a service."""

    request: type[Message]
    handler: Handler
    changes: bool = False
    """It changes something: not for read-only callers."""


class ConnectApp:
    """The ASGI application: methods and pages by their path, behind the rules at the door."""

    def __init__(
        self,
        methods: Mapping[str, Method],
        access: Access,
        pages: Mapping[str, Page] | None = None,
        *,
        let_in: Callable[[tuple[str, int]], None] | None = None,
    ) -> None:
        self._methods = methods
        self._pages = pages or {}
        self._access = access
        self._let_in = let_in
        """Told of each request on TCP that passed the door."""
        self._clocks: set[asyncio.Timeout] = set()
        self._is_closing = False
        self.started = asyncio.Event()
        """Set when the server is about to take connections."""

    def close(self) -> None:
        """Have everything that still runs answered `unavailable`, now."""
        self._is_closing = True
        now = asyncio.get_running_loop().time()
        for clock in self._clocks:
            if not clock.expired():
                clock.reschedule(now)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one ASGI scope."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1000})
        else:
            try:
                await self._answer(scope, receive, send)
            except ClientGone:
                pass

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self.started.set()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whatever happens."""
        cut_off = False
        try:
            response = await self._respond(scope, receive)
        except ConnectError as error:
            cut_off = isinstance(error, CutOff)
            page = self._pages.get(scope["path"])
            body = error.body() if page is None else page.refusal(error)
            response = Response(error.status, codec.JSON, body, error.headers)
        sending = _send(send, response)
        await (while_reading(receive, sending) if cut_off else sending)

    async def _respond(self, scope: Scope, receive: Receive) -> Response:
        """Check a request, read it, call its method."""
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        refusal: ConnectError | None = None
        try:
            target, caller, kind = self._check(scope, headers)
        except ConnectError as error:
            refusal = error
        # What is refused is read as well, and not kept.
        body = await self._read(receive, keep=0 if refusal else BODY_LIMIT)
        if refusal is not None:
            raise refusal
        if body is None:
            raise codec.too_large(BODY_LIMIT)
        body = codec.decompress(body, headers.get("content-encoding", ""), BODY_LIMIT)
        if not isinstance(target, Method):
            return await self._guarded(target.answer(body, headers, caller), None, scope["path"])
        request = codec.decode(kind, body, target.request)
        # A change is not given up halfway: its client would not know whether it happened.
        seconds = None if target.changes else _deadline(headers.get("connect-timeout-ms", ""))
        calling = target.handler(request, caller)
        return Response(
            200, kind, codec.encode(kind, await self._guarded(calling, seconds, scope["path"]))
        )

    def _check(self, scope: Scope, headers: Mapping[str, str]) -> tuple[Method | Page, Caller, str]:
        """Check all that the headers tell. Raises `ConnectError`."""
        is_unix = scope.get("client") is None and scope.get("server") is None
        client = scope.get("client")
        peer = client[0] if client else None
        caller = self._access.admit(headers, is_unix=is_unix, peer=peer)
        if client and self._let_in is not None:
            self._let_in((client[0], client[1]))
        page = self._pages.get(scope["path"])
        method = self._methods.get(scope["path"])
        if method is None and page is None:
            message = f"there is no method {scope['path'][:200]!r} here"
            raise ConnectError(Code.UNIMPLEMENTED, message, status=404)
        if scope["method"] != "POST":
            message = "this is called with POST"
            raise ConnectError(
                Code.UNIMPLEMENTED, message, status=405, headers=[(b"allow", b"POST")]
            )
        kind = codec.content_type(headers.get("content-type", ""), json_only=page is not None)
        codec.check_compression(headers.get("content-encoding", ""))
        if page is not None:
            return page, caller, kind
        assert method is not None
        version = headers.get("connect-protocol-version", "1")
        if version != "1":
            message = f"connect-protocol-version {version[:20]!r} is not understood; send 1"
            raise ConnectError(Code.INVALID_ARGUMENT, message)
        if method.changes and caller.role is not Role.OPERATOR:
            message = f"a {caller.role} token does not allow this"
            raise ConnectError(Code.PERMISSION_DENIED, message)
        return method, caller, kind

    async def _read(self, receive: Receive, *, keep: int) -> bytes | None:
        try:
            async with asyncio.timeout(READ_SECONDS) as clock:
                with self._watched(clock):
                    return await read_body(receive, keep=keep)
        except TimeoutError:
            if self._is_closing:
                raise CutOff(Code.UNAVAILABLE, "the server is ending") from None
            message = "the request did not arrive in time"
            raise CutOff(Code.DEADLINE_EXCEEDED, message, status=408) from None

    async def _guarded(self, calling: Awaitable[T], seconds: float | None, path: str) -> T:
        """Wait for an answer and translate what is raised instead."""
        try:
            async with asyncio.timeout(seconds) as clock:
                with self._watched(clock):
                    return await calling
        except ConnectError:
            raise
        except TimeoutError:
            if self._is_closing:
                raise ConnectError(Code.UNAVAILABLE, "the server is ending") from None
            if clock.expired():
                raise ConnectError(Code.DEADLINE_EXCEEDED, "the deadline is over") from None
            raise _internal(path) from None
        except engine.EngineError as error:
            raise ConnectError(_code_of(error), str(error)) from None
        except NotImplementedError:
            raise ConnectError(Code.UNIMPLEMENTED, "this server cannot do that") from None
        except Exception:  # the end of a request: whatever it was stays here
            raise _internal(path) from None

    @contextmanager
    def _watched(self, clock: asyncio.Timeout) -> Iterator[None]:
        """Let `close` end what runs under a clock."""
        self._clocks.add(clock)
        if self._is_closing:
            clock.reschedule(asyncio.get_running_loop().time())
        try:
            yield
        finally:
            self._clocks.discard(clock)


async def _send(send: Send, response: Response) -> None:
    """Send a response in one piece."""
    headers = [
        (b"content-type", response.content_type.encode()),
        (b"content-length", str(len(response.body)).encode()),
        *response.headers,
    ]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})


def _deadline(header: str) -> float | None:
    """Read a `connect-timeout-ms`; None where there is none."""
    if not header:
        return None
    if not (header.isascii() and header.isdecimal() and len(header) <= 10):
        message = f"connect-timeout-ms {header[:20]!r} is not at most ten digits"
        raise ConnectError(Code.INVALID_ARGUMENT, message)
    return int(header) / 1000


_CODES: Sequence[tuple[type[engine.EngineError], Code]] = (
    (engine.UnknownWorkflow, Code.NOT_FOUND),
    (engine.UnknownExecution, Code.NOT_FOUND),
    (engine.UnknownFunctionExecution, Code.NOT_FOUND),
    (engine.UnknownMachineUser, Code.NOT_FOUND),
    (engine.UnknownWaitPoint, Code.NOT_FOUND),
    (engine.NotInState, Code.FAILED_PRECONDITION),
    (engine.InvalidArgument, Code.INVALID_ARGUMENT),
    (engine.InvalidPageToken, Code.INVALID_ARGUMENT),
    (engine.EngineUnavailable, Code.UNAVAILABLE),
    (engine.EngineError, Code.FAILED_PRECONDITION),
)


def _code_of(error: engine.EngineError) -> Code:
    """Find the code of an engine's refusal."""
    return next(code for kind, code in _CODES if isinstance(error, kind))


def _internal(path: str) -> ConnectError:
    """Write the exception at hand into the log and answer with none of it."""
    log.exception("%s failed", path)
    return ConnectError(Code.INTERNAL, "the server failed; its log says why")
