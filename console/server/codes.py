"""The codes of the Connect protocol and what an error says on the wire."""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import StrEnum

Header = tuple[bytes, bytes]


class Code(StrEnum):
    """Why a call failed, as the Connect protocol names it."""

    CANCELED = "canceled"
    UNKNOWN = "unknown"
    INVALID_ARGUMENT = "invalid_argument"
    DEADLINE_EXCEEDED = "deadline_exceeded"
    NOT_FOUND = "not_found"
    ALREADY_EXISTS = "already_exists"
    PERMISSION_DENIED = "permission_denied"
    RESOURCE_EXHAUSTED = "resource_exhausted"
    FAILED_PRECONDITION = "failed_precondition"
    ABORTED = "aborted"
    OUT_OF_RANGE = "out_of_range"
    UNIMPLEMENTED = "unimplemented"
    INTERNAL = "internal"
    UNAVAILABLE = "unavailable"
    DATA_LOSS = "data_loss"
    UNAUTHENTICATED = "unauthenticated"


HTTP_STATUS = {
    Code.CANCELED: 499,
    Code.UNKNOWN: 500,
    Code.INVALID_ARGUMENT: 400,
    Code.DEADLINE_EXCEEDED: 504,
    Code.NOT_FOUND: 404,
    Code.ALREADY_EXISTS: 409,
    Code.PERMISSION_DENIED: 403,
    Code.RESOURCE_EXHAUSTED: 429,
    Code.FAILED_PRECONDITION: 400,
    Code.ABORTED: 409,
    Code.OUT_OF_RANGE: 400,
    Code.UNIMPLEMENTED: 501,
    Code.INTERNAL: 500,
    Code.UNAVAILABLE: 503,
    Code.DATA_LOSS: 500,
    Code.UNAUTHENTICATED: 401,
}
"""The HTTP status of each code (Connect protocol, error codes)."""


class ConnectError(Exception):
    """A call that is answered with an error; the message is written for who called."""

    def __init__(
        self,
        code: Code,
        message: str,
        *,
        status: int | None = None,
        headers: Sequence[Header] = (),
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = HTTP_STATUS[code] if status is None else status
        """Another HTTP status than the code's own where HTTP has a better word for it."""
        self.headers = headers

    def body(self) -> bytes:
        """Give the JSON text of the answer; it is JSON for binary requests too."""
        fields = {"code": str(self.code), "message": self.message}
        # ASCII: a message may quote what was sent, and that may hold half a surrogate pair.
        return json.dumps(fields).encode()


def invalid(field: str, problem: str) -> ConnectError:
    """Refuse a request for what one of its fields holds."""
    return ConnectError(Code.INVALID_ARGUMENT, f"{field}: {problem}")
