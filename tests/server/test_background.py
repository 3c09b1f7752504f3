"""Real server processes with the real engine: started, found, ended, killed, raced for."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from console.server import background, presence
from console.server.background import down, ensure_up, up
from console.server.errors import ServeError
from console.server.presence import quiet_now, silence, status
from console.server.record import ServerRecord, read_record
from tests.fakes.process import is_alive
from tests.server.serving import CONSOLE

ROOT = Path(__file__).parents[2]
WORKFLOW = """
from console.workflow import create_workflow, create_workflow_job

@create_workflow_job(name="say-hello")
async def say_hello(input: dict) -> dict:
    return {"said": "hello"}

default = create_workflow(name="hello", main_job=say_hello)
"""


@pytest.fixture
def shop(project: Path) -> Iterator[Path]:
    """A project of one workflow; its server is ended with the test."""
    (project / "wfc.toml").write_text('[project]\nname = "shop"\n[server]\nworkers = 1\n')
    (project / "workflows").mkdir()
    (project / "workflows" / "hello.py").write_text(WORKFLOW)
    yield project
    down(project)


def eventually(holds: Callable[[], bool], seconds: float = 15.0) -> bool:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def workers_of(record: ServerRecord) -> list[int]:
    """Ask a server for its worker processes."""
    transport = httpx.HTTPTransport(uds=str(record.socket), verify=False)
    with httpx.Client(transport=transport, base_url="http://wfc") as client:
        answer = client.post(CONSOLE + "ListWorkers", json={})
    return [int(worker["processId"]) for worker in answer.json()["workers"]]


def test_a_server_is_started_found_and_ended(shop: Path) -> None:
    assert status(shop) is None
    record = up(shop)

    assert is_alive(record.pid) and record.pid != os.getpid()
    assert os.getsid(record.pid) == record.pid
    assert record == read_record(shop) == status(shop)
    assert up(shop) == record == ensure_up(shop)
    workers = workers_of(record)
    assert workers and all(map(is_alive, workers))

    assert down(shop) is True
    assert eventually(lambda: not any(map(is_alive, [record.pid, *workers])))
    assert status(shop) is None
    assert record.socket is not None and not record.socket.exists()
    assert not (shop / ".wfc" / "journal.db-wal").exists(), "the journal was not closed"
    assert down(shop) is False


def test_several_that_start_one_at_once_end_with_one(shop: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        records = list(pool.map(lambda _: up(shop), range(4)))

    assert len({record.pid for record in records}) == 1
    assert status(shop) == records[0]
    log = (shop / ".wfc" / "server.log").read_text()
    assert log.count(" serves ") == 1
    assert "is served already" not in log


def test_a_killed_server_is_not_found_and_its_files_go(shop: Path) -> None:
    first = up(shop)
    workers = workers_of(first)
    os.kill(first.pid, signal.SIGKILL)
    assert eventually(lambda: quiet_now(shop))
    assert read_record(shop) == first

    assert status(shop) is None
    assert read_record(shop) is None
    assert first.socket is not None and not first.socket.exists()
    assert eventually(lambda: not any(map(is_alive, workers)))
    second = up(shop)
    assert second.pid != first.pid and status(shop) == second


def test_a_stopped_server_is_told_as_such_and_goes_on_when_it_is_let(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "ANSWER_SECONDS", 0.5)
    record = up(shop)
    os.kill(record.pid, signal.SIGSTOP)
    try:
        assert eventually(lambda: status(shop) is None)
        silent = silence(shop)
        assert silent is not None and silent.is_stopped and silent.process == record.pid
        assert read_record(shop) == record, "a living server's record was cleaned away"
        begun = time.monotonic()
        with pytest.raises(ServeError, match=f"process {record.pid}.* is stopped") as caught:
            up(shop)
        assert caught.value.exit_code == 6
        assert time.monotonic() - begun < background.SILENT_SECONDS, "it waits for a stopped one"
    finally:
        os.kill(record.pid, signal.SIGCONT)
    monkeypatch.undo()
    assert status(shop) == record
    assert str(silent).endswith(f"`kill -CONT {record.pid}` lets it go on, `wfc down` ends it")


@pytest.mark.parametrize("at_once", [False, True])
def test_a_stopped_server_is_ended_with_its_workers(shop: Path, at_once: bool) -> None:
    record = up(shop)
    workers = workers_of(record)
    os.kill(record.pid, signal.SIGSTOP)
    try:
        assert down(shop, at_once=at_once) is True
    finally:
        with contextlib.suppress(ProcessLookupError):  # left stopped, nothing would end it
            os.kill(record.pid, signal.SIGCONT)

    assert quiet_now(shop) and read_record(shop) is None, "it did not end in order"
    assert eventually(lambda: not any(map(is_alive, [record.pid, *workers])))


MUTE = """
import os, signal, socket, sys
from datetime import datetime, timezone
from pathlib import Path
from console.server.lock import ProjectLock
from console.server.record import ServerRecord, write_record
signal.signal(signal.SIGTERM, signal.SIG_IGN)
project, place = Path(sys.argv[1]), Path(sys.argv[2])
lock = ProjectLock.take(project)
listener = socket.socket(socket.AF_UNIX)
listener.bind(str(place))
listener.listen()
write_record(
    ServerRecord(os.getpid(), place, "", "w", project, "1", datetime.now(timezone.utc))
)
print("listens", flush=True)
signal.pause()
"""


@pytest.fixture
def mute(shop: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A process that serves a project, listens, takes connections, and says nothing ever."""
    monkeypatch.setattr(presence, "ANSWER_SECONDS", 0.1)
    monkeypatch.setattr(background, "SILENT_SECONDS", 0.4)
    with subprocess.Popen(
        [sys.executable, "-c", MUTE, str(shop), str(home / "mute.sock")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None and process.stdout.readline() == b"listens\n"
        try:
            yield process.pid
        finally:
            process.kill()


def test_a_server_that_hangs_is_waited_for_not_long(shop: Path, mute: int) -> None:
    begun = time.monotonic()
    words = f"process {mute}.* has not answered for 0.1 s; .*server.log, .*`wfc down --now`"
    with pytest.raises(ServeError, match=words) as caught:
        up(shop)
    assert caught.value.exit_code == 6
    assert 0.4 <= time.monotonic() - begun < 5


def test_a_server_that_hangs_is_killed_when_it_is_to_end_at_once(
    shop: Path, mute: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ServeError, match=f"process {mute} .* did not: `wfc down --now` kills it"):
        down(shop, timeout=0.3)
    assert is_alive(mute)
    monkeypatch.setattr(background, "KILL_SECONDS", 0.3)
    assert down(shop, at_once=True) is True
    assert quiet_now(shop) and not is_alive(mute)


def test_a_server_on_tcp_alone_is_found(shop: Path) -> None:
    record = up(shop, listen="127.0.0.1:0", workers=1)

    assert record.url.startswith("http://127.0.0.1:") and status(shop) == record
    assert record.token_file == shop / ".wfc" / "token"
    without = ServerRecord(
        record.pid, None, record.url, "w", record.project, "1", record.started_at
    )
    assert presence.answers(without)


def test_a_folder_without_a_project_file_is_refused_and_left_alone(project: Path) -> None:
    with pytest.raises(ServeError, match=r"no wfc\.toml") as caught:
        up(project)
    assert caught.value.exit_code == 2
    assert list(project.iterdir()) == []


def test_a_wrong_project_tells_all_its_mistakes_and_starts_nothing(shop: Path) -> None:
    wrong = WORKFLOW.replace('"hello", main', '"No Name", main')
    (shop / "workflows" / "one.py").write_text(wrong.replace("say-hello", "say-one"))
    (shop / "workflows" / "two.py").write_text(WORKFLOW.replace("say-hello", "x"))
    with pytest.raises(ServeError) as caught:
        up(shop)

    assert caught.value.exit_code == 2
    assert "one.py" in caught.value.message and "two.py" in caught.value.message
    assert "Traceback" not in caught.value.message
    assert quiet_now(shop)


def test_a_wrong_project_file_is_told_by_key(shop: Path) -> None:
    (shop / "wfc.toml").write_text('[project]\nname = "shop"\n[server]\nworker = 2\n')
    with pytest.raises(ServeError, match="worker") as caught:
        up(shop)
    assert caught.value.exit_code == 2


def test_a_corrupt_journal_is_told_in_one_line(shop: Path) -> None:
    (shop / ".wfc").mkdir()
    (shop / ".wfc" / "journal.db").write_bytes(b"no database at all" * 400)
    with pytest.raises(ServeError, match="journal") as caught:
        up(shop)
    assert caught.value.exit_code == 6
    journal = shop / ".wfc" / "journal.db"
    begins = f"{shop} cannot be served: the journal {journal} cannot be used: "
    assert caught.value.message.startswith(begins)
    assert "\n" not in caught.value.message


def test_the_file_that_cannot_be_written_is_the_one_that_is_named(shop: Path) -> None:
    kept = shop / ".wfc" / "definitions.json"
    kept.mkdir(parents=True)
    with pytest.raises(ServeError) as caught:
        up(shop)
    assert caught.value.exit_code == 6
    assert caught.value.message == f"{shop} cannot be served: cannot write {kept}: Is a directory"
    assert list(kept.parent.glob("definitions.json.*")) == []


def test_a_port_in_use_is_told_through_the_background(shop: Path) -> None:
    first = up(shop, listen="127.0.0.1:0")
    taken = first.url.removeprefix("http://")
    other = shop.parent / "other"
    (other / "workflows").mkdir(parents=True)
    (other / "wfc.toml").write_text('[project]\nname = "other"\n')
    with pytest.raises(ServeError, match=f"{taken} is in use"):
        up(other, listen=taken)


def fake_python(home: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Have another program started in the place of the server's interpreter."""
    program = home / "python"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setattr(background.sys, "executable", str(program))


def test_a_server_that_dies_without_a_report_leaves_its_last_words(
    shop: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shop / ".wfc").mkdir()
    (shop / ".wfc" / "server.log").write_text("words of yesterday\n")
    fake_python(home, monkeypatch, "echo first; echo 'out of memory' >&2; exit 3")
    with pytest.raises(ServeError, match="died at its start: out of memory") as caught:
        up(shop)
    assert caught.value.exit_code == 6
    fake_python(home, monkeypatch, "exit 3")
    with pytest.raises(ServeError, match="it wrote nothing"):
        up(shop)


def test_a_server_that_never_gets_ready_is_given_up_and_ended(
    shop: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_python(home, monkeypatch, "exec sleep 60")
    started: list[subprocess.Popen[bytes]] = []
    popen = subprocess.Popen

    def start(*arguments: Any, **options: Any) -> subprocess.Popen[bytes]:
        started.append(popen(*arguments, **options))
        return started[-1]

    monkeypatch.setattr(background.subprocess, "Popen", start)
    with pytest.raises(ServeError, match="did not answer in time"):
        up(shop, timeout=0.5)
    (process,) = started
    assert eventually(lambda: process.returncode == -signal.SIGTERM)


def test_an_interpreter_that_cannot_be_started_is_told(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background.sys, "executable", "/no/such/python")
    with pytest.raises(ServeError, match="cannot start /no/such/python"):
        up(shop)


def test_a_projects_own_folders_do_not_hide_ours(shop: Path) -> None:
    for name in ("console", "asyncio", "google"):
        (shop / name).mkdir()
        (shop / name / "__init__.py").write_text("raise SystemExit('taken from the project')\n")
    assert status(shop) is None
    assert up(shop) == status(shop)


def serve_until_eof(shop: Path) -> subprocess.Popen[bytes]:
    """Start a server that lives as long as somebody holds its stdin."""
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "console.server", str(shop), "--until-eof"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )


def test_a_server_tied_to_a_pipe_ends_with_it_and_so_do_its_workers(shop: Path) -> None:
    with serve_until_eof(shop) as process:
        assert eventually(lambda: status(shop) is not None)
        record = status(shop)
        assert record is not None and record.pid == process.pid
        workers = workers_of(record)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(15) == 0
        assert process.stderr is not None and process.stderr.read() == b""
    assert eventually(lambda: not any(map(is_alive, workers)))
    assert read_record(shop) is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_a_server_in_order(shop: Path, number: signal.Signals) -> None:
    with serve_until_eof(shop) as process:
        assert eventually(lambda: status(shop) is not None)
        process.send_signal(number)
        assert process.wait(15) == 0
        assert process.stderr is not None and process.stderr.read() == b""
    assert read_record(shop) is None
    assert quiet_now(shop)


def test_a_server_in_the_foreground_says_in_one_line_why_it_does_not_start(shop: Path) -> None:
    record = up(shop)
    with serve_until_eof(shop) as process:
        assert process.wait(15) == 1
        assert process.stderr is not None
        said = process.stderr.read().decode()
    assert said.count("\n") == 1 and f"process {record.pid}" in said


def test_finding_a_server_loads_nothing_heavy() -> None:
    heavy = "{'hypercorn', 'google', 'asyncio', 'sqlite3', 'sqlalchemy', 'pydantic', 'httpx'}"
    code = (
        "import sys; from pathlib import Path; from console.server.presence import status; "
        f"status(Path('/')); print(sorted({heavy} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout.strip() == "[]"
