"""A project's server in the background: start it, find it, end it.

Imports little: `wfc up`, `down`, `status` and every command that starts a server on demand pass
here before they know whether there is anything to do. The functions wait; call them in a thread
where an event loop runs.

    up ─ spawns ─▶ python -m console.server DIR --report-to FD ─▶ .wfc/server.log
       ◀─ one line of JSON through the pipe FD: the record, or why there is none ─┘
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import console
from console.server.errors import AlreadyServed, ServeError
from console.server.lock import holder, quiet
from console.server.places import LOG_BYTES, make_state_folder, state_folder
from console.server.record import ServerRecord, parse_record, read_record, remove_record

START_SECONDS = 30.0
"""How long a server may take until it answers."""
END_SECONDS = 20.0
"""How long a server may take to end; it gives its running requests a few seconds."""
AGAIN_SECONDS = 0.2
"""How soon a server that is to end at once is told for the second time, and again."""
ANSWER_SECONDS = 2.0
"""How long a living server may take to answer a ping."""


def up(
    project: Path,
    *,
    workers: int | None = None,
    listen: str | None = None,
    timeout: float = START_SECONDS,
) -> ServerRecord:
    """Start the project's server in the background and wait until it answers; one is enough.

    A server that runs already is given back as it is. Raises `ServeError`: with what the server
    said when it could not start, with the last words of its log when it died without a word.
    """
    project = project.resolve()
    if not (project / "wfc.toml").is_file():
        raise ServeError(f"{project} has no wfc.toml: not a project", 2)
    options: list[str] = []
    if workers is not None:
        options += ["--workers", str(workers)]
    if listen is not None:
        options += ["--listen", listen]
    deadline = time.monotonic() + timeout
    while True:
        record = status(project)
        if record is not None:
            return record
        if quiet_now(project):
            try:
                return _spawn(project, options, deadline)
            except AlreadyServed:
                pass  # somebody was faster, or the one before is about to end
        if time.monotonic() >= deadline:
            who = holder(project)
            raise ServeError(
                f"process {who or '?'} serves the project and does not answer; "
                f"see {state_folder(project) / 'server.log'}",
                6,
            )
        time.sleep(0.05)


def ensure_up(project: Path) -> ServerRecord:
    """Give the project's running server, starting it if there is none. Raises `ServeError`."""
    return up(project)


def status(project: Path) -> ServerRecord | None:
    """Find the project's server; None unless it answers. What a dead one left is removed."""
    project = project.resolve()
    record = read_record(project)
    if record is None:
        return None
    unserved = quiet(project)
    if unserved is not None:
        with unserved:
            remove_record(project)
            if record.socket is not None and record.socket.suffix == ".sock":
                record.socket.unlink(missing_ok=True)
        return None
    return record if _answers(record) else None


def down(project: Path, *, at_once: bool = False, timeout: float = END_SECONDS) -> bool:
    """End the project's server and wait for it; False where there was none.

    Running jobs have the time the server gives them, beside `timeout`; none with `at_once`. Raises
    `ServeError` when it has not ended in time, or may not be ended.
    """
    project = project.resolve()
    if quiet_now(project):
        status(project)  # clears what a dead one left
        return False
    record = read_record(project)
    if record is not None and not at_once:
        timeout += record.grace_seconds
    deadline = time.monotonic() + timeout
    told: int | None = None
    told_again = float("inf")
    while not quiet_now(project):
        process = holder(project)
        if process is not None and (process != told or time.monotonic() >= told_again):
            if at_once:
                told_again = time.monotonic() + AGAIN_SECONDS
            try:
                os.kill(process, signal.SIGTERM)
            except ProcessLookupError:
                pass
            except PermissionError:
                raise ServeError(f"process {process} is not yours to end", 1) from None
            told = process
        if time.monotonic() >= deadline:
            raise ServeError(
                f"process {told or '?'} was told to end {timeout:.0f} s ago: kill it", 6
            )
        time.sleep(0.02)
    return True


def quiet_now(project: Path) -> bool:
    """Tell whether no process serves the project at this moment."""
    unserved = quiet(project)
    if unserved is None:
        return False
    with unserved:
        return True


def _spawn(project: Path, options: Sequence[str], deadline: float) -> ServerRecord:
    """Start one server process and wait for its report."""
    log = make_state_folder(project) / "server.log"
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
    if log.exists() and log.stat().st_size > LOG_BYTES:
        flags |= os.O_TRUNC
    output = os.open(log, flags, 0o600)
    begin = os.fstat(output).st_size
    report, report_to = os.pipe()
    try:
        # -P: the project's own folders must not hide ours, whatever the working directory is.
        program = [sys.executable, "-P", "-m", "console.server", str(project)]
        process = subprocess.Popen(
            [*program, "--report-to", str(report_to), *options],
            cwd=project,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=(report_to,),
            start_new_session=True,
        )
    except OSError as error:
        os.close(report)
        raise ServeError(f"cannot start {sys.executable}: {error.strerror}", 6) from None
    finally:
        os.close(output)
        os.close(report_to)
    # The server outlives this function, and may end before this program does: somebody reaps it.
    threading.Thread(target=process.wait, name="wfc-server-reaper", daemon=True).start()
    try:
        text = _read_report(report, deadline)
    finally:
        os.close(report)
    if text is None:
        process.terminate()
        raise ServeError(f"the server did not answer in time; see {log}", 6)
    if not text:
        raise ServeError(f"the server died at its start: {_last_words(log, begin)}", 6)
    fields = json.loads(text)
    record = parse_record(fields)
    if record is not None:
        return record
    if fields.get("served"):
        raise AlreadyServed(fields.get("served_by"))
    raise ServeError(fields["error"], fields["exit_code"])


def _environment() -> dict[str, str]:
    """Give the server's environment: it finds this very package, installed or not."""
    environment = dict(os.environ)
    home = Path(console.__file__).resolve().parent.parent
    if home.name not in ("site-packages", "dist-packages"):
        others = [path for path in environment.get("PYTHONPATH", "").split(os.pathsep) if path]
        environment["PYTHONPATH"] = os.pathsep.join([str(home), *others])
    return environment


def _read_report(descriptor: int, deadline: float) -> bytes | None:
    """Read one line; empty when the writer died, None when the time is over."""
    data = b""
    while not data.endswith(b"\n"):
        ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            return None
        piece = os.read(descriptor, 65536)
        if not piece:
            return b""
        data += piece
    return data


def _last_words(log: Path, begin: int) -> str:
    """Read what a dead server wrote last, in one line."""
    with log.open("rb") as file:
        file.seek(begin)
        lines = file.read().decode("utf-8", "replace").split("\n")
    words = [line.strip() for line in lines if line.strip()]
    return f"{words[-1][:300]} (more in {log})" if words else f"it wrote nothing into {log}"


def _answers(record: ServerRecord) -> bool:
    """Ping a server; any HTTP answer will do, also one that asks for a token."""
    ping = (
        b"POST /tailor.v1.OperatorService/Ping HTTP/1.1\r\nHost: localhost\r\n"
        b"Content-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
    )
    try:
        with _connection(record) as connection:
            connection.settimeout(ANSWER_SECONDS)
            connection.sendall(ping)
            return connection.recv(16).startswith(b"HTTP/1.1 ")
    except OSError:
        return False


def _connection(record: ServerRecord) -> socket.socket:
    """Connect to a server by its socket, else by its address."""
    if record.socket is None:
        address = urlsplit(record.url)
        return socket.create_connection(
            (address.hostname or "127.0.0.1", address.port or 80), ANSWER_SECONDS
        )
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(ANSWER_SECONDS)
        connection.connect(str(record.socket))
    except OSError:
        connection.close()
        raise
    return connection
