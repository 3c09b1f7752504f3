"""The journal's file: its versions, and every way in which it cannot be used."""

from __future__ import annotations

import os
import sqlite3
import threading
from pathlib import Path

import pytest

from console.clock import SystemClock
from console.engine import database as database_module
from console.engine.database import Database, ReaderPool
from console.engine.interface import EngineUnavailable
from console.engine.reads import Reads
from console.engine.requests import Requests
from console.engine.schema import STEPS
from console.engine.state import StateFolder
from console.engine.upgrade import open_journal
from console.engine.writing import NewExecution
from console.model.ids import new_id
from console.model.query import ExecutionQuery


def _start(database: Database) -> str:
    identifier = new_id()
    Requests(database, SystemClock()).start(NewExecution(identifier, "flow", "{}", ""))
    return identifier


def test_a_new_journal_has_a_version_and_an_id_that_stays(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    database = open_journal(path)
    first = Reads(ReaderPool(path)).identity()
    database.close()
    database = open_journal(path)
    assert Reads(ReaderPool(path)).identity() == first
    assert database.execute("PRAGMA user_version").fetchone()[0] == len(STEPS)
    assert database.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert database.execute("PRAGMA synchronous").fetchone()[0] == 2
    database.close()


def test_an_older_journal_is_brought_up_to_date_with_what_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    database = open_journal(path)
    identifier = _start(database)
    database.close()
    step = "ALTER TABLE execution ADD COLUMN note TEXT NOT NULL DEFAULT 'new';\n"
    database = open_journal(path, (*STEPS, step))
    row = database.execute("SELECT id, note FROM execution").fetchone()
    assert tuple(row) == (identifier, "new")
    assert database.execute("PRAGMA user_version").fetchone()[0] == len(STEPS) + 1
    database.close()


def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    open_journal(path).close()
    broken = "ALTER TABLE execution ADD COLUMN note TEXT;\nSELECT * FROM no_such_table;\n"
    with pytest.raises(EngineUnavailable):
        open_journal(path, (*STEPS, broken))
    database = open_journal(path)
    columns = [row["name"] for row in database.execute("PRAGMA table_info(execution)")]
    assert "note" not in columns
    database.close()


def test_a_newer_journal_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    database = open_journal(path)
    database.execute("PRAGMA user_version = 99")
    database.close()
    before = path.read_bytes()
    with pytest.raises(EngineUnavailable, match=r"newer version of this program.*schema 99"):
        open_journal(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"no journal at all " * 400, b"SQLite format 3\x00" + b"\xff" * 4096]
)
def test_a_file_that_is_no_journal_is_refused_and_left_alone(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "journal.db"
    path.write_bytes(content)
    with pytest.raises(EngineUnavailable, match="move it aside"):
        open_journal(path)
    assert path.read_bytes() == content


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    with pytest.raises(EngineUnavailable, match="not a journal of this program"):
        open_journal(path)


def test_a_damaged_journal_is_refused_when_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    database = open_journal(path)
    for _ in range(200):
        _start(database)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 20000] = b"\xa5" * 20000
    path.write_bytes(content)
    with pytest.raises(EngineUnavailable, match="damaged"):
        open_journal(path)


def test_damage_that_comes_later_is_told_by_the_request_that_meets_it(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    database = open_journal(path)
    for _ in range(300):
        _start(database)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    content = bytearray(path.read_bytes())
    content[3 * 4096 :] = b"\xa5" * (len(content) - 3 * 4096)
    path.write_bytes(content)
    with pytest.raises(EngineUnavailable, match="damaged"):
        Reads(ReaderPool(path)).list(ExecutionQuery(limit=1000))


def test_a_full_disk_is_told_and_nothing_is_half_written(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    database = open_journal(path)
    first = _start(database)
    pages = database.execute("PRAGMA page_count").fetchone()[0]
    database.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(EngineUnavailable, match="the disk is full"):
        for _ in range(500):
            _start(database)
    database.execute(f"PRAGMA max_page_count = {pages + 1000}")
    reads = Reads(ReaderPool(path))
    listed = reads.list(ExecutionQuery(limit=1000))
    assert listed.total == len(listed.items) >= 1
    assert all(reads.attempts(item.id).attempts for item in listed.items)
    assert reads.get(first)
    _start(database)
    database.close()


def test_a_locked_journal_is_told_after_a_while_and_readers_never_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "journal.db"
    first = open_journal(path)
    identifier = _start(first)
    monkeypatch.setattr(database_module, "BUSY_SECONDS", 0.05)
    second = Database(path)
    with first.transaction():
        with pytest.raises(EngineUnavailable, match="another process holds it locked"):
            _start(second)
        assert Reads(ReaderPool(path)).get(identifier)
    _start(second)
    first.close()
    second.close()


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    open_journal(path).close()
    with pytest.raises(EngineUnavailable), ReaderPool(path).snapshot() as connection:
        connection.execute("UPDATE identity SET change = 5")


def test_readers_in_many_threads_get_connections_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    database = open_journal(path)
    identifier = _start(database)
    pool = ReaderPool(path)
    reads = Reads(pool)
    seen: list[str] = []
    threads = [
        threading.Thread(target=lambda: seen.append(reads.get(identifier).id)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [identifier] * 8
    pool.close()
    database.close()


def test_a_journal_in_no_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="cannot be opened"):
        open_journal(tmp_path / "nowhere" / "journal.db")


def test_the_state_folder_is_its_owners_only(tmp_path: Path) -> None:
    state = StateFolder(tmp_path / ".wfc")
    state.prepare()
    assert state.folder.stat().st_mode & 0o777 == 0o700
    state.folder.chmod(0o755)
    state.prepare()
    assert state.folder.stat().st_mode & 0o777 == 0o700


def test_a_state_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EngineUnavailable, match="cannot use"):
        StateFolder(tmp_path / "file" / ".wfc").prepare()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_project_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(EngineUnavailable, match="cannot use"):
            StateFolder(tmp_path / ".wfc").prepare()
    finally:
        tmp_path.chmod(0o700)


def test_the_end_of_a_large_workers_file_is_put_aside_while_it_is_written(tmp_path: Path) -> None:
    state = StateFolder(tmp_path / ".wfc")
    state.prepare()
    with state.worker_log.open("ab", buffering=0) as writer:
        writer.write(b"x" * (5 * 1024 * 1024) + b"last\n")
        state.trim_worker_log()
        assert state.worker_log.read_bytes() == b""
        old = state.worker_log.with_suffix(".log.old").read_bytes()
        assert len(old) == 4 * 1024 * 1024 and old.endswith(b"xlast\n")
        writer.write(b"next\n")
        state.prepare()
    assert state.worker_log.read_bytes() == b"next\n"
