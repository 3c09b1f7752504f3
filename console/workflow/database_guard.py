"""What SQLite asks before it prepares a statement: may it write, attach, end the transaction?"""

from __future__ import annotations

import sqlite3

_READING = frozenset(
    {
        sqlite3.SQLITE_SELECT,
        sqlite3.SQLITE_READ,
        sqlite3.SQLITE_FUNCTION,
        sqlite3.SQLITE_RECURSIVE,
        sqlite3.SQLITE_TRANSACTION,
        sqlite3.SQLITE_SAVEPOINT,
    }
)
_READING_PRAGMAS = frozenset(
    {
        "database_list",
        "foreign_key_list",
        "index_info",
        "index_list",
        "index_xinfo",
        "read_uncommitted",
        "table_info",
        "table_list",
        "table_xinfo",
    }
)


class SqliteGuard:
    """Answers for one connection; SQL cannot switch it off."""

    def __init__(self, *, read_only: bool) -> None:
        self._read_only = read_only
        self.may_end = False
        """Whether it is the block that ends, and not a statement in it."""
        self.refused_end = False
        """Whether what was refused last would have ended the transaction."""

    def __call__(self, action: int, first: str | None, *_more: str | None) -> int:
        """Let SQLite prepare it, or not."""
        ends = action == sqlite3.SQLITE_TRANSACTION and first != "BEGIN"
        if ends and not self.may_end:
            self.refused_end = True
            return sqlite3.SQLITE_DENY
        if self._allows(action, first):
            return sqlite3.SQLITE_OK
        self.refused_end = False
        return sqlite3.SQLITE_DENY

    def _allows(self, action: int, first: str | None) -> bool:
        if not self._read_only:
            # All but opening a second file, for which the machine user may have no grant.
            return action != sqlite3.SQLITE_ATTACH
        if action == sqlite3.SQLITE_PRAGMA:
            return (first or "").lower() in _READING_PRAGMAS
        return action in _READING
