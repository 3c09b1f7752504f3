"""The refresh grant of the platform's OAuth server (RFC 6749 §6, metadata by RFC 8414)."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from console.backend.errors import Malformed, Unauthenticated
from console.backend.http import httpx
from console.backend.refusals import read_refusal, seen
from console.backend.transport import Timeouts, address_of, explain, open_client
from console.clock import SystemClock
from console.model.target import Target

OAUTH_CLIENT = "cpoc_0Iudir72fqSpqC6GQ58ri1cLAqcq5vJl"
"""The public client of the platform's own command, which the refresh token was given to."""
_METADATA = "/.well-known/oauth-authorization-server/oauth2/platform"
_SECONDS_WITHOUT_WORD = 3600

T = TypeVar("T", bound=BaseModel)


class Grant(BaseModel):
    """A renewed token."""

    access_token: str
    refresh_token: str = ""
    """Empty where the old one stays."""
    expires_in: float = _SECONDS_WITHOUT_WORD


class _Metadata(BaseModel):
    token_endpoint: str


async def renew(
    base_url: str,
    client_id: str,
    refresh_token: str,
    *,
    transport: httpx.AsyncBaseTransport | None = None,
) -> Grant:
    """Trade a refresh token for a new token. Raises `BackendError`."""
    address = address_of(Target(kind="url", label="the platform", url=base_url))
    timeouts = Timeouts()
    wait = httpx.Timeout(timeouts.answer, connect=timeouts.connect)
    client = open_client(address, wait, keeps_connections=True, transport=transport)
    try:
        async with client:
            found = await client.get(address.url.copy_with(path=_METADATA))
            endpoint = _endpoint(address.url, _read(_Metadata, found).token_endpoint)
            form = {
                "grant_type": "refresh_token",
                "refresh_token": refresh_token,
                "client_id": client_id,
            }
            answer = await client.post(endpoint, data=form)
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise explain(error, address, timeouts) from error
    if answer.status_code in (400, 401, 403):
        raise Unauthenticated(f"the platform renews no token, HTTP {answer.status_code}")
    return _read(Grant, answer)


def _endpoint(base: httpx.URL, text: str) -> httpx.URL:
    """Take the endpoint only where it is as safe as the platform itself."""
    endpoint = base.join(text)
    if endpoint.scheme != "https" and (endpoint.scheme, endpoint.host) != (base.scheme, base.host):
        raise Malformed("the platform's token endpoint is not encrypted")
    return endpoint


def _read(kind: type[T], answer: httpx.Response) -> T:
    if answer.status_code != 200:
        now = SystemClock().now()
        raise read_refusal(answer.status_code, answer.headers, answer.content, now, {}).error
    try:
        return kind.model_validate_json(answer.content)
    except ValidationError:
        raise Malformed(seen(200, answer.headers, answer.content)) from None
