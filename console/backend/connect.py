"""Unary calls of the Connect protocol, as JSON over HTTP/1.1.

    calls = Connect(target, clock, token=FixedToken("…"))
    answer = await calls.call(LIST_WORKFLOWS, PageRequest(workspace_id="…"))

A read is repeated once when a kept connection turns out to be closed. A change is never repeated:
each goes over a connection of its own, so that a failure to connect is known to have sent nothing,
and everything that is not a clear yes or no after that is `Lost`.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Generic, Protocol, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, ValidationError

from console import __version__
from console.backend.errors import (
    BackendError,
    Forbidden,
    Malformed,
    OutcomeUnknown,
    Unauthenticated,
    Unreachable,
)
from console.backend.http import httpx
from console.backend.refusals import one_line, read_refusal, seen
from console.backend.transport import (
    Address,
    Timeouts,
    address_of,
    explain,
    is_worth_another_try,
    open_client,
    was_not_sent,
)
from console.clock import Clock
from console.model.target import Target

LARGEST_ANSWER = 64 * 1024 * 1024
"""Bytes, decompressed; more is not read."""
_KEPT_ANSWERS = 32
_LARGEST_KEPT = 1024 * 1024
_SHORTEST_SECRET = 4


class Message(Protocol):
    """What can be sent."""

    def encode(self) -> bytes:
        """Give the JSON text that goes on the wire."""
        ...


Q = TypeVar("Q", bound=Message)
A = TypeVar("A", bound=BaseModel)


_NO_REFUSALS: Mapping[str, type[BackendError]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, eq=False)
class Method(Generic[Q, A]):
    """One remote method."""

    path: str
    request: type[Q]
    response: type[A]
    idempotent: bool = False
    """It changes nothing, so it may be asked again."""
    refusals: Mapping[str, type[BackendError]] = field(default_factory=lambda: _NO_REFUSALS)
    """What an error code means for this method, where it differs."""


class Lost(OutcomeUnknown):
    """A change was sent, and no clear answer came."""

    def __init__(self, reason: BackendError, *, is_from_server: bool = False) -> None:
        super().__init__(str(reason), retry_after=reason.retry_after)
        self.reason = reason
        """Why there is no answer."""
        self.is_from_server = is_from_server
        """The server itself said that it failed; else it may still be at work."""


class TokenSource(Protocol):
    """Gives the token to sign in with."""

    async def current(self) -> str:
        """Give a token that is valid now, empty for none. Raises `BackendError`."""
        ...

    def reject(self) -> None:
        """Be told that the server refused the token: look for another one the next time."""
        ...


@dataclass(frozen=True, slots=True)
class FixedToken:
    """A token that was given, and is not renewed."""

    token: str = field(default="", repr=False)

    async def current(self) -> str:
        """Give it."""
        return self.token

    def reject(self) -> None:
        """Keep it: there is no other."""


class Connect:
    """Calls methods of one server; opens its connections at the first call."""

    def __init__(
        self,
        target: Target,
        clock: Clock,
        *,
        token: TokenSource,
        actor: str = "",
        transport: httpx.AsyncBaseTransport | None = None,
        timeouts: Timeouts | None = None,
    ) -> None:
        self._target = target
        self._clock = clock
        self._token = token
        self._actor = quote(actor, safe=_PRINTABLE)
        self._transport = transport
        self._timeouts = timeouts or Timeouts()
        self._clients: dict[bool, httpx.AsyncClient] = {}
        self._is_closed = False
        # The last answer to each request, with the bytes it was read from. An entry is used only
        # when a new answer has the same bytes, so it cannot be out of date; the oldest one goes.
        self._kept: OrderedDict[tuple[object, bytes], tuple[bytes, BaseModel]] = OrderedDict()

    async def call(self, method: Method[Q, A], request: Q) -> A:
        """Call a method. Raises `BackendError`: `Lost` only where the method changes something."""
        if not method.idempotent:
            self.demand_changes()
        body = request.encode()
        token = await self._token.current()
        try:
            return await self._ask(method, body, self._headers(token))
        except BackendError as error:
            _hide(error, token)
            if isinstance(error, Unauthenticated):
                self._token.reject()
            raise

    def demand_changes(self) -> None:
        """Raise `Forbidden` where nothing may be changed, before anything is asked or sent."""
        if self._target.is_read_only:
            raise Forbidden(
                f"{self._target.label or 'this backend'} is read-only here",
                hint="nothing was sent; the profile says read_only",
            )

    async def aclose(self) -> None:
        """Close the connections."""
        self._is_closed = True
        clients, self._clients = self._clients, {}
        for client in clients.values():
            await client.aclose()

    def _headers(self, token: str) -> dict[str, str]:
        if not (token.isascii() and token.isprintable()):
            raise Unauthenticated("the token has characters that no token has")
        headers = {
            "content-type": "application/json",
            "connect-protocol-version": "1",
            "user-agent": f"wfc/{__version__}",
        }
        if token:
            headers["authorization"] = f"Bearer {token}"
        if self._actor:
            headers["wfc-actor"] = self._actor
        return headers

    async def _ask(self, method: Method[Q, A], body: bytes, headers: dict[str, str]) -> A:
        address = address_of(self._target)
        try:
            answer, content = await self._send(method, address, body, headers)
        except _TRANSPORT_ERRORS as error:
            reason = explain(error, address, self._timeouts)
            if method.idempotent or was_not_sent(error):
                raise reason from error
            raise Lost(reason) from error
        if answer.status_code != 200:
            refusal = read_refusal(
                answer.status_code, answer.headers, content, self._clock.now(), method.refusals
            )
            if method.idempotent or refusal.is_settled:
                raise refusal.error
            raise Lost(refusal.error, is_from_server=refusal.is_from_server) from refusal.error
        try:
            return self._read(method, body, answer, content)
        except Malformed as error:
            if method.idempotent:
                raise
            raise Lost(error) from error

    async def _send(
        self, method: Method[Q, A], address: Address, body: bytes, headers: dict[str, str]
    ) -> tuple[httpx.Response, bytes]:
        client = self._client(method, address)
        url = address.url.copy_with(path=address.url.path.rstrip("/") + method.path)
        async with asyncio.timeout(self._timeouts.whole):
            try:
                return await _exchange(client, url, body, headers)
            except _TRANSPORT_ERRORS as error:
                if self._is_closed or not (method.idempotent and is_worth_another_try(error)):
                    raise
            return await _exchange(client, url, body, headers)

    def _client(self, method: Method[Q, A], address: Address) -> httpx.AsyncClient:
        if self._is_closed:
            raise Unreachable("the connection was closed here")
        client = self._clients.get(method.idempotent)
        if client is None:
            times = self._timeouts
            answer = times.answer if method.idempotent else times.change
            client = self._clients[method.idempotent] = open_client(
                address,
                httpx.Timeout(answer, connect=times.connect),
                keeps_connections=method.idempotent,
                transport=self._transport,
            )
        return client

    def _read(
        self, method: Method[Q, A], request: bytes, answer: httpx.Response, content: bytes
    ) -> A:
        key = (method, request)
        kept = self._kept.get(key)
        if kept is not None and kept[0] == content and isinstance(kept[1], method.response):
            self._kept.move_to_end(key)
            return kept[1]
        if len(content) > LARGEST_ANSWER:
            raise Malformed(f"answered more than {LARGEST_ANSWER // 1024 // 1024} MiB")
        try:
            message = method.response.model_validate_json(content)
        except ValidationError as error:
            raise Malformed(_shape(error) or seen(200, answer.headers, content)) from None
        if method.idempotent and len(content) <= _LARGEST_KEPT:
            self._kept[key] = (content, message)
            if len(self._kept) > _KEPT_ANSWERS:
                self._kept.popitem(last=False)
        return message


_PRINTABLE = "".join(chr(code) for code in range(0x20, 0x7F) if chr(code) != "%")
_TRANSPORT_ERRORS = (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, OSError)
"""What a connection can fail with; `TimeoutError` is an `OSError`."""


async def _exchange(
    client: httpx.AsyncClient, url: httpx.URL, body: bytes, headers: dict[str, str]
) -> tuple[httpx.Response, bytes]:
    """Send a request and read the answer, up to the largest that is read."""
    async with client.stream("POST", url, content=body, headers=headers) as answer:
        content = bytearray()
        async for part in answer.aiter_bytes():
            content += part
            if len(content) > LARGEST_ANSWER:
                break
    return answer, bytes(content)


def _shape(error: ValidationError) -> str:
    """Say where a JSON answer has another shape; empty where it is no JSON object at all."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    if first["type"] == "json_invalid" or not first["loc"]:
        return ""
    place = ".".join(str(part) for part in first["loc"])
    return f"answered JSON of another shape: {one_line(place, 80)}: {one_line(first['msg'], 120)}"


def _hide(error: BackendError, token: str) -> None:
    """Take the token out of a message, should a server repeat it."""
    if len(token) < _SHORTEST_SECRET:
        return
    if token in error.detail:
        error.detail = error.detail.replace(token, "(token)")
        error.args = (error.detail,)
    if isinstance(error, Lost):
        _hide(error.reason, token)
