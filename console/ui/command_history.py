"""The lines typed after `:`, kept for the next time."""

from __future__ import annotations

import os
from pathlib import Path

FILE_NAME = "commands"
KEPT = 200


class CommandHistory:
    """Lines, oldest first; without a folder they are remembered for this session only."""

    def __init__(self, folder: Path | None) -> None:
        self._path = folder / FILE_NAME if folder is not None else None
        self.lines: list[str] = []
        if self._path is not None:
            try:
                self.lines = self._path.read_text("utf-8", "replace").splitlines()[-KEPT:]
            except OSError:
                pass

    def add(self, line: str) -> None:
        """Remember a line; one typed twice in a row once."""
        if self.lines and self.lines[-1] == line:
            return
        self.lines = [*self.lines, line][-KEPT:]
        if self._path is None:
            return
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
            descriptor = os.open(self._path, flags, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
                file.write("".join(f"{kept}\n" for kept in self.lines))
        except OSError:
            self._path = None  # it is a convenience: not worth a word
