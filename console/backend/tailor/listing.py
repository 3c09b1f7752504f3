"""What every listing of the protocol has: rows, of which some may be broken, and a total."""

from __future__ import annotations

from typing import TypeVar

from console.backend.errors import Malformed
from console.backend.tailor.lenient import present
from console.backend.tailor.wire import Listing

R = TypeVar("R")


def readable(rows: list[R | None] | None) -> tuple[R, ...]:
    """Give the rows that could be read. Raises `Malformed` where there are rows and none can."""
    kept = present(rows)
    if rows and not kept:
        raise Malformed(f"answered {len(rows)} rows, none of which can be read")
    return kept


def total_of(answer: Listing, rows: int) -> int | None:
    """Tell how many there are: proto3 leaves a zero out, and some servers never count."""
    if answer.total_count > 0:
        return answer.total_count
    return None if rows or answer.next_page_token else 0
