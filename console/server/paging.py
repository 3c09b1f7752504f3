"""Pages of what the engine lists whole, by a token that names the last item sent."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from console.server.codes import invalid

T = TypeVar("T")

DEFAULT_SIZE = 50
LARGEST_SIZE = 1000
DESCENDING = 2
"""`PAGE_DIRECTION_DESC`."""


class PageRequest(Protocol):
    """The paging fields every listing has."""

    page_token: str
    page_size: int


def page_size(request: PageRequest) -> int:
    """Give how many items a page may have."""
    return min(request.page_size or DEFAULT_SIZE, LARGEST_SIZE)


def page_of(
    items: Sequence[T], request: PageRequest, direction: int, *, kind: str, key: Callable[[T], str]
) -> tuple[Sequence[T], str]:
    """Cut the asked page out of all items; gives it and the token of the next one.

    `kind` binds a token to its listing: with another one, or another direction, it is refused.
    """
    is_descending = direction == DESCENDING
    ordered = sorted(items, key=key, reverse=is_descending)
    scope = [kind, is_descending]
    if request.page_token:
        last = _open(request.page_token, scope)
        ordered = [
            item for item in ordered if (key(item) < last if is_descending else key(item) > last)
        ]
    size = page_size(request)
    page = ordered[:size]
    return page, _seal(scope, key(page[-1])) if len(ordered) > size else ""


def _seal(scope: list[object], last: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([*scope, last]).encode()).decode().rstrip("=")


def _open(token: str, scope: list[object]) -> str:
    """Read a token. Raises `ConnectError`."""
    try:
        padded = token + "=" * (-len(token) % 4)
        fields = json.loads(base64.b64decode(padded.encode("ascii"), b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        fields = None
    if not isinstance(fields, list) or fields[:-1] != scope or not isinstance(fields[-1], str):
        raise invalid("page_token", "this is no token of this listing; begin again without it")
    return fields[-1]
