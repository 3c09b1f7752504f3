"""The console alone, told from the words without click: `wfc`, `wfc --profile shop`.

It is what is started most, and click with all that it brings is a tenth of the time to its first
frame. Words that are not exactly this are click's to read, and so is every complaint about them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from console.cli.session import Opening, Session
from console.config.flags import Flags

VALUES = {
    "--url": "url",
    "--profile": "profile",
    "-p": "profile",
    "--token": "token",
    "--workspace": "workspace",
    "--workspace-id": "workspace",
    "-w": "workspace",
}
"""Options that have a value, and what they set."""


def plain_flags(words: Sequence[str]) -> Flags | None:
    """Give the flags when the words are nothing but options of the backend; else None."""
    values: dict[str, str] = {}
    is_read_only = False
    rest = iter(words)
    for word in rest:
        if word == "--read-only":
            is_read_only = True
        elif word in VALUES:
            value = next(rest, "")
            if not value or value.startswith("-"):
                return None
            values[VALUES[word]] = value
        else:
            return None
    return Flags(**values, read_only=is_read_only)


def open_console(session: Session, execution: str = "") -> int:
    """Open the console, on one execution if there is one; gives the exit code."""
    from console.cli.profile_book import ProfileBook  # --help needs no settings

    config = session.config()
    settled = session.settle(config)
    session.need_terminal("the console")
    opening = Opening(
        settled.target,
        session.ui(config),
        execution,
        settled.notes,
        profiles=ProfileBook(session.env, Path.cwd(), session.flags.read_only),
        reread=lambda: session.ui(session.config()),
    )
    return session.wiring.open_console(opening)
