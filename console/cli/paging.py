"""Reading a listing page by page, as far as is wanted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from console.cli.connected import Connected
from console.model.query import Page

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """What was read."""

    items: list[T]
    has_more: bool
    total: int | None
    """How many there are, where the server says."""


async def read_pages(
    connected: Connected,
    fetch: Callable[[str, int], Awaitable[Page[T]]],
    *,
    limit: int,
    page: int,
) -> Listing[T]:
    """Read pages until so many items are there; a limit of 0 reads all.

    `fetch` takes the token and how many are wanted.
    """
    found: list[T] = []
    token = ""
    while True:
        wanted = min(page, limit - len(found)) if limit else page
        answer = await _fetch(connected, fetch, token, wanted)
        found += answer.items
        token = answer.next_token
        if not token or (limit and len(found) >= limit):
            kept = found[:limit] if limit else found
            return Listing(kept, bool(token) or len(kept) < len(found), answer.total)


async def _fetch(
    connected: Connected,
    fetch: Callable[[str, int], Awaitable[Page[T]]],
    token: str,
    wanted: int,
) -> Page[T]:
    return await connected.ask(lambda: fetch(token, wanted))
