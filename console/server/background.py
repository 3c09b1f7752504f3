"""A project's server in the background: start it and end it.

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
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import console
from console.server.errors import AlreadyServed, ServeError
from console.server.lock import holder
from console.server.places import LOG_BYTES, make_state_folder
from console.server.presence import quiet_now, silence, status
from console.server.record import ServerRecord, parse_record, read_record

START_SECONDS = 30.0
"""How long a server may take until it answers."""
END_SECONDS = 20.0
"""How long a server may take to end; it gives its running requests a few seconds."""
AGAIN_SECONDS = 0.2
"""How soon a server that is to end at once is told for the second time, and again."""
SILENT_SECONDS = 6.0
"""How long one that listens may say nothing before nobody waits for it any more."""
KILL_SECONDS = 10.0
"""How long one that is to end at once, and does not, is let live; what runs goes on later."""


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
    begun = time.monotonic()
    deadline = begun + timeout
    while True:
        record = status(project)
        if record is not None:
            return record
        silent = silence(project)
        if silent is None:
            try:
                return _spawn(project, options, deadline)
            except AlreadyServed:
                pass  # somebody was faster, or the one before is about to end
        else:
            # One that does not listen yet has its time; one that does and is mute had it.
            mute = begun + SILENT_SECONDS if silent.record is not None else deadline
            if silent.is_stopped or time.monotonic() >= min(mute, deadline):
                raise ServeError(str(silent), 6)
        time.sleep(0.05)


def ensure_up(project: Path) -> ServerRecord:
    """Give the project's running server, starting it if there is none. Raises `ServeError`."""
    return up(project)


def down(project: Path, *, at_once: bool = False, timeout: float = END_SECONDS) -> bool:
    """End the project's server and wait for it; False where there was none.

    Running jobs have the time the server gives them, beside `timeout`; none with `at_once`, and one
    that hangs is killed then. A stopped one goes on, to end. Raises `ServeError` when it has not
    ended in time, or may not be ended.
    """
    project = project.resolve()
    if quiet_now(project):
        status(project)  # clears what a dead one left
        return False
    record = read_record(project)
    if record is not None and not at_once:
        timeout += record.grace_seconds
    begun = time.monotonic()
    told: int | None = None
    told_again = float("inf")
    while not quiet_now(project):
        process = holder(project)
        if process is not None and (process != told or time.monotonic() >= told_again):
            if at_once:
                told_again = time.monotonic() + AGAIN_SECONDS
            is_deaf = at_once and time.monotonic() >= begun + KILL_SECONDS
            _tell_to_end(process, signal.SIGKILL if is_deaf else signal.SIGTERM)
            told = process
        if time.monotonic() >= begun + timeout:
            advice = f"`kill -KILL {told}`" if at_once else "`wfc down --now` kills it"
            raise ServeError(
                f"process {told or '?'} was told to end {timeout:.0f} s ago, and did not: {advice}",
                6,
            )
        time.sleep(0.02)
    return True


def _tell_to_end(process: int, number: signal.Signals) -> None:
    """Send a signal, and have a process that is stopped take it. Raises `ServeError`."""
    try:
        os.kill(process, number)
        os.kill(process, signal.SIGCONT)
    except ProcessLookupError:
        pass
    except PermissionError:
        raise ServeError(f"process {process} is not yours to end", 1) from None


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
