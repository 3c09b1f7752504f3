"""A journal that cannot be written for a while while a job's result is to be kept."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from console.engine import database as database_module
from console.engine.database import Database
from console.engine.stops import JournalGone
from console.model.states import ExecutionStatus
from console.workflow import create_workflow, create_workflow_job
from tests.engine.bench import Bench, make_project


class Held:
    """A bench, and somebody else who holds its journal."""

    def __init__(self, folder: Path) -> None:
        self.runs = 0
        self.stack = ExitStack()

        @create_workflow_job(name="main-job")
        async def main() -> None:
            self.runs += 1
            if self.runs == 1:
                self.stack.enter_context(self.other.transaction())
                self.locked.set()

        self.locked = threading.Event()
        flow = create_workflow(name="flow", main_job=main)
        self.bench = Bench(folder, make_project(folder, [flow], [main]))
        self.other = Database(folder / "journal.db")

    def release(self) -> None:
        """Let go of the journal."""
        self.stack.close()


@pytest.fixture
def held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    monkeypatch.setattr(database_module, "BUSY_SECONDS", 0.01)
    made = Held(tmp_path)
    yield made
    made.release()
    made.other.close()
    made.bench.close()


def test_a_result_is_kept_as_soon_as_the_journal_can_be_written_again(held: Held) -> None:
    held.bench.runner.patience = 0.01
    execution_id = held.bench.start("flow")

    def release_later() -> None:
        held.locked.wait()
        threading.Event().wait(0.15)
        held.release()

    thread = threading.Thread(target=release_later)
    thread.start()
    held.bench.work()
    thread.join()
    assert held.bench.get(execution_id).status is ExecutionStatus.SUCCESS
    assert held.runs == 1


def test_when_the_journal_is_broken_for_too_long_the_job_counts_as_not_run(
    held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    held.bench.runner.patience = 0.1
    execution_id = held.bench.start("flow")
    claim = held.bench.claim()
    assert claim is not None
    monkeypatch.setattr(database_module, "_PASSING", ())
    assert isinstance(held.bench.execute(claim), JournalGone)
    held.release()
    assert held.bench.get(execution_id).status is ExecutionStatus.RUNNING
    held.bench.lose(is_loss=False)
    held.bench.work()
    assert held.bench.get(execution_id).status is ExecutionStatus.SUCCESS
    assert held.runs == 2


def test_a_job_does_not_end_before_its_log_has_found_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_room = threading.Event()
    write = os.write

    def writing(file: int, data: bytes) -> int:
        if not has_room.is_set():
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(file, data)

    @create_workflow_job(name="main-job")
    async def main() -> None:
        monkeypatch.setattr(os, "write", writing)
        print("a line")

    flow = create_workflow(name="flow", main_job=main)
    bench = Bench(tmp_path, make_project(tmp_path, [flow], [main]))
    execution_id = bench.start("flow")
    working = threading.Thread(target=bench.work)
    working.start()
    working.join(0.4)
    assert bench.get(execution_id).status is ExecutionStatus.RUNNING
    has_room.set()
    working.join(5)
    assert bench.get(execution_id).status is ExecutionStatus.SUCCESS
    assert bench.log(execution_id) == "a line\n"
    bench.close()
