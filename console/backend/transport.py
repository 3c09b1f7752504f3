"""Connections to a backend, and in words why there is none."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from console.backend.errors import BackendError, Malformed, TimedOut, Unreachable
from console.backend.http import httpx
from console.model.target import Target

_START = ": start it with `wfc up`"
_BUSY = "its process may be busy, or stopped"
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long to wait for what, in seconds."""

    connect: float = 5.0
    answer: float = 15.0
    """For the next byte of an answer to a read."""
    change: float = 30.0
    """For the next byte of an answer to a change."""
    whole: float = 60.0
    """For a whole call, however lively its bytes drip."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a backend answers."""

    url: httpx.URL
    """Scheme, host, port and path prefix; without credentials."""
    socket: Path | None
    label: str
    """For messages: the socket's path, or host and port."""
    is_ours_to_start: bool
    """`wfc up` starts it."""

    @property
    def is_on_this_machine(self) -> bool:
        """No proxy is asked and no certificate is looked at."""
        return self.socket is not None or self.url.host in _LOOPBACK


def address_of(target: Target) -> Address:
    """Read a target's address. Raises `Unreachable` where it is none."""
    is_ours = target.kind == "project"
    if target.socket is not None:
        return Address(httpx.URL("http://localhost"), target.socket, str(target.socket), True)
    if not target.url:
        place = f" for {target.project}" if target.project else ""
        raise Unreachable(f"no server runs{place}{_START if is_ours else ''}")
    try:
        url = httpx.URL(target.url)
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.scheme not in ("http", "https") or not url.host:
        raise Unreachable("the address is no URL", hint="write it as http://host:port")
    label = url.host if url.port is None else f"{url.host}:{url.port}"
    url = url.copy_with(username="", password="", query=None, fragment=None)
    return Address(url, None, label, is_ours)


def open_client(
    address: Address,
    wait: httpx.Timeout,
    *,
    keeps_connections: bool,
    transport: httpx.AsyncBaseTransport | None = None,
) -> httpx.AsyncClient:
    """Make an HTTP/1.1 client; without kept connections each call opens one of its own.

    A proxy named in the environment is not asked about this machine. A context for TLS is made
    only where it is used: loading the certificates takes 20 ms.
    """
    limits = httpx.Limits(
        max_connections=16,
        max_keepalive_connections=8 if keeps_connections else 0,
        keepalive_expiry=60.0,
    )
    if transport is None and address.is_on_this_machine and address.url.scheme == "http":
        uds = str(address.socket) if address.socket else None
        transport = httpx.AsyncHTTPTransport(verify=False, uds=uds, limits=limits)
    return httpx.AsyncClient(
        transport=transport, limits=limits, timeout=wait, follow_redirects=False
    )


def was_not_sent(error: Exception) -> bool:
    """Tell whether it is certain that no byte of the request left."""
    return isinstance(
        error,
        httpx.ConnectError
        | httpx.ConnectTimeout
        | httpx.PoolTimeout
        | httpx.ProxyError
        | httpx.UnsupportedProtocol
        | httpx.LocalProtocolError
        | httpx.InvalidURL,
    )


def is_worth_another_try(error: Exception) -> bool:
    """Tell whether a kept connection may just have been closed by the server."""
    return isinstance(
        error, httpx.RemoteProtocolError | httpx.ReadError | httpx.WriteError | httpx.CloseError
    )


def explain(error: Exception, address: Address, timeouts: Timeouts) -> BackendError:
    """Say in words why there is no answer."""
    at = address.label
    start = _START if address.is_ours_to_start else ""
    if isinstance(error, httpx.ConnectTimeout):
        text = f"no answer from {at} in {timeouts.connect:g} s{start}"
        return Unreachable(text, short="no answer")
    if isinstance(error, httpx.PoolTimeout):
        return TimedOut(f"all connections to {at} are busy", short="all connections busy")
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        text = f"{at} took the request and did not answer"
        return TimedOut(text, short="no answer", hint=_BUSY if start else "")
    if isinstance(error, httpx.DecodingError):
        return Malformed("answered what cannot be decompressed")
    if isinstance(error, httpx.ProxyError):
        text = f"the proxy does not reach {at}: {error}"
        return Unreachable(text, short="not reached by the proxy")
    if isinstance(error, httpx.ConnectError):
        why, where = _why_no_connection(error, address)
        return Unreachable(why + where + start, short=why)
    if isinstance(error, httpx.RemoteProtocolError) and "disconnected" not in str(error):
        return _no_http(str(error), at)
    if is_worth_another_try(error):
        return Unreachable(f"{at} closed the connection{start}", short="connection closed")
    return Unreachable(f"{at}: {type(error).__name__}", short=type(error).__name__)


def _no_http(complaint: str, at: str) -> Malformed:
    """Tell an answer that ended too soon from one that is none; h11 says both in its own words."""
    if "complete message body" in complaint or "incomplete chunked read" in complaint:
        hint = "try again; the server, or a proxy before it, may have been restarted"
        text = f"the answer of {at} broke off in the middle"
        return Malformed(text, hint=hint, short="the answer broke off")
    what = complaint.partition("(")[0].partition(": bytearray")[0].strip()
    return Malformed(f"{at} does not speak HTTP: {what}", short="that is no HTTP")


def _why_no_connection(error: Exception, address: Address) -> tuple[str, str]:
    """Say why, and where."""
    at = address.label
    for cause in _causes(error):
        match cause:
            case ConnectionRefusedError():
                return "connection refused", f" at {at}"
            case FileNotFoundError() if address.socket is not None:
                return "no such socket", f" {at}"
            case PermissionError():
                return "not allowed to open", f" {at}"
            case ssl.SSLCertVerificationError():
                return "certificate not trusted", f" at {at}: {cause.verify_message}"
            case ssl.SSLError():
                reason = (cause.reason or "failed").lower().replace("_", " ")
                return "no TLS", f" at {at}: {reason}"
            case socket.gaierror():
                if cause.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", None)):
                    return "no such host", f" {address.url.host}"
                return "cannot look up", f" {address.url.host}: {cause.strerror}"
            case OSError() if cause.strerror:
                return cause.strerror.lower(), f": {at}"
            case OSError() if "too long" in str(cause):
                return "the socket's path is too long", f": {at}"
    return "no connection", f" to {at}"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield the errors behind an error, the deepest first."""
    chain: list[BaseException] = []
    while error is not None and error not in chain:
        chain.append(error)
        if isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        else:
            error = error.__cause__ or error.__context__
    return reversed(chain)
