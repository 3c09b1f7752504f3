"""Writes all of a log to a file: every line there is, not what fits on the screen."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Sequence
from pathlib import Path

from console.backend.errors import BackendError
from console.commands.extras import CommandRefused
from console.present.errors import error_sentence


def save_log(all_lines: AsyncIterator[Sequence[bytes]], name: str) -> Awaitable[str]:
    """Write the log; gives the message. Raises `CommandRefused`; never writes over a file."""
    return _write(all_lines, Path(name).expanduser())


async def _write(all_lines: AsyncIterator[Sequence[bytes]], path: Path) -> str:
    count = 0
    try:
        with path.open("xb") as file:
            try:
                async for lines in all_lines:
                    file.writelines(line + b"\n" for line in lines)
                    count += len(lines)
            except BaseException:  # half a log must not look like a whole one
                _take_away(path)
                raise
    except FileExistsError as error:
        raise CommandRefused(f"{path} is there already; nothing was written") from error
    except OSError as error:
        raise CommandRefused(f"{path} cannot be written: {error.strerror}") from error
    except BackendError as error:
        raise CommandRefused(f"nothing was written: {error_sentence(error)}") from error
    return f"saved {count:,} line{'' if count == 1 else 's'} to {path}"


def _take_away(path: Path) -> None:
    path.unlink(missing_ok=True)
