"""An older journal becomes a current one or stays as it was; a newer one is refused."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from console.engine.database import ReaderPool
from console.engine.interface import EngineUnavailable
from console.engine.local import open_engine
from console.engine.reads import Reads
from console.engine.schema import STEPS
from console.engine.upgrade import open_journal
from console.model.states import ExecutionStatus
from console.server import background
from console.server.errors import ServeError
from tests.engine.trial import ended, opened, write_project

NEXT = """
ALTER TABLE execution ADD COLUMN note TEXT NOT NULL DEFAULT 'none';
UPDATE execution SET note = workflow || ' ' || status;
CREATE INDEX execution_notes ON execution (note);
"""

MIGRATING = """
import os, signal, sys
from contextlib import contextmanager
from pathlib import Path
from console.engine.database import Database
from console.engine.schema import STEPS
from console.engine.upgrade import open_journal

original = Database.transaction

@contextmanager
def dying(self):
    with original(self) as connection:
        yield connection
        if sys.argv[2] == "before":
            os.kill(os.getpid(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)

Database.transaction = dying
open_journal(Path(sys.argv[1]), (*STEPS, sys.argv[3]))
"""


@pytest.fixture
def lived_in(tmp_path: Path) -> Path:
    """A project whose journal has an execution that has ended and one that waits."""
    root = write_project(tmp_path / "trial")

    async def live() -> None:
        async with opened(root) as engine:
            await ended(engine, await engine.start("flow", "{}"))
            await ended(engine, await engine.start("asking", None))

    asyncio.run(live())
    return root


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_process_killed_while_it_migrates_leaves_one_version_or_the_other(
    lived_in: Path, moment: str
) -> None:
    journal = lived_in / ".wfc" / "journal.db"
    died = subprocess.run(
        [sys.executable, "-c", MIGRATING, str(journal), moment, NEXT], check=False
    )
    assert died.returncode == -signal.SIGKILL
    with sqlite3.connect(journal) as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        columns = [row[1] for row in connection.execute("PRAGMA table_info(execution)")]
    connection.close()
    is_new = moment == "after"
    assert (version, "note" in columns) == (len(STEPS) + is_new, is_new)
    if not is_new:
        _goes_on(lived_in)
    database = open_journal(journal, (*STEPS, NEXT))
    notes = {row["note"] for row in database.execute("SELECT note FROM execution")}
    assert notes <= {"flow SUCCESS", "asking WAITING", "asking SUCCESS"} and len(notes) == 2
    database.close()
    assert Reads(ReaderPool(journal)).counts(None)


def _goes_on(root: Path) -> None:
    async def go_on() -> None:
        from console.model.query import ExecutionQuery

        async with opened(root) as engine:
            waiting = frozenset({ExecutionStatus.WAITING})
            (item,) = (await engine.list(ExecutionQuery(statuses=waiting))).items
            await engine.resolve(item.id, "approval", "{}")
            assert (await ended(engine, item.id)).status is ExecutionStatus.SUCCESS

    asyncio.run(go_on())


def test_a_newer_journal_is_refused_by_the_engine_and_by_wfc_up_and_is_left_alone(
    lived_in: Path,
) -> None:
    journal = lived_in / ".wfc" / "journal.db"
    open_journal(journal, (*STEPS, NEXT)).close()
    before = journal.read_bytes()
    with pytest.raises(EngineUnavailable, match="newer version of this program"):
        open_engine(lived_in)
    with pytest.raises(ServeError, match="update the program") as told:
        background.up(lived_in)
    assert told.value.exit_code == 6 and "\n" not in told.value.message
    assert journal.read_bytes() == before
