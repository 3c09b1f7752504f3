"""Writes all of a log to a file: every line there is, not what fits on the screen."""

from __future__ import annotations

from pathlib import Path

from console.commands.extras import CommandRefused
from console.sync.spool import LogSpool

CHUNK = 4096
"""Lines written at once."""


def save_log(spool: LogSpool, name: str) -> str:
    """Write the log; gives the message. Raises `CommandRefused`; never writes over a file."""
    path = Path(name).expanduser()
    count = spool.line_count
    try:
        with path.open("xb") as file:
            for start in range(0, count, CHUNK):
                lines = spool.lines(start, min(start + CHUNK, count))
                file.write(b"\n".join(lines) + b"\n")
    except FileExistsError as error:
        raise CommandRefused(f"{path} is there already; nothing was written") from error
    except OSError as error:
        raise CommandRefused(f"{path} cannot be written: {error.strerror}") from error
    return f"saved {count:,} lines to {path}"
