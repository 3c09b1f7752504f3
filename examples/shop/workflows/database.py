"""The shop's database, made on first use: no job can meet a missing one."""

from __future__ import annotations

from make_database import ensure_database

from console.workflow import get_db, get_db_sync


def shop_db():
    """Give the database to a body that is `async def`."""
    ensure_database()
    return get_db("tailordb")


def shop_db_sync():
    """Give the database to a body that is `def`."""
    ensure_database()
    return get_db_sync("tailordb")
