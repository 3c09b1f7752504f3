"""Full and read-only disks, a locked journal, a clock that is set: told, and nothing lost."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from console.clock import SystemClock
from console.engine import database as database_module
from console.engine.interface import EngineError, EngineUnavailable
from console.engine.local import LocalEngine, open_engine
from console.model.execution import Execution
from console.model.ids import ExecutionId
from console.model.states import ExecutionStatus
from console.server import background
from console.server.errors import ServeError
from tests.durability.disks import NoDisk, SmallDisk, small_disk
from tests.engine.trial import ended, marks, opened, until, write_project

SUCCESS = ExecutionStatus.SUCCESS


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """A disk of 4 MiB; the test is skipped where none can be had."""
    try:
        with small_disk(tmp_path / "disk", 4) as made:
            yield made
    except NoDisk as error:
        pytest.skip(str(error))


def _words(root: Path) -> list[str]:
    return [" ".join(mark.split()[:-1]) for mark in marks(root)]


@asynccontextmanager
async def _holding(root: Path, lease: float) -> AsyncIterator[tuple[LocalEngine, ExecutionId]]:
    """An engine, and an execution in the middle of it, which goes on when `go` is there."""
    async with opened(root, workers=2, lease=lease) as engine:
        execution_id = await engine.start("flow", '{"how":"hold"}')
        await until(lambda: "misbehave" in _words(root))
        yield engine, execution_id


def test_a_full_disk_is_told_and_what_runs_waits_until_there_is_room(disk: SmallDisk) -> None:
    root = write_project(disk.folder / "trial")
    go = root / "go"

    async def scenario() -> None:
        async with _holding(root, lease=0.3) as (engine, execution_id):
            before = await engine.health()
            go.touch()
            go.unlink()  # so that there is room for its name
            disk.fill()
            with pytest.raises(EngineUnavailable, match="the disk is full"):
                for _ in range(200):
                    await engine.start("flow", "{}")
            go.touch()
            # Seven leases long nothing can be written, and nobody is ended or given up for that.
            await _still(engine, execution_id, ExecutionStatus.RUNNING, seconds=2.2)
            disk.free()
            began = time.monotonic()
            assert (await ended(engine, execution_id)).status is SUCCESS
            assert time.monotonic() - began < 3
            assert (await engine.health()).workers == before.workers
            await _all_end(engine)

    asyncio.run(scenario())
    assert _words(root)[:3] == ["step 1", "misbehave", "step 2"]
    _check_journal(root)


async def _still(
    engine: LocalEngine, execution_id: ExecutionId, status: ExecutionStatus, seconds: float
) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert (await engine.get(execution_id)).status is status
        await asyncio.sleep(0.05)


async def _is_in(engine: LocalEngine, execution_id: ExecutionId, status: ExecutionStatus) -> None:
    deadline = time.monotonic() + 20
    while (await engine.get(execution_id)).status is not status:
        assert time.monotonic() < deadline, await engine.get(execution_id)
        await asyncio.sleep(0.01)


async def _all_end(engine: LocalEngine) -> list[Execution]:
    from console.model.query import ExecutionQuery

    page = await engine.list(ExecutionQuery(limit=1000))
    found = [await ended(engine, item.id) for item in page.items]
    assert {execution.status for execution in found} == {SUCCESS}
    return found


def _check_journal(root: Path) -> None:
    with sqlite3.connect(root / ".wfc" / "journal.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()


LOUD = """
        number = 0
        while not (HERE / "go").exists():
            print(number, "x" * 99)
            number += 1
            time.sleep(0.0001)
        return {"lines": number}
"""


def test_lines_printed_on_a_full_disk_are_in_the_log_before_the_job_ends(disk: SmallDisk) -> None:
    root = write_project(disk.folder / "trial")
    jobs = root / "workflows" / "jobs.py"
    quiet = '\n        while not (HERE / "go").exists():\n            time.sleep(0.01)\n'
    text = jobs.read_text()
    assert text.count(quiet) == 1
    jobs.write_text(text.replace(quiet, LOUD))

    async def scenario() -> tuple[list[str], int]:
        async with _holding(root, lease=5.0) as (engine, execution_id):
            go = root / "go.new"
            go.touch()
            disk.fill()
            await asyncio.sleep(0.3)
            go.replace(root / "go")
            await _still(engine, execution_id, ExecutionStatus.RUNNING, seconds=0.3)
            disk.free()
            execution = await ended(engine, execution_id)
            assert execution.status is SUCCESS
            function = execution.jobs[2].function_execution_id
            assert function is not None
            log = await engine.read_log(function, 0, 1 << 24)
            assert log.is_complete
            result = (await engine.function_execution(function)).result
            return log.data.decode().splitlines(), json.loads(result)["lines"]

    lines, count = asyncio.run(scenario())
    assert lines.pop(0).endswith("Z about to hold")
    assert [line[25:] for line in lines] == [f"{n} {'x' * 99}" for n in range(count)]
    assert count > 100


def test_a_server_on_a_full_disk_says_so_and_starts_when_there_is_room(disk: SmallDisk) -> None:
    root = write_project(disk.folder / "trial")
    disk.fill()
    with pytest.raises(ServeError) as told:
        background.up(root)
    assert told.value.exit_code == 6
    assert "full" in told.value.message or "No space left" in told.value.message
    assert "Traceback" not in told.value.message
    disk.free()
    background.up(root)
    assert background.down(root)


def test_status_tells_that_the_disk_is_full_while_it_is(disk: SmallDisk) -> None:
    root = write_project(disk.folder / "trial")
    background.up(root)
    try:
        assert _status(root) == (0, None)
        disk.fill()
        assert _status(root) == (6, "the disk is full")
        text = _wfc(root, "status")
        assert text.returncode == 6
        (line,) = [line for line in text.stdout.splitlines() if line.startswith("journal")]
        assert line.endswith(
            "cannot be written: the disk is full; until it can, starts fail and running jobs wait"
        )
        disk.free()
        assert _status(root) == (0, None)
        assert list((root / ".wfc").glob("tmp*")) == []
    finally:
        disk.free()
        background.down(root)


def _status(root: Path) -> tuple[int, object]:
    done = _wfc(root, "status", "--json")
    return done.returncode, json.loads(done.stdout).get("journalFault")


def _wfc(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "console", *words],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_a_project_on_a_read_only_disk_is_told(tmp_path: Path) -> None:
    try:
        with small_disk(tmp_path / "disk", 4) as disk:
            root = write_project(disk.folder / "trial")
            disk.make_read_only()
            with pytest.raises(EngineUnavailable, match="Read-only file system"):
                open_engine(root)
            with pytest.raises(ServeError, match="Read-only file system") as told:
                background.up(root)
            assert told.value.exit_code == 6
    except NoDisk as error:
        pytest.skip(str(error))


def test_a_disk_that_becomes_read_only_is_told_and_can_still_be_read(disk: SmallDisk) -> None:
    root = write_project(disk.folder / "trial")

    async def scenario() -> None:
        async with opened(root) as engine:
            execution_id = await engine.start("flow", "{}")
            assert (await ended(engine, execution_id)).status is SUCCESS
        disk.make_read_only()
        with pytest.raises(EngineUnavailable, match="Read-only"):
            open_engine(root)
        disk.make_writable()
        async with opened(root) as engine:
            assert (await engine.get(execution_id)).status is SUCCESS

    asyncio.run(scenario())


def test_a_journal_that_somebody_else_has_locked_is_told_and_nothing_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "BUSY_SECONDS", 0.2)
    root = write_project(tmp_path / "trial")

    async def scenario() -> None:
        async with _holding(root, lease=0.3) as (engine, execution_id):
            other = sqlite3.connect(root / ".wfc" / "journal.db", isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            began = time.monotonic()
            with pytest.raises(EngineUnavailable, match="another process holds it locked"):
                await engine.start("flow", "{}")
            assert time.monotonic() - began < 5
            (root / "go").touch()
            # Reads go on meanwhile; no worker is ended for what is not its fault.
            await _still(engine, execution_id, ExecutionStatus.RUNNING, seconds=2.0)
            other.execute("ROLLBACK")
            other.close()
            assert (await ended(engine, execution_id)).status is SUCCESS

    asyncio.run(scenario())
    # The lease ran out meanwhile: whoever is first at the journal, the worker with its result or an
    # heir that does the unrecorded job again. What was recorded is never done again.
    first, *middle, last = _words(root)
    assert (first, {*middle}, last) == ("step 1", {"misbehave"}, "step 2")


CLOCK = """
from datetime import timedelta
from console.clock import SystemClock

true_now = SystemClock.now
OFFSET = HERE / "offset"
SystemClock.now = lambda self: true_now(self) + timedelta(
    seconds=float(OFFSET.read_text()) if OFFSET.exists() else 0.0
)
"""


@pytest.fixture
def stepped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose processes read from a file how wrong the wall clock is."""
    # The engine reads the project in this process: what it does to the clock ends with the test.
    monkeypatch.setattr(SystemClock, "now", SystemClock.now)
    root = write_project(tmp_path / "trial")
    jobs = root / "workflows" / "jobs.py"
    jobs.write_text(jobs.read_text().replace("approval = ", CLOCK + "\napproval = ", 1))
    (root / "workflows" / "retrying.py").write_text(
        "from console.workflow import RetryPolicy, create_workflow\n"
        "from workflows.jobs import misbehave\n"
        "default = create_workflow(name='retrying', main_job=misbehave,"
        " retry_policy=RetryPolicy(3, '1500ms', '5s', 1))\n"
    )
    return root


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_is_set_holds_nothing_up_and_nothing_ends_before_it_began(
    stepped: Path, hours: int
) -> None:
    root = stepped

    async def scenario() -> None:
        async with _holding(root, lease=0.6) as (engine, running):
            waiting = await engine.start("asking", None)
            assert (await ended(engine, waiting)).status is ExecutionStatus.WAITING
            failing = await engine.start("retrying", '{"how":"fail"}')
            await _is_in(engine, failing, ExecutionStatus.PENDING_RETRY)
            cursor = (await engine.changes("")).cursor

            draft = root / "offset.new"
            draft.write_text(str(hours * 3600))
            draft.replace(root / "offset")
            began = time.monotonic()

            # A second until the step is seen, and the backoff.
            assert (await ended(engine, failing)).status is SUCCESS
            assert time.monotonic() - began < 6
            assert (await engine.get(running)).status is ExecutionStatus.RUNNING
            (root / "go").touch()
            await engine.resolve(waiting, "approval", "{}")
            later = await engine.start("flow", "{}")
            for identifier in (running, waiting, later):
                execution = await ended(engine, identifier)
                assert execution.status is SUCCESS
                _in_order(execution)
            changed = {item.id for item in (await engine.changes(cursor)).changed}
            assert changed == {running, waiting, failing, later}
            assert (await engine.prune(dry_run=True)).executions == 0
            _in_order(await engine.get(failing))
            assert (await engine.get(running)).retry_count == 0

    asyncio.run(scenario())
    assert len([word for word in _words(root) if word == "step 1"]) == 2


def _in_order(execution: Execution) -> None:
    """Nothing ends before it began."""
    for one in (execution, *execution.jobs):
        assert one.started_at is not None and one.finished_at is not None
        assert one.finished_at >= one.started_at, one
        assert one.finished_at - one.started_at < timedelta(hours=1, minutes=1)


def test_what_waited_before_the_clock_was_set_back_goes_first(stepped: Path) -> None:
    root = stepped

    async def scenario() -> None:
        async with opened(root, workers=1) as engine:
            await engine.start("flow", '{"how":"hold"}')
            await until(lambda: "misbehave" in _words(root))
            first = await engine.start("one-at-a-time", None)
            (root / "offset").write_text("-3600")
            log = root / ".wfc" / "journal.db"
            deadline = time.monotonic() + 5
            while True:
                with sqlite3.connect(log) as connection:
                    row = connection.execute(
                        "SELECT queued_at FROM execution WHERE id = ?", (first,)
                    ).fetchone()
                connection.close()
                if row[0] < time.time() * 1000 - 3_590_000:
                    break
                assert time.monotonic() < deadline, "the step was not noticed"
                await asyncio.sleep(0.05)
            second = await engine.start("one-at-a-time", None)
            (root / "go").touch()
            await ended(engine, second)
            done = [(await engine.get(one)).started_at for one in (first, second)]
            assert done[0] is not None and done[1] is not None and done[0] < done[1]

    asyncio.run(scenario())


def test_every_refusal_of_a_broken_journal_is_one_clear_line(tmp_path: Path) -> None:
    root = write_project(tmp_path / "trial")
    (root / ".wfc").mkdir()
    (root / ".wfc" / "journal.db").write_bytes(b"no journal at all " * 400)
    with pytest.raises(ServeError) as told:
        background.up(root)
    assert told.value.exit_code == 6 and told.value.message.count("\n") == 0
    assert "move it aside" in told.value.message and "Traceback" not in told.value.message
    with pytest.raises(EngineError):
        open_engine(root)
