"""What goes back to a client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from console.server.access import Caller
from console.server.codes import ConnectError, Header


@dataclass(frozen=True, slots=True)
class Response:
    """One answer."""

    status: int
    content_type: str
    body: bytes
    headers: Sequence[Header] = ()


class Page(Protocol):
    """Something besides the services that answers JSON posted to one path."""

    async def answer(self, body: bytes, headers: Mapping[str, str], caller: Caller) -> Response:
        """Answer a request that was let in. Raises ConnectError."""
        ...

    def refusal(self, error: ConnectError) -> bytes:
        """Write a refusal as the clients of this page read it: as JSON."""
        ...
