"""Pages of executions by creation time and id; a token is good for the filter it was made for."""

from __future__ import annotations

import base64
import binascii
import hashlib
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from console.engine.interface import InvalidPageToken
from console.engine.totals import count_by_status
from console.engine.writing import milliseconds_of
from console.model.query import ExecutionQuery

MAXIMUM = 1000
"""No page has more executions."""

Values = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Position:
    """The last execution of a page."""

    created_at: int
    id: str


def page_size(query: ExecutionQuery) -> int:
    """Give how many executions a page has: at least one, at most a thousand."""
    return max(1, min(query.limit, MAXIMUM))


def make_token(query: ExecutionQuery, last: Position) -> str:
    """Write where the next page goes on."""
    text = f"{_filter_mark(query)}:{last.created_at}:{last.id}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_token(query: ExecutionQuery) -> Position | None:
    """Read where the page before ended; None for the first page. Raises InvalidPageToken."""
    if not query.token:
        return None
    try:
        padded = query.token + "=" * (-len(query.token) % 4)
        text = base64.urlsafe_b64decode(padded.encode("ascii")).decode()
        mark, created_at, identifier = text.split(":", 2)
        position = Position(int(created_at), identifier)
        if not 0 <= position.created_at < 2**63:
            raise ValueError(created_at)
    except (ValueError, UnicodeError, binascii.Error):
        raise InvalidPageToken("the page token is not one of this server's") from None
    if mark != _filter_mark(query):
        raise InvalidPageToken("the page token was made for another filter or order")
    return position


def _filter_mark(query: ExecutionQuery) -> str:
    since = query.since.timestamp() if query.since else ""
    parts = [query.workflow or "", *sorted(query.statuses), since, query.newest_first]
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]


def select_page(
    connection: sqlite3.Connection, query: ExecutionQuery, after: Position | None
) -> list[sqlite3.Row]:
    """Read one execution more than a page has, which tells whether another page follows.

    Each state is read by its own index and the results are merged: a rare state among many
    executions costs no walk over all of them.
    """
    order = "DESC" if query.newest_first else "ASC"
    limit = page_size(query) + 1
    parts: list[str] = []
    values: list[object] = []
    for status in _each_status(query):
        where, given = _conditions(query, after, status)
        parts.append(
            f"SELECT * FROM (SELECT * FROM execution{where}"
            f" ORDER BY created_at {order}, id {order} LIMIT {limit})"
        )
        values += given
    statement = " UNION ALL ".join(parts)
    statement += f" ORDER BY created_at {order}, id {order} LIMIT {limit}"
    return connection.execute(statement, values).fetchall()


def count_matches(connection: sqlite3.Connection, query: ExecutionQuery) -> int:
    """Count what a listing has on all its pages."""
    since = None if query.since is None else milliseconds_of(query.since)
    counts = count_by_status(connection, query.workflow, since)
    return sum(
        count for status, count in counts.items() if not query.statuses or status in query.statuses
    )


def _each_status(query: ExecutionQuery) -> Sequence[str | None]:
    return sorted(query.statuses) if query.statuses else (None,)


def _conditions(
    query: ExecutionQuery, after: Position | None, status: str | None
) -> tuple[str, Values]:
    conditions: list[str] = []
    values: list[object] = []
    if query.workflow is not None:
        conditions.append("workflow = ?")
        values.append(query.workflow)
    if status is not None:
        conditions.append("status = ?")
        values.append(status)
    if query.since is not None:
        conditions.append("created_at >= ?")
        values.append(milliseconds_of(query.since))
    if after is not None:
        sign = "<" if query.newest_first else ">"
        conditions.append(f"(created_at, id) {sign} (?, ?)")
        values += [after.created_at, after.id]
    return (" WHERE " + " AND ".join(conditions) if conditions else ""), tuple(values)
