"""Logs of bodies: one file for each function execution, written while it runs.

    .wfc/logs/3f/<execution id>/<function execution id>.log
    2026-11-24T03:10:21.003Z text of the line

A line is on the disk's side within 50 ms: at once when the log was quiet, else with the next
flush. Lines that come fast go out in blocks, so 50,000 a second cost no more than a few writes.
"""

from __future__ import annotations

import errno
import os
import shutil
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

FLUSH_SECONDS = 0.03
"""How long a line of a busy log may wait for the lines after it."""
BLOCK_BYTES = 64 * 1024
KEPT_BYTES = 4 * 1024 * 1024
"""How much of a log is kept for when a full disk has room again; what comes then is lost."""
_FULL = (errno.ENOSPC, errno.EDQUOT)
TIME_WIDTH = len("2026-11-24T03:10:21.003Z ")


class LogWriter:
    """Writes one function execution's log; any thread may write, and nothing it does fails."""

    def __init__(self, path: Path, flusher: LogFlusher):
        self._path = path
        self._flusher = flusher
        self._lock = threading.Lock()
        self._blocks: list[str] = []
        self._size = 0
        self._unfinished: dict[int, str] = {}
        self._file: int | None = None
        self._flushed_at = 0.0
        self._kept = b""
        """What the disk had no room for."""
        self._lost = 0
        self.is_closed = False
        """Its job has ended: nothing more belongs in it."""

    def write(self, text: str) -> None:
        """Take text as `print` gives it: whole lines, or pieces of one."""
        if not text or self.is_closed:
            return
        stamp = datetime.now(UTC).isoformat(timespec="milliseconds")[:-6] + "Z "
        thread = threading.get_ident()
        with self._lock:
            *lines, rest = (self._unfinished.pop(thread, "") + text).split("\n")
            while len(rest) > BLOCK_BYTES:
                lines.append(rest[:BLOCK_BYTES])
                rest = rest[BLOCK_BYTES:]
            if rest:
                self._unfinished[thread] = rest
            if lines:
                self._add("".join(f"{stamp}{line.removesuffix(chr(13))}\n" for line in lines))

    def _add(self, block: str) -> None:
        self._blocks.append(block)
        self._size += len(block)
        is_quiet = self._flusher.monotonic() - self._flushed_at >= FLUSH_SECONDS
        if is_quiet or self._size >= BLOCK_BYTES:
            self._write_out()
        elif len(self._blocks) == 1:
            self._flusher.plan(self)

    def flush(self) -> None:
        """Write the finished lines out now."""
        with self._lock:
            self._write_out()

    @property
    def is_written(self) -> bool:
        """No finished line is still to be written because the disk was full."""
        return not self._kept

    def close(self) -> None:
        """Write everything out, an unfinished line too, and close the file."""
        with self._lock:
            stamp = datetime.now(UTC).isoformat(timespec="milliseconds")[:-6] + "Z "
            self._blocks += [f"{stamp}{rest}\n" for rest in self._unfinished.values()]
            self._unfinished.clear()
            self.is_closed = True
            self._write_out()
            if self._file is not None:
                os.close(self._file)
                self._file = None

    def _write_out(self) -> None:
        self._flushed_at = self._flusher.monotonic()
        if not self._blocks and not self._kept:
            return
        blocks, self._blocks, self._size = self._blocks, [], 0
        self._write_kept()
        if len(self._kept) > KEPT_BYTES:
            self._lost += sum(block.count("\n") for block in blocks)
        elif blocks:
            if self._lost and not self._kept:
                words = f"({self._lost} lines could not be written)"
                self._kept, self._lost = f"{blocks[0][:TIME_WIDTH]}{words}\n".encode(), 0
            self._kept += "".join(blocks).encode("utf-8", "replace")
            self._write_kept()
        if self._kept and not self.is_closed:
            self._flusher.plan(self)

    def _write_kept(self) -> None:
        """Write what is to be written; on a full disk the rest is kept, else it is lost."""
        data = memoryview(self._kept)
        # Nothing of this must fail the body that prints.
        try:
            while data:
                data = data[self._append(data) :]
        except OSError as error:
            if error.errno not in _FULL:
                self._lost += bytes(data).count(b"\n")
                data = data[:0]
        self._kept = bytes(data)

    def _append(self, data: bytes | memoryview) -> int:
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
            self._file = os.open(self._path, flags, 0o600)
        return os.write(self._file, data)


class LogFlusher:
    """One thread that writes busy logs out a moment later."""

    def __init__(self, monotonic: Callable[[], float]):
        self.monotonic = monotonic
        self._lock = threading.Lock()
        self._planned: list[LogWriter] = []
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="log flusher", daemon=True)
        self._thread.start()

    def plan(self, writer: LogWriter) -> None:
        """Flush a writer after a moment."""
        with self._lock:
            self._planned.append(writer)
        self._wake.set()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.wait()
            self._stop.wait(FLUSH_SECONDS)
            self._wake.clear()
            with self._lock:
                planned, self._planned = self._planned, []
            for writer in planned:
                writer.flush()

    def close(self) -> None:
        """End the thread, when what is planned has been written."""
        self._stop.set()
        self._wake.set()
        self._thread.join()


class LogFolder:
    """Where the logs of a project are."""

    def __init__(self, folder: Path):
        self.folder = folder

    def path(self, execution_id: str, function_execution_id: str) -> Path:
        """Give the file of one log; it is made with its first line."""
        return self._of(execution_id) / f"{function_execution_id}.log"

    def read(
        self, execution_id: str, function_execution_id: str, offset: int, limit: int
    ) -> tuple[bytes, int]:
        """Give bytes from an offset, and the size of the log when they were read."""
        try:
            with self.path(execution_id, function_execution_id).open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                file.seek(min(offset, size))
                return file.read(max(0, min(limit, size - offset))), size
        except FileNotFoundError:
            return b"", 0

    def text(self, execution_id: str, function_execution_id: str, limit: int) -> str:
        """Give a log without its times; of a long one only the end, from a whole line on."""
        size = self.read(execution_id, function_execution_id, 0, 0)[1]
        start = max(0, size - limit)
        data, _ = self.read(execution_id, function_execution_id, start, limit)
        if start:
            data = data.partition(b"\n")[2]
        lines = data.decode("utf-8", "replace").split("\n")
        return "\n".join(line[TIME_WIDTH:] for line in lines)

    def remove(self, execution_id: str) -> None:
        """Remove all logs of an execution."""
        shutil.rmtree(self._of(execution_id), ignore_errors=True)

    def _of(self, execution_id: str) -> Path:
        return self.folder / execution_id[-2:] / execution_id
