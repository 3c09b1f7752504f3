"""Where words go: data to stdout, talk to stderr; tables for people, JSON for programs."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TextIO

from console.cli.format import Format
from console.present.cells import cell_width, clip_middle
from console.present.clean import clean
from console.present.tone import Tone

_SGR = {
    Tone.FAILED: "31",
    Tone.RUNNING: "33",
    Tone.PENDING: "33",
    Tone.WAITING: "35",
    Tone.SUCCESS: "32",
    Tone.DIM: "2",
    Tone.CANCELED: "2",
    Tone.WARNING: "33",
    Tone.TITLE: "1",
}
"""The terminal's own colours: they follow the person's theme."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table; its text is cleaned when it is printed."""

    text: str
    tone: Tone = Tone.TEXT


@dataclass(frozen=True, slots=True)
class Heading:
    """One column of a table."""

    title: str
    is_right: bool = False
    can_shrink: bool = False
    """Where the terminal is too narrow, this column is cut in the middle; ids never are."""


SHRUNK = 12
"""Cells that a column keeps however narrow the terminal is."""
GAP = "  "


class Output:
    """Prints for one command."""

    def __init__(self, format: Format = Format.TEXT) -> None:
        self.format = format

    # Data

    def line(self, text: str = "") -> None:
        """Print a line of data; text from outside must have been cleaned."""
        sys.stdout.write(text + "\n")

    def document(self, value: object) -> None:
        """Print one JSON document on one line."""
        is_utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
        text = json.dumps(value, ensure_ascii=not is_utf8, separators=(",", ":"))
        # A lone surrogate, which some server sent, has no UTF-8.
        sys.stdout.write(text.encode("utf-8", "replace").decode() + "\n")
        if self.format is Format.NDJSON:
            sys.stdout.flush()

    def flush(self) -> None:
        """Let a reader at the other end of a pipe see what was printed."""
        sys.stdout.flush()

    def documents(self, values: Iterable[object]) -> None:
        """Print a list: as one document, or each on a line of its own."""
        if self.format is Format.NDJSON:
            for value in values:
                self.document(value)
        else:
            self.document(list(values))

    def table(self, headings: Sequence[Heading], rows: Sequence[Sequence[Cell]]) -> None:
        """Print aligned columns under their titles."""
        titles = [Cell(heading.title, Tone.DIM) for heading in headings]
        cleaned = [[Cell(clean(cell.text), cell.tone) for cell in row] for row in (titles, *rows)]
        widths = [max(cell_width(row[i].text) for row in cleaned) for i in range(len(headings))]
        self._shrink(widths, headings)
        for row in cleaned:
            self.line(self._row(row, headings, widths))

    def pairs(self, pairs: Mapping[str, Cell | str]) -> None:
        """Print names and values, one pair a line."""
        width = max(map(cell_width, pairs), default=0)
        for name, value in pairs.items():
            cell = value if isinstance(value, Cell) else Cell(value)
            label = self._toned(name.ljust(width), Tone.DIM)
            self.line(f"{label}{GAP}{self._toned(clean(cell.text), cell.tone)}".rstrip())

    # Talk

    def talk(self, text: str) -> None:
        """Say something to the person, on stderr."""
        say(text)

    def warn(self, text: str) -> None:
        """Say what the person should know, on stderr."""
        say(f"wfc: {text}")

    def _row(self, row: Sequence[Cell], headings: Sequence[Heading], widths: Sequence[int]) -> str:
        pieces: list[str] = []
        for cell, heading, width in zip(row, headings, widths, strict=True):
            text = clip_middle(cell.text, width)
            blank = " " * (width - cell_width(text))
            toned = self._toned(text, cell.tone)
            pieces.append(blank + toned if heading.is_right else toned + blank)
        return GAP.join(pieces).rstrip()

    def _shrink(self, widths: list[int], headings: Sequence[Heading]) -> None:
        room = columns(sys.stdout)
        if room is None:
            return
        over = sum(widths) + len(GAP) * (len(widths) - 1) - room
        while over > 0:
            wide = [
                index
                for index, heading in enumerate(headings)
                if heading.can_shrink and widths[index] > SHRUNK
            ]
            if not wide:
                return
            widest = max(wide, key=lambda index: widths[index])
            widths[widest] -= 1
            over -= 1

    def _toned(self, text: str, tone: Tone) -> str:
        code = _SGR.get(tone)
        if code is None or not text.strip() or not has_color(sys.stdout):
            return text
        return f"\x1b[{code}m{text}\x1b[0m"


def say(text: str) -> None:
    """Print to stderr; that nobody reads it is no reason to stop."""
    try:
        print(text, file=sys.stderr, flush=True)
    except OSError:
        pass


def columns(stream: TextIO) -> int | None:
    """Tell how wide a line may be: `COLUMNS`, else the terminal's width, else as wide as it is."""
    named = os.environ.get("COLUMNS", "")
    if named.isdecimal() and int(named) > 0:
        return int(named)
    return shutil.get_terminal_size().columns if stream.isatty() else None


def has_color(stream: TextIO) -> bool:
    """Tell whether colours are wanted: on a terminal, and `NO_COLOR` is not set."""
    is_wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return is_wanted and stream.isatty()
