"""The log on disk: what arrives is appended to a nameless temporary file and read back by line.

    spool = LogSpool()
    spool.append(b"one\\ntwo\\nthr")   → 3, the new lines; the unfinished last one counts
    spool.append(b"ee\\n")             → 0
    spool.line(2)                      → b"three"
    spool.lines(0, 2)                  → [b"one", b"two"]
    spool.find(b"TWO")                 → 1, or None; case counts only if asked for
    spool.search(b"two", 0)            yields None after each block read, the line last
    spool.close()

Only one offset in 64 lines is kept in memory, so a million lines cost 125 kB. The file has no name
and goes with the process, however that ends.
"""

from __future__ import annotations

import os
import tempfile
from array import array
from collections.abc import Iterator
from typing import IO

STEP = 64
"""Lines between two offsets kept."""
BLOCK_LINES = 8192
"""Lines searched between two yields: about a megabyte of usual logs, a few milliseconds."""


class LogSpool:
    """An append-only log that is read by line."""

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None
        self._offsets = array("Q", [0])
        self._ended = 0
        self._size = 0
        self._line_start = 0

    @property
    def size(self) -> int:
        """How many bytes were appended."""
        return self._size

    @property
    def line_count(self) -> int:
        """How many lines there are; an unfinished last line is one."""
        return self._ended + (self._size > self._line_start)

    @property
    def is_closed_line(self) -> bool:
        """The last line has its line feed, so it cannot grow any more."""
        return self._size == self._line_start

    def append(self, data: bytes) -> int:
        """Add bytes, and give the number of lines that are new."""
        if not data:
            return 0
        before = self.line_count
        self._write(data)
        position = 0
        find = data.find
        while True:
            feed = find(b"\n", position)
            if feed < 0:
                break
            position = feed + 1
            self._ended += 1
            if self._ended % STEP == 0:
                self._offsets.append(self._size + position)
        if position:
            self._line_start = self._size + position
        self._size += len(data)
        return self.line_count - before

    def _write(self, data: bytes) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="wfc-log-", buffering=0)  # noqa: SIM115
        view = memoryview(data)
        offset = self._size
        while view:
            written = os.pwrite(self._file.fileno(), view, offset)
            view = view[written:]
            offset += written

    def line(self, index: int) -> bytes:
        """Give one line without its line feed."""
        return self.lines(index, index + 1)[0]

    def lines(self, start: int, stop: int) -> list[bytes]:
        """Give the lines from `start` up to, not including, `stop`; fewer where there are fewer."""
        start, stop = max(0, start), min(stop, self.line_count)
        if start >= stop or self._file is None:
            return []
        first = start // STEP
        beyond = -(-stop // STEP)
        begin = self._offsets[first]
        end = self._offsets[beyond] if beyond < len(self._offsets) else self._size
        data = self._read(begin, end)
        return data.split(b"\n", stop - first * STEP)[start - first * STEP : stop - first * STEP]

    def _read(self, begin: int, end: int) -> bytes:
        assert self._file is not None
        parts: list[bytes] = []
        while begin < end:
            part = os.pread(self._file.fileno(), end - begin, begin)
            if not part:
                break
            parts.append(part)
            begin += len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def search(
        self, pattern: bytes, start: int, *, forward: bool = True, ignore_case: bool = True
    ) -> Iterator[int | None]:
        """Look for a line that holds `pattern`, from line `start` on.

        Yields None after each block without it, so that a caller can let others run, and the
        line's number at the end, once, if there is one.
        """
        if ignore_case:
            pattern = pattern.lower()
        low, high = (start, self.line_count) if forward else (0, start + 1)
        while low < high:
            block = (
                (low, min(low + BLOCK_LINES, high))
                if forward
                else (max(high - BLOCK_LINES, low), high)
            )
            found = self._find_in(pattern, *block, forward=forward, ignore_case=ignore_case)
            if found is not None:
                yield found
                return
            yield None
            if forward:
                low = block[1]
            else:
                high = block[0]

    def _find_in(
        self, pattern: bytes, low: int, high: int, *, forward: bool, ignore_case: bool
    ) -> int | None:
        data = b"\n".join(self.lines(low, high))
        if ignore_case:
            data = data.lower()
        position = data.find(pattern) if forward else data.rfind(pattern)
        return None if position < 0 else low + data.count(b"\n", 0, position)

    def find(
        self,
        pattern: bytes,
        start: int = 0,
        *,
        forward: bool = True,
        ignore_case: bool = True,
    ) -> int | None:
        """Give the first line at or after `start` (or at or before it) that holds `pattern`."""
        blocks = self.search(pattern, start, forward=forward, ignore_case=ignore_case)
        return next((found for found in blocks if found is not None), None)

    def close(self) -> None:
        """Give the disk space back; the lines are gone."""
        if self._file is not None:
            self._file.close()
            self._file = None
        self._offsets = array("Q", [0])
        self._ended = self._size = self._line_start = 0
