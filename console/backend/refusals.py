"""An HTTP answer that is no success, as an error of the tree.

The body's `code` decides; without a usable body the HTTP status does. Whether a change may have
happened is kept beside the error: a refusal is settled, a failure is not.

code                                    error             settled
invalid_argument, out_of_range          InvalidRequest    yes
not_found                               NotFound          yes
already_exists, aborted                 Conflict          yes
failed_precondition                     Conflict, or what the method says
permission_denied                       Forbidden         yes
unauthenticated                         Unauthenticated   yes
resource_exhausted                      RateLimited       yes
unimplemented                           Unsupported       yes
canceled, unknown, internal,            ServerFault       no
data_loss, unavailable
deadline_exceeded                       TimedOut          no
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from types import MappingProxyType

from pydantic import BaseModel, ConfigDict, ValidationError

from console.backend.errors import (
    BackendError,
    Conflict,
    Forbidden,
    InvalidRequest,
    Malformed,
    NotFound,
    RateLimited,
    ServerFault,
    TimedOut,
    Unauthenticated,
    Unsupported,
)

LONGEST_MESSAGE = 500
"""Characters kept of a server's message."""

_BY_CODE: Mapping[str, type[BackendError]] = MappingProxyType(
    {
        "canceled": ServerFault,
        "unknown": ServerFault,
        "invalid_argument": InvalidRequest,
        "deadline_exceeded": TimedOut,
        "not_found": NotFound,
        "already_exists": Conflict,
        "permission_denied": Forbidden,
        "resource_exhausted": RateLimited,
        "failed_precondition": Conflict,
        "aborted": Conflict,
        "out_of_range": InvalidRequest,
        "unimplemented": Unsupported,
        "internal": ServerFault,
        "unavailable": ServerFault,
        "data_loss": ServerFault,
        "unauthenticated": Unauthenticated,
    }
)
_BY_NUMBER = tuple(_BY_CODE)
"""The order above is that of the code's numbers, which some gateways send: 1 is `canceled`."""

_BY_STATUS: Mapping[int, str] = MappingProxyType(
    {
        400: "invalid_argument",
        401: "unauthenticated",
        403: "permission_denied",
        404: "unimplemented",
        408: "deadline_exceeded",
        429: "resource_exhausted",
        499: "canceled",
        501: "unimplemented",
        504: "deadline_exceeded",
    }
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a server answered instead of a success."""

    error: BackendError
    is_settled: bool
    """It is certain that nothing was changed."""
    is_from_server: bool
    """The server itself says so, in its own words; else something before it did."""


class _ErrorBody(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True, extra="ignore")

    code: str = ""
    message: str = ""


def read_refusal(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
    special: Mapping[str, type[BackendError]],
) -> Refusal:
    """Turn an answer that is no success into an error; `special` holds a method's own codes."""
    said = _read_body(body)
    code = _known_code(said.code)
    is_from_server = bool(code)
    if not code:
        if status < 400:
            return Refusal(Malformed(seen(status, headers, body)), False, False)
        code = _BY_STATUS.get(status) or ("internal" if status >= 500 else "invalid_argument")
    kind = special.get(code) or _BY_CODE[code]
    detail = one_line(said.message) if said.message else ""
    if not is_from_server:
        detail = f"{_status_words(status)}: {detail}" if detail else _status_words(status)
        if not said.message and body and _looks_like_html(headers, body):
            detail += ", a web page"
    hint = "" if is_from_server or status != 404 else Malformed.hint
    error = kind(detail, hint=hint, retry_after=_retry_after(headers, now))
    is_settled = _BY_CODE[code] not in (ServerFault, TimedOut)
    return Refusal(error, is_settled, is_from_server)


def seen(status: int, headers: Mapping[str, str], body: bytes) -> str:
    """Say what came instead of the JSON that was expected."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if 300 <= status < 400:
        place = headers.get("location", "").partition("?")[0]
        what = f"a redirect to {one_line(place, 80)}" if place else "a redirect"
    elif not body.strip():
        what = "nothing"
    elif _looks_like_html(headers, body):
        what = "HTML"
    elif kind and "json" not in kind:
        what = one_line(kind, 60)
    else:
        what = f"“{one_line(body[:80].decode(errors='replace'), 40)}”"
    return f"answered {what}, HTTP {status}"


def one_line(text: str, longest: int = LONGEST_MESSAGE) -> str:
    """Put text on one line and cut it."""
    text = " ".join(text[: 4 * longest].split())
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _read_body(body: bytes) -> _ErrorBody:
    try:
        return _ErrorBody.model_validate_json(body)
    except ValidationError:
        return _ErrorBody()


def _known_code(code: str) -> str:
    if code.isascii() and code.isdigit() and len(code) <= 2:
        number = int(code)
        return _BY_NUMBER[number - 1] if 0 < number <= len(_BY_NUMBER) else ""
    code = code.strip().lower()
    return code if code in _BY_CODE else ""


def _status_words(status: int) -> str:
    try:
        return f"HTTP {status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"HTTP {status}"


def _looks_like_html(headers: Mapping[str, str], body: bytes) -> bool:
    return "html" in headers.get("content-type", "").lower() or body.lstrip()[:1] == b"<"


def _retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Read `Retry-After`: seconds, or a date (RFC 9110 §10.2.3), of the server's clock.

    That clock may be hours from ours; the answer's own `Date` tells what it shows now.
    """
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        until = _moment(text)
        if until is None:
            return None
        seconds = (until - (_moment(headers.get("date", "")) or now)).total_seconds()
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _moment(text: str) -> datetime | None:
    """Read a date of HTTP; None where it is none."""
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
