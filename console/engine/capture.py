"""Sending what a body prints and logs to its own log.

`sys.stdout` and `sys.stderr` are streams that ask where they are, each time something is written:
the job of this context, which threads of `def` bodies have too; for a bare thread, which has no
context, the innermost job that runs; outside of jobs and after them, the worker's own file.
"""

from __future__ import annotations

import codecs
import io
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from console.engine.logs import LogWriter
from console.workflow.runtime import current_runtime

FORMAT = "%(levelname)s %(name)s: %(message)s"


class OpenLogs:
    """The logs of the jobs that run, outermost first, and how a writing thread finds its own."""

    def __init__(self) -> None:
        self._logs: list[LogWriter] = []
        self.drain: Callable[[], None] = lambda: None
        """Waits until the output of child processes has been read."""

    def push(self, log: LogWriter) -> None:
        """Note that a job began."""
        self.drain()
        self._logs.append(log)

    def settle(self, log: LogWriter) -> None:
        """Write out everything that a job has said so far."""
        self.drain()
        log.flush()

    def close(self, log: LogWriter) -> None:
        """Close the log of a job that ended."""
        self.drain()
        self._logs.remove(log)
        log.close()

    def sink(self) -> LogWriter | None:
        """Give the log of this context's job; without one the innermost job's.

        None outside of jobs, and for what a job left running: it is not its caller's word.
        """
        runtime = current_runtime.get()
        log = getattr(runtime, "log", None)
        if isinstance(log, LogWriter):
            return None if log.is_closed else log
        return self._logs[-1] if self._logs else None


class _Bytes(io.RawIOBase):
    """What `sys.stdout.buffer` is: bytes that become text of the same log."""

    def __init__(self, write: Callable[[str], int]):
        self._write = write
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        view = memoryview(data)  # type: ignore[arg-type]
        self._write(self._decoder.decode(view.tobytes()))
        return view.nbytes


class JobStream(io.TextIOBase):
    """A text stream that writes to the log of the job that writes."""

    def __init__(self, sink: Callable[[], LogWriter | None], fallback: TextIO, inherited: TextIO):
        self._sink = sink
        self._fallback = fallback
        self._inherited = inherited
        self.buffer = _Bytes(self.write)

    encoding = "utf-8"
    errors = "replace"

    def writable(self) -> bool:
        """Say that it can be written."""
        return True

    def write(self, text: str) -> int:
        """Write to the job's log, or to the worker's file outside of jobs."""
        sink = self._sink()
        if sink is None:
            with suppress(OSError):  # a full disk must not fail whoever prints
                self._fallback.write(text)
        else:
            sink.write(text)
        return len(text)

    def flush(self) -> None:
        """Write the worker's file out; a job's log is never far behind by itself."""
        if self._sink() is None:
            with suppress(OSError):
                self._fallback.flush()

    def fileno(self) -> int:
        """Give what a child process is to inherit: the process's own stdout or stderr."""
        return self._inherited.fileno()


class _Handler(logging.Handler):
    """Writes log records to whatever `sys.stderr` is now."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(self.format(record) + "\n")
        except Exception:
            self.handleError(record)


@contextmanager
def captured(sink: Callable[[], LogWriter | None], outside: TextIO | None = None) -> Iterator[None]:
    """Send prints and log records to the sinks, until the block ends.

    What has no sink goes to `outside`, else to the process's own stdout and stderr. A worker reads
    those itself, for the innermost job: what a job left running must not come that way.
    """
    stdout, stderr = sys.stdout, sys.stderr
    root = logging.getLogger()
    handler = _Handler()
    handler.setFormatter(logging.Formatter(FORMAT))
    level = root.level
    sys.stdout = JobStream(sink, outside or stdout, stdout)
    sys.stderr = JobStream(sink, outside or stderr, stderr)
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
        sys.stdout, sys.stderr = stdout, stderr
