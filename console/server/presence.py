"""Whether a project is served, by which process, and whether that process answers.

The lock tells that it is served, `.wfc/server.json` where it listens, and a ping that it answers. A
process that holds the lock and says nothing is told as such: it is neither up nor down.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from console.server.lock import holder, quiet
from console.server.places import state_folder
from console.server.record import ServerRecord, read_record, remove_record

ANSWER_SECONDS = 2.0
"""How long a living server may take to answer a ping."""


@dataclass(frozen=True, slots=True)
class Silence:
    """A process that serves a project, and does not answer."""

    process: int | None
    """None where the lock does not say."""
    record: ServerRecord | None
    """None while it has not begun to listen, or listens no more."""
    is_stopped: bool
    """It was halted by a signal, or by Ctrl-Z, and does nothing until it is told to go on."""
    log: Path
    """What it says of itself."""

    def __str__(self) -> str:
        who = f"the server (process {self.process or '?'})"
        if self.is_stopped:
            return (
                f"{who} is stopped; `kill -CONT {self.process}` lets it go on, `wfc down` ends it"
            )
        if self.record is None:
            return f"{who} is about to start or to end; wait a moment, or see {self.log}"
        said = f"{who} has not answered for {ANSWER_SECONDS:g} s"
        return f"{said}; wait, see {self.log}, or end it with `wfc down --now`"


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
    return record if answers(record) else None


def silence(project: Path) -> Silence | None:
    """Tell who serves a project that `status` found no answer of; None where nobody does."""
    project = project.resolve()
    if quiet_now(project):
        return None
    process, log = holder(project), state_folder(project) / "server.log"
    is_stopped = process is not None and _is_stopped(process)
    return Silence(process, read_record(project), is_stopped, log)


def quiet_now(project: Path) -> bool:
    """Tell whether no process serves the project at this moment."""
    unserved = quiet(project)
    if unserved is None:
        return False
    with unserved:
        return True


def answers(record: ServerRecord) -> bool:
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


def _is_stopped(process: int) -> bool:
    """Ask the system whether a process was halted; False where it does not say."""
    import subprocess

    try:
        asked = subprocess.run(
            ["ps", "-o", "stat=", "-p", str(process)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=ANSWER_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.stdout.strip()[:1] in (b"T", b"t")
