"""Sockets, folders, the lock and the record."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.server import lock as lock_module
from console.server import places
from console.server.errors import AlreadyServed, ServeError
from console.server.listen import bind_tcp, bind_unix, parse_listen
from console.server.lock import ProjectLock, holder, quiet
from console.server.places import make_socket_folder, make_state_folder, socket_path
from console.server.record import ServerRecord, read_record, remove_record, write_record


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("127.0.0.1:8787", ("127.0.0.1", 8787)),
        ("localhost:0", ("localhost", 0)),
        (":80", ("127.0.0.1", 80)),
        ("80", ("127.0.0.1", 80)),
        ("[::1]:80", ("::1", 80)),
        ("0.0.0.0:65535", ("0.0.0.0", 65535)),
    ],
)
def test_an_address_to_listen_on_is_read(text: str, expected: tuple[str, int]) -> None:
    assert parse_listen(text) == expected


@pytest.mark.parametrize("text", ["", "a", "a:", "a:x", "::1:80", "a:65536", "a:-1", "a:٣"])
def test_an_address_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(ServeError) as caught:
        parse_listen(text)
    assert caught.value.exit_code == 2
    assert "\n" not in caught.value.message


def test_a_port_in_use_is_told_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(ServeError, match=f"{address} is in use") as caught:
            bind_tcp(address)
    assert caught.value.exit_code == 6


@pytest.mark.parametrize(
    ("text", "url", "is_loopback"),
    [
        ("127.0.0.1:0", "http://127.0.0.1:", True),
        ("localhost:0", "http://localhost:", True),
        ("0.0.0.0:0", "http://127.0.0.1:", False),
    ],
)
def test_a_listener_knows_its_address_and_whether_it_is_loopback(
    text: str, url: str, is_loopback: bool
) -> None:
    listener = bind_tcp(text)
    with listener.socket:
        assert listener.url == f"{url}{listener.port}"
        assert listener.port > 0
        assert listener.is_loopback is is_loopback
        assert not listener.socket.get_inheritable()


def test_an_unknown_host_is_told() -> None:
    with pytest.raises(ServeError, match="no host no-such-host") as caught:
        bind_tcp("no-such-host.invalid:0")
    assert caught.value.exit_code == 2


def test_the_socket_is_short_private_and_one_for_each_project(home: Path) -> None:
    one, other = socket_path(home / "a"), socket_path(home / "b")

    assert one.parent == home / "run" / "wfc"
    assert one != other and one == socket_path(home / "a")
    with bind_unix(one).socket:
        assert one.stat().st_mode & 0o777 == 0o600
        assert one.parent.stat().st_mode & 0o777 == 0o700


def test_without_a_runtime_folder_the_socket_is_in_tmp(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for value in ("", "relative", str(home / "none"), str(home / ("x" * 100))):
        (home / ("x" * 100)).mkdir(exist_ok=True)
        monkeypatch.setenv("XDG_RUNTIME_DIR", value)
        assert socket_path(home / "a").parent == Path(f"/tmp/wfc-{os.getuid()}")


def test_a_socket_folder_that_is_a_link_or_a_file_is_refused(home: Path) -> None:
    (home / "elsewhere").mkdir()
    (home / "link").symlink_to(home / "elsewhere")
    (home / "file").write_text("")
    for name in ("link", "file"):
        with pytest.raises(ServeError, match=name) as caught:
            make_socket_folder(home / name)
        assert caught.value.exit_code == 6


def test_a_socket_folder_of_somebody_else_is_refused(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = home.stat().st_uid
    monkeypatch.setattr(places.os, "getuid", lambda: owner + 1)
    with pytest.raises(ServeError, match=f"belongs to user {owner}"):
        make_socket_folder(home / "run" / "wfc")


def test_a_socket_folder_that_is_too_wide_is_closed(home: Path) -> None:
    folder = home / "wide"
    folder.mkdir(mode=0o755)
    make_socket_folder(folder)
    assert folder.stat().st_mode & 0o777 == 0o700


def test_what_a_killed_server_left_is_replaced_and_a_file_is_not(home: Path) -> None:
    path = socket_path(home / "a")
    bind_unix(path).socket.close()
    assert path.exists()
    listener = bind_unix(path)
    listener.remove()
    assert not path.exists()
    listener.remove()

    path.write_text("not a socket")
    with pytest.raises(ServeError, match="cannot listen"):
        bind_unix(path)
    assert path.read_text() == "not a socket"


def test_the_state_of_a_project_is_for_its_owner_only(project: Path) -> None:
    (project / ".wfc").mkdir(mode=0o755)
    assert make_state_folder(project).stat().st_mode & 0o777 == 0o700
    (project / "file").write_text("")
    with pytest.raises(ServeError, match="cannot use"):
        make_state_folder(project / "file")


# The lock


def test_a_project_is_served_by_one(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock_module, "PATIENCE", 0.1)
    mine = ProjectLock.take(project)
    with pytest.raises(AlreadyServed, match=f"process {os.getpid()}") as caught:
        ProjectLock.take(project)
    assert caught.value.process_id == os.getpid()
    assert quiet(project) is None
    mine.release()
    mine.release()
    assert holder(project) is None
    ProjectLock.take(project).release()


def test_a_look_at_the_lock_does_not_stop_a_server_that_starts(project: Path) -> None:
    (project / ".wfc").mkdir()
    looking = quiet(project)
    other = quiet(project)
    assert looking is not None and other is not None
    timer = threading.Timer(0.1, lambda: (looking.__exit__(), other.__exit__()))
    timer.start()
    ProjectLock.take(project).release()
    timer.join()


def test_the_lock_of_a_killed_process_is_free(project: Path) -> None:
    code = (
        "import sys, pathlib, console.server.lock as lock\n"
        "held = lock.ProjectLock.take(pathlib.Path(sys.argv[1]))\n"
        "print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(project)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    ) as process:
        assert process.stdout is not None and process.stdout.readline() == b"held\n"
        assert quiet(project) is None
        assert holder(project) == process.pid
        process.kill()
        process.wait(10)
    ProjectLock.take(project).release()


def test_a_project_that_was_never_served_is_quiet_and_left_alone(project: Path) -> None:
    looking = quiet(project)
    assert looking is not None
    with looking:
        assert list(project.iterdir()) == []


# The record

RECORD = ServerRecord(
    pid=1,
    socket=Path("/run/a.sock"),
    url="http://127.0.0.1:1",
    workspace_id="w",
    project=Path("/"),
    version="1",
    started_at=datetime(2026, 11, 24, tzinfo=UTC),
    token_file=Path("/t"),
)


def test_a_record_is_private_and_read_back(project: Path) -> None:
    record = ServerRecord(1, None, "", "w", project, "1", RECORD.started_at)
    (project / ".wfc").mkdir()
    for one in (record, ServerRecord(1, RECORD.socket, "u", "w", project, "1", RECORD.started_at)):
        write_record(one)
        assert read_record(project) == one
    assert (project / ".wfc" / "server.json").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (project / ".wfc").iterdir()] == ["server.json"]
    remove_record(project)
    remove_record(project)
    assert read_record(project) is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"pid": 1}', "7", '{"socket": 7}', "\x00"])
def test_a_record_that_is_none_is_no_record(project: Path, text: str) -> None:
    (project / ".wfc").mkdir()
    (project / ".wfc" / "server.json").write_text(text)
    assert read_record(project) is None
