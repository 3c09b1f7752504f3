"""Which row of a log's pane shows what: a line, or a note where lines are missing.

rows = LogRows(lines=1000, skipped=50_331_648)
rows.at(0)      LogRow(note="… 48 MiB earlier not loaded")
rows.at(1)      LogRow(line=0)
rows.kept = KeptLines()     only what a filter keeps, and notes of how much lies between
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.present.kept_lines import KeptLines


@dataclass(frozen=True, slots=True)
class LogRow:
    """A line, or a note."""

    line: int = -1
    """The line's number in the log that is here; -1 for a note."""
    note: str = ""
    is_beside: bool = False
    """A neighbour of a line that a filter looks for."""


@dataclass(slots=True)
class LogRows:
    """Maps rows to lines and back."""

    lines: int = 0
    """Lines there are."""
    skipped: int = 0
    """Bytes before them that are not here."""
    advice: str = ""
    """How these can be read."""
    first: int = 0
    """The first line of the part that is shown."""
    end: int | None = None
    """The line after that part; None when it goes on to the end."""
    kept: KeptLines | None = None
    """What a filter keeps; None shows every line."""

    @property
    def count(self) -> int:
        """How many rows there are."""
        kept = self.kept
        return self._head + (self.shown if kept is None else kept.count + self._is_looking)

    @property
    def stop(self) -> int:
        """The line after the last one that is shown now."""
        return self.lines if self.end is None else min(self.end, self.lines)

    @property
    def shown(self) -> int:
        """Lines of the part that is shown, without a filter."""
        return max(0, self.stop - self.first)

    @property
    def _head(self) -> int:
        return 1 if self.skipped and not self.first else 0

    @property
    def _is_looking(self) -> bool:
        # The last line may be unfinished: it is looked at when it has ended.
        return self.kept is not None and self.kept.looked < self.stop - 1

    def at(self, row: int) -> LogRow:
        """Tell what a row shows."""
        row -= self._head
        if row < 0:
            note = f"… {format_bytes(self.skipped)} earlier not loaded"
            return LogRow(note=f"{note}; {self.advice}" if self.advice else note)
        kept = self.kept
        if kept is None:
            return LogRow(self.first + row)
        if row >= kept.count:
            return LogRow(note=f"… looked at {kept.looked:,} of {self.lines:,} lines so far")
        found = kept.at(row)
        if found.gap:
            return LogRow(note=f"… {found.gap:,} line{'' if found.gap == 1 else 's'}")
        return LogRow(found.line, is_beside=found.is_beside)

    def row_of(self, line: int) -> int:
        """Give the row of a line, or of the gap it is in."""
        if self.kept is not None:
            return self._head + self.kept.row_of(line)
        return self._head + max(0, min(line, self.stop - 1) - self.first)

    def line_at(self, row: int) -> int:
        """Give the line of a row; of a note the first line after it."""
        row -= self._head
        if row < 0:
            return self.first
        kept = self.kept
        if kept is None:
            return self.first + row
        return kept.at(row).line if row < kept.count else kept.looked


def format_bytes(count: int) -> str:
    """Give a number of bytes for reading: `48 MiB`, `1.5 KiB`, `12 bytes`."""
    if count < 1024:
        return f"{count} byte{'' if count == 1 else 's'}"
    power = min(3, (count.bit_length() - 1) // 10)
    size = count / 1024**power
    digits = 1 if size < 10 and round(size, 1) % 1 else 0
    return f"{size:,.{digits}f} {('KiB', 'MiB', 'GiB')[power - 1]}"
