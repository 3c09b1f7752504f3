"""Copying over SSH: by OSC 52, and into a file for terminals that refuse it without a word."""

from __future__ import annotations

import os
from pathlib import Path

from textual.app import App

from console.model.ids import short_id
from console.present.clean import clean
from console.present.paths import shown_path

FILE_NAME = "clipboard"
LONGEST = 74_994
"""Bytes of the longest text that is given to the terminal: what common ones take at once."""


def copy(app: App[int], text: str, folder: Path | None, said: str = "") -> str:
    """Copy a text; gives the message that says so, and where it is besides.

    `said` is what a long text is called.
    """
    shown = clean(said or (text if len(text) <= 60 else short_id(text)))
    path = _written(text, folder)
    size = len(text.encode("utf-8", "replace"))
    if size > LONGEST:
        if path:
            return f"{shown}: too long for the terminal's clipboard; it is in {path}"
        return f"{shown}: {size:,} bytes are too long for the terminal's clipboard"
    app.copy_to_clipboard(text.encode("utf-8", "replace").decode("utf-8"))
    return f"copied {shown}" + (f"; also in {path}" if path else "")


def _written(text: str, folder: Path | None) -> str:
    if folder is None:
        return ""
    path = folder / FILE_NAME
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
        descriptor = os.open(path, flags, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
            file.write(text + "\n")
    except OSError:
        return ""
    return shown_path(path)
