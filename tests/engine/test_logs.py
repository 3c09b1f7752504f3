"""Logs of bodies: every line, with its time, soon after it was printed."""

from __future__ import annotations

import asyncio
import contextvars
import errno
import logging
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from console.engine import logs as logs_module
from console.engine.logs import LogFlusher, LogFolder, LogWriter
from console.workflow import Job, create_workflow, create_workflow_job
from tests.engine.bench import Bench, make_project

LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (.*)\n")


@pytest.fixture
def flusher() -> Iterator[LogFlusher]:
    made = LogFlusher(time.monotonic)
    yield made
    made.close()


def _texts(path: Path) -> list[str]:
    content = path.read_text()
    found = LINE.findall(content)
    assert "".join(LINE.findall(content)) == "".join(line[25:] for line in content.splitlines())
    return [str(text) for text in found]


def test_lines_have_their_time_and_pieces_become_one_line(
    tmp_path: Path, flusher: LogFlusher
) -> None:
    log = LogWriter(tmp_path / "a" / "log", flusher)
    for piece in ("one\n", "tw", "o", "\nthree\n\nfi", "ve\r\n", "last"):
        log.write(piece)
    log.close()
    assert _texts(tmp_path / "a" / "log") == ["one", "two", "three", "", "five", "last"]


def test_a_log_without_lines_has_no_file(tmp_path: Path, flusher: LogFlusher) -> None:
    log = LogWriter(tmp_path / "log", flusher)
    log.write("")
    log.close()
    assert not (tmp_path / "log").exists()


def test_pieces_of_two_threads_do_not_mix(tmp_path: Path, flusher: LogFlusher) -> None:
    log = LogWriter(tmp_path / "log", flusher)

    def write(letter: str) -> None:
        for _ in range(300):
            log.write(letter * 5)
            log.write(letter * 5)
            log.write("\n")

    threads = [threading.Thread(target=write, args=(letter,)) for letter in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log.close()
    assert sorted(_texts(tmp_path / "log")) == sorted(
        letter * 10 for letter in "abcd" for _ in range(300)
    )


def test_a_line_is_visible_soon_after_it_was_written(tmp_path: Path, flusher: LogFlusher) -> None:
    path = tmp_path / "log"
    log = LogWriter(path, flusher)
    log.write("first\n")
    assert _texts(path) == ["first"], "a quiet log writes at once"
    log.write("second\n")
    deadline = time.monotonic() + 5
    while len(_texts(path)) < 2:
        assert time.monotonic() < deadline
        threading.Event().wait(0.002)
    log.close()


def test_many_fast_lines_are_all_there_in_order_and_in_few_writes(
    tmp_path: Path, flusher: LogFlusher, monkeypatch: pytest.MonkeyPatch
) -> None:
    writes = [0]
    write = os.write

    def counting(file: int, data: Any) -> int:
        writes[0] += 1
        return write(file, data)

    monkeypatch.setattr(os, "write", counting)
    log = LogWriter(tmp_path / "log", flusher)
    started = time.monotonic()
    for number in range(50_000):
        log.write(f"line {number}")
        log.write("\n")
    took = time.monotonic() - started
    log.close()
    assert _texts(tmp_path / "log") == [f"line {number}" for number in range(50_000)]
    assert writes[0] < 500
    assert took < 5, "50,000 lines take about half a second on a machine that is not busy"


def _failing(monkeypatch: pytest.MonkeyPatch, number: int, room: int = 0) -> None:
    """Let writes fail once they have written so many bytes more."""
    write = os.write

    def failing(file: int, data: Any) -> int:
        nonlocal room
        if room == 0:
            raise OSError(number, os.strerror(number))
        written = write(file, bytes(data)[:room])
        room -= written
        return written

    monkeypatch.setattr(os, "write", failing)


def test_a_full_disk_does_not_fail_the_body_and_what_it_printed_comes_later(
    tmp_path: Path, flusher: LogFlusher, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log"
    log = LogWriter(path, flusher)
    log.write("before\n")
    log.flush()
    with monkeypatch.context() as patch:
        _failing(patch, errno.ENOSPC, room=30)
        log.write("in the middle of the line the room ends\n")
        log.flush()
        log.write("and there is none for this one\n")
        assert not log.is_written
    deadline = time.monotonic() + 5
    while not log.is_written:
        assert time.monotonic() < deadline, "it is written by itself when there is room again"
        time.sleep(0.001)
    log.write("after\n")
    log.close()
    assert _texts(path) == [
        "before",
        "in the middle of the line the room ends",
        "and there is none for this one",
        "after",
    ]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_lines_that_cannot_be_kept_are_counted(
    tmp_path: Path, flusher: LogFlusher, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.setattr(logs_module, "KEPT_BYTES", 10)
    path = tmp_path / "log"
    log = LogWriter(path, flusher)
    with monkeypatch.context() as patch:
        _failing(patch, number)
        log.write("first\n")
        log.flush()
        log.write("lost\nlost too\n")
        log.flush()
    log.write("after\n")
    log.close()
    if number == errno.ENOSPC:
        assert _texts(path) == ["first", "(2 lines could not be written)", "after"]
    else:
        assert _texts(path) == ["(3 lines could not be written)", "after"]


def test_a_log_is_read_from_any_offset_and_as_text_from_its_end(
    tmp_path: Path, flusher: LogFlusher
) -> None:
    folder = LogFolder(tmp_path)
    log = LogWriter(folder.path("execution", "function"), flusher)
    log.write("".join(f"line {n}\n" for n in range(100)))
    log.close()
    whole, size = folder.read("execution", "function", 0, 10**9)
    assert len(whole) == size
    pieces, offset = b"", 0
    while offset < size:
        piece, _ = folder.read("execution", "function", offset, 37)
        pieces, offset = pieces + piece, offset + len(piece)
    assert pieces == whole
    assert folder.read("execution", "function", size + 5, 10) == (b"", size)
    assert folder.read("execution", "other", 0, 10) == (b"", 0)
    assert folder.text("execution", "function", 10**9).splitlines() == [
        f"line {n}" for n in range(100)
    ]
    assert folder.text("execution", "function", 100).splitlines() == [
        "line 97",
        "line 98",
        "line 99",
    ]


def _bench(folder: Path, *jobs: Job[Any, Any]) -> Bench:
    flow = create_workflow(name="flow", main_job=jobs[0])
    return Bench(folder, make_project(folder, [flow], jobs))


def test_prints_and_log_records_of_each_job_go_to_its_own_log(tmp_path: Path) -> None:
    log = logging.getLogger("shop.mail")

    @create_workflow_job(name="callee")
    async def callee() -> None:
        print("inner", file=sys.stderr)
        log.warning("421 %s", "too many connections")

    @create_workflow_job(name="caller")
    async def caller() -> None:
        print("before")
        await callee.trigger()
        print("after")
        log.debug("not shown")
        sys.stdout.buffer.write("bytes ü\n".encode())

    bench = _bench(tmp_path, caller, callee)
    stdout = sys.stdout
    execution_id = bench.start("flow")
    bench.work()
    assert sys.stdout is stdout
    assert bench.log(execution_id, 0).splitlines() == ["before", "after", "bytes ü"]
    assert bench.log(execution_id, 1).splitlines() == [
        "inner",
        "WARNING shop.mail: 421 too many connections",
    ]
    bench.close()


def test_threads_print_into_the_job_that_started_them(tmp_path: Path) -> None:
    def bare() -> None:
        print("from a bare thread")

    @create_workflow_job(name="blocking")
    def blocking() -> None:
        print("from a def body")
        thread = threading.Thread(target=bare)
        thread.start()
        thread.join()

    @create_workflow_job(name="caller")
    async def caller() -> None:
        await asyncio.to_thread(print, "from to_thread")
        await blocking.trigger()

    bench = _bench(tmp_path, caller, blocking)
    execution_id = bench.start("flow")
    bench.work()
    assert bench.log(execution_id, 0).splitlines() == ["from to_thread"]
    assert bench.log(execution_id, 1).splitlines() == ["from a def body", "from a bare thread"]
    bench.close()


def test_what_a_job_left_running_is_not_its_callers_word(tmp_path: Path) -> None:
    is_over, has_printed = threading.Event(), threading.Event()

    @create_workflow_job(name="leaving")
    async def leaving() -> None:
        def late() -> None:
            is_over.wait(5)
            print("late")
            has_printed.set()

        asyncio.get_running_loop().run_in_executor(None, contextvars.copy_context().run, late)
        print("leaving")

    @create_workflow_job(name="caller")
    async def caller() -> None:
        await leaving.trigger()
        is_over.set()
        await asyncio.to_thread(has_printed.wait, 5)
        print("caller")

    bench = _bench(tmp_path, caller, leaving)
    execution_id = bench.start("flow")
    bench.work()
    assert bench.log(execution_id, 0).splitlines() == ["caller"]
    assert bench.log(execution_id, 1).splitlines() == ["leaving"]
    bench.close()


LEFT_RUNNING = """
import contextvars, subprocess, sys, time
from pathlib import Path
from types import SimpleNamespace
from console.engine.capture import OpenLogs, captured
from console.engine.child_output import ChildOutput
from console.engine.logs import LogFlusher, LogWriter
from console.workflow.runtime import current_runtime

logs, flusher = OpenLogs(), LogFlusher(time.monotonic)
output = ChildOutput(logs.sink)
logs.drain = output.drain
with captured(logs.sink, output.outside()):
    caller = LogWriter(Path(sys.argv[1]) / "caller.log", flusher)
    callee = LogWriter(Path(sys.argv[1]) / "callee.log", flusher)
    logs.push(caller)
    logs.push(callee)
    left = contextvars.copy_context()
    left.run(current_runtime.set, SimpleNamespace(log=callee))
    left.run(print, "in time")
    logs.close(callee)
    left.run(print, "late", flush=True)
    subprocess.run(["echo", "from a child"], stdout=sys.stdout, check=True)
    logs.close(caller)
flusher.close()
output.give_back()
"""


def test_what_a_stopped_job_prints_late_goes_into_the_workers_file(tmp_path: Path) -> None:
    words = [sys.executable, "-c", LEFT_RUNNING, str(tmp_path)]
    ended = subprocess.run(words, capture_output=True, timeout=20)
    assert ended.stderr.decode() == "late\n"
    assert _texts(tmp_path / "callee.log") == ["in time"]
    assert _texts(tmp_path / "caller.log") == ["from a child"]
    assert ended.returncode == 0


def test_a_callers_own_task_prints_into_the_callers_log_while_a_callee_runs(
    tmp_path: Path,
) -> None:
    @create_workflow_job(name="callee")
    async def callee() -> None:
        for _ in range(3):
            await asyncio.sleep(0)
            print("callee")

    @create_workflow_job(name="caller")
    async def caller() -> None:
        async def talk() -> None:
            for _ in range(3):
                print("caller")
                await asyncio.sleep(0)

        await asyncio.gather(callee.trigger(), talk())

    bench = _bench(tmp_path, caller, callee)
    execution_id = bench.start("flow")
    bench.work()
    assert bench.log(execution_id, 0).split() == ["caller"] * 3
    assert bench.log(execution_id, 1).split() == ["callee"] * 3
    bench.close()


def test_a_line_is_in_the_log_before_the_result_is_in_the_journal(tmp_path: Path) -> None:
    seen: list[str] = []

    @create_workflow_job(name="talking")
    async def talking() -> None:
        for number in range(5):
            print(number)

    bench = _bench(tmp_path, talking)
    execution_id = bench.start("flow")
    from console.engine.progress import Progress

    succeed = Progress.succeed

    def watched(self: Progress, job: Any, result: str) -> None:
        seen.append(bench.log(execution_id))
        succeed(self, job, result)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Progress, "succeed", watched)
        bench.work()
    assert seen == ["0\n1\n2\n3\n4\n"]
    bench.close()
